"""Dead letters read once more: what each is, whether a post can be made of it, and its way back in.

A post made of a letter goes in through the spool, like any other. Its letter stays until intake has
taken it, so nothing is lost on the way, and whoever is the writer takes it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from crawlers.imports.jsonl import parse
from posts.clean import clean
from posts.errors import RecordError
from posts.post import Post, check
from store.spool import Spool
from store.state import DeadLetter

Kind = Literal["post", "broken", "line", "file", "row", "place"]
"""A post that was refused; one that can be none as it stands; a line that is no JSON; a damaged file; a row
beside a stored post; a place in an answer of which nothing was kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A letter read again: ``post`` is what can be made of it, else ``problem`` says why none can."""

    letter: DeadLetter
    kind: Kind
    post: Post | None = None
    problem: str = ""


def read(letter: DeadLetter, *, now: datetime) -> Reading:
    """What the letter is, and its post if it can be one now."""
    if letter.payload is None:
        return Reading(letter=letter, kind=_without_payload(letter), problem=letter.reason)
    try:
        return Reading(letter=letter, kind="post", post=post_of(letter.payload, letter.source, now=now))
    except RecordError as error:
        return Reading(letter=letter, kind="broken" if record_of(letter) else "line", problem=error.message)


def post_of(payload: str, source: str, *, now: datetime) -> Post:
    """The post of a payload, of this source where it names none; ``RecordError`` says what is wrong."""
    line = payload.encode("utf-8", "replace")
    record = _record(payload)
    named = bool(record and record.get("source")) or source in ("", "import")
    return check(clean(parse(line, "" if named else source, at=now)), now=now)


def record_of(letter: DeadLetter) -> dict[str, Any] | None:
    """The payload as an object, if it is one."""
    return _record(letter.payload or "")


def mended(record: Mapping[str, Any], changes: Iterable[tuple[str, str]]) -> str:
    """The record with values changed under keys such as ``created_at`` and ``metrics.likes``, as a line.

    Values are JSON where they can be read as such, else texts. ``RecordError`` for a key that cannot be set.
    """
    made = json.loads(json.dumps(record))
    for key, value in changes:
        *way, last = key.split(".")
        place = made
        for part in way:
            place = place.setdefault(part, {}) if isinstance(place, dict) else None
        if not isinstance(place, dict) or not last:
            raise RecordError(f"{key}: cannot be set")
        place[last] = _value(value)
    return json.dumps(made, ensure_ascii=False)


def send(spool: Spool, readings: Iterable[Reading]) -> int:
    """Put the posts that could be made into the spool; how many."""
    by_source: dict[str, dict[int, Post]] = {}
    for reading in readings:
        if reading.post is not None:
            source = reading.letter.source or reading.post.source
            by_source.setdefault(source, {})[reading.letter.number] = reading.post
    for source, posts in by_source.items():
        spool.put_back(posts, source=source)
    return sum(map(len, by_source.values()))


def _without_payload(letter: DeadLetter) -> Kind:
    if "/damaged/" in letter.subject:
        return "file"
    return "place" if letter.source else "row"


def _record(payload: str) -> dict[str, Any] | None:
    try:
        found = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
