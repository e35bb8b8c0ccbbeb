"""What changed since I last looked: a window against the one before it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from answers.asking import Asking, bounded, matching
from answers.counting import Bucket, distinct_authors, engagement, series, top
from answers.coverage import answered
from answers.movers import Movers, movers
from answers.narrowing import before, naming
from answers.trends import RisingTag, rising
from posts.answer import Answer, Figure
from posts.selection import Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The three headline figures of a window."""

    posts: Figure
    authors: Figure
    engagement: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A brand's share of voice: of all namings of ours and our rivals; ``None`` where there are none."""

    id: str
    name: str
    ours: bool
    posts: Figure
    share: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """A window at one look."""

    posts: Figure
    authors: Figure
    engagement: Figure
    previous: Totals
    series: tuple[Bucket, ...]
    share_of_voice: tuple[Share, ...]
    rising: tuple[RisingTag, ...]
    movers: Movers
    platforms: tuple[tuple[str, Figure], ...]
    languages: tuple[tuple[str, Figure], ...]
    sources: tuple[tuple[str, Figure], ...]


def overview(asking: Asking, selection: Selection) -> Answer[Overview]:
    """The window (without one, the last 7 days) and the equally long one before it."""
    selection = bounded(asking, selection)
    query = matching(asking, selection)
    now = totals(asking, selection)
    found = Overview(
        posts=now.posts, authors=now.authors, engagement=now.engagement,
        previous=totals(asking, before(selection)), series=series(asking, query, selection),
        share_of_voice=share_of_voice(asking, selection), rising=_rising(asking, selection),
        movers=movers(asking, _last_day(selection), size=5, hashtags=False).value,
        platforms=_by(asking, selection, "platform"), languages=_by(asking, selection, "language"),
        sources=_by(asking, selection, "source"),
    )  # fmt: skip
    return answered(asking, selection, found, "overview")


def totals(asking: Asking, selection: Selection) -> Totals:
    """Posts, people and engagement of a selection that has both ends of its window."""
    query = matching(asking, selection)
    posts = asking.store.count("posts", query)
    return Totals(
        posts=Figure(value=posts, selection=selection),
        authors=distinct_authors(asking, query, selection, posts=posts),
        engagement=engagement(asking, query, selection),
    )


def share_of_voice(asking: Asking, selection: Selection) -> tuple[Share, ...]:
    """How often each brand is named: posts that name it by all such namings, ours first.

    A post that names two brands counts for both; a brand's own posts count if they name it.
    """
    brands = [] if asking.ours is None else [(asking.ours, True)]
    brands += [(rival, False) for rival in asking.rivals]
    named = [(brand, ours, naming(selection, brand.id)) for brand, ours in brands]
    counts = [asking.store.count("posts", matching(asking, opens)) for _, _, opens in named]
    every = sum(counts)
    return tuple(
        Share(
            id=brand.id, name=brand.name, ours=ours, posts=Figure(value=value, selection=opens),
            share=value / every if every else None,
        )
        for (brand, ours, opens), value in zip(named, counts, strict=True)
    )  # fmt: skip


def _rising(asking: Asking, selection: Selection) -> tuple[RisingTag, ...]:
    """The first five of the last day of the window."""
    return rising(asking, _last_day(selection), size=5).value.rows


def _last_day(selection: Selection) -> Selection:
    """The last day of a window that has both ends."""
    assert selection.since is not None
    assert selection.until is not None
    return selection.narrowed(since=max(selection.since, selection.until - timedelta(days=1)))


def _by(asking: Asking, selection: Selection, field: str) -> tuple[tuple[str, Figure], ...]:
    """The posts of the selection by platform, language or source, the commonest first."""
    # A post may be in two sources: where one is asked for, the others are not parts of it.
    asked = getattr(selection, field)
    counted = top(asking, matching(asking, selection), field, size=20)
    return tuple(
        (name, Figure(value=value, selection=selection.narrowed(**{field: name})))
        for name, value in counted
        if asked in (None, name)
    )
