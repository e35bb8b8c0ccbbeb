"""Every error that Rasad raises on purpose.

    RasadError
    ├── ConfigError            a project file or setting: every mistake at once
    ├── QueryError             what a person typed into the search box
    ├── MendingError           families of hashtags that a project joins and parts at once
    ├── RecordError            a post that cannot be one (bad time, id, count)
    ├── SourceError            one source of posts
    │   ├── NotReachable       no answer, a 5xx, a broken certificate
    │   ├── NotUnderstood      an answer that is not what the platform documents
    │   ├── RateLimited        asked to wait; carries until when
    │   ├── Refused            the platform or our own guard says no
    │   └── NotSetUp           a token or contact is missing
    ├── StoreError             the engine
    │   ├── StoreUnreachable   no answer, or not an Elasticsearch
    │   ├── StoreReadOnly      the disk is full or the engine blocks writing
    │   ├── StoreBusy          another process is the writer
    │   ├── SchemaChanged      the index was made by another version
    │   └── UnsupportedQuery   outside the subset that both engines answer alike
    └── SpoolError             the folder through which posts come in

Each carries its subject (the source, query or key) so that a message can name the thing, the
place and the remedy. Errors of drivers are wrapped once, at the wall of the room, with ``from``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


class RasadError(Exception):
    """Something that a person can be told: ``message``, about ``subject``, mended by ``remedy``."""

    def __init__(self, message: str, *, subject: str = "", remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.subject = subject
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.subject}: {self.told}" if self.subject else self.told

    @property
    def told(self) -> str:
        """Message and remedy as sentences of their own, without the subject."""
        return f"{_ended(self.message)} {self.remedy}" if self.remedy else self.message


def _ended(sentence: str) -> str:
    """The sentence with a full stop, where nothing ends it yet."""
    return sentence if sentence.endswith((".", "!", "?", ":", ";", "…")) else f"{sentence}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One mistake in a file: where it stands, what stands there, and what was probably meant."""

    file: str
    key: str
    value: str
    message: str
    nearest: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        shown = f" = {self.value}" if self.value else ""
        # A line of the file that is told already is no key.
        about = f" {self.key}{shown}:" if self.key and self.key != f"line {self.line}" else ""
        hint = f". Did you mean '{self.nearest}'?" if self.nearest else ""
        return f"{place}:{about} {self.message}{hint}"


class ConfigError(RasadError):
    """A project file cannot be used; ``mistakes`` lists all of them, not only the first."""

    def __init__(self, mistakes: tuple[Mistake, ...], *, subject: str = "") -> None:
        self.mistakes = mistakes
        super().__init__("\n".join(str(mistake) for mistake in mistakes), subject=subject)

    def __str__(self) -> str:
        return self.message


class QueryError(RasadError):
    """A query that cannot be read: ``position`` (code points from 0) is where, ``remedy`` what mends it.

    ``repair`` is a query that was probably meant and can be read, if one can be told. Under ``key`` the
    message and the remedy stand in ``words/queries.toml``, with ``values`` to be filled in; it is empty
    where they are told in English only.
    """

    def __init__(
        self,
        message: str,
        *,
        query: str,
        position: int,
        remedy: str = "",
        repair: str | None = None,
        key: str = "",
        values: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message, subject=query, remedy=remedy)
        self.position = position
        self.repair = repair
        self.key = key
        self.values = dict(values or {})

    def __str__(self) -> str:
        mark = " " * self.position + "^"
        instead = f"\n  Perhaps: {self.repair}" if self.repair else ""
        return f"{_ended(self.message)} {self.remedy}".rstrip() + f"\n  {self.subject}\n  {mark}{instead}"


class MendingError(RasadError):
    """What a project says about families of hashtags contradicts itself; ``tags`` are those in question."""

    def __init__(self, message: str, *, tags: tuple[str, ...], remedy: str = "") -> None:
        super().__init__(message, subject=", ".join(tags), remedy=remedy)
        self.tags = tags


class RecordError(RasadError):
    """A post that cannot be one; it goes to the dead letters with this reason."""


class SourceError(RasadError):
    """One source failed; a value in the report of a run, never the end of the others."""

    state = "error"


class NotReachable(SourceError):
    """The server gave no answer, or one that says it is broken."""


class NotUnderstood(SourceError):
    """The answer is not what the platform documents."""


class RateLimited(SourceError):
    """The server asks to wait until ``until``."""

    state = "put off"

    def __init__(self, message: str, *, until: datetime, subject: str = "") -> None:
        super().__init__(message, subject=subject)
        self.until = until


class Refused(SourceError):
    """The platform does not allow it, or our own guard does not."""

    state = "refused"


class NotSetUp(SourceError):
    """Something that the user has to give is missing."""

    state = "not set up"


class StoreError(RasadError):
    """The engine could not do what was asked."""


class StoreUnreachable(StoreError):
    """No engine answers at the address."""


class StoreReadOnly(StoreError):
    """The engine takes no posts now: disk full, or blocked by its flood stage."""


class StoreBusy(StoreError):
    """Another process holds the only writer."""


class SchemaChanged(StoreError):
    """The index was written by another version of the mapping; ``newer`` if by one of tomorrow."""

    def __init__(self, message: str, *, subject: str = "", remedy: str = "", newer: bool = False) -> None:
        super().__init__(message, subject=subject, remedy=remedy)
        self.newer = newer


class UnsupportedQuery(StoreError):
    """A query or aggregation outside the subset; ``subject`` is the path of the key."""


class SpoolError(RasadError):
    """The spool cannot take posts (disk full, rights)."""
