"""Near copies: the same text in other dress is one, another text is none, and the order does not matter."""

from __future__ import annotations

import random
import zlib
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp import copies
from nlp.copies import Copies, Known, Place, alike, bands, earliest, later, similarity, sketch, sketches
from nlp.text import prepare

DAY = datetime(2026, 11, 26, tzinfo=UTC)
NEWS = "گوشی‌های تازه شرکت امروز در تهران رونمایی می‌شود و قیمت آن‌ها از چهل میلیون تومان شروع خواهد شد"
TEA = "The new tea house on the corner opens on Saturday with free cake for all of its neighbours"


def of(text: str) -> copies.Sketch:
    return sketch([word.folded for word in prepare(text).words])


@pytest.mark.parametrize(
    "copy",
    [
        pytest.param(NEWS + " https://t.co/abc123 @ali @sara", id="link and mentions"),
        pytest.param("RT @khabar: " + NEWS, id="forwarded by hand"),
        pytest.param("🔥🔥 " + NEWS + " 😍", id="emoji"),
        pytest.param(NEWS.replace("ی", "ي").replace("ک", "ك"), id="Arabic letters"),
        pytest.param(NEWS.replace("می\u200cشود", "می شود").replace("گوشی\u200cهای", "گوشی های"), id="spaced"),
        pytest.param(NEWS.replace("می\u200cشود", "میشود").replace("آن\u200cها", "انها"), id="joined"),
        pytest.param(NEWS.replace("تهران", "تهـــران").replace("خواهد", "خواهَد"), id="tatweel, vowels"),
        pytest.param(NEWS.replace("شروع", "شروعععع"), id="stretched"),
        pytest.param(NEWS + " ۱۴۰۵ 17", id="numbers"),
        pytest.param(NEWS.replace(" ", "  \n"), id="spaces"),
    ],
)
def test_dress_does_not_count(copy: str) -> None:
    """Links, mentions, numbers, emoji and spellings change nothing."""
    assert of(copy) == of(NEWS)


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (TEA, TEA.replace("Saturday", "Sunday"), True),
        (TEA, "Wow, look: " + TEA + " #tea #cake", True),
        (TEA, " ".join(TEA.split()[:13]) + " …", True),
        (NEWS, NEWS.replace("تهران", "شیراز"), True),
        (NEWS, "خبر خوب: " + NEWS + " #گوشی", True),
        (NEWS, "قیمت گوشی‌های تازه شرکت از چهل میلیون تومان است و امروز در تهران دیده شد", False),
        (TEA, "A new tea house opens on the corner, and there will be cake for its neighbours", False),
        (TEA, NEWS, False),
        ("the new tea house", "The NEW tea house!", True),
        ("the new tea house", "the new tea houses", False),
        ("the new tea house", "the new tea house opens", False),
    ],
)
def test_copies_are_told_from_other_texts(first: str, second: str, same: bool) -> None:
    """A word changed or some added makes a copy, the same matter in other words none."""
    assert alike(of(first), of(second)) is same


@pytest.mark.parametrize(
    "text", ["", "سلام", "good morning", "@a @b https://t.co/x", "1 2 3 4 5 6", "🔥🔥🔥🔥🔥", "RT @x: yes no"]
)
def test_texts_of_under_three_words_have_no_sketch(text: str) -> None:
    """So greetings and reposts are copies of nothing."""
    assert of(text) == ()
    assert bands(of(text)) == ()
    assert not alike(of(text), of(text))


WORDS = st.lists(
    st.one_of(st.sampled_from(["a", "می", "ها", "7", "rt"]), st.text(min_size=1, max_size=4)), max_size=9
)


@given(st.lists(WORDS, max_size=6))
def test_many_at_once_are_as_each_alone(texts: list[list[str]]) -> None:
    """A batch gives what single texts give, each of the size it says, like itself, with all its bands."""
    many = list(sketches(texts))

    assert many == [sketch(words) for words in texts]
    for one in many:
        assert len(one) in (0, copies.SIZE)
        assert all(0 <= value < 65_536 for value in one)
        assert similarity(one, one) == (1.0 if one else 0.0)
        assert len(set(bands(one))) == (copies.BANDS if one else 0)


def test_sketches_are_the_same_in_every_process() -> None:
    """What is stored today is compared with what is read next year."""
    made = sketch(["one", "two", "three", "four", "five", "six"])

    assert made[:6] == (49035, 27235, 57352, 16201, 4233, 496)
    assert bands(made)[:3] == ("027c9f9", "1e2517e", "25eb429")


def test_batches_end_where_texts_do() -> None:
    """More texts than fit a batch, short ones between long ones."""
    texts = [[f"w{(place * 7 + at) % 50}" for at in range(place % 9)] for place in range(5_000)]

    assert list(sketches(texts))[2_000:2_600] == [sketch(words) for words in texts[2_000:2_600]]


def test_a_book_is_sketched_as_a_post_is() -> None:
    """A text far longer than a batch, between others: each as alone, and like itself with another ending."""
    book = [f"w{place}" for place in range(60_000)]
    made = list(sketches([book[:20], book, book[:9], [*book[:59_000], "the", "end", "of", "it"]]))

    assert made[0] == sketch(book[:20])
    assert made[2] == sketch(book[:9])
    assert alike(made[1], made[3])
    assert not alike(made[0], made[1])


def test_similarity_is_the_overlap_of_runs() -> None:
    """Over 300 pairs of known overlap it is right in the mean, and scatters as 36 draws do."""
    rng = random.Random(5)
    errors = []
    for _ in range(300):
        words = [f"w{rng.randrange(10**6)}" for _ in range(42)]
        other = [*words[:32], *(f"v{rng.randrange(10**6)}" for _ in range(10))]
        errors.append(similarity(sketch(words), sketch(other)) - 30 / 50)

    assert abs(sum(errors) / len(errors)) < 0.015
    assert 0.06 < (sum(error**2 for error in errors) / len(errors)) ** 0.5 < 0.10


@pytest.mark.parametrize(("kept", "overlap"), [(22, 20 / 60), (32, 30 / 50), (37, 35 / 45)])
def test_bands_are_shared_as_promised(kept: int, overlap: float) -> None:
    """The share of 400 pairs with a band in common is 1 - (1 - s³)¹², within four standard errors."""
    rng = random.Random(9)
    shared = 0
    for _ in range(400):
        words = [f"w{rng.randrange(10**6)}" for _ in range(42)]
        other = [*words[:kept], *(f"v{rng.randrange(10**6)}" for _ in range(42 - kept))]
        shared += bool(set(bands(sketch(words))) & set(bands(sketch(other))))
    promised = 1 - (1 - overlap**3) ** 12

    assert abs(shared / 400 - promised) <= 4 * (promised * (1 - promised) / 400) ** 0.5


def test_the_earliest_is_told_by_time_then_id() -> None:
    """Of several that it copies the first written, of two written at once the lesser id."""
    first, same, own = (Known(name, DAY, of(TEA)) for name in ("a", "b", "c"))
    older = Known("z", DAY - timedelta(hours=1), of(TEA + " again and again"))
    other = Known("0", DAY - timedelta(days=9), of(NEWS))

    assert earliest(own, [own, same, first, other]) == "a"
    assert earliest(own, [same, older, first]) == "z"
    assert earliest(first, [own, same]) is None
    assert later(older, [own, other, same, first]) == ("a", "b", "c")
    assert later(own, [first, same]) == ()


def test_families_do_not_drift() -> None:
    """C resembles B and not A, so it is a copy of B, although B is one of A."""
    words = [f"w{place}" for place in range(40)]
    a, b, c = words[:24], words[6:30], words[12:36]
    posts = [
        Known(name, DAY + timedelta(minutes=at), sketch(w))
        for at, (name, w) in enumerate(zip("abc", (a, b, c), strict=True))
    ]

    assert [alike(posts[0].sketch, posts[1].sketch), alike(posts[0].sketch, posts[2].sketch)] == [True, False]
    assert [earliest(post, posts) for post in posts] == [None, "a", "b"]


@cache
def _made(seed: int) -> list[Known]:
    """Twenty posts of few families, copied with changes, some at the same moment."""
    rng = random.Random(seed)
    origins = [[f"{family}w{at}" for at in range(20)] for family in range(3)]
    posts = []
    for place in range(20):
        words = list(rng.choice(origins))
        for _ in range(rng.choice((0, 0, 1, 3))):
            words[rng.randrange(20)] = f"x{rng.randrange(9)}"
        moment = DAY + timedelta(minutes=rng.randrange(15))
        posts.append(Known(f"p{zlib.crc32(bytes([seed, place]))}", moment, sketch(words)))
    return posts


@cache
def _expected(seed: int) -> dict[str, str | None]:
    return {post.id: earliest(post, _made(seed)) for post in _made(seed)}


@given(st.integers(0, 15), st.randoms(use_true_random=False))
def test_any_order_of_arrival_ends_in_the_same_families(seed: int, rng: random.Random) -> None:
    """The index, fed in any order, names for each post what all the posts together name."""
    posts = _made(seed)
    expected = _expected(seed)
    shuffled = rng.sample(posts, len(posts))
    index = Copies()
    told: dict[str, str | None] = {}
    for post in shuffled:
        place = index.add(post)
        told[post.id] = place.first
        told.update(dict.fromkeys(place.later, post.id))

    assert told == expected
    assert {post.id: index.first(post.id) for post in posts} == expected
    assert any(expected.values())


def test_what_is_forgotten_is_no_longer_named() -> None:
    """The index keeps its bound; what is copied stays, what nobody copied goes first."""
    index = Copies(limit=3)
    index.add(Known("first", DAY, of(NEWS)))
    index.add(Known("lonely", DAY, of(TEA)))
    index.add(Known("other", DAY, of(TEA[20:])))
    index.add(Known("copy", DAY + timedelta(hours=1), of(NEWS)))
    fourth = index.add(Known("again", DAY + timedelta(hours=2), of(NEWS)))

    assert fourth == Place("first")
    assert len(index) == 3
    assert index.add(Known("tea", DAY + timedelta(hours=3), of(TEA))) == Place()
    assert index.add(Known("late", DAY + timedelta(hours=3), of(NEWS))).first == "first"
    assert len(index) == 3


def test_an_edit_is_placed_anew() -> None:
    """A known id that now says something else leaves its family."""
    index = Copies()
    index.add(Known("a", DAY, of(NEWS)))
    index.add(Known("b", DAY + timedelta(hours=1), of(NEWS)))
    assert index.first("b") == "a"

    assert index.add(Known("b", DAY + timedelta(hours=1), of(TEA))) == Place()
    assert index.first("b") is None
    assert index.add(Known("c", DAY, ())) == Place()
    assert len(index) == 2


def test_a_long_run_of_the_same_text_stays_quick() -> None:
    """Ten thousand times one text is one wording, not ten thousand comparisons each."""
    index = Copies(limit=20_000)
    same = of(NEWS)
    places = [index.add(Known(f"p{n:05}", DAY + timedelta(seconds=n), same)) for n in range(10_000)]

    assert places[0] == Place()
    assert {place.first for place in places[1:]} == {"p00000"}
