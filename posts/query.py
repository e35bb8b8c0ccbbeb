"""What people type to find posts, as a tree that knows nothing of engines.

    ("هوش مصنوعی" OR #AI) -job lang:fa author:sara@example.org

Words are joined by AND; ``OR``, ``NOT`` or ``-``, parentheses, "phrases", ``#tags``, ``@mentions`` and
``field:value``. Positions are code points from 0.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from difflib import get_close_matches
from typing import Final

from posts.errors import QueryError


@dataclass(frozen=True, slots=True)
class Word:
    """A word in the text, or in a hashtag as its word."""

    text: str
    position: int = 0


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand next to each other, in this order."""

    text: str
    position: int = 0


@dataclass(frozen=True, slots=True)
class Hashtag:
    """The hashtag itself and its spellings, not the word."""

    text: str
    position: int = 0


@dataclass(frozen=True, slots=True)
class Mention:
    """A post that names this handle."""

    handle: str
    position: int = 0


@dataclass(frozen=True, slots=True)
class Field:
    """``name:value``: lang, platform, source, author, tag, entity, is, has, since, until."""

    name: str
    value: str
    position: int = 0


@dataclass(frozen=True, slots=True)
class Not:
    part: Part


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Part, ...]


Part = Word | Phrase | Hashtag | Mention | Field | Not | And | Or


@dataclass(frozen=True, slots=True)
class Query:
    """A whole query: ``root`` is ``None`` for an empty one, which every post matches."""

    text: str
    root: Part | None


FIELDS: Final = (
    "lang", "platform", "source", "author", "tag", "entity", "is", "has", "since", "until",
)  # fmt: skip
MARKS: Final = {"is": ("reply", "repost", "quote", "edited", "question"), "has": ("media", "link", "poll")}

_MAX_LENGTH: Final = 2_000
_MAX_DEPTH: Final = 20
_QUOTES: Final = {'"': '"', "\u201c": "\u201d", "\u201e": "\u201c", "\u00ab": "\u00bb"}
_CLOSING: Final = frozenset(_QUOTES.values())
# Marks of reading direction come along with pasted texts and belong to no word.
_UNSEEN: Final = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]")
_FIELD: Final = re.compile(r"([A-Za-z_]+):")
_HANDLE: Final = re.compile(r"[\w.\-]+(@[\w.\-]+)?")
_AGO: Final = re.compile(r"(\d{1,4})([mhdw])")
_AGO_UNIT: Final = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def parse(text: str) -> Query:
    """The tree of a query; ``QueryError`` says where it cannot be read and what to write there.

    >>> parse("#AI -job").root
    And(parts=(Hashtag(text='AI', position=0), Not(part=Word(text='job', position=5))))
    """
    if len(text) > _MAX_LENGTH:
        raise QueryError(
            f"The query is longer than {_MAX_LENGTH:,} signs.",
            query=text[:80],
            position=80,
            remedy="Shorten it.",
        )
    return Query(text, _Parser(text).whole())


def moment(value: str, *, now: datetime, zone: tzinfo = UTC) -> datetime:
    """The time that ``since:`` or ``until:`` names: ``7d`` ago, the midnight of a day, or itself."""
    ago = _AGO.fullmatch(value)
    if ago is not None:
        return now - timedelta(**{_AGO_UNIT[ago[2]]: int(ago[1])})
    found = datetime.fromisoformat(value)
    if found.year < 2000:
        raise ValueError(value)
    return found if found.tzinfo else found.replace(tzinfo=zone)


class _Parser:
    """Reads by recursive descent: OR of ANDs of what may be negated."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0

    def whole(self) -> Part | None:
        self._skip()
        if self._at == len(self._text):
            return None
        part = self._any()
        if self._at < len(self._text):
            raise self._error("This parenthesis closes nothing.", "Remove it, or open one before it.")
        return part

    def _any(self) -> Part:
        parts = [self._all()]
        while self._operator("OR"):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _all(self) -> Part:
        parts = [self._one()]
        while True:
            if self._operator("AND"):
                parts.append(self._one())
                continue
            if self._at == len(self._text) or self._sign() == ")" or self._sees("OR"):
                return parts[0] if len(parts) == 1 else And(tuple(parts))
            parts.append(self._one())

    def _one(self) -> Part:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise self._error(f"Nested deeper than {_MAX_DEPTH}.", "Write it flatter.")
        try:
            return self._negated_or_plain()
        finally:
            self._depth -= 1

    def _negated_or_plain(self) -> Part:
        self._skip()
        sign = self._sign()
        for word in ("OR", "AND"):
            if self._sees(word):
                raise self._error(f"{word} needs something on both sides.", f'Search the word as "{word}".')
        if not sign or sign == ")":
            raise self._error(
                "Something to search for is missing here.", "Write a word, or remove what is left."
            )
        if self._operator("NOT"):
            return Not(self._one())
        if sign == "-":
            self._at += 1
            if not self._sign() or self._sign().isspace() or self._sign() == "-":
                self._at -= 1
                raise self._error("A minus stands before what it excludes.", "Write -word without a space.")
            return Not(self._one())
        if sign == "(":
            return self._group()
        if sign in _QUOTES:
            start = self._at
            return Phrase(self._quoted(), self._over(start))
        return self._term()

    def _group(self) -> Part:
        opened = self._at
        self._at += 1
        self._skip()
        if self._sign() == ")":
            raise self._error("Nothing stands between these parentheses.", "Remove them.", at=opened)
        part = self._any()
        if self._sign() != ")":
            raise self._error("This parenthesis is never closed.", "Close it with ).", at=opened)
        self._at += 1
        self._skip()
        return part

    def _quoted(self) -> str:
        opened = self._at
        closing = self._text.find(_QUOTES[self._sign()], opened + 1)
        if closing < 0:
            raise self._error("This quotation is never closed.", f"Close it with {_QUOTES[self._sign()]}.")
        inside = _UNSEEN.sub("", self._text[opened + 1 : closing]).strip()
        if not inside:
            raise self._error("Nothing stands between these quotation marks.", "Remove them.")
        self._at = closing + 1
        return inside

    def _term(self) -> Part:
        start = self._at
        if self._sign() in "#＃":
            return Hashtag(self._bare(1, "a tag", start), self._over(start))
        if self._sign() in "@＠":
            handle = self._bare(1, "a name", start)
            if not _HANDLE.fullmatch(handle):
                raise self._error(f"'@{handle}' is no name.", "Write @name or @name@server.", at=start)
            return Mention(handle, self._over(start))
        field = _FIELD.match(self._text, self._at)
        if field is not None:
            return self._field(field[1], start)
        word = self._bare(0, "a word", start)
        if "*" in word:
            raise self._error(
                "Words are searched whole, without *.", "Write the forms with OR between them.", at=start
            )
        return Word(word, self._over(start))

    def _field(self, written: str, start: int) -> Field:
        name = written.lower()
        if name not in FIELDS:
            near = get_close_matches(name, FIELDS, 1)
            hint = f"Did you mean {near[0]}:? " if near else ""
            raise self._error(
                f"There is no field '{written}'.",
                f"{hint}Fields are {', '.join(FIELDS)}; put words with a colon in quotation marks.",
                at=start,
            )
        self._at += len(written) + 1
        sign = self._sign()
        if not sign or sign.isspace():
            raise self._error(
                f"{name}: needs a value.", f"Write it behind the colon, as {_EXAMPLES[name]}.", at=start
            )
        value = self._quoted() if sign in _QUOTES else self._bare(0, "a value", start)
        return Field(name, self._value(name, value, start), self._over(start))

    def _value(self, name: str, value: str, start: int) -> str:
        """The value in its one form, if it is one of this field."""
        known = MARKS.get(name)
        if name in ("lang", "platform", "is", "has"):
            value = value.lower()
        if known and value not in known:
            raise self._error(f"{name}:{value} is not known.", f"One of {', '.join(known)}.", at=start)
        if name == "lang" and not re.fullmatch(r"[a-z]{2,3}", value):
            raise self._error(f"'{value}' is no code of a language.", "Write lang:fa or lang:en.", at=start)
        if name in ("since", "until"):
            value = "".join(str(unicodedata.digit(sign, sign)) for sign in value)  # ۷d is 7d
            try:
                moment(value, now=datetime(2020, 1, 1, tzinfo=UTC))
            except ValueError:
                raise self._error(
                    f"{name}:{value} is no time.",
                    f"Write {name}:7d, or a Gregorian day as {name}:2026-11-01.",
                    at=start,
                ) from None
        return value

    def _bare(self, signs: int, what: str, start: int) -> str:
        """What goes on to the next space, parenthesis or quotation mark, behind its first ``signs``."""
        self._at += signs
        begin = self._at
        while (sign := self._sign()) and not (
            sign.isspace() or sign in "()" or sign in _QUOTES or sign in _CLOSING
        ):
            self._at += 1
        value = _UNSEEN.sub("", self._text[begin : self._at])
        if not value:
            raise self._error(
                f"Here {what} is missing.", "Write it without a space, or remove the sign.", at=start
            )
        return value

    def _over(self, start: int) -> int:
        """``start``, and on to what comes next."""
        self._skip()
        return start

    def _sign(self) -> str:
        return self._text[self._at : self._at + 1]

    def _skip(self) -> None:
        while (sign := self._sign()) and (sign.isspace() or _UNSEEN.match(sign)):
            self._at += 1

    def _sees(self, word: str) -> bool:
        behind = self._text[self._at + len(word) : self._at + len(word) + 1]
        ends = not behind or behind.isspace() or behind in "()" or behind in _QUOTES
        return ends and self._text.startswith(word, self._at)

    def _operator(self, word: str) -> bool:
        """Whether the operator stands here; it is passed over then."""
        if not self._sees(word):
            return False
        self._at += len(word)
        self._skip()
        return True

    def _error(self, message: str, remedy: str, *, at: int | None = None) -> QueryError:
        position = self._at if at is None else at
        return QueryError(message, query=self._text, position=position, remedy=remedy)


_EXAMPLES: Final = {
    "lang": "lang:fa", "platform": "platform:mastodon", "source": "source:news", "author": "author:@sara",
    "tag": "tag:ai", "entity": "entity:brand:acme", "is": "is:reply", "has": "has:media", "since": "since:7d",
    "until": "until:2026-11-01",
}  # fmt: skip
