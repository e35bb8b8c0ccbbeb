"""What families of hashtags are made of, and what may or may not belong to them."""

from __future__ import annotations

import pytest

from nlp import hashtags
from nlp.families import Doubt, Member, doubts, joined_by, look_alikes, members, siblings, skeleton

# Artificial intelligence, as it is written.
WRITTEN = {"هوش_مصنوعی": 40, "هوش\u200cمصنوعی": 9, "هوشمصنوعی": 7, "هوش_مصنوعي": 3, "هُوش_مصنوعی": 1}


def test_members_are_told_with_what_joins_them() -> None:
    """The commonest first, each with its posts and what makes it one with the commonest."""
    assert members(WRITTEN) == (
        Member(written="هوش_مصنوعی", count=40),
        Member(written="هوش\u200cمصنوعی", count=9, joined_by=("half-space",)),
        Member(written="هوشمصنوعی", count=7, joined_by=("underscore",)),
        Member(written="هوش_مصنوعي", count=3, joined_by=("letters",)),
        Member(written="هُوش_مصنوعی", count=1, joined_by=("diacritics",)),
    )


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("AI", "ai", ("case",)),
        ("ＡＩ", "ai", ("width", "case")),
        ("انتخابات۱۴۰۴", "انتخابات_1404", ("digits", "underscore")),
        ("ازادی", "آزادی", ("madda",)),
        ("كتاب", "کتاب", ("letters",)),
        ("ﻛﺘﺎﺏ", "کتاب", ("width", "letters")),
        ("سـلام", "سلام", ("diacritics",)),
        ("\u200fسلام", "سلام", ("invisible",)),
        ("BlackFriday", "black_friday", ("case", "underscore")),
        ("مسئول", "مسیول", ("letters",)),
        ("AI", "هوش_مصنوعی", ("mended",)),
        ("سلام", "سلام", ()),
    ],
)
def test_what_joins_two_spellings(one: str, other: str, expected: tuple[str, ...]) -> None:
    """Everything in which they differ and that folding takes away, and nothing else."""
    assert expected == joined_by(one, other) == joined_by(other, one)


def test_each_family_of_keys_can_be_explained() -> None:
    """Two different spellings with one key always have a reason."""
    spellings = [
        "Straße",
        "STRASSE",
        "İstanbul",
        "istanbul",
        "café",
        "cafe\u0301",
        "خانۀ_ما",
        "خانه_ما",
        "خانة_ما",
    ]
    pairs = [(a, b) for a in spellings for b in spellings if a != b and hashtags.key(a) == hashtags.key(b)]

    assert len(pairs) > 8
    assert [pair for pair in pairs if not joined_by(*pair) and pair not in _COMPOSED] == []


_COMPOSED = {("café", "cafe\u0301"), ("cafe\u0301", "café")}
"""Nothing that a reader could see or a writer choose differs in these."""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("paypal", "раураl"),  # the second in Cyrillic
        ("paypal", "paypa1"),
        ("google", "g00gle"),
        ("iran", "lran"),
        ("apple", "αpple"),
        ("modern", "modem"),
        ("کوردە", "کورده"),
    ],
)
def test_look_alikes_share_a_skeleton(one: str, other: str) -> None:
    """Letters that are drawn alike make no other look."""
    assert skeleton(one) == skeleton(other)


def test_look_alikes_of_a_key() -> None:
    """Other keys that look the same, in order; the key itself and different words are none."""
    assert look_alikes("snapp", ["snapp", "ѕnapp", "snаpp", "snap", "تپسی"]) == ("snаpp", "ѕnapp")
    assert look_alikes("تهران", ["تهران", "طهران"]) == ()


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        pytest.param(
            {"nowhere": 50, "now_here": 30, "NowHere": 2},
            (Doubt(one="nowhere", other="now_here", why="words"),),
            id="words-meet-elsewhere",
        ),
        pytest.param({"nowhere": 50, "now_here": 3}, (), id="a-slip"),
        pytest.param(WRITTEN, (), id="joined-form-is-no-word"),
        pytest.param(
            {"ریال": 20, "رئال": 18}, (Doubt(one="ریال", other="رئال", why="letters"),), id="two-words"
        ),  # rial, and the first word of Real Madrid
        pytest.param({"آزادی": 20, "ازادی": 18}, (), id="madda"),
        pytest.param({"AI": 5, "ai": 5}, (), id="case"),
        pytest.param({}, (), id="empty"),
    ],
)
def test_doubtful_merges(counts: dict[str, int], expected: tuple[Doubt, ...]) -> None:
    """Only two frequent spellings that both are words of their own are doubted."""
    assert expected == doubts(counts)


def test_siblings_are_suggested_with_reasons() -> None:
    """Families that may be the same, the commonest first."""
    counts = {
        "ایرانخودرو": 90,
        "irankhodro": 40,
        "ایرانخودروها": 12,
        "ایرانخودور": 9,
        "ایرانخودر": 1,
        "تهران": 400,
        "خودروایران": 5,
    }

    assert [(found.key, found.why) for found in siblings("ایرانخودرو", counts)] == [
        ("irankhodro", "finglish"),
        ("ایرانخودروها", "plural"),
        ("ایرانخودور", "letter"),
        ("خودروایران", "order"),
    ]


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ("election", "elections", "plural"),
        ("electoin", "election", "letter"),
        ("iran1404", "iran1403", ""),
        ("cat", "car", ""),
        ("ابادی", "آبادی", "madda"),
        ("تهران", "شیراز", ""),
        ("تهران", "مهران", ""),  # two towns
    ],
)
def test_kinship(one: str, other: str, why: str) -> None:
    """Short words and numbers that differ in one sign are others."""
    assert [found.why for found in siblings(one, {other: 5})] == ([why] if why else [])
