"""Queries in words: what one asks for, and what is wrong with one, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

from posts.errors import QueryError
from posts.query_fields import moment
from posts.query_tree import (
    And,
    Field,
    Fuzzy,
    Hashtag,
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
)
from words import dates
from words.digits import localised, number
from words.texts import counted, known, text

_SPAN: Final = re.compile(r"(\d+)([mhdw])")
_UNITS: Final = {"m": "minute", "h": "hour", "d": "day", "w": "week"}
_DAY: Final = re.compile(r"(\d{4})[-/]\d{1,2}[-/]\d{1,2}")
_SOME_DAY: Final = datetime(2020, 1, 1, tzinfo=UTC)


def told(error: QueryError, language: str) -> str:
    """What is wrong with the query and what mends it; in English where there are no words for it yet."""
    key = f"query.error.{error.key}"
    if not error.key or not known(key):
        return error.told
    values = {name: localised(value, language) if value.isdecimal() else value
              for name, value in error.values.items()}  # fmt: skip
    if "kind" in values:
        values["kind"] = text(f"query.named.{values['kind']}", language)
    remedy = text(f"query.remedy.{error.key}", language, **values)
    return f"{text(key, language, **values)} {remedy}".strip()


def sentence(query: Query, language: str) -> str:
    """What the query asks for, as a sentence: "Posts that contain “tea” and are in Persian."

    Groups stand in parentheses; what is excluded is said of each part, so that none is misread.
    """
    part = _positive(query.root) if query.root is not None else None
    said = _said(part, language, top=True) if part is not None else ""
    if not said:
        return text("query.all", language)
    return text("query.exact_all" if query.exact else "query.posts", language, what=said)


def expanded(word: str, alternatives: Sequence[str], reason: str, language: str) -> str:
    """That a word is searched in other spellings as well, and why."""
    others = text("common.list_separator", language).join(_quoted(other, language) for other in alternatives)
    why = text(f"query.reason.{reason}", language)
    return text("query.expanded", language, word=_quoted(word, language), others=others, reason=why)


def _positive(part: Part, *, holds: bool = True) -> Part:
    """The part with every negation at a single condition."""
    match part:
        case Not(inner):
            return _positive(inner, holds=not holds)
        case And(parts) | Or(parts):
            inners = tuple(_positive(inner, holds=holds) for inner in parts)
            return And(inners) if isinstance(part, And) == holds else Or(inners)
    return part if holds else Not(part)


def _said(part: Part, language: str, *, top: bool = False) -> str:
    match part:
        case And(parts) | Or(parts):
            word = text("query.and_separator" if isinstance(part, And) else "query.or_separator", language)
            said = [said for said in _members(parts, word, language) if said]
            whole = word.join(said)
            return whole if top or len(parts) < 2 else text("query.group", language, what=whole)
        case Not(inner):
            return _condition(inner, "no", language)
    return _condition(part, "yes", language)


def _members(parts: tuple[Part, ...], word: str, language: str) -> Iterator[str]:
    """What is said of each part; plain words and phrases together, in the place of the first."""
    plain = [part for part in parts if isinstance(part, Word | Phrase) and not part.exact]
    for part in parts:
        if part not in plain:
            yield _said(part, language)
        elif part is plain[0]:
            yield _says("words", "yes", language, what=word.join(_quoted(p.text, language) for p in plain))


def _condition(part: Part, yes: str, language: str) -> str:
    match part:
        case Word() | Phrase() | Or():
            return _says("words", yes, language, what=_spot(part, language))
        case Pattern(words):
            return _says("pattern", yes, language, what=_quoted(words, language))
        case Fuzzy(words, _, edits):
            return _says(f"fuzzy{edits}", yes, language, what=_quoted(words, language))
        case Near():
            return _near(part, yes, language)
        case Hashtag(tag):
            form = "hashtags" if set(tag) & set("*?") else "hashtag"
            return _says(form, yes, language, what=f"#{tag}")
        case Mention(handle):
            return _says("mention", yes, language, what=f"@{handle}")
        case Range():
            return _range(part, yes, language)
        case Field(name, value):
            return _field(name, value, yes, language)
    raise TypeError(f"{type(part).__name__} is no single condition")


def _near(part: Near, yes: str, language: str) -> str:
    forms = ("next", "then") if part.ordered else ("beside", "near")
    first, second = _spot(part.first, language), _spot(part.second, language)
    between = number(part.between, language)
    return _says(forms[part.between > 0], yes, language, what=first, other=second, n=between)


def _spot(part: Spot, language: str) -> str:
    if isinstance(part, Or):
        inner = [_spot(spot, language) for spot in part.parts if isinstance(spot, Word | Phrase)]
        return text("query.group", language, what=text("query.or_separator", language).join(inner))
    quoted = _quoted(part.text, language)
    return text("query.exactly", language, what=quoted) if part.exact else quoted


def _range(part: Range, yes: str, language: str) -> str:
    low, high = part.low, part.high
    what = text(f"query.count.{part.name}", language)
    if low is not None and high is not None:
        form = "exactly" if low == high else "between"
    elif low is not None:
        # Nobody asks for at least 101: "more than 100" was meant.
        form = "more" if low % 10 == 1 else "least"
        low -= form == "more"
    else:
        assert high is not None
        form = "fewer" if high % 10 == 9 else "most"
        high += form == "fewer"
    return _says(form, yes, language, what=what, low=number(low, language), high=number(high, language))


def _field(name: str, value: str, yes: str, language: str) -> str:
    if name == "spelling":
        return ""
    if name in ("is", "has"):
        return _says(f"{name}_{value}", yes, language)
    if name in ("since", "until", "date"):
        return _time(name, value, yes, language)
    if name == "tag":
        return _condition(Hashtag(value), yes, language)
    if name == "link" and value.endswith("*"):
        name, value = "links", value[:-1]
    if name in ("lang", "platform", "kind"):
        value = _named(f"common.{'language' if name == 'lang' else name}.{value}", value, language)
    elif name in ("sentiment", "intent", "emotion", "purpose", "action", "noise"):
        value = _named(f"query.{name}.{value}", value, language)
    else:
        value = _quoted(value, language)
    return _says(name, yes, language, what=value)


def _time(name: str, value: str, yes: str, language: str) -> str:
    span = _SPAN.fullmatch(value)
    if span is not None:
        what = counted(f"common.unit.{_UNITS[span[2]]}", int(span[1]), language)
        return _says("last" if name == "since" else "before_last", yes, language, what=what)
    first, dots, last = value.partition("..")
    if dots:
        return _says("days", yes, language, what=_day(first, language), other=_day(last, language))
    return _says(name, yes, language, what=_day(value, language))


def _day(value: str, language: str) -> str:
    """A day in the calendar in which it was typed; another moment as it was typed."""
    day = _DAY.fullmatch(value)
    if day is None:
        return localised(value, language)
    calendar = "jalali" if int(day[1]) < 1600 else "gregorian"
    return dates.date(moment(value, now=_SOME_DAY), language, UTC, calendar)


def _named(key: str, value: str, language: str) -> str:
    return text(key, language) if known(key) else value


def _quoted(words: str, language: str) -> str:
    return text("common.quoted", language, words=words)


def _says(form: str, yes: str, language: str, **values: object) -> str:
    return text(f"query.says.{form}.{yes}", language, **values)
