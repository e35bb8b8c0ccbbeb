"""The posts written to measure readers by: their tables can be trusted, and mistakes in them are named."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest

from nlp.fold import words
from nlp.language import detect
from nlp.training.labelled import COLUMNS, Labelled, load, parse
from posts.errors import ConfigError
from posts.post import ACTIONS, EMOTIONS, INTENTS, PURPOSES

HEAD = "\t".join(COLUMNS)
GOOD = "fa-1\tdev\tcustomer\treview\tخوب بود\\nممنون\tpositive\t\tpraise,suggestion\t\tbuy\tmixed,dari"


@pytest.fixture(scope="module")
def persian() -> tuple[Labelled, ...]:
    return load("fa")


@pytest.fixture(scope="module")
def english() -> tuple[Labelled, ...]:
    return load("en")


@pytest.fixture(params=["fa", "en"])
def posts(request: pytest.FixtureRequest) -> tuple[Labelled, ...]:
    return load(request.param)


def mistakes_of(*lines: str) -> list[tuple[int | None, str, str]]:
    with pytest.raises(ConfigError) as caught:
        parse("\n".join(lines), "made.tsv")
    return [(found.line, found.key, found.message) for found in caught.value.mistakes]


def test_a_line_becomes_a_record() -> None:
    """Lists are parted by commas, an empty cell is an empty list, and line breaks come back."""
    (read,) = parse(f"{HEAD}\n{GOOD}\n", "made.tsv")

    assert read == Labelled(
        id="fa-1",
        half="dev",
        author="customer",
        platform="review",
        text="خوب بود\nممنون",
        sentiment="positive",
        emotions=(),
        intents=("praise", "suggestion"),
        purposes=(),
        actions=("buy",),
        note=("mixed", "dari"),
    )


def test_wrong_heading_is_told() -> None:
    assert mistakes_of("id\ttext", GOOD) == [(1, "", f"the heading must be {' '.join(COLUMNS)}")]


@pytest.mark.parametrize(
    ("was", "becomes", "key", "message"),
    [
        ("\tdev\t", "\ttrain\t", "half", "must be of dev, test"),
        ("\treview\t", "\tpaper\t", "platform", "must be of messenger, microblog, comment, review, forum"),
        ("positive", "good", "sentiment", "must be of negative, neutral, positive"),
        ("praise,", "prise,", "intents", f"must be of {', '.join(INTENTS)}"),
        ("\tbuy\t", "\tsell\t", "actions", f"must be of {', '.join(ACTIONS)}"),
        ("praise,suggestion", "praise,praise", "intents", "says a thing twice"),
        ("praise,suggestion", "comment,praise", "intents", "a comment is for nothing else"),
        ("praise,suggestion", "", "intents", "must not be empty"),
        ("\tcustomer\t", "\t\t", "author", "must not be empty"),
        ("mixed,dari", "mixed\tdari", "", "12 cells where there must be 11"),
    ],
)
def test_a_mistake_is_named_with_its_line(was: str, becomes: str, key: str, message: str) -> None:
    other = GOOD.replace("fa-1", "fa-2").replace("خوب", "بد").replace(was, becomes)

    assert mistakes_of(HEAD, GOOD, other) == [(3, key, message)]


def test_place_and_what_was_meant_are_told() -> None:
    """The message that a person reads holds file, line, word and the nearest label."""
    with pytest.raises(ConfigError) as caught:
        parse(f"{HEAD}\n{GOOD.replace('praise,', 'prise,')}", "made.tsv")

    assert str(caught.value) == (
        f"made.tsv:2: intents = prise: must be of {', '.join(INTENTS)}. Did you mean 'praise'?"
    )


def test_what_stands_twice_is_told() -> None:
    assert mistakes_of(HEAD, GOOD, GOOD) == [
        (3, "id", "stands in line 2 already"),
        (3, "text", "stands in line 2 already"),
    ]


def test_persian_posts_are_enough_and_of_many_kinds(persian: tuple[Labelled, ...]) -> None:
    authors = Counter(post.author for post in persian)

    assert len(persian) >= 900
    assert len(authors) >= 35
    assert max(authors.values()) <= len(persian) / 7
    assert len({post.platform for post in persian}) == 5


@pytest.mark.parametrize(
    ("column", "vocabulary", "fewest"),
    [
        ("emotions", EMOTIONS, 40),
        ("intents", INTENTS, 15),
        ("purposes", PURPOSES, 12),
        ("actions", ACTIONS, 5),
    ],
)
def test_every_label_is_given_often_enough(
    persian: tuple[Labelled, ...], column: str, vocabulary: tuple[str, ...], fewest: int
) -> None:
    given = Counter(label for post in persian for label in getattr(post, column))

    assert set(given) == set(vocabulary)
    assert min(given.values()) >= fewest


def test_english_posts_are_enough_and_of_every_label(english: tuple[Labelled, ...]) -> None:
    columns = {"emotions": EMOTIONS, "intents": INTENTS, "purposes": PURPOSES, "actions": ACTIONS}
    given = {name: {label for post in english for label in getattr(post, name)} for name in columns}

    assert len(english) >= 250
    assert len({post.author for post in english}) >= 30
    assert given == {name: set(labels) for name, labels in columns.items()}


def test_moods_are_shared_as_planned(posts: tuple[Labelled, ...]) -> None:
    """About two fifths neutral, a third negative, a quarter positive, in both halves."""
    for half in ("dev", "test"):
        moods = Counter(post.sentiment for post in posts if post.half == half)
        of_all = {mood: count / moods.total() for mood, count in moods.items()}

        assert of_all["neutral"] == pytest.approx(0.42, abs=0.06)
        assert of_all["negative"] == pytest.approx(0.34, abs=0.06)
        assert of_all["positive"] == pytest.approx(0.24, abs=0.06)


def test_halves_alternate_within_each_kind_of_author(posts: tuple[Labelled, ...]) -> None:
    halves: dict[str, list[str]] = {}
    for post in posts:
        halves.setdefault(post.author, []).append(post.half)

    assert all(a != b for listed in halves.values() for a, b in pairwise(listed))
    sizes = Counter(post.half for post in posts)
    assert abs(sizes["dev"] - sizes["test"]) <= len(halves) // 4


def test_no_two_posts_share_five_words_in_a_row(posts: tuple[Labelled, ...]) -> None:
    first: dict[tuple[str, ...], str] = {}
    shared = []
    for post in posts:
        told = words(post.text)
        runs = {tuple(told[at : at + 5]) for at in range(len(told) - 4)} or {tuple(told)}
        shared += [(first[run], post.id) for run in runs if run and run in first]
        first.update(dict.fromkeys(runs, post.id))

    assert shared == []


def test_posts_are_detected_as_persian(persian: tuple[Labelled, ...]) -> None:
    """All but a few of two or three words that other languages share; Persian in Latin letters is unknown."""
    found = {post.id: detect(post.text) for post in persian}
    latin = {post.id for post in persian if "finglish" in post.note}
    missed = [key for key, language in found.items() if language != "fa" and key not in latin]

    assert len(latin) >= 20
    assert {found[key] for key in latin} == {"und"}
    assert len(missed) / (len(found) - len(latin)) < 0.02


def test_posts_are_detected_as_english(english: tuple[Labelled, ...]) -> None:
    """All but a few short ones, which are unknown rather than taken for another language."""
    found = Counter(detect(post.text) for post in english)

    assert set(found) == {"en", "und"}
    assert found["und"] / len(english) < 0.04
