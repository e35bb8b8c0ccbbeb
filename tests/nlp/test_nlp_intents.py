"""What texts are there for: exact readings by table, spellings that read alike, and where cues stand."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.intents import Aims, is_phone, read
from nlp.text import prepare
from posts.post import ACTIONS, INTENTS, PURPOSES
from words.texts import known

CASES = tomllib.loads((Path(__file__).parent / "cases" / "intents.toml").read_text(encoding="utf-8"))["case"]


def aims(text: str, mood: float | None = None) -> Aims:
    return read(prepare(text), mood)


@pytest.mark.parametrize("case", [pytest.param(case, id=case["text"]) for case in CASES])
def test_texts_are_read_as_people_read_them(case: dict[str, Any]) -> None:
    """Intents, purposes and calls are those of the table, and nothing else."""
    found = aims(case["text"])

    assert set(found.intents) == set(case["intents"])
    assert set(found.purposes) == set(case.get("purposes", ()))
    assert set(found.actions) == set(case.get("actions", ()))


@pytest.mark.parametrize(
    ("texts", "intent"),
    [
        # my order has not arrived: half-space, space, joined, Arabic letters, a vowel sign, drawn out
        (
            (
                "سه روزه سفارشم نرسیده", "سه\u200cروزه سفارشم نرسیده", "سه روزه سفارشم نرسيده",
                "سه روزه سِفارشم نرسیده", "سه روزه سفارشم نرسیدههههه", "۳ روزه سفارشم نرسیده",
            ),
            "complaint",
        ),
        # does anyone know
        (("کسی می‌دونه", "کسی می دونه", "کسی میدونه", "کسي ميدونه", "کسی میدونهههه"), "question"),
        # I propose
        (("پیشنهاد می‌کنم", "پیشنهاد می کنم", "پیشنهاد میکنم", "پيشنهاد ميكنم"), "suggestion"),
        # excellent
        (("عالی بود", "عالي بود", "عالییییی بود", "عـــالی بود"), "praise"),
        # rubbish
        (("افتضاحه", "افتضــاحه", "افتضاحههه"), "criticism"),
        # a rumour
        (("شایعه‌ست", "شایعه ست", "شايعه‌ست", "شایعست"), "misinformation"),
        (
            ("the app doesn't work", "the app doesnt work", "the app doesn’t work", "THE APP DOESN'T WORK"),
            "complaint",
        ),
        (("love this", "LOVE THIS", "loooove this", "ｌｏｖｅ ｔｈｉｓ"), "praise"),
        (("anyone know where", "Anyone know where", "anyoneeee know where"), "question"),
    ],
)  # fmt: skip
def test_spellings_read_alike(texts: tuple[str, ...], intent: str) -> None:
    """Half-space, space or none, Arabic letters, marks, capitals and drawn-out letters change nothing."""
    found = {text: read(prepare(text, "fa" if ord(text[0]) > 0x600 else "en")).intents for text in texts}

    assert found == dict.fromkeys(texts, (intent,))


def test_cues_stand_where_the_words_stand() -> None:
    """Each cue covers the words that spoke, in code points of the text as written."""
    text = "🎁 سلام! همین حالا سفارش بدید: ۰۹۱۲ ۳۴۵ ۶۷۸۹"  # hello, order now
    found = aims(text)

    assert {(text[cue.start : cue.end], cue.says) for cue in found.cues} == {
        ("همین حالا سفارش", "promote"),
        ("سفارش", "promote"),
        ("همین حالا سفارش", "buy"),
        ("۰۹۱۲ ۳۴۵ ۶۷۸۹", "contact"),
    }


def test_every_cue_has_a_name_that_people_can_read() -> None:
    """What is shown beside a reading is in the texts of both languages: each list's name, and the rules'."""
    read = [
        tomllib.loads((files("nlp") / "data" / name).read_text(encoding="utf-8"))
        for name in ("intents_en.toml", "intents_fa.toml", "forms.toml")
    ]
    whys = {listed["why"] for table in read for listed in table["list"] if listed["says"]} | {
        "mark",
        "emoji",
        "price",
        "phone",
    }

    assert [why for why in sorted(whys) if not known(f"intents.why.{why}")] == []
    assert {cue.why for case in CASES for cue in aims(case["text"]).cues} <= {
        f"intents.why.{why}" for why in whys
    }


def test_mood_turns_what_words_leave_open() -> None:
    """A bad mood makes a mishap with one's own thing a complaint, and takes praise back."""
    late = "my parcel is late"
    assert aims(late, -0.6).intents == ("complaint",)
    assert aims(late).intents == ("comment",)
    sour = "great job guys"
    assert aims(sour, 0.8).intents == ("praise",)
    assert aims(sour, -0.7).intents == ("comment",)


def test_a_comment_is_for_nothing_else() -> None:
    """Nothing, a link or a mention alone are comments without purpose."""
    for text in ("", " ", "https://example.com/?q=1", "@sara", "#hashtag", "..."):
        assert aims(text) == Aims(intents=("comment",))


def test_question_marks_in_links_ask_nothing() -> None:
    """A mark inside an address is part of it; the one behind asks."""
    assert aims("see https://example.com/a?b=1 for it").intents == ("comment",)
    assert aims("https://example.com/a?b=1 ?").intents == ("question",)


@pytest.mark.parametrize(
    ("written", "phone"),
    [
        ("09123456789", True), ("۰۹۱۲ ۳۴۵ ۶۷۸۹", True), ("+98 912 345 6789", True),
        ("0098-21-88123456", True),
        ("021-88123456", True), ("٠٢١٨٨١٢٣٤٥٦", True), ("1404/05/06", False), ("6037991234567890", False),
        ("20261126", False), ("0.5", False),
    ],
)  # fmt: skip
def test_telephone_numbers_are_told(written: str, phone: bool) -> None:
    """Iranian and international numbers, in digits of any script; not dates, cards or amounts."""
    assert is_phone(written) is phone


PIECES = st.sampled_from(
    [word for case in CASES for word in case["text"].split()] + ["?", "؟", "\n", "😂", "…", "\u200c"]
)


@given(
    st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=25).map(" ".join)),
    st.sampled_from(["fa", "en", "und", "de"]),
    st.sampled_from([None, -1.0, 1.0]),
)
def test_nothing_raises_and_cues_lie_inside(text: str, lang: str, mood: float | None) -> None:
    """Whatever is written, the reading is of known words, in their order, and its cues lie in the text."""
    found = read(prepare(text, lang), mood)

    assert found.intents
    assert list(found.intents) == [name for name in INTENTS if name in found.intents]
    assert list(found.purposes) == [name for name in PURPOSES if name in found.purposes]
    assert list(found.actions) == [name for name in ACTIONS if name in found.actions]
    assert ("comment" in found.intents) == (found.intents == ("comment",))
    for cue in found.cues:
        assert 0 <= cue.start < cue.end <= len(text)
        assert cue.says in {*found.intents, *found.purposes, *found.actions}
