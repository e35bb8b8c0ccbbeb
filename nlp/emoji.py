"""The emoji of a text, by UTS #51; a sequence that is shown as one picture is one."""

from __future__ import annotations

from typing import Final

import regex

from posts.post import Tag

_PICTURE: Final = r"(?:\p{Emoji_Presentation}|\p{Emoji}\ufe0f|\p{Emoji_Modifier_Base}(?=\p{Emoji_Modifier}))"
_COLOURED: Final = rf"{_PICTURE}\p{{Emoji_Modifier}}?"
_FOUND: Final = regex.compile(
    rf"[\U0001f1e6-\U0001f1ff]{{2}}"
    rf"|[0-9#*]\ufe0f?\u20e3"
    rf"|\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f"
    rf"|{_COLOURED}(?:\u200d(?:{_COLOURED}|\p{{Emoji}}))*"
)


def find(text: str) -> list[Tag]:
    """The emoji of a text in order; ``normal`` is without variation selectors and colours of skin."""
    if text.isascii():
        return []
    return [Tag(match[0], normal(match[0]), *match.span()) for match in _FOUND.finditer(text)]


def normal(emoji: str) -> str:
    """An emoji without what only changes its look: the colour of the skin and the variation selector."""
    return "".join(sign for sign in emoji if sign != "\ufe0f" and not "\U0001f3fb" <= sign <= "\U0001f3ff")
