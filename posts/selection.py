"""Which posts: what a number was counted from, and the address under which a person opens it again.

Every number that is shown carries a ``Selection``; the posts view shows exactly its posts. The same
record is the filter bar of the dashboard, the options of the command line and the part of the address
after ``?``. ``store.compile`` makes a request body of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any, Literal

from posts.post import EdgeKind
from posts.query_errors import query_error

_TIMES = frozenset({"since", "until"})
_EDGES = frozenset({"repost", "reply", "mention", "quote"})
Noise = Literal["out", "only"]
_NOISE = frozenset({"out", "only"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Posts that match all that is set; nothing set is every post (deleted ones never).

    ``query`` is what a person typed (``posts.query``); ``since`` counts from, ``until`` to just before;
    ``hashtag`` is a family key, ``spelling`` one way to write a hashtag (without ``#``), ``author`` an
    author key, ``entity`` an entity id. ``edge`` and ``toward`` narrow to the posts that repost, reply to,
    mention or quote the author ``toward`` in the network of the rest of the selection: a repost belongs to
    it when the post passed on does. ``noise`` leaves out what is marked as noise (``"out"``), or everything
    else (``"only"``). ``ids`` names single posts.
    """

    query: str = ""
    since: datetime | None = None
    until: datetime | None = None
    platform: str | None = None
    source: str | None = None
    language: str | None = None
    hashtag: str | None = None
    spelling: str | None = None
    author: str | None = None
    entity: str | None = None
    edge: EdgeKind | None = None
    toward: str | None = None
    noise: Noise | None = None
    ids: tuple[str, ...] = ()

    def narrowed(self, **changes: Any) -> Selection:
        """This selection with some of its parts changed: ``s.narrowed(hashtag="ai")``."""
        return replace(self, **changes)

    def to_params(self) -> dict[str, str]:
        """The parts that are set, as the address and the command line write them."""
        params: dict[str, str] = {}
        for part in fields(self):
            value = getattr(self, part.name)
            if value is None or value == "" or value == ():
                continue
            if isinstance(value, datetime):
                params[part.name] = value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            elif isinstance(value, tuple):
                params[part.name] = " ".join(value)
            else:
                params[part.name] = str(value)
        return params


def from_params(params: Mapping[str, str]) -> Selection:
    """The selection that ``to_params`` wrote; parts that are not its own are passed over.

    ``QueryError`` names a part that cannot be read (a time that is none, an edge that does not exist).
    """
    found: dict[str, Any] = {}
    for part in fields(Selection):
        value = params.get(part.name)
        if not value:
            continue
        if part.name in _TIMES:
            found[part.name] = _time(part.name, value)
        elif part.name == "ids":
            found[part.name] = tuple(value.split())
        elif part.name == "noise" and value not in _NOISE:
            raise query_error("no_noise", value, 0, value=value, known=", ".join(sorted(_NOISE)))
        elif part.name == "edge" and value not in _EDGES:
            raise query_error("no_edge", value, 0, value=value, known=", ".join(sorted(_EDGES)))
        else:
            found[part.name] = value
    return Selection(**found)


def _time(name: str, value: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise query_error("no_moment", value, 0, name=name) from error
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
