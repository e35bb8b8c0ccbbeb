"""Pseudonyms: nobody's name is left in a post, and what joined before joins after."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import msgspec
import pytest

from posts.people import pseudonym, pseudonymise, without_value
from posts.post import Author, Edit, Link, Media, Mentioned, Poll, PollOption, Post

AT = datetime(2026, 11, 1, tzinfo=UTC)
SECRET = b"0123456789abcdef"
SARA = Author(key="mastodon:h.example:sara", handle="sara@h.example", name="Sara")
POST = Post(
    id="mastodon:h.example:users/sara/statuses/1", platform="mastodon", kind="text", source="s",
    created_at=AT, collected_at=AT, author=SARA, aliases=("mastodon:h.example:1",), text="tea",
)  # fmt: skip


def hidden(post: Post, keep: frozenset[str] = frozenset()) -> Post:
    return pseudonymise(post, secret=SECRET, keep=keep)


@pytest.mark.parametrize(
    "text",
    [
        "@sara", ".@sara", "hello.@sara said", "(@sara)", "سلام@sara", "＠sara", "RT @sara:",
        "@sara@h.example, see", "https://h.example/@sara/1", "https://h.example/users/sara/statuses/1",
        "x.com/sara", "https://www.instagram.com/sara/", "https://t.me/s/sara", "sara@h.example",
        "mailto:sara.k@mail.example", "https://blog.example/author/sara/", "@sara.",
    ],
)  # fmt: skip
def test_no_way_of_writing_a_name_gets_through(text: str) -> None:
    """Not in the text, the title, the poll, a picture's description, nor in the links."""
    named = replace(
        POST, text=text, title=text, links=(Link(url=text, title=text),),
        edits=(Edit(at=AT, text=text, title=text),),
        media=(Media(kind="image", url=text, alt=text),), poll=Poll(options=(PollOption(title=text),)),
    )  # fmt: skip

    assert "sara" not in json.dumps(msgspec.to_builtins(hidden(named)), ensure_ascii=False).lower()


@pytest.mark.parametrize(
    "text", ["سلام دنیا", "50% @ home", "a/b/c", "https://news.example/in/2026", "3 < 4 & #چای", ""]
)  # "hello world", "#tea"
def test_what_names_nobody_stays(text: str) -> None:
    """Other texts are left as they were, but for a path that could be a name."""
    assert hidden(replace(POST, text=text)).text.replace("p-", "")[:3] == text[:3]


def test_a_person_has_one_pseudonym_wherever_named() -> None:
    """In the text, with and without the server, as an author and as somebody answered."""
    said = replace(
        POST, author=replace(SARA, key="mastodon:o.example:ali", handle="ali@o.example"),
        text="@sara and @sara@h.example", mentioned=(Mentioned(key=SARA.key, handle="sara@h.example"),),
    )  # fmt: skip
    key = pseudonym(SARA.key, secret=SECRET)

    name = key.split(":")[1]
    assert hidden(said).text == f"@{name} and @{name}"
    assert hidden(replace(said, mentioned=())).text.endswith(f"@{name}")
    assert hidden(said).mentioned[0].key == key
    assert hidden(POST).author == Author(key=key)


def test_an_answer_finds_a_post_whose_author_is_kept() -> None:
    """The brand's own posts keep their names; an answer that tells no author finds them still."""
    own = hidden(POST, frozenset({SARA.key}))
    known = replace(POST, id="mastodon:o.example:2", author=None, reply_to=POST.aliases[0])
    untold = hidden(known, frozenset({SARA.key}))
    told = hidden(replace(known, reply_to_author=SARA.key), frozenset({SARA.key}))

    assert (own.id, own.author, own.text) == (POST.id, SARA, POST.text)
    assert {untold.reply_to, told.reply_to} <= {own.id, *own.aliases}


def test_other_names_of_an_answered_post_are_hidden_too() -> None:
    """Each stays with its field, as a pseudonym."""
    post = hidden(replace(POST, reply_to="x:a", other_references=(("reply_to", "mastodon:b:sara"),)))

    assert post.other_references == (("reply_to", pseudonym("mastodon:b:sara", secret=SECRET)),)


@pytest.mark.parametrize(
    ("reason", "kept"),
    [
        ("published: sara is not a time", "published: … is not a time"),
        ("id: must have 1 to 512 bytes", "id: must have 1 to 512 bytes"),
        ("status.created_at: missing", "status.created_at: missing"),
    ],
)
def test_reasons_do_not_say_what_stood_there(reason: str, kept: str) -> None:
    """What was refused may have been a name."""
    assert without_value(reason) == kept


def test_the_address_of_a_picture_goes_with_that_of_its_post() -> None:
    """Servers make it of display names, which nobody can tell from other words; the brand's own stay."""
    picture = replace(POST, media=(Media(kind="image", url="https://h.example/m/Sara-Karimi.jpg"),))

    assert hidden(picture).media == (Media(kind="image", url=None),)
    assert hidden(picture, frozenset({SARA.key})).media == picture.media


def test_the_card_of_a_page_of_a_person_is_hidden() -> None:
    """There the name stands without a sign."""
    card = hidden(replace(POST, links=(Link(url="https://h.example/@sara", title="Sara (@sara), tea"),)))

    assert "sara" not in f"{card.links[0]}".lower()
    assert (card.links[0].title or "").endswith(", tea")
