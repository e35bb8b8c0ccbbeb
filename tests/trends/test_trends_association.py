"""Related tags and the warnings on made streams: planted ones are told, and little of what chance makes."""

from __future__ import annotations

import numpy as np

from trends import association, contexts
from trends.association import Uses


def made(rng: np.random.Generator, *, posts: int = 1_500, tags: int = 60, planted: bool = False) -> Uses:
    """Posts of people of uneven zeal, each with one to three tags drawn by chance; planted: 1 and 2 meet."""
    rows: list[tuple[int, int, int, int]] = []
    weights = 1 / np.arange(1, tags + 1)
    for post in range(posts):
        author = int(400 * rng.random() ** 2)
        drawn = set(rng.choice(tags, size=rng.integers(1, 4), p=weights / weights.sum()).tolist())
        if planted and rng.random() < 0.03:
            drawn |= {41, 42}
        rows += [(tag, author, post, post) for tag in sorted(drawn)]
    tag, author, number, at = np.array(rows, dtype=np.int64).T
    return Uses(tag=tag, author=author, post=number, at=at)


def test_related_tags_of_chance_are_few_and_planted_ones_found() -> None:
    """Over 200 tags of streams where nothing belongs together, hardly any has a related one."""
    rng = np.random.default_rng(5)
    wrong = asked = 0
    for _ in range(10):
        uses = made(rng)
        all_ = association.voices(uses)
        for tag in range(20):
            asked += 1
            wrong += bool(association.pairs(all_, association.with_tags(uses, [tag]), [tag]))
    assert wrong / asked <= 0.05
    uses = made(rng, planted=True)
    found = association.pairs(association.voices(uses), association.with_tags(uses, [41]), [41])
    assert found[0].tag == 42
    assert 1 < found[0].least_lift < found[0].lift


def test_one_person_is_one_voice() -> None:
    """Who writes two tags together a hundred times, beside whatever, does not make them belong together."""
    rng = np.random.default_rng(1)
    uses = made(rng)
    many = np.repeat(np.arange(100), 3)
    loud = np.stack([np.tile([50, 51, 0], 100), np.full(300, 7), 10_000 + many, many])
    loud[0, 2::3] = np.arange(100) % 40
    both = Uses(**{
        name: np.concatenate([getattr(uses, name), row])
        for name, row in zip(("tag", "author", "post", "at"), loud, strict=True)
    })  # fmt: skip

    found = association.pairs(association.voices(both), association.with_tags(both, [50]), [50])

    assert 51 not in [pair.tag for pair in found]


def test_counts_of_a_pair_are_exact() -> None:
    """Four people, of whom two with both; the same by plain counting."""
    tag = np.array([1, 2, 1, 2, 1, 2, 1, 2])
    author = np.array([5, 5, 6, 6, 7, 8, -1, -1])
    post = np.array([0, 0, 1, 1, 2, 3, 4, 4])
    uses = Uses(tag=tag, author=author, post=post, at=post)
    all_ = association.voices(uses)

    assert all_.count == 4
    assert association.overlaps(uses, [1, 2])[0, 1] == 2 / 4
    assert association.with_tags(uses, [1]).tolist() == [True] * 5 + [False, True, True]


def crowd(rng: np.random.Generator, people: int, start: int, words: int = 120) -> list[frozenset[str]]:
    """What people say, from a vocabulary of their own with few words that most use."""
    weights = 1 / np.arange(1, words + 1)
    return [
        frozenset(f"w{start + n}" for n in rng.choice(words, size=8, p=weights / weights.sum()))
        for _ in range(people)
    ]


def test_one_crowd_has_one_meaning_and_two_have_two() -> None:
    """No collision in 40 crowds by chance; two with words of their own are parted without a mistake."""
    rng = np.random.default_rng(3)

    assert [contexts.two_contexts(crowd(rng, 60, 0)) for _ in range(40)] == [None] * 40
    split = contexts.two_contexts([*crowd(rng, 50, 0), *crowd(rng, 40, 200)])
    assert split is not None
    assert len(set(split.sides[:50].tolist())) == len(set(split.sides[50:].tolist())) == 1
    assert split.mixing < split.by_chance
    assert contexts.two_contexts(crowd(rng, 15, 0)) is None


def test_a_tag_changes_hands_only_where_words_and_people_do() -> None:
    """No turn in 40 steady crowds; newcomers with other words are told to the hour they came."""
    rng = np.random.default_rng(4)
    first = np.sort(rng.integers(0, 1_000, 80))

    assert [contexts.turn(first, first, crowd(rng, 80, 0)) for _ in range(40)] == [None] * 40
    found = contexts.turn(first, first, [*crowd(rng, 40, 0), *crowd(rng, 40, 200)])
    assert found is not None
    assert abs(found.at - int(first[40])) <= 30
    assert found.newcomers == 1.0
    # The same people with other words are no newcomers.
    assert contexts.turn(first, np.full(80, 1_000), [*crowd(rng, 40, 0), *crowd(rng, 40, 200)]) is None
