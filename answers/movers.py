"""What gains now: the posts and hashtags whose counts grew most between the looks at them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from answers.asking import Asking, bounded, matching
from answers.coverage import answered
from answers.posts import post_of
from answers.rising_tags import spellings
from posts.answer import Answer, Figure
from posts.post import Post, number
from posts.selection import Selection

Count = Literal["likes", "comments", "shares", "quotes", "views"]
COUNTS: Final[tuple[Count, ...]] = ("likes", "comments", "shares", "quotes", "views")
WINDOW_DAYS: Final = 1
OPENED: Final = 200
"""Posts that the gain of a hashtag opens to: those that gained most."""
_AT_ONCE: Final = 50_000
_WIDE: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Gains:
    """What was gained of each count; ``None`` where no second look told it."""

    likes: int | None = None
    comments: int | None = None
    shares: int | None = None
    quotes: int | None = None
    views: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mover:
    """A post that gained: how much of the count that orders the list, and of all."""

    post: Post
    gained: Figure
    gains: Gains


@dataclass(frozen=True, slots=True, kw_only=True)
class TagMover:
    """A hashtag family whose posts gained; ``posts`` are those that did, at most ``OPENED`` to be opened."""

    key: str
    name: str
    gained: Figure
    posts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Movers:
    """The posts and hashtags that gained most, ordered by the count ``by``."""

    by: Count
    posts: tuple[Mover, ...]
    hashtags: tuple[TagMover, ...]


def movers(
    asking: Asking, selection: Selection, *, size: int = 20, by: Count | None = None, hashtags: bool = True
) -> Answer[Movers]:
    """What gained most in a window (without one, the last 24 hours), however old the posts are.

    Without ``by``, by the first of ``COUNTS`` of which anything was gained.
    """
    selection = bounded(asking, selection, days=WINDOW_DAYS)
    queries = _queries(asking, selection)
    for count in COUNTS if by is None else (by,):
        posts = _posts(asking, queries, count, size=size)
        if posts:
            tags = _tags(asking, queries, count, size=size) if hashtags else ()
            return answered(asking, selection, Movers(by=count, posts=posts, hashtags=tags), "movers")
    return answered(asking, selection, Movers(by=by or "likes", posts=(), hashtags=()), "movers")


def _queries(asking: Asking, selection: Selection) -> list[dict[str, Any]]:
    """The snapshots of the window, of the posts that the rest of the selection means.

    Several where those are very many; a post is in one of them alone.
    """
    assert selection.since is not None
    assert selection.until is not None
    window = {"gte": selection.since.isoformat(), "lt": selection.until.isoformat()}
    filters: list[dict[str, Any]] = [{"range": {"at": window}}]
    filters += [
        {"term": {name: value}}
        for name, value in (("platform", selection.platform), ("author", selection.author))
        if value is not None
    ]
    about = selection.narrowed(since=None, until=None)
    if about == Selection(platform=about.platform, author=about.author):
        return [{"bool": {"filter": filters}}]
    meant = asking.store.columns("posts", matching(asking, about), ["n"])["n"].tolist()
    parts = [meant[start : start + _AT_ONCE] for start in range(0, len(meant), _AT_ONCE)]
    return [{"bool": {"filter": [*filters, {"terms": {"post_n": part}}]}} for part in parts]


def _posts(asking: Asking, queries: list[dict[str, Any]], by: Count, *, size: int) -> tuple[Mover, ...]:
    gained: list[tuple[str, Gains]] = []
    for query in queries:
        gained += _gained(asking, query, "post_id", by, size=size, counts=COUNTS)
    gained.sort(key=lambda row: (-(getattr(row[1], by) or 0), row[0]))
    found = asking.store.get("posts", [post_id for post_id, _ in gained[:size]])
    return tuple(
        Mover(
            post=post_of(found[post_id]), gains=gains,
            gained=Figure(value=getattr(gains, by), selection=Selection(ids=(post_id,))),
        )
        for post_id, gains in gained[:size]
        if post_id in found
    )  # fmt: skip


def _tags(asking: Asking, queries: list[dict[str, Any]], by: Count, *, size: int) -> tuple[TagMover, ...]:
    """The hashtags of the posts that gained: a post counts for each that it carried then."""
    sums: dict[str, int] = {}
    for query in queries:
        wide = size if len(queries) == 1 else _WIDE
        for key, gains in _gained(asking, query, "hashtags", by, size=wide, counts=(by,)):
            sums[key] = sums.get(key, 0) + (getattr(gains, by) or 0)
    ranked = sorted(sums.items(), key=lambda row: (-row[1], row[0]))[:size]
    names = spellings(asking, Selection(), [number(key) for key, _ in ranked], posts=None)
    return tuple(_tag(asking, queries, by, key, gain, names) for key, gain in ranked)


def _tag(
    asking: Asking,
    queries: list[dict[str, Any]],
    by: Count,
    key: str,
    gain: int,
    names: dict[int, tuple[str, tuple[tuple[str, int], ...]]],
) -> TagMover:
    ids: list[tuple[str, Gains]] = []
    for query in queries:
        tagged = {"bool": {"filter": [query, {"term": {"hashtags": key}}]}}
        ids += _gained(asking, tagged, "post_id", by, size=_WIDE, counts=(by,), least=None)
    ids.sort(key=lambda row: (-(getattr(row[1], by) or 0), row[0]))
    _, members = names.get(number(key), (key, ()))
    return TagMover(
        key=key, name=members[0][0] if members else key, posts=len(ids),
        gained=Figure(value=gain, selection=Selection(ids=tuple(post_id for post_id, _ in ids[:OPENED]))),
    )  # fmt: skip


def _gained(
    asking: Asking,
    query: dict[str, Any],
    field: str,
    by: Count,
    *,
    size: int,
    counts: tuple[Count, ...],
    least: int | None = 1,
) -> list[tuple[str, Gains]]:
    """What gained most of ``by``, with what it gained of the counts; below ``least`` it is left out."""
    inner: dict[str, Any] = {}
    for name in counts:
        inner[name] = {"sum": {"field": f"d_{name}"}}
        inner[f"{name} told"] = {"value_count": {"field": f"d_{name}"}}
    terms = {"field": field, "size": size, "order": {by: "desc"}}
    request = {"query": query, "size": 0, "aggs": {"by": {"terms": terms, "aggs": inner}}}
    buckets = asking.store.search("metrics", request)["aggregations"]["by"]["buckets"]
    rows = []
    for bucket in buckets:
        sums = {name: round(bucket[name]["value"]) for name in counts if bucket[f"{name} told"]["value"]}
        gain = sums.get(by, 0)
        if gain != 0 if least is None else gain >= least:
            rows.append((bucket["key"], Gains(**sums)))
    return rows
