"""Text of one direction inside text of the other: isolates for where HTML cannot help (charts, mail, files).

In a page, ``<bdi>`` and ``dir="auto"`` do this; on a canvas and in a picture only these marks do.
"""

from __future__ import annotations

import re
from typing import Final

_CONTROLS: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")


def isolate(text: str) -> str:
    """The text set right to left, whatever stands around it: for labels of Persian charts."""
    return f"\u2067{text}\u2069"


def isolate_left(text: str) -> str:
    """The text set left to right, whatever stands around it: for addresses and queries in a Persian line."""
    return f"\u2066{text}\u2069"


def isolate_auto(text: str) -> str:
    """The text set in the direction of its own first letter: for names that others wrote."""
    return f"\u2068{text}\u2069"


def stripped(text: str) -> str:
    """The text without the marks that set a direction: what names and tags are cleaned with."""
    return _CONTROLS.sub("", text)
