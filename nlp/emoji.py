"""The emoji of a text, by UTS #51; a sequence that is shown as one picture is one."""

from __future__ import annotations

import re
from typing import Final

import regex

from posts.post import Tag

# Hearts and faces are older than emoji and letters by default, but keyboards send them without a selector.
_BARE: Final = r"[\u2639\u263a\u2665\u2764](?!\ufe0e)"
_SIGNED: Final = r"[\p{Emoji}--[0-9#*]]"
_PICTURE: Final = (
    r"(?:[\p{Emoji_Presentation}--[\U0001f1e6-\U0001f1ff]](?!\ufe0e)\ufe0f?|\p{Emoji_Modifier_Base}(?=\p{Emoji_Modifier})"
    rf"|{_SIGNED}\ufe0f|{_SIGNED}(?=\u200d\p{{Extended_Pictographic}})|{_BARE})"
)
_COLOURED: Final = rf"{_PICTURE}\p{{Emoji_Modifier}}?"
_FOUND: Final = regex.compile(
    rf"[\U0001f1e6-\U0001f1ff]{{2}}"
    rf"|[0-9#*]\ufe0f?\u20e3"
    rf"|\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f"
    rf"|{_COLOURED}(?:\u200d(?:{_COLOURED}|\p{{Extended_Pictographic}}))*",
    regex.V1,
)
# One of these is in every emoji, and looked for much faster than an emoji is.
_SIGN: Final = re.compile(r"[\u00a9\u00ae\u203c-\u303d\u3297\u3299\u20e3\ufe0f\U0001f000-\U0001faff]")
_BEFORE: Final = 2
"""How far before such a sign an emoji begins at most: a digit and a selector before their keycap."""


def find(text: str) -> list[Tag]:
    """The emoji of a text in order; ``normal`` is without variation selectors and colours of skin."""
    first = None if text.isascii() else _SIGN.search(text)
    if first is None:
        return []
    found = _FOUND.finditer(text, max(0, first.start() - _BEFORE))
    return [Tag(match[0], normal(match[0]), *match.span()) for match in found]


def normal(emoji: str) -> str:
    """An emoji without what only changes its look: the colour of the skin and the variation selector."""
    return "".join(sign for sign in emoji if sign != "\ufe0f" and not "\U0001f3fb" <= sign <= "\U0001f3ff")
