"""Counts as channels write them: ``882``, ``1.05K``, ``12M``, «۱٫۲ هزار» (1.2 thousand).

Above a thousand they are rounded by the platform; what is read is what is written, to the last digit of it.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from posts.post import MAX_COUNT

_LETTERS: Final = str.maketrans(
    {
        **{chr(0x06F0 + digit): str(digit) for digit in range(10)},  # Persian digits
        **{chr(0x0660 + digit): str(digit) for digit in range(10)},  # Arabic digits
        "٫": ".", "٬": ",", "،": ",", "ي": "ی", "ك": "ک",
        **dict.fromkeys("\u200b\u200c\u200d\u200e\u200f\u2066\u2067\u2068\u2069\u202a\u202b\u202c\ufeff"),
        **dict.fromkeys("\u00a0\u202f\u2009\u2007\t\r\n", " "),
    }
)  # fmt: skip
_UNITS: Final = {
    "": 0,
    "k": 3,
    "m": 6,
    "b": 9,
    "هزار": 3,  # thousand
    "میلیون": 6,  # million
    "میلیارد": 9,  # billion
}
_COUNT: Final = re.compile(r"([0-9](?:[0-9 ,./]*[0-9])?) *([^\W\d_]*)(.*)", re.DOTALL)
_GROUPED: Final = re.compile(r"[0-9]{1,3}(?:[,.][0-9]{3})+")
_DECIMAL: Final = re.compile(r"([0-9]+)[.,/]([0-9]+)")
_LONGEST: Final = 60


def count(text: str, *, labelled: bool = False) -> int | None:
    """The count that a text is; ``None`` if it is none. A ``labelled`` one may name its thing behind it.

    >>> count("1.05K"), count("۱٫۲ هزار"), count("12 345 subscribers", labelled=True), count("many")
    (1050, 1200, 12345, None)
    """
    match = _COUNT.fullmatch(text.translate(_LETTERS).strip()) if len(text) <= _LONGEST else None
    if match is None:
        return None
    unit, rest = match[2].lower(), match[3].strip()
    if (unit not in _UNITS or rest) and not labelled:
        return None
    power = _UNITS.get(unit, 0)
    number = _number(match[1].replace(" ", ""), whole=power == 0)
    if number is None:
        return None
    found = int((number * 10**power).to_integral_value())
    return found if found <= MAX_COUNT else None


def _number(digits: str, *, whole: bool) -> Decimal | None:
    """The number before a unit, which may have decimals; without a unit signs only group its digits."""
    if digits.isdigit():
        return Decimal(digits)
    grouped = _GROUPED.fullmatch(digits) is not None
    if grouped and (whole or "," in digits):
        return Decimal(re.sub(r"[,.]", "", digits))
    decimal = _DECIMAL.fullmatch(digits)
    return None if whole or decimal is None else Decimal(f"{decimal[1]}.{decimal[2]}")
