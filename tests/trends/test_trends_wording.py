"""Words that tell some posts from others: what is planted is found, and nothing where nothing is."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from trends.odds import chances, false_rates, log_odds
from trends.wording import Said, Wording, telling

QUIET = frozenset(f"w{n}" for n in range(30))
PLANTED = ("pearl lantern", "quiet river stone", "solo", "twin", "cup of calm")
Side = tuple[list[str], list[int]]


def talk(
    rng: np.random.Generator, authors: range, *, many: int = 3, length: int = 12, planted: float = 0.0
) -> Side:
    """Posts of these authors, up to ``many`` each, who share a vocabulary and have words of their own."""
    weights = 1 / np.arange(1, 2_001) ** 1.05
    weights /= weights.sum()
    texts: list[str] = []
    voices: list[int] = []
    for author in authors:
        own = rng.choice(2_000, size=10)
        for _ in range(int(rng.integers(1, many + 1))):
            drawn = rng.choice(2_000, size=length, p=weights)
            drawn = np.where(rng.random(length) < 0.2, rng.choice(own, size=length), drawn)
            words = [f"w{n}" for n in drawn.tolist()]
            for phrase in PLANTED:
                if rng.random() < planted:
                    words.insert(int(rng.integers(len(words) + 1)), phrase)
            texts.append(" ".join(words))
            voices.append(author)
    return texts, voices


def told(here: Side, rest: Side, **options: Any) -> tuple[Wording, ...]:
    options = {"quiet": QUIET | {"of"}} | options
    return telling(
        Said(texts=here[0], voices=np.array(here[1])),
        Said(texts=rest[0], voices=np.array(rest[1])),
        **options,
    )


def names(found: Sequence[Wording]) -> list[str]:
    return [" ".join(row.words) for row in found]


def said(*posts: tuple[str, int], first: int = 0) -> Side:
    """So many posts of each text, every post by another author."""
    texts = [text for text, count in posts for _ in range(count)]
    return texts, list(range(first, first + len(texts)))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_is_planted_is_found_and_nothing_else(seed: int) -> None:
    """Phrases of 4 % of the posts here and 0.4 % elsewhere: each as a whole, among 2,000 other words."""
    rng = np.random.default_rng(seed)
    found = told(talk(rng, range(400), planted=0.04), talk(rng, range(1_000, 2_000), planted=0.004))

    assert sorted(names(found)) == sorted(PLANTED)
    assert all(row.false_rate <= 0.05 and row.score > 2 and row.ratio > 3 for row in found)


def test_nothing_is_found_where_nothing_is() -> None:
    """Twenty worlds of two sides alike but for how much their authors write: false discoveries stay rare."""
    worlds = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        here = talk(rng, range(150), many=1 + seed % 4, length=8 + seed % 9)
        rest = talk(rng, range(1_000, 1_300), many=4 - seed % 4, length=16 - seed % 9)
        worlds.append(len(told(here, rest)))

    assert sum(count > 0 for count in worlds) <= 1, worlds


def test_loud_accounts_make_no_word() -> None:
    """Two accounts that repeat a slogan a hundred times are two voices; three single people are three."""
    rng = np.random.default_rng(5)
    here, rest = talk(rng, range(200)), talk(rng, range(1_000, 1_600))
    loud: Side = (here[0] + ["buy slogan now"] * 200, here[1] + [900, 901] * 100)

    assert names(told(loud, rest)) == []


def test_repeating_oneself_changes_no_ranking() -> None:
    """One who says the same ten times is ten posts, and hardly more than one voice."""
    rng = np.random.default_rng(7)
    here, rest = talk(rng, range(300), planted=0.06), talk(rng, range(1_000, 1_600))
    loud: Side = (here[0] + [here[0][0]] * 9, here[1] + [here[1][0]] * 9)
    once, often = told(here, rest), told(loud, rest)

    assert sorted(names(once)) == sorted(names(often)) == sorted(PLANTED)
    before, after = ({row.words: row.score for row in found} for found in (once, often))
    assert max(abs(before[words] - after[words]) for words in before) < 0.15


FA = "هوش مصنوعی"  # artificial intelligence


def test_a_phrase_hides_the_words_that_it_explains() -> None:
    """«هوش» and «مصنوعی» are hidden in «هوش مصنوعی» (AI); a part that also stands for itself is told."""
    rest = said(("باران آمد", 60), ("نان خریدم", 60), first=1_000)  # it rained; I bought bread
    # AI helps; AI grows: the words hardly stand apart.
    (whole,) = told(said((f"{FA} کمک", 10), (f"{FA} رشد", 10), ("باران آمد", 10)), rest, least_authors=15)
    # "a green park", "green" alone just as often.
    both = told(said(("park green", 20), ("green w7", 20), ("w8 w9", 10)), rest)

    assert (whole.words, whole.posts, whole.authors) == (("هوش", "مصنوعی"), 20, 20)
    assert sorted(whole.parts) == [("مصنوعی",), ("هوش",)]
    assert names(both) == ["green", "park green"]


def test_a_copied_text_is_one_row() -> None:
    """Twelve accounts that say the same sentence: one phrase, what else they say beside it."""
    rest = said(("rain today", 60), ("bread again", 60), first=1_000)
    found = told(said(("only tonight seventy percent off real healthy market tea", 12)), rest)

    assert len(found) == 1
    assert found[0].beside
    assert len(found[0].words) == 4


def test_stop_words_numbers_and_single_letters_count_for_nothing() -> None:
    """They are told neither alone nor at the ends of a phrase; a number stands in none."""
    rest = said(("rain today", 60), ("bread again", 60), first=1_000)
    here = said(
        ("of cup of calm of", 15), ("x 77 discount", 15), ("save 15 percent", 8), ("save 20 percent", 8)
    )
    found = told(here, rest, quiet={"of"})

    assert names(found) == ["percent", "cup of calm", "discount"]
    assert found[0].beside == (("save",),)


def test_words_of_the_question_are_not_the_answer() -> None:
    """Asked for tea: "tea" is left out, "iced tea" is told, and "good" is said elsewhere too."""
    rest = said(("rain today", 60), ("good bread", 60), first=1_000)
    here = said(("iced tea", 20), ("good tea", 10), ("good w1 tea", 20))
    found = told(here, rest, hidden={"tea"})

    assert names(found) == ["iced tea"]
    assert found[0].parts == (("iced",),)


def test_inflections_are_counted_under_their_head() -> None:
    """«کتاب» and «کتابها» (book, books) are one word, by seven and five people."""
    rest = said(("باران آمد", 60), ("نان خریدم", 60), first=1_000)  # it rained; I bought bread
    here = said(("کتاب", 7), ("کتابها", 5), ("باران آمد", 20))  # book, books
    (row,) = told(here, rest, heads={"کتابها": "کتاب", "کتاب": "کتاب"})

    assert (row.words, row.forms, row.posts, row.authors) == (("کتاب",), ("کتاب", "کتابها"), 12, 12)


def test_numbers_are_those_of_the_posts() -> None:
    """Posts, authors and places by plain counting; a sample's shares are weighed by voices."""
    here: Side = (["lamp w1"] * 6 + ["w2 w3"] * 6, [1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9])
    rest = said(("w2 w3", 50), ("lamp w4", 1), first=100)
    (row,) = told(here, rest)

    assert (row.words, row.posts, row.authors, row.places) == (("lamp",), 6, 5, (0, 1, 2, 3, 4, 5))
    assert (row.rest_posts, row.rest_authors) == (1, 1)
    voices = 4 / 3 + 4 + 3 + 3 / 2  # of two posts 4/3, of three 3/2
    assert row.share == pytest.approx((4 / 3 + 4) / voices)
    assert row.rest_share == pytest.approx(1 / 51)


@pytest.mark.parametrize(
    ("here", "rest"),
    [([], ["a b"]), (["a b"], []), ([""], ["", ""]), (["word"], ["word"]), (["1 2", "a"], ["x"])],
)
def test_silence_tells_nothing(here: list[str], rest: list[str]) -> None:
    """No posts, empty posts, posts without a word that counts."""
    sides = (here, list(range(len(here)))), (rest, list(range(len(rest))))

    assert told(*sides) == ()


WORDS = ("tea", "cup", "rain", "green tea", "hot", "bread and", "of", "city", "bus late")


@pytest.mark.parametrize("seed", range(25))
def test_the_order_of_posts_changes_nothing(seed: int) -> None:
    """Engines give posts in orders of their own; scores differ in no digit that shows."""
    rng = random.Random(seed)
    sides: list[Side] = []
    for liked in (WORDS[:4], WORDS[4:]):
        words = (*WORDS, *liked * 4)
        texts = [" ".join(rng.choices(words, k=rng.randint(1, 5))) for _ in range(rng.randint(30, 60))]
        sides.append((texts, [rng.randrange(15) for _ in texts]))
    mixed: list[Side] = []
    for texts, voices in sides:
        order = rng.sample(range(len(texts)), len(texts))
        mixed.append(([texts[i] for i in order], [voices[i] for i in order]))
    options = {"quiet": {"of", "and"}, "least_authors": 2, "false_share": 0.9}
    first, second = told(*sides, **options), told(*mixed, **options)

    def plain(found: Sequence[Wording]) -> list[Any]:
        return [(row.words, row.posts, row.authors, row.parts, row.beside, row.score) for row in found]

    assert first
    assert plain(first) == [(*row[:-1], pytest.approx(row[-1])) for row in plain(second)]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("side", [0, 1])
def test_a_stranger_changes_no_order(side: int, seed: int) -> None:
    """An author who speaks of something else moves scores a little, and neither adds nor takes a word."""
    rng = np.random.default_rng(seed)
    sides = [talk(rng, range(200), planted=0.08), talk(rng, range(1_000, 1_400), planted=0.005)]
    before = told(*sides)
    texts, voices = sides[side]
    sides[side] = (texts + ["elsewhere nothing whatever"] * 5, voices + [5_000] * 5)
    after = {row.words: row.score for row in told(*sides)}

    assert sorted(after) == sorted(row.words for row in before)
    assert max(abs(after[row.words] - row.score) for row in before) < 0.05


# the measures


def test_log_odds_by_hand() -> None:
    """A word of 30 of 100 words here and 10 of 200 elsewhere: the formulas of Monroe and others."""
    votes, totals = np.array([[30.0], [10.0]]), np.array([100.0, 200.0])
    prior = 100 * 40 / 300
    change = np.log((30 + prior) / (200 - 30 - prior)) - np.log((10 + prior) / (300 - 10 - prior))
    spread = 1 / (30 + prior) + 1 / (10 + prior) + 1 / (200 - 30 - prior) + 1 / (300 - 10 - prior)

    assert log_odds(votes, votes, totals) == pytest.approx(change / np.sqrt(spread))


def test_chances_of_whole_votes_are_binomial() -> None:
    """Where every author wrote one post the chance is the plain binomial tail."""
    votes = np.array([[5.0, 3.0, 0.0], [2.0, 0.0, 4.0]])
    tails = [stats.binom.sf(4, 7, 0.25), stats.binom.sf(2, 3, 0.25), 1.0]

    assert chances(votes, votes, np.array([50.0, 150.0]), np.ones(2)) == pytest.approx(tails)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_false_rates_are_those_of_benjamini_and_hochberg(tails: list[float]) -> None:
    """As SciPy tells them; of the three smallest of many tests as if the others were there."""
    many = len(tails) + 7
    least = sorted(tails)[:3]
    among = stats.false_discovery_control([*least, *[1.0] * (many - len(least))], method="bh")

    assert false_rates(np.array(tails)) == pytest.approx(stats.false_discovery_control(tails, method="bh"))
    assert false_rates(np.array(least), many) == pytest.approx(among[: len(least)])
