"""What folding skips for speed it may skip: each shortcut is held to all signs there are."""

import sys

from nlp import fold

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
