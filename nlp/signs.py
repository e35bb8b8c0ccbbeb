"""Where the hashtags, mentions, cashtags and links of a text stand, found in one pass.

The rules are those of UAX #31 (hashtag identifiers), RFC 3986 and RFC 5891 as the platforms apply them
to running text in any script. A sign inside an address is part of the address.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

import regex

from nlp.domains import host_length

Sign = tuple[str, int, int]
"""Kind, start and end in code points, the sign included."""

HASHTAG: Final = "hashtag"
MENTION: Final = "mention"
HANDLE: Final = "handle"
"""A name with its server, ``@sara@example.org``: a mention on federated platforms only."""
CASHTAG: Final = "cashtag"
LINK: Final = "link"

# What a tag may hold beside letters, marks and digits: half-space and joiner, Hebrew and Vai punctuation
# that stands inside words, wave dashes and iteration signs of Japanese, Tibetan separators, the middle dot.
_JOINING = (
    r"_\u200c\u200d\ua67e\u05be\u05f3\u05f4\uff5e\u301c\u309b\u309c\u30a0\u30fb\u3003\u0f0b\u0f0c\u00b7"
)
# Variation selectors and the keycap are marks, but belong to the emoji before them.
_EMOJI_MARKS = r"\ufe0e\ufe0f\u20e3"
_IN_TAG = rf"[[\p{{L}}\p{{M}}\p{{Nd}}{_JOINING}]--[{_EMOJI_MARKS}]]"
_NO_LETTER = rf"[\p{{Nd}}{_JOINING}]"
_ACCENTED = (
    r"\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0253\u0254\u0256\u0257\u0259\u025b\u0263\u0268\u026f\u0272"
    r"\u0289\u028b\u02bb\u0300-\u036f\u1e00-\u1eff"
)
_DIRECTION = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_NO_HOST = (
    r"\s\x00-\x2c\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\xa0\u2000-\u200b\u200e\u200f\u2028-\u202f\u205f-\u206f\u061c"
    r"\u3000\ufeff\ufffe\uffff＃＠"
)
_BEFORE_LINK = r"[A-Za-z0-9@＠$#＃\ufffe\ufeff\uffff]"
_BARE = rf"A-Za-z0-9{_ACCENTED}"

# Each branch begins with its sign and looks back over it, which lets the engine skip quickly.
_SIGNS = regex.compile(
    rf"""
    ([hH](?<!{_BEFORE_LINK}.)[tT][tT][pP][sS]?://[^{_NO_HOST}]+)
    |([\#＃](?<![{_IN_TAG}&].)(?![\ufe0f\u20e3])(?={_NO_LETTER}*+{_IN_TAG}){_IN_TAG}++(?![\#＃]|://))
    |([@＠](?<![A-Za-z0-9_!\#$%&*@＠].)[A-Za-z0-9_](?:[A-Za-z0-9_.\-]*[A-Za-z0-9_])?@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+)
    |([@＠](?:(?<![A-Za-z0-9_!\#$%&*@＠].)|(?<=(?<![A-Za-z0-9_+~.\-])[rR][tT]:?.))
        [A-Za-z0-9_]{{1,64}}+(?![A-Za-z0-9_@＠{_ACCENTED}]|://|/[A-Za-z]))
    |(\$(?<![^\s{_DIRECTION}\p{{Ps}}\p{{Pi}}].)[A-Za-z]{{1,6}}(?:[._][A-Za-z]{{1,2}})?
        (?=$|[\s\p{{P}}\p{{So}}$+<=>^|~{_DIRECTION}])(?!://))
    """,
    regex.VERBOSE | regex.V1,
)
_KINDS = ("", LINK, HASHTAG, HANDLE, MENTION, CASHTAG)
_ADDRESS, _TAG = 1, 2
# A domain without a scheme may begin at any letter: it is looked for only where one can be.
_DOTTED = re.compile(rf"[{_BARE}]\.[{_BARE}\-]")
_DOMAIN = regex.compile(
    rf"([{_BARE}](?<![{_BARE}@＠$#＃_./\-\ufeff].)[{_BARE}\-]*+(?:\.[{_BARE}\-]++)+)", regex.V1
)

_ARABIC = r"\u0620-\u065f\u0660-\u0669\u066e-\u06d3\u06d5-\u06dc\u06ee-\u06ff"
_PATH = rf"a-zA-Z0-9\u0400-\u04ff!*';:=+,.$/%\#\[\]\-\u2013_~@|&{_ACCENTED}"
# Browsers show paths in Persian and Arabic decoded; a word glued to a Latin path is not one of its parts.
_ARABIC_PART = rf"(?<=[/_\-=+.\#])[{_ARABIC}]++(?:\u200c[{_ARABIC}]++)*+"
_PARENS = (
    rf"\((?:[{_PATH}{_ARABIC}\u200c]+|[{_PATH}{_ARABIC}\u200c]*\([{_PATH}{_ARABIC}]+\)[{_PATH}{_ARABIC}]*)\)"
)
_TAIL = regex.compile(
    rf"""
    (?::[0-9]+)?
    (?:/(?:(?:[{_PATH}]|{_ARABIC_PART}|{_PARENS})*
           (?:[a-zA-Z0-9\u0400-\u04ff+\-=_\#/{_ACCENTED}]|{_ARABIC_PART}|{_PARENS}))?)?
    (?:\?(?:[a-zA-Z0-9!?*'@();:&=+$/%\#\[\]\-_.,~|]|{_ARABIC_PART})*(?:[a-zA-Z0-9\-_&=\#/]|{_ARABIC_PART}))?
    """,
    regex.VERBOSE | regex.V1,
)
_SCHEME = re.compile("https?://", re.IGNORECASE)
# The shortener of X: what follows its slug is text.
_SHORTENED = regex.compile(
    r"(?i:t\.co)/([A-Za-z0-9]+)(?:\?[a-zA-Z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]*[a-zA-Z0-9\-_&=#/])?"
)
_MAX_SLUG = 40


def scan(text: str) -> list[Sign]:
    """Every sign of the text in order, none overlapping another."""
    found: list[Sign] = []
    last = 0
    for match in _matches(text):
        start, end = match.span()
        if start < last:
            continue
        group = match.lastindex
        if group == _ADDRESS:
            end = _link_end(text, start, end)
            if end == 0:
                continue
        elif group == _TAG:
            end = _tag_end(text, start, end)
        found.append((_KINDS[group], start, end))
        last = end
    return found


def _matches(text: str) -> Iterable[Any]:
    signs = _SIGNS.finditer(text)
    if _DOTTED.search(text) is None:
        return signs  # type: ignore[no-any-return]
    return sorted([*signs, *_DOMAIN.finditer(text)], key=lambda match: match.start())


def _tag_end(text: str, start: int, end: int) -> int:
    """The end of a tag without joiners that join nothing and without the digit of a keycap emoji."""
    if text[end : end + 1] in ("\ufe0f", "\u20e3") and text[end - 1].isascii() and text[end - 1].isdigit():
        end -= 1
    while text[end - 1] in "\u200c\u200d":
        end -= 1
    return end


def _link_end(text: str, start: int, end: int) -> int:
    """The end of a link whose host begins the match, 0 where the host is none."""
    scheme = _SCHEME.match(text, start, end)
    host_at = scheme.end() if scheme else start
    run = text[host_at:end]
    length = host_length(run, text[end : end + 1])
    if not length:
        return 0
    host_end = host_at + length
    after = text[host_end : host_end + 1]
    if not scheme and after != "/" and _is_prose(text[host_at:host_end]):
        return 0
    if not after or after not in ":/?":
        return host_end
    short = _SHORTENED.match(text, host_at)
    if short and length == len("t.co"):
        return int(short.end()) if len(short[1]) <= _MAX_SLUG else 0
    tail: int = _TAIL.match(text, host_end).end()
    return tail


# Countries under which a bare name is mostly meant as an address: two sold as words, and Iran, whose
# Latin letters stand in Persian texts for nothing else.
_NAMED_BARE = ("co", "tv", "ir")


def _is_prose(host: str) -> bool:
    """Whether it is rather two sentences without a gap (``done.So``, ``it.so``) or a number (``10.am``)."""
    name, _, top = host.rpartition(".")
    if len(top) == 2 and "." not in name and top.lower() not in _NAMED_BARE:
        return True
    return name.replace(".", "").isdigit() or (top.istitle() and name.islower())
