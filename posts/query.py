"""What people type to find posts, as a tree that knows nothing of engines.

    ("هوش مصنوعی" OR #AI) -job lang:fa author:sara@example.org likes:>100 tea NEAR/3 cold wor?s begin*

``docs/query.md`` is the table of all that can be written. Words are joined by AND, which binds closer
than OR; NEAR binds closest. «یا» (or) between two parts is OR; «و» (and) stays a word, because texts are
full of it. What cannot be read is told with its place, a remedy, and where one can be told a repair: a
query that can be read and was probably meant.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from posts.errors import QueryError
from posts.query_errors import query_error
from posts.query_fields import FIELDS, MARKS, latin, moment
from posts.query_signs import QUOTES, UNSEEN
from posts.query_terms import Terms
from posts.query_tree import (
    And,
    Field,
    Fuzzy,
    Hashtag,
    Leaf,
    Mention,
    Near,
    Not,
    Or,
    Part,
    Pattern,
    Phrase,
    Query,
    Range,
    Spot,
    Word,
    fields,
)

__all__ = [
    "FIELDS", "MARKS", "And", "Field", "Fuzzy", "Hashtag", "Leaf", "Mention", "Near", "Not", "Or", "Part",
    "Pattern", "Phrase", "Query", "Range", "Spot", "Word", "fields", "moment", "parse",
]  # fmt: skip

_MAX_LENGTH: Final = 2_000
_MAX_DEPTH: Final = 20
_MAX_BETWEEN: Final = 30
_MAX_REPAIRS: Final = 12
_HALVES: Final = re.compile("[\ud800-\udfff]+")
_OR: Final = ("OR", "یا")  # or
_EITHER: Final = re.compile(r"\|{1,2}")
_BOTH: Final = re.compile(r"&{1,2}(?=\s)")
# «نزدیک» (near) and «سپس» (then), which only a slash and a number make operators.
_NEAR: Final = re.compile(r"(NEAR|ONEAR)(?:/(\d*))?(?=[\s()]|$)|(نزدیک|سپس)/(\d*)(?=[\s()]|$)")
_ORDERED: Final = ("ONEAR", "سپس")  # then
_LAST_OPERATOR: Final = re.compile(
    r"(?:(?<!\S)(?:OR|AND|NOT|یا|O?NEAR(?:/\d+)?|(?:نزدیک|سپس)/\d+)|\|+|&+|[-!=−])\s*$"
)


def parse(text: str) -> Query:
    """The tree of a query; ``QueryError`` says where it cannot be read and what to write there.

    >>> parse("#AI -job").root
    And(parts=(Hashtag(text='AI', position=0), Not(part=Word(text='job', position=5, exact=False))))
    """
    try:
        return _read(text)
    except QueryError as error:
        error.repair = _repaired(error.repair)
        raise


def _read(text: str) -> Query:
    if len(text) > _MAX_LENGTH:
        raise query_error("too_long", text[:80], 80, most=f"{_MAX_LENGTH:,}")
    half = _HALVES.search(text)
    if half is not None:
        shown = _HALVES.sub("\ufffd", text)
        raise query_error("half_letter", shown, half.start(), repair=_HALVES.sub("", text))
    return Query(text, _Parser(text).whole())


def _repaired(candidate: str | None) -> str | None:
    """The candidate, mended until it can be read and asks for something."""
    for _ in range(_MAX_REPAIRS):
        if candidate is None or not candidate.strip():
            return None
        try:
            candidate = " ".join(candidate.split())
            return candidate if _read(candidate).root is not None else None
        except QueryError as error:
            candidate = error.repair
    return None


class _Parser(Terms):
    """Reads by recursive descent: OR of ANDs of what may stand near another or be negated."""

    _depth = 0

    def whole(self) -> Part | None:
        self._skip()
        if self._at == len(self._text):
            return None
        part = self._any()
        if self._at < len(self._text):
            raise self._error("closes_nothing", repair=self._without(self._at, self._at + 1))
        self._check_spelling(part, top=True)
        return part

    def _check_spelling(self, part: Part, *, top: bool) -> None:
        match part:
            case Field("spelling", _, position) if not top:
                end = position + len(self._text[position:].split(maxsplit=1)[0].rstrip(")"))
                raise self._error("spelling_place", at=position, repair=self._without(position, end))
            case And(parts):
                for inner in parts:
                    self._check_spelling(inner, top=top)
            case Or(parts):
                for inner in parts:
                    self._check_spelling(inner, top=False)
            case Not(inner):
                self._check_spelling(inner, top=False)

    def _any(self) -> Part:
        parts = [self._all()]
        while self._either():
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _all(self) -> Part:
        parts = [self._close()]
        while True:
            if self._both():
                parts.append(self._close())
                continue
            if self._at == len(self._text) or self._sign() == ")" or self._either(look=True):
                return parts[0] if len(parts) == 1 else And(tuple(parts))
            parts.append(self._close())

    def _close(self) -> Part:
        """One part, or two that stand near each other."""
        first = self._one()
        found = self._near()
        if found is None:
            return first
        place = self._at
        between = self._between(found)
        word = found[1] or found[3]
        self._pass(found[0])
        begin = self._at
        second = self._one()
        if self._near() is not None:
            again = self._text[begin : self._at].strip()
            raise self._error("near_chain", repair=self._with(self._at, f"{again} "), word=word)
        if not _is_spot(first) or not _is_spot(second):
            raise self._error("near_part", at=place, repair=self._around(first, second), word=word)
        return Near(first, second, between, word in _ORDERED, place)  # type: ignore[arg-type]

    def _around(self, first: Part, second: Part) -> str | None:
        """The text with parentheses, where what is near something was meant to be excluded."""
        if not isinstance(first, Not) or not isinstance(first.part, Word | Phrase) or not _is_spot(second):
            return None
        begin = first.part.position
        return f"{self._text[:begin]}({self._text[begin : self._at].rstrip()}) {self._text[self._at :]}"

    def _near(self) -> re.Match[str] | None:
        return _NEAR.match(self._text, self._at)

    def _between(self, found: re.Match[str]) -> int:
        word, number = found[1] or found[3], latin(found[2] or found[4] or "")
        if not number:
            raise self._error("near_number", repair=self._instead(found.span(), f"{word}/5"), word=word)
        if len(number) > 4 or int(number) > _MAX_BETWEEN:
            mended = self._instead(found.span(), f"{word}/{_MAX_BETWEEN}")
            raise self._error("near_far", repair=mended, word=found[0], most=_MAX_BETWEEN)
        return int(number)

    def _one(self) -> Part:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise self._error("too_deep", most=_MAX_DEPTH)
        try:
            return self._negated_or_plain()
        finally:
            self._depth -= 1

    def _negated_or_plain(self) -> Part:
        self._skip()
        sign = self._sign()
        alone = self._operator_alone()
        if alone:
            mended = self._without(self._at, self._at + len(alone))
            raise self._error("alone", repair=mended, word=alone)
        if not sign or sign == ")":
            before = _LAST_OPERATOR.sub("", self._text[: self._at])
            left = f"{before} {self._text[self._at :]}" if before != self._text[: self._at] else None
            raise self._error("nothing_here", repair=left)
        if self._operator("NOT"):
            return Not(self._one())
        if sign in "-−":
            return self._minus()
        if sign == "!" and self._behind().strip("!"):
            self._at += 1
            return Not(self._one())
        if sign == "=":
            return self._exact()
        if sign == "(":
            return self._group()
        if sign in QUOTES:
            start = self._at
            return self._phrase(start)
        return self._term()

    def _minus(self) -> Part:
        behind = self._behind()
        if not behind.strip() or behind in "-−":
            rest = self._text[self._at + 1 :].lstrip()
            mended = self._text[: self._at] + (rest if rest.startswith(("-", "−")) else f"-{rest}")
            raise self._error("minus", repair=mended if rest else self._text[: self._at])
        self._at += 1
        return Not(self._one())

    def _exact(self) -> Part:
        start = self._at
        self._at += 1
        if self._sign() in QUOTES:
            part: Part = self._phrase(start)
        elif self._behind_is_word():
            part = self._term()
        else:
            raise self._error("exact_part", at=start, repair=self._without(start, start + 1))
        if not isinstance(part, Word | Phrase):
            raise self._error("exact_part", at=start, repair=self._without(start, start + 1))
        return replace(part, position=start, exact=True)

    def _group(self) -> Part:
        opened = self._at
        self._at += 1
        self._skip()
        if self._sign() == ")":
            raise self._error("empty_group", at=opened, repair=self._without(opened, self._at + 1))
        part = self._any()
        if self._sign() != ")":
            raise self._error("never_closed", at=opened, repair=f"{self._text.rstrip()})")
        self._at += 1
        self._skip()
        return part

    def _phrase(self, start: int) -> Phrase:
        part = Phrase(self._quoted(), start)
        if self._sign() == "~":
            end = re.compile(r"~\d*").match(self._text, self._at)
            assert end is not None
            raise self._error("fuzzy_word", repair=self._without(*end.span()))
        self._skip()
        return part

    def _operator_alone(self) -> str:
        """The operator that stands where a part should; «یا» (or) is a word there."""
        if (near := self._near()) is not None:
            return near[0]
        for found in (_EITHER.match(self._text, self._at), _BOTH.match(self._text, self._at)):
            if found is not None:
                return found[0]
        return next((word for word in ("OR", "AND") if self._sees(word)), "")

    def _either(self, *, look: bool = False) -> bool:
        """Whether OR stands here; it is passed over then, unless one only looks."""
        found = _EITHER.match(self._text, self._at)
        word = found[0] if found else next((word for word in _OR if self._sees(word)), "")
        behind = UNSEEN.sub("", self._text[self._at + len(word) :]).lstrip()
        if word == _OR[1] and (not behind or behind[0] in ")|"):
            return False  # «یا» (or) behind which nothing stands is a word
        if word and not look:
            self._pass(word)
        return bool(word)

    def _both(self) -> bool:
        found = _BOTH.match(self._text, self._at)
        if found is not None:
            self._pass(found[0])
            return True
        return self._operator("AND")


def _is_spot(part: Part) -> bool:
    """Whether another can stand near it."""
    if isinstance(part, Or):
        return all(isinstance(inner, Word | Phrase) for inner in part.parts)
    return isinstance(part, Word | Phrase)
