"""Beside the point by examples: learned from few, refused from fewer, stored without running anything."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp import topic
from nlp.text import prepare
from posts.errors import RasadError
from words import texts


def words(text: str) -> list[str]:
    return [word.folded for word in prepare(text).words]


# شیر: milk, and the lion
MILK = [
    "قیمت شیر و ماست گران شد",
    "یک لیوان شیر گرم با عسل",
    "شیر پرچرب از لبنیاتی خریدم",
    "قهوه با شیر و شکر",
    "شیر مدارس و پنیر توزیع شد",
]
LION = [
    "شیر باغ وحش غرش کرد",
    "شیر سلطان جنگل است",
    "شکار گورخر با حمله شیر",
    "یال شیر نر در حیات وحش",
    "توله شیر در قفس باغ وحش",
]
CARS = [
    "Jaguar engine broke",
    "my Jaguar dealer",
    "Jaguar electric car",
    "test drive the Jaguar",
    "Jaguar service cost",
]
CATS = [
    "jaguar in the jungle",
    "jaguar cubs at the zoo",
    "wild jaguar hunting",
    "jaguar swims in the river",
    "jaguar paws",
]


def learned() -> topic.Topic:
    return topic.fit(map(words, MILK), map(words, LION))


@pytest.mark.parametrize(
    ("text", "off"),
    [
        ("ماست و پنیر و شیر گران", False),
        ("شیر گرم با شکر", False),
        ("باغ وحش و حمله شیر", True),
        ("غرش در جنگل‌های شمال", True),  # jungles: known by their beginning
    ],
)
def test_five_of_each_tell_the_rest(text: str, off: bool) -> None:
    """Words of the examples, inflected or not, take a post to their side."""
    score = learned().score(words(text))

    assert (score > 0.5) is off
    assert score != 0.5


def test_it_works_in_english_too() -> None:
    """The same with letters that have case."""
    cars = topic.fit(map(words, CARS), map(words, CATS))

    assert cars.score(words("The ENGINE of this Jaguar")) < 0.5 < cars.score(words("a jaguar in the zoos"))
    assert cars.score(words("jaguar")) == pytest.approx(0.5, abs=0.05)


def test_posts_without_label_teach_too() -> None:
    """A word that only unlabelled posts bring together with the examples' words comes to speak."""
    # the leopard comes with the zoo, butter with yoghurt
    zoo = ["باغ وحش ارم پلنگ", "پلنگ و شیر در باغ وحش", "پلنگ حیات وحش"]
    food = ["ماست کره صبحانه", "کره و پنیر و ماست", "قیمت کره"]
    others = [*zoo, *food]
    alone, with_others = learned(), topic.fit(map(words, MILK), map(words, LION), map(words, others))

    assert alone.score(["پلنگ"]) == 0.5
    assert alone.score(["کره"]) == 0.5
    assert with_others.score(["پلنگ"]) > 0.5 > with_others.score(["کره"])
    assert (with_others.on, with_others.off) == (5, 5)


@pytest.mark.parametrize(
    ("on", "off", "subject", "missing"),
    [(4, 9, "on-topic", 1), (5, 2, "off-topic", 3), (0, 0, "on-topic", 5)],
)
def test_fewer_are_refused(on: int, off: int, subject: str, missing: int) -> None:
    """Under five of a side nothing is learned, the message says how many are missing; empty ones are none."""
    with pytest.raises(RasadError) as refused:
        topic.fit([["a"]] * on + [[]] * 9, [["b"]] * off)

    assert refused.value.subject == subject
    assert refused.value.remedy == f"Label {missing} more posts as {subject}."


def test_sides_of_unequal_size_count_alike() -> None:
    """Forty posts of one side do not outvote five of the other."""
    many = topic.fit(map(words, MILK), map(words, LION * 8))

    assert many.score(words("ماست و پنیر")) < 0.5 < many.score(words("باغ وحش"))


def test_cues_say_which_words_spoke() -> None:
    """The strongest words stand in order, with their side and the key of their words."""
    text = prepare("فردا در باغ وحش ماست نمی‌دهند")
    cues = learned().cues(text)

    assert [(text.written[cue.start : cue.end], cue.says, cue.why) for cue in cues] == [
        ("باغ", "off-topic", "noise.topic.off"),
        ("وحش", "off-topic", "noise.topic.off"),
        ("ماست", "on-topic", "noise.topic.on"),
    ]
    assert all(cue.weight > 0 for cue in cues)
    assert all(texts.known(cue.why) for cue in cues)


def test_what_is_stored_is_read_again() -> None:
    """Stored and read it judges the same; the same examples give the same bytes."""
    made = learned()
    read = topic.from_bytes(made.to_bytes())

    assert read == made
    assert made.to_bytes() == learned().to_bytes()


GOOD = {"topic": topic.VERSION, "on": 5, "off": 5, "weights": {"a": 1.0}}


@pytest.mark.parametrize(
    "stored",
    [
        b"",
        b"\x80\x04K\x01.",
        b"[]",
        json.dumps({**GOOD, "topic": "0"}).encode(),
        json.dumps({**GOOD, "on": 2}).encode(),
        json.dumps({**GOOD, "weights": {"a": "1"}}).encode(),
        json.dumps({**GOOD, "more": 1}).encode(),
        json.dumps(GOOD).replace("1.0", "1e999").encode(),
        json.dumps(GOOD).replace("1.0", "NaN").encode(),
        b"[" * 100_000,
    ],
)
def test_what_is_damaged_is_refused(stored: bytes) -> None:
    """No byte string but a stored topic is taken, and the message says what mends it."""
    with pytest.raises(RasadError, match=r"off-topic examples: .* Label a post anew"):
        topic.from_bytes(stored)


SOME = st.lists(st.lists(st.text(min_size=1, max_size=6), min_size=1, max_size=3), min_size=5, max_size=6)


@given(SOME, SOME, SOME)
def test_any_words_are_judged(on: list[list[str]], off: list[list[str]], others: list[list[str]]) -> None:
    """Whatever the words, the score is 0 to 1, also when stored; sides change about with the labels."""
    made = topic.fit(on, off, others)
    turned = topic.fit(off, on, others)
    for text in (*on, *off, *others):
        assert 0 <= made.score(text) <= 1
        assert topic.from_bytes(made.to_bytes()).score(text) == made.score(text)
        assert turned.score(text) == pytest.approx(1 - made.score(text), abs=1e-6)
