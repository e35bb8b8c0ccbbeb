"""What is watched for: the saved queries, how much each finds now, and the posts that came to match."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from answers import posts
from answers.asking import Asking
from answers.coverage import answered
from answers.narrowing import within
from posts.answer import Answer, Figure
from posts.post import Post
from posts.selection import Selection
from store.saved import SavedQueries, SavedQuery, fault

LAST_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedReport:
    """A saved query and its posts of the last 24 hours; ``fault`` says why nothing can match it."""

    saved: SavedQuery
    last_day: Figure
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """A post, the moment at which it came to match, and by what kind of write (``store.matching``)."""

    post: Post
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """Some of ``total`` posts that came to match a saved query."""

    total: int
    matched: tuple[Matched, ...]


def saved_queries(asking: Asking) -> Answer[tuple[SavedReport, ...]]:
    """Every saved query, by name, and the topics of the project's settings after them."""
    every = (*SavedQueries(asking.state).all(), *asking.topics)
    reports = tuple(_report(asking, saved) for saved in every)
    return answered(asking, Selection(), reports, "posts")


def find(asking: Asking, name: str) -> SavedQuery | None:
    """The saved query, else the topic, of this name."""
    every = (*SavedQueries(asking.state).all(), *asking.topics)
    return next((saved for saved in every if name in (saved.name, saved.id)), None)


def matches(
    asking: Asking,
    saved: SavedQuery,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    size: int = 20,
    offset: int = 0,
) -> Matches:
    """The posts written from ``since`` on that came to match, the newest first.

    A post that was edited and would no longer be found is among them: it did match.
    """
    bounds = {"gte": since, "lt": until}
    window = {name: moment.isoformat() for name, moment in bounds.items() if moment is not None}
    query = {"bool": {"filter": [{"term": {"query": saved.id}}, {"range": {"created_at": window}}]}}
    request: dict[str, Any] = {
        "query": query, "size": size, "from": offset, "sort": [{"created_at": "desc"}, {"id": "asc"}],
    }  # fmt: skip
    hits = asking.store.search("matches", request)["hits"]
    rows = [hit["_source"] for hit in hits["hits"]]
    found = asking.store.get("posts", [row["post_id"] for row in rows])
    matched = tuple(
        Matched(
            post=posts.post_of(found[row["post_id"]]),
            at=datetime.fromisoformat(row["at"]),
            reason=row["reason"],
        )
        for row in rows
        if row["post_id"] in found
    )
    return Matches(total=int(hits["total"]["value"]), matched=matched)


def _report(asking: Asking, saved: SavedQuery) -> SavedReport:
    end = asking.now.replace(microsecond=0)
    last_day = within(saved.selection, end - LAST_DAY, end)
    wrong = fault(saved, zone=ZoneInfo(asking.time_zone))
    number = None if wrong else posts.count(asking, last_day)
    return SavedReport(saved=saved, last_day=Figure(value=number, selection=last_day), fault=wrong)
