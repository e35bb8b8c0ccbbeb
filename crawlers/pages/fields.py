"""Strict reading of JSON objects: each field is taken once, and what nobody took is counted.

A platform that adds or renames a field shows in the report of the next run, not years later.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from crawlers.pages.text import clean
from posts.errors import NotUnderstood, RecordError
from posts.post import MAX_COUNT, Link, Media, Poll, Post


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """One item of an answer that is no post: which one, why, and what stood there (cut)."""

    subject: str
    reason: str
    payload: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read in one answer.

    ``items`` counts what the platform listed; each is in ``posts``, in ``unreadable``, or was passed
    over for the reason counted in ``passed_over`` (opted out, not public). A boost of a post gives two
    posts. ``unread`` counts fields that this version does not know. ``refs`` is how each post is asked for
    again, by its id; ``oldest`` and ``newest`` are the moments of the last and the first of all items that
    were listed, in the order of the platform. ``every_s`` is how often the place says that it is renewed,
    in seconds.
    """

    posts: tuple[Post, ...] = ()
    items: int = 0
    unreadable: tuple[Unreadable, ...] = ()
    passed_over: Counter[str] = field(default_factory=Counter)
    unread: Counter[str] = field(default_factory=Counter)
    remarks: tuple[str, ...] = ()
    local_ids: tuple[str, ...] = ()
    refs: Mapping[str, str] = field(default_factory=dict)
    oldest: datetime | None = None
    newest: datetime | None = None
    every_s: float | None = None


@dataclass(slots=True)
class Notes:
    """What is counted while an answer is read."""

    unread: Counter[str] = field(default_factory=Counter)
    passed_over: Counter[str] = field(default_factory=Counter)
    remarks: set[str] = field(default_factory=set)


_FLAGS = {"true": True, "false": False, "1": True, "0": False}


class Fields:
    """The fields of one object, taken one by one."""

    def __init__(self, value: object, what: str) -> None:
        if not isinstance(value, dict):
            raise RecordError(f"{what}: an object was expected, not {kind_of(value)}")
        self._left: dict[str, Any] = dict(value)
        self.what = what

    def __contains__(self, name: str) -> bool:
        return name in self._left

    def peek(self, name: str) -> Any:
        return self._left.get(name)

    def take(self, name: str) -> Any:
        """The value as it stands, ``None`` if it is absent or null."""
        return self._left.pop(name, None)

    def text(self, name: str) -> str | None:
        """A text, cleaned; ``None`` if absent, null or empty."""
        value = self._left.pop(name, None)
        if value is None:
            return None
        if not isinstance(value, str):
            raise RecordError(f"{self.what}.{name}: a text was expected, not {kind_of(value)}")
        return clean(value) or None

    def needed_text(self, name: str) -> str:
        value = self.text(name)
        if value is None:
            raise RecordError(f"{self.what}.{name}: missing")
        return value

    def identifier(self, name: str) -> str | None:
        """An id as a text, whether it was written as text or as a number."""
        value = self._left.pop(name, None)
        if value is None or value == "":
            return None
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise RecordError(f"{self.what}.{name}: an id was expected, not {kind_of(value)}")
        return clean(str(value)) or None

    def count(self, name: str) -> int | None:
        """A count; written in digits inside a text it is the same number."""
        value = self._left.pop(name, None)
        if value is None:
            return None
        if isinstance(value, float) and value.is_integer() and abs(value) <= MAX_COUNT:
            value = int(value)
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 17:
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_COUNT:
            raise RecordError(f"{self.what}.{name}: {shown(value)} is not a count")
        return value

    def flag(self, name: str) -> bool | None:
        """Yes or no, also where a server writes it as a word or a number."""
        value = self._left.pop(name, None)
        return _FLAGS.get(str(value).lower()) if isinstance(value, bool | int | str) else None

    def moment(self, name: str) -> datetime | None:
        """A moment in UTC from ISO 8601 with a zone."""
        value = self._left.pop(name, None)
        if value is None or value == "":
            return None
        return moment(value, f"{self.what}.{name}")

    def list(self, name: str) -> list[Any]:
        """A list, empty if absent or null."""
        value = self._left.pop(name, None)
        if value is None:
            return []
        if not isinstance(value, list):
            raise RecordError(f"{self.what}.{name}: a list was expected, not {kind_of(value)}")
        return value

    def left(self, ignored: Iterable[str]) -> Iterator[str]:
        """``what.name`` of each field that nobody took and that is not known to be of no use."""
        known = frozenset(ignored)
        return (f"{self.what}.{clean(name)[:60]}" for name in self._left if name not in known)


def moment(value: object, what: str) -> datetime:
    """A moment in UTC; a time without a zone, a number or anything else is a ``RecordError``."""
    if not isinstance(value, str) or len(value) > 64:
        raise RecordError(f"{what}: {shown(value)} is not a time")
    try:
        found = datetime.fromisoformat(value.strip())
        if found.tzinfo is None:
            raise RecordError(f"{what}: {shown(value)} has no time zone")
        return found.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise RecordError(f"{what}: {shown(value)} is not a time") from error


def read_json(body: bytes, *, subject: str) -> Any:
    """The JSON of an answer, or ``NotUnderstood`` that says what came instead.

    Numbers that are none (NaN) and numbers of absurd length stay texts, so that only the item they
    stand in is refused, not the page.
    """
    # UTF-16 and UTF-32 show in where their zeros stand, with a mark or without.
    text = body.decode(json.detect_encoding(body), "replace")
    start = text[:200].lstrip("\ufeff \t\r\n")
    if not start:
        raise NotUnderstood("an empty answer where JSON was expected", subject=subject)
    if start.startswith("<"):
        raise NotUnderstood("HTML or XML where JSON was expected", subject=subject)
    try:
        return json.loads(text.removeprefix("\ufeff"), parse_constant=str, parse_int=_integer)
    except (ValueError, RecursionError) as error:
        raise NotUnderstood(f"JSON that cannot be read ({short(error)})", subject=subject) from error


def _integer(digits: str) -> int | str:
    return int(digits) if len(digits) <= 40 else digits


def kind_of(value: object) -> str:
    """The name that JSON has for a kind of value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    names = {"str": "a text", "list": "a list", "dict": "an object"}
    return names.get(type(value).__name__, type(value).__name__)


def shown(value: object) -> str:
    """A value as it may stand in a reason: short, on one line."""
    if not isinstance(value, str | int | float):
        return kind_of(value)
    text = " ".join(clean(str(value)[:200]).split())
    return text if len(text) <= 80 else text[:79] + "…"


def short(error: BaseException) -> str:
    return shown(str(error) or type(error).__name__)


def payload_of(value: object) -> str:
    """What stood there, for the dead letter: at most 2,000 characters."""
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (ValueError, TypeError, RecursionError):
        text = type(value).__name__
    return clean(text[:2000])


def format_of(media: Iterable[Media], poll: Poll | None, links: Sequence[Link]) -> str:
    """The form a post has for a reader: what comparisons of content go by."""
    kinds = {item.kind for item in media}
    for kind in ("video", "gif", "audio", "image"):
        if kind in kinds:
            return kind
    return "poll" if poll else "link" if links else "text"


def declared_language(code: str | None) -> str | None:
    """The language of a code with a region: ``"fa"`` of ``"fa-IR"``; whatever is written is kept."""
    return None if code is None else code.replace("_", "-").split("-")[0].lower()[:8] or None
