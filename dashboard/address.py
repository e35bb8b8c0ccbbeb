"""The address of a view: which part after ``?`` means what, and how a number links to its posts.

A selection is written with ``Selection.to_params``; beside it stand ``lang`` (language of the page),
``project`` and ``period`` (1d, 7d, 30d, all, custom). An address that carries any part of the filter bar
says all of them; one that carries none leaves the bar as the visitor had it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal, cast, get_args
from urllib.parse import urlencode

from posts.query_errors import query_error
from posts.selection import Noise, Selection, from_params

Period = Literal["1d", "7d", "30d", "all", "custom"]
View = Literal[
    "overview", "trends", "backtest", "hashtag", "research", "compare", "posts", "influencers", "labels",
    "sources",
]  # fmt: skip

SPANS: Final[dict[str, timedelta]] = {
    "1d": timedelta(days=1),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
}
NARROW: Final = ("hashtag", "spelling", "author", "entity", "edge", "toward", "ids")
"""Parts that one link sets and that are forgotten when the visitor goes on to another view."""
_KEPT: Final = ("query", "platform", "source", "language", "noise")
_BAR: Final = ("period", "since", "until", *_KEPT)

_FILES: Final = {"posts": "reading", "trends": "rising"}


def file_of(view: str) -> str:
    """The file that draws a view, relative to the app. It may not bear the name of a room."""
    return f"views/{_FILES.get(view, view)}.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the filter bar says. ``since`` and ``until`` count for the period ``custom`` only."""

    period: Period = "7d"
    since: datetime | None = None
    until: datetime | None = None
    query: str = ""
    platform: str | None = None
    source: str | None = None
    language: str | None = None
    noise: Noise | None = None

    def to_params(self) -> dict[str, str]:
        """The filters as the address writes them; the period always, so that a link is complete."""
        custom = self.period == "custom"
        kept = Selection(
            query=self.query,
            since=self.since if custom else None,
            until=self.until if custom else None,
            platform=self.platform,
            source=self.source,
            language=self.language,
            noise=self.noise,
        )
        return {"period": self.period, **kept.to_params()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A way inside the dashboard: the view and what stands after ``?`` in its address."""

    view: View
    params: dict[str, str]

    @property
    def href(self) -> str:
        """The address relative to any other view."""
        path = "./" if self.view == "overview" else self.view
        return f"{path}?{urlencode(self.params)}"


def read_filters(params: Mapping[str, str]) -> Filters | None:
    """The filters that an address names, or ``None`` if it names none. ``QueryError`` if one is no such."""
    if not any(params.get(part) for part in _BAR):
        return None
    found = from_params(params)
    period = params.get("period", "")
    if found.since or found.until:
        period = "custom"
    elif not period:
        period = "7d"
    if period not in get_args(Period):
        raise query_error("no_period", period, 0, value=period, known=", ".join(get_args(Period)))
    return Filters(
        period=cast(Period, period),
        since=found.since,
        until=found.until,
        query=found.query,
        platform=found.platform,
        source=found.source,
        language=found.language,
        noise=found.noise,
    )


def selected(filters: Filters, *, now: datetime, narrow: Mapping[str, str] | None = None) -> Selection:
    """The posts that the filters mean at ``now``, narrowed by the parts of ``narrow`` that are set."""
    since, until = filters.since, filters.until
    if filters.period in SPANS:
        since, until = now - SPANS[filters.period], now
    elif filters.period == "all":
        since, until = None, None
    parts = from_params({name: (narrow or {}).get(name, "") for name in NARROW})
    return replace(
        parts,
        query=filters.query,
        since=since,
        until=until,
        platform=filters.platform,
        source=filters.source,
        language=filters.language,
        noise=filters.noise,
    )


def link_to(view: View, selection: Selection, *, base: Mapping[str, str]) -> Link:
    """The view on exactly the posts of ``selection``; ``base`` is the language and the project."""
    period = "custom" if selection.since or selection.until else "all"
    return Link(view=view, params={**base, "period": period, **selection.to_params()})


def link_with(view: View, filters: Filters, *, base: Mapping[str, str], **narrow: str) -> Link:
    """The view under the visitor's own filters, narrowed."""
    return Link(view=view, params={**base, **filters.to_params(), **narrow})
