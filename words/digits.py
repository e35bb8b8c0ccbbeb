"""Numbers as people read them: Persian or Latin digits, separators, percent, short forms."""

from __future__ import annotations

from typing import Final

# Persian digits, then the Arabic ones that keyboards and phones also send.
_PERSIAN: Final = "۰۱۲۳۴۵۶۷۸۹"
_ARABIC: Final = "٠١٢٣٤٥٦٧٨٩"
_LATIN: Final = "0123456789"

_TO_PERSIAN: Final = str.maketrans(_LATIN + _ARABIC, _PERSIAN * 2)
_TO_LATIN: Final = str.maketrans(_PERSIAN + _ARABIC + "٫٬٪", _LATIN * 2 + ".,%")
_SEPARATORS: Final = str.maketrans(",.", "٬٫")

UNKNOWN: Final = "–"
"""What stands for a number that nobody knows; never 0."""

# The mark keeps the sign in front of its number in a line that runs from right to left.
_MINUS: Final = {"en": "\N{MINUS SIGN}", "fa": "\N{LEFT-TO-RIGHT MARK}\N{MINUS SIGN}"}
_PLUS: Final = {"en": "+", "fa": "\N{LEFT-TO-RIGHT MARK}+"}
_PERCENT: Final = {"en": "%", "fa": "٪"}
_COMPACT: Final = (
    (10**9, {"en": "B", "fa": " میلیارد"}),  # billion
    (10**6, {"en": "M", "fa": " میلیون"}),  # million
    (10**3, {"en": "K", "fa": " هزار"}),  # thousand
)


def persian(text: str) -> str:
    """The text with every Latin or Arabic digit as a Persian one."""
    return text.translate(_TO_PERSIAN)


def latin(text: str) -> str:
    """The text with every Persian or Arabic digit, and their separators, as Latin ones."""
    return text.translate(_TO_LATIN)


def localised(text: str, language: str) -> str:
    """The text with the digits of the language."""
    return persian(text) if language == "fa" else text


def number(value: float | None, language: str, decimals: int = 0, *, signed: bool = False) -> str:
    """``12,345.6`` or ``۱۲٬۳۴۵٫۶`` with so many decimals; a dash for what is unknown."""
    if value is None or value != value:
        return UNKNOWN
    written = f"{abs(value):,.{decimals}f}"
    if language == "fa":
        written = persian(written.translate(_SEPARATORS))
    # What rounds to nothing has no sign.
    if not any(digit in written for digit in "123456789۱۲۳۴۵۶۷۸۹"):
        return written
    if value < 0:
        return _MINUS[language] + written
    return (_PLUS[language] if signed else "") + written


def percent(share: float | None, language: str, decimals: int = 0, *, signed: bool = False) -> str:
    """A share between 0 and 1 as ``12%`` or ``۱۲٪``; a dash for what is unknown."""
    if share is None or share != share:
        return UNKNOWN
    return number(share * 100, language, decimals, signed=signed) + _PERCENT[language]


def part(share: float | None, language: str) -> str:
    """A share of a whole as a percentage that says 100 % only of all of it and 0 % only of nothing.

    >>> part(0.9996, "en"), part(1.0, "en"), part(0.0001, "en")
    ('99.9%', '100%', '0.1%')
    """
    if share is None or not 0 < share < 1:
        return percent(share, language)
    near_an_end = not 0.1 <= share < 0.995
    return percent(min(max(share, 0.001), 0.999), language, 1 if near_an_end else 0)


def compact(value: float | None, language: str) -> str:
    """A large number short: ``12.3K``, ``۱٫۲ میلیون``; below a thousand as it is."""  # 1.2 million
    if value is None or value != value:
        return UNKNOWN
    for size, unit in _COMPACT:
        # 999,500 would round to "1000K": it belongs to the next unit.
        if abs(value) >= size * 0.9995 and abs(value) >= 1000:
            scaled = value / size
            decimals = 0 if abs(scaled) >= 99.95 or round(scaled, 1) == round(scaled) else 1
            return number(scaled, language, decimals) + unit[language]
    return number(value, language, 0 if value == int(value) else 1)
