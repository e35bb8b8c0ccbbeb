"""Whether a draft uses hashtags correctly: what would break, what would not be read, and how to mend it.

Rules that hold of the text alone. Each finding names its place in code points, and where it can be mended the
text to put there; what the words of a finding are stands in ``words/basket.toml``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import regex

from nlp import hashtags, lexicon
from nlp.fold import fold
from nlp.platform_rules import Rules, rules_of
from nlp.segment import segment
from nlp.signs import LINK, scan
from posts.post import Tag

Code = Literal[
    "capitals", "half_space_cut", "half_space", "joined", "digits", "cut", "gap", "glued", "repeated",
    "too_long", "long", "too_many", "many",
]  # fmt: skip
Weight = Literal["error", "advice"]

LONG: Final = 30
"""Code points from which on a tag is hard to read and to type."""
ERRORS: Final = frozenset(
    {
        "half_space_cut",
        "digits",
        "cut",
        "gap",
        "glued",
        "repeated",
        "too_long",
        "too_many",
        "hijack",
        "angry",
        "collision",
    }
)
"""What does not work as it was meant; the rest is advice."""
_HALF_SPACE: Final = "\u200c"
_DIGITS: Final = regex.compile(r"(?<![\w&/#＃])[#＃]\p{Nd}+(?![\w\u200c])")
_GAP: Final = regex.compile(r"(?<![\w&/#＃])[#＃][ \u00a0\u2009\u202f]+(?=\p{L})[\w\u200c]+")
_GLUED: Final = regex.compile(r"(?<![\w&/#＃])(?:[#＃][\p{L}\p{M}\p{Nd}_\u200c]+){2,}")
_EMOJI: Final = regex.compile(r"[\p{Extended_Pictographic}\ufe0f\u200d]+")
_BROKEN: Final = regex.compile(r"[-‐‑–.'’&+/·][\p{L}\p{Nd}][\p{L}\p{M}\p{Nd}_\-‐‑.'’&+\u200c]*")
_JOINTS: Final = regex.compile(r"[-‐‑–.'’&+/·]+")
_LATIN: Final = regex.compile(r"[A-Za-z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something about the draft, from ``start`` to before ``end``; ``found`` is the text there.

    ``remedy`` is what to put there instead, ``None`` where a person has to choose. ``count`` and ``limit``
    are numbers where it is about how many or how long; ``other`` is another hashtag that it is about.
    """

    code: str
    start: int
    end: int
    found: str
    remedy: str | None = None
    count: int | None = None
    limit: int | None = None
    other: str | None = None

    @property
    def weight(self) -> Weight:
        return "error" if self.code in ERRORS else "advice"


def check(text: str, platform: str | None = None) -> tuple[Finding, ...]:
    """All that is to be said of the hashtags of a draft, in the order of the text.

    ``platform`` names the one that it is meant for (``nlp.platform_rules``).
    """
    rules = rules_of(platform)
    links = [(start, end) for kind, start, end in scan(text) if kind == LINK]
    tags = hashtags.find(text)
    found = [
        *_broken(text, tags, rules),
        *(finding for tag in tags for finding in _of_tag(text, tag, rules)),
        *_repeated(text, tags),
        *_many(text, tags, rules),
    ]
    kept = [one for one in found if not any(start <= one.start < end for start, end in links)]
    return tuple(sorted(kept, key=lambda one: (one.start, one.end, one.code)))


def mended(text: str, findings: tuple[Finding, ...]) -> str:
    """The draft with what can be mended put right; of findings that overlap the first is taken."""
    parts, last = [], 0
    for one in sorted(findings, key=lambda one: (one.start, -one.end)):
        if one.remedy is None or one.start < last:
            continue
        parts += [text[last : one.start], one.remedy]
        last = one.end
    return "".join([*parts, text[last:]])


def _broken(text: str, tags: list[Tag], rules: Rules) -> Iterator[Finding]:
    """What was meant for a hashtag and is none, or only its beginning."""
    for match in _DIGITS.finditer(text):
        yield Finding(code="digits", start=match.start(), end=match.end(), found=match[0])
    for match in _GAP.finditer(text):
        word = match[0].lstrip("#＃").lstrip()
        yield Finding(code="gap", start=match.start(), end=match.end(), found=match[0], remedy=f"#{word}")
    for match in _GLUED.finditer(text):
        apart = regex.sub(r"(?<=.)[#＃]", " #", match[0])
        yield Finding(code="glued", start=match.start(), end=match.end(), found=match[0], remedy=apart)
    for tag in tags:
        rest = _BROKEN.match(text, tag.end)
        if rest is not None and rest[0][0] not in rules.signs:
            whole = text[tag.start : rest.end()].rstrip(".-'’&+")
            joined = _JOINTS.sub("_", whole)
            end = tag.start + len(whole)
            yield Finding(code="cut", start=tag.start, end=end, found=whole, remedy=joined)
        emoji = _EMOJI.match(text, tag.end)
        if emoji is not None and regex.match(r"[\p{L}\p{Nd}]", text[emoji.end() : emoji.end() + 1]):
            yield Finding(
                code="cut", start=tag.start, end=emoji.end(), found=text[tag.start : emoji.end()],
                remedy=f"{text[tag.start : tag.end]} {emoji[0]} ",
            )  # fmt: skip


def _of_tag(text: str, tag: Tag, rules: Rules) -> Iterator[Finding]:
    """What is to be said of one tag by itself."""
    whole = text[tag.start : tag.end]

    def finding(code: Code, remedy: str | None = None, limit: int | None = None) -> Finding:
        count = len(tag.text) if limit is not None else None
        return Finding(
            code=code, start=tag.start, end=tag.end, found=whole, remedy=remedy, count=count, limit=limit
        )

    if _HALF_SPACE in tag.text:
        remedy = "#" + tag.text.replace(_HALF_SPACE, "_")
        yield finding("half_space_cut" if rules.half_space is False else "half_space", remedy)
    elif (spelled := _capitals(tag.text)) is not None:
        yield finding("capitals", f"#{spelled}")
    elif (spelled := _parted(tag.text)) is not None:
        yield finding("joined", f"#{spelled}")
    if rules.longest is not None and len(tag.text) > rules.longest:
        yield finding("too_long", limit=rules.longest)
    elif len(tag.text) > LONG:
        yield finding("long", limit=LONG)


def _capitals(written: str) -> str | None:
    """A Latin tag of several words with a capital for each: a screen reader reads them one by one then."""
    if not _LATIN.fullmatch(written) or not (written.islower() or written.isupper()):
        return None
    words = segment(written.lower())
    spelled = [word for word in words if not word.isdigit()]
    if len(spelled) < 2 or not all(len(word) > 1 and word in lexicon.of("en") for word in spelled):
        return None
    return "".join(word.capitalize() for word in words)


def _parted(written: str) -> str | None:
    """A Persian tag whose words run together, with underscores: nothing else shows where they meet."""
    if "_" in written or not regex.search(r"\p{Arabic}", written):
        return None
    words = segment(written)
    if len(words) < 2 or fold(written) in lexicon.of("fa") or min(map(len, words)) < 2:
        return None
    # The words are folded; the letters are taken as they were written.
    return "_".join(words) if "".join(words) == fold(written) else None


def _repeated(text: str, tags: list[Tag]) -> Iterator[Finding]:
    """A family that stands there twice, in whatever spelling."""
    seen: set[str] = set()
    for tag in tags:
        if tag.normal in seen:
            yield Finding(
                code="repeated", start=tag.start, end=tag.end, found=text[tag.start : tag.end],
                remedy=tag.text.replace("_", " "),
            )  # fmt: skip
        seen.add(tag.normal)


def _many(text: str, tags: list[Tag], rules: Rules) -> Iterator[Finding]:
    """More tags than the platform takes, or than it advises; or none."""
    count, code, limit = len(tags), "", None
    if rules.most is not None and count > rules.most:
        code, limit = "too_many", rules.most
    elif rules.advised is not None and count > rules.advised:
        code, limit = "many", rules.advised
    if code and limit is not None:
        first = tags[limit]
        yield Finding(
            code=code, start=first.start, end=tags[-1].end, found=text[first.start : tags[-1].end],
            count=count, limit=limit,
        )  # fmt: skip
