"""Who is forgotten is nobody in the posts of others, and what has no text is counted all the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from posts.forgetting import Forgotten, is_textless, people_of, person, references_of, textless
from posts.post import (
    Annotations,
    Author,
    Edit,
    Entity,
    Link,
    Media,
    Mentioned,
    Metrics,
    Poll,
    PollOption,
    Post,
    Tag,
    encode,
)  # fmt: skip

AT = datetime(2026, 11, 1, tzinfo=UTC)
SARA = Mentioned(key="mastodon:h.example:sara", handle="sara@h.example")
REZA = Mentioned(key="mastodon:h.example:reza", handle="reza@h.example")
POST = Post(
    id="mastodon:o.example:users/ali/statuses/1", platform="mastodon", kind="text", source="s", created_at=AT,
    collected_at=AT, author=Author(key="mastodon:o.example:ali", handle="ali@o.example", name="Ali"),
)  # fmt: skip
GONE = Forgotten(
    people=frozenset({person(SARA.key)}), posts=frozenset({"mastodon:h.example:users/sara/statuses/7"})
)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("hello @sara and @reza", "hello @forgotten and @reza"),
        ("@sara@h.example: yes", "@forgotten: yes"),
        ("ask @Sara@H.example", "ask @forgotten"),
        ("@sara@elsewhere.example is another", "@sara@elsewhere.example is another"),
        ("see https://h.example/@sara/7", "see https://h.example/@forgotten/7"),
        ("see https://h.example/users/sara/statuses/7", "see https://h.example/users/forgotten/statuses/7"),
        ("https://elsewhere.example/@sara is another", "https://elsewhere.example/@sara is another"),
        ("sara in free words", "sara in free words"),
        ("سلام ＠sara", "سلام ＠forgotten"),
    ],
)
def test_written_name_goes(text: str, left: str) -> None:
    """Where it is written as a name of this person, and nowhere else."""
    post = replace(POST, text=text, mentioned=(SARA, REZA))

    assert GONE.without(post).text == left
    assert GONE.without(post).mentioned == (REZA,)


def test_answers_stay_answers() -> None:
    """References lead to nobody; mentions, authors and addresses are gone from every field."""
    sara = "mastodon:h.example:users/sara/statuses/7"
    post = replace(
        POST, reply_to=sara, reply_to_author=SARA.key, quote_of=sara, quote_of_author=SARA.key,
        conversation=sara, other_references=(("reply_to", sara), ("reply_to", "mastodon:x:9")),
        links=(Link(url="https://h.example/@sara", title="@sara"),), forwarded_from=SARA.key,
        edits=(Edit(at=AT, text="hi @sara@h.example", title="@sara@h.example"),),
        media=(Media(kind="image", url="https://h.example/@sara/p.png", alt="by @sara@h.example"),),
        poll=Poll(options=(PollOption(title="@sara@h.example", votes=2),)),
        annotations=Annotations(tokens=("sara",)),
    )  # fmt: skip

    left = GONE.without(post)

    assert b"sara" not in encode(left)
    assert (left.reply_to, left.reply_to_author) == ("mastodon:forgotten", None)
    assert left.other_references == (("reply_to", "mastodon:x:9"),)
    assert left.poll == Poll(options=(PollOption(title="@forgotten", votes=2),))
    assert left.annotations is None
    assert GONE.without(left) is left


def test_post_without_the_person_stays_the_same() -> None:
    """It is not even written again."""
    post = replace(POST, text="@reza", mentioned=(REZA,), annotations=Annotations(tokens=("@reza",)))

    assert GONE.without(post) is post
    assert set(people_of(post)) == {"o.example:ali", "h.example:reza"}
    assert list(references_of(post)) == []


def test_textless_post_is_counted_by_all_but_its_words() -> None:
    """Words, titles, descriptions and names are gone; tags, counts, mentions and addresses stay."""
    tag = Tag("Tea", "tea", 6, 10)
    post = replace(
        POST, text="secret #Tea", title="secret", mentioned=(REZA,),
        edits=(Edit(at=AT, text="a secret", title="secret"),),
        links=(Link(url="https://a.example/x", title="secret"),), metrics=Metrics(likes=3),
        media=(Media(kind="image", url="https://a.example/p", alt="secret"),),
        poll=Poll(options=(PollOption(title="secret", votes=2),), votes=2),
        annotations=Annotations(
            tokens=("secret", "#tea"), hashtags=(tag,), language="en", versions={"nlp": "1"},
            entities=(Entity("Secret Person", "PER", 0, 1), Entity("Rasta", "ORG", 2, 3, "brand:rasta")),
        ),
        author=Author(key="mastodon:o.example:ali", handle="ali", name="secret"),
    )  # fmt: skip

    left = textless(post)

    assert b"secret" not in encode(left).lower()
    assert left.annotations is not None
    assert (left.annotations.hashtags, left.annotations.language) == ((tag,), "en")
    assert [entity.id for entity in left.annotations.entities] == ["brand:rasta"]
    assert (left.metrics.likes, left.mentioned, left.links[0].url) == (3, (REZA,), "https://a.example/x")
    assert left.poll is not None
    assert left.poll.options == (PollOption(title="", votes=2),)
    assert (is_textless(left), is_textless(post)) == (True, False)
    assert textless(left) == left
