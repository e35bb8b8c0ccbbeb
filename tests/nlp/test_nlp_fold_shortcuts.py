"""What folding skips for speed it may skip: each shortcut is held to all signs there are."""

import itertools
import sys
import unicodedata

from hypothesis import example, given, settings
from hypothesis import strategies as st

from nlp import fold, hashtags

EVERY = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]


def test_the_search_before_translating_misses_no_sign() -> None:
    """Every sign that the table changes is found, but for the half-space, which is dropped beforehand."""
    missed = [sign for sign in map(chr, fold._TABLE) if not fold._CHANGING.search(sign)]
    assert missed == []
    assert ord(fold._HALF_SPACE) in fold._TABLE
    assert fold._TABLE[ord(fold._HALF_SPACE)] is None


def test_no_text_is_taken_for_settled_that_is_not() -> None:
    """A sign that may compose with its neighbours is always among those that make a text hard."""
    left = "".join(EVERY).translate(fold._TABLE)
    unsettled = set(fold._UNSETTLED.findall(left))
    assert len(unsettled) > 2_000
    assert [sign for sign in unsettled if not fold._HARD.search(sign)] == []


def test_every_sign_alone_is_folded_for_good() -> None:
    """Folding a folded sign changes nothing, and no key of a tag changes when it is asked again."""
    assigned = [sign for sign in EVERY if unicodedata.category(sign) not in ("Cn", "Co")]

    assert len(assigned) > 140_000
    assert [sign for sign in assigned if fold.fold(folded := fold.fold(sign)) != folded] == []
    odd = [sign for sign in assigned if not "\u3400" <= sign <= "\ud7a3" and sign < "\U00020000"]
    assert [sign for sign in odd if hashtags.key(key := hashtags.key(sign)) != key] == []


@settings(deadline=None)
@given(st.text(st.sampled_from(EVERY), min_size=2, max_size=3))
@example("\u0307\u0307i")
@example("\u0624\u0654")
@example("ـٔو")
def test_signs_together_are_folded_for_good(text: str) -> None:
    """Two or three signs of any script in a row, which may compose with each other."""
    folded = fold.fold(text)

    assert folded == fold.fold(folded)
    assert hashtags.key(text) == hashtags.key(hashtags.key(text))


_COMPOSING = (
    "اوهیيآأؤئۀۂےەک\u0653\u0654\u0655\u0640\u064e\u0670\u200c_iIıİsſAac\u0307\u0300\u0301\u0345\u0327"
    "\u0d4d\u0915\u09bc\u1112\u1161\u11ab"
)


def test_signs_that_compose_are_folded_for_good_in_all_pairs() -> None:
    """Letters and marks that compose, each with each, and a third behind them."""
    pairs = ["".join(signs) for signs in itertools.product(_COMPOSING, repeat=2)]
    threes = [pair + sign for pair in pairs for sign in "\u0654\u0307\u0301و"]

    assert [text for text in (*pairs, *threes) if fold.fold(folded := fold.fold(text)) != folded] == []
    assert [text for text in (*pairs, *threes) if hashtags.key(key := hashtags.key(text)) != key] == []
