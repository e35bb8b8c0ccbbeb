"""The words of a selection, on both engines: what is planted is told, with numbers that open their posts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from answers import posts as answered_posts
from answers.asking import bounded, matching
from answers.meant import everyone, is_everything, others, own_words
from answers.spoken import spoken
from answers.wording import Compared, audience, wording
from nlp.fold import tokens
from posts.answer import Figure
from posts.post import number
from posts.selection import Selection

NOW = datetime(2026, 11, 22, 17, 20, 31, tzinfo=UTC)
WEEK = timedelta(days=7)
RASTA = Selection(query="رستا OR Rasta")


def holding(world: Any, *words: str, language: str | None = None) -> set[str]:
    """The posts of the last week whose text holds the words side by side, by plain looking."""
    found = set()
    for post in world.truth:
        said = tokens(f"{post.title or ''} {post.text}")
        runs = [said[i : i + len(words)] for i in range(len(said))]
        persian = any("\u0600" <= letter <= "\u06ff" for letter in f"{post.title or ''}{post.text}")
        fits = language in (None, "fa" if persian else "en")
        if post.created_at >= NOW - WEEK and list(words) in runs and fits:
            found.add(post.id)
    return found


def opened(world: Any, figure: Figure) -> set[str]:
    """The posts that a number opens."""
    return {post.id for post in answered_posts.stream(world.asking, figure.selection)}


def test_words_of_a_brand(talked: Any) -> None:
    """In each language what is said with it, as it is written; not the brand itself, not the common talk."""
    found = wording(talked.asking, RASTA).value

    assert found.state == "told"
    assert {(row.language, row.text) for row in found.phrases} == {
        # low quality, do not take, in the city Rasta is dear
        ("fa", "کیفیت پایین"), ("fa", "نمی‌گیرم"), ("fa", "شهر رستا گران"),
        ("en", "Poor Quality"), ("en", "think"), ("en", "costs"),
    }  # fmt: skip
    persian, english = found.compared
    assert english == Compared(
        language="en", posts=30, read=30, authors=10, rest_posts=150, rest_read=150, rest_authors=50
    )
    assert persian == Compared(
        language="fa", posts=34, read=34, authors=11, rest_posts=170, rest_read=170, rest_authors=50
    )


def test_numbers_open_exactly_their_posts(talked: Any) -> None:
    """Posts, authors and the posts of the rest, against plain looking."""
    about = holding(talked, "رستا") | holding(talked, "rasta")
    authors = {post.id: post.author.key for post in talked.truth if post.author}

    for row in wording(talked.asking, RASTA).value.phrases:
        held = holding(talked, *row.words, language=row.language)
        assert opened(talked, row.posts) == held & about
        assert row.posts.value == len(held & about)
        assert opened(talked, row.authors) == held & about
        assert row.authors.value == len({authors[post] for post in held & about if post in authors})
        assert row.others is not None
        assert opened(talked, row.others) == held - about
        assert row.others.value == len(held - about)


def test_answers_stand_on_what_was_asked(talked: Any) -> None:
    """The window that was meant, who was heard, and the order: surest first."""
    answer = wording(talked.asking, RASTA)

    assert answer.definition == "wording"
    assert answer.selection == bounded(talked.asking, RASTA)
    scores = [row.score for row in answer.value.phrases]
    assert scores == sorted(scores, reverse=True)
    assert all(row.false_rate <= 0.05 and row.share > row.rest_share for row in answer.value.phrases)


def test_an_audience_talks_beside_the_topic(talked: Any) -> None:
    """Those who write of Rasta also write of roses; numbers open these posts, and none of the topic's."""
    found = audience(talked.asking, Selection(query="رستا", language="fa")).value
    (row,) = found.phrases
    held = holding(talked, *tokens("گل‌های رز باغچه"))  # the roses of the garden

    assert (row.text, row.others) == ("گل‌های رز باغچه", None)
    assert opened(talked, row.posts) == held
    assert (row.posts.value, row.authors.value) == (20, 10)
    assert {post for post in held if "رستا" in post} == set()


@pytest.mark.parametrize(
    ("selection", "state"),
    [
        (Selection(), "alone"),
        (Selection(language="fa", platform="mastodon"), "alone"),
        (Selection(query="بیانیه"), "few"),  # statement: four posts of nobody
        (Selection(query="nothing"), "few"),
        (Selection(query="بیانیه OR -بیانیه"), "alone"),  # statement or not
    ],
)
def test_why_there_are_no_words(talked: Any, selection: Selection, state: str) -> None:
    """All posts have nothing beside them; few posts tell nothing."""
    found = wording(talked.asking, selection).value

    assert (found.state, found.phrases, found.compared) == (state, (), ())


def test_common_talk_has_no_words_of_its_own(talked: Any) -> None:
    """Some people's ordinary posts say what all say: told, and nothing found."""
    found = wording(
        talked.asking, Selection(query="author:user41 OR author:user43 OR author:user45 OR author:user47")
    ).value

    assert (found.state, found.phrases) == ("told", ())


@pytest.mark.parametrize(
    "selection",
    [
        Selection(query="رستا"),
        Selection(query="tea OR -(bread fresh)"),
        Selection(source="news"),
        Selection(author="mastodon:chatra.example:user7"),
        Selection(query="رستا", author="mastodon:chatra.example:user7", platform="mastodon"),
        Selection(hashtag="tea", language="en"),
        Selection(query="رستا", noise="out"),
    ],
)
def test_the_rest_is_what_is_left(talked: Any, selection: Selection) -> None:
    """The query for the others and the selection share no post, and together are all."""
    selection = bounded(talked.asking, selection)
    rest = others(talked.asking, selection)
    assert rest is not None
    here, there, all_ = (
        {post.id for post in answered_posts.stream(talked.asking, one)}
        for one in (selection, rest, everyone(selection))
    )

    assert here & there == set()
    assert here | there == all_


def test_what_no_query_names_has_no_rest(talked: Any) -> None:
    """Single posts and spellings are told without a way to the others; so are names that cannot be quoted."""
    for selection in (
        Selection(ids=("x",)), Selection(spelling="Tea"), Selection(author="mastodon:a:Sara"),
        Selection(source='a "b"'),
    ):  # fmt: skip
        assert others(talked.asking, selection) is None
        assert not is_everything(selection)
    assert is_everything(Selection(query=" ", language="fa", since=NOW, noise="out"))
    assert others(talked.asking, Selection(language="fa")) is None


@pytest.mark.parametrize(
    ("selection", "hidden"),
    [
        (Selection(query='tea "green cup" -coffee likes:>3'), {"tea", "green", "cup"}),
        (Selection(query="کتاب‌ها"), {"کتابها", "کتاب", "ها"}),  # books, and how else it is written
        (Selection(query="a NEAR/3 (b OR c)"), {"a", "b", "c"}),
        (Selection(entity="brand:rasta"), {"rasta"}),
    ],
)
def test_the_words_of_the_question(talked: Any, selection: Selection, hidden: set[str]) -> None:
    """What must or may stand in the posts, in its other spellings; not what must not."""
    assert own_words(talked.asking, selection) == hidden


def test_words_of_a_hashtag_are_those_of_its_spellings(world: Any) -> None:
    """«#هوش_مصنوعی» (artificial intelligence) hides both words and the joined one."""
    wanted = {"هوش", "مصنوعی", "هوشمصنوعی"}

    assert own_words(world.asking, Selection(hashtag="هوشمصنوعی")) == wanted
    assert wanted <= own_words(world.asking, Selection(query="#هوش_مصنوعی"))


def test_a_sample_is_the_same_everywhere(talked: Any) -> None:
    """Of many posts those with the smallest hashes of their ids are read, in their order."""
    window = matching(talked.asking, bounded(talked.asking, Selection()))
    whole = [post.id for post in talked.truth if post.created_at >= NOW - WEEK and not post.repost_of]
    few, all_ = spoken(talked.asking, window, most=50), spoken(talked.asking, window)
    limit = 2**63 // len(whole) * 50

    assert sorted(all_.ids, key=number) == sorted(whole, key=number) == list(all_.ids)
    assert list(few.ids) == [post for post in all_.ids if number(post) < limit]
    assert 30 < len(few.ids) < 70
    assert few.posts == few.said.stands_for == all_.posts == len(whole)


def test_a_post_without_an_author_speaks_for_its_source(talked: Any) -> None:
    """Four articles of one feed are one voice, and open as nobody's."""
    query = matching(talked.asking, bounded(talked.asking, Selection(source="news")))

    assert len(set(spoken(talked.asking, query).said.voices.tolist())) == 1
