"""Which tags should this campaign carry? Numbers about each tag that comes into question, and a verdict."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from answers.asking import Asking
from posts.answer import Answer, Figure
from posts.selection import Selection
from trends.lift import Lift
from trends.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Visible:
    """For how many hours a post stays among the newest of its hashtag: the median and the middle half.

    ``median_h`` is ``None`` where most of them still stand there; they have done so for ``at_least_h``.
    """

    median_h: float | None
    low_h: float | None
    high_h: float | None
    at_least_h: float
    posts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """Seven days from ``start`` and the people who used the hashtag in them."""

    start: datetime
    authors: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class TagResearch:
    """One hashtag family in a window.

    ``relevance`` is how unlikely chance brings it so often into the posts that were asked about
    (-log10), infinite for one that was named. ``posts_per_hour`` counts original posts, ``shares_per_hour``
    how often they were passed on (``None`` where no platform tells). ``reach`` adds the followers of its
    authors, each once; ``impressions`` those of every post; both only of the ``known_followers`` part
    whose followers are told. ``author_followers`` is the median of its authors: how strong those are
    beside whom a post would stand.
    """

    key: str
    name: str
    why: str
    relevance: float
    posts: Figure
    authors: Figure
    authors_per_day: float
    posts_per_hour: float
    shares_per_hour: float | None
    lift: Lift
    reach: Figure
    impressions: Figure
    known_followers: float
    author_followers: float | None
    visible: Visible
    verdict: Verdict
    weeks: tuple[Week, ...]
    platforms: tuple[tuple[str, Figure], ...]
    languages: tuple[tuple[str, Figure], ...]
    sentiments: tuple[tuple[str, Figure], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """A hashtag that was named and that nobody uses here, and the known ones that look most like it."""

    written: str
    nearest: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Research:
    """The hashtags that come into question, the most relevant first; ``hours`` is the window's length."""

    rows: tuple[TagResearch, ...]
    unknown: tuple[Unknown, ...]
    hours: float


def research(
    asking: Asking,
    selection: Selection,
    *,
    seeds: tuple[str, ...] = (),
    draft: str = "",
    audience: str = "",
    keys: tuple[str, ...] = (),
    size: int = 30,
) -> Answer[Research]:
    """The hashtags for words or tags (``seeds``), a ``draft`` text, an ``audience`` (a query), or ``keys``.

    ``keys`` are family keys that are told as they are, without a search for more. The window is the
    selection's, else the last 28 days.
    """
    raise NotImplementedError
