"""What a rise may have come from outside: the pages that it shares, and news that were there before it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Literal

from answers.asking import Asking, matching
from answers.counting import counted
from answers.hashtag import name_of
from answers.meant import is_everything
from answers.narrowing import also
from answers.posts import post_of
from answers.rise import Rise, Row, moment
from nlp import links as addresses
from nlp.fold import tag_words
from posts.answer import Figure
from posts.errors import QueryError
from posts.post import Post
from posts.selection import Selection
from trends.leads import base_rate
from trends.onset import HISTORY_DAYS

By = Literal["link", "topic", "words"]

BEFORE: Final = timedelta(hours=24)
"""How long before a rise news are looked for."""
SHOWN: Final = 6
_SECOND: Final = timedelta(seconds=1)
_CANDIDATES: Final = 500
_NEWS: Final[dict[str, Any]] = {
    "bool": {
        "should": [{"terms": {"kind": ["news", "blog"]}}, {"term": {"platform": "feed"}}],
        "minimum_should_match": 1,
    }
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """A page or a site that posts of the rise point to."""

    name: str
    posts: Figure
    authors: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A news post near the beginning: ``lead_s`` seconds before the first post of the rise (negative: after).

    ``by`` says how it belongs to it: the rise shares its address (``link``), it is of the selection itself
    (``topic``), or it has the words of the hashtag (``words``). ``base_rate`` is how much of the weeks before
    had such an article as shortly before: a lead that any moment has says nothing. ``None`` where it follows,
    or was found by its address.
    """

    post: Post
    posts: Figure
    lead_s: int
    by: By
    base_rate: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """Pages and sites by the people who shared them; articles in the order of time.

    ``first_at`` is the second of the first post of the rise that is no news itself, ``None`` without one.
    """

    links: tuple[Shared, ...]
    domains: tuple[Shared, ...]
    articles: tuple[Article, ...]
    first_at: int | None


def outside(asking: Asking, rise: Rise, *, size: int = SHOWN) -> Outside:
    """What the rise shares, and what was written about the same before and during it."""
    first = next((row.at for row in rise.rows if not row.is_news), None)
    return Outside(
        links=_shared(asking, rise, "link", lambda row: row.links, size),
        domains=_shared(asking, rise, "domain", lambda row: row.domains, size),
        articles=() if first is None else _articles(asking, rise, first, size), first_at=first,
    )  # fmt: skip


def _shared(
    asking: Asking, rise: Rise, field: str, values: Callable[[Row], Iterable[str]], size: int
) -> tuple[Shared, ...]:
    people: dict[str, set[int | str]] = defaultdict(set)
    for row in rise.rows:
        if not row.is_news:
            for value in values(row):
                people[value].add(row.author_n if row.author_n >= 0 else row.id)
    ranked = sorted(people, key=lambda value: (-len(people[value]), value))
    made = (_page(asking, rise.selection, field, value) for value in ranked[:size])
    return tuple(page for page in made if page is not None)


def _page(asking: Asking, selection: Selection, field: str, value: str) -> Shared | None:
    """The posts that point there or below; ``None`` where no query can say so."""
    try:
        chosen = selection.narrowed(query=also(selection.query, f'{field}:"{value}"'))
        posts, authors = counted(asking, chosen)
    except QueryError:
        return None
    return Shared(name=value, posts=posts, authors=authors) if posts.value else None


def _articles(asking: Asking, rise: Rise, first: int, size: int) -> tuple[Article, ...]:
    linked = _linked(asking, rise)
    topics = _topics(asking, rise.selection)
    found: dict[str, tuple[Post, By]] = {post.id: (post, "link") for post in linked}
    times: list[int] = []
    for by, selection in topics:
        for post in _news(asking, rise, selection):
            found.setdefault(post.id, (post, by))
        times += _times(asking, rise, selection)
    ordered = sorted(found.values(), key=lambda pair: (pair[0].created_at, pair[0].id))
    before = [pair for pair in ordered if pair[0].created_at.timestamp() <= first]
    after = ordered[len(before) :]
    kept = before[-(size - min(len(after), size // 2)) :] if before else []
    return tuple(_article(rise, post, by, first, times) for post, by in [*kept, *after[: size - len(kept)]])


def _article(rise: Rise, post: Post, by: By, first: int, times: list[int]) -> Article:
    lead = first - int(post.created_at.timestamp())
    rate = None
    if lead >= 0 and by != "link":
        # Up to a day before the rise: the article itself is no coincidence of the past.
        past = int(min(HISTORY_DAYS, rise.history_days) * 86_400)
        rate = base_rate(times, lead, since=rise.since - past, until=rise.since - BEFORE // _SECOND)
    opened = Figure(value=1, selection=Selection(ids=(post.id,)))
    return Article(post=post, posts=opened, lead_s=lead, by=by, base_rate=rate)


def _topics(asking: Asking, selection: Selection) -> list[tuple[By, Selection]]:
    """What news on the same matter: those of the selection, and those with the words of its hashtag."""
    about = Selection(query=selection.query, hashtag=selection.hashtag, entity=selection.entity)
    if is_everything(about):
        return []
    found: list[tuple[By, Selection]] = [("topic", about)]
    # The key of a family is one word; how it is written tells where its words end.
    words = tag_words(name_of(asking, selection.hashtag)) if selection.hashtag else []
    if words:
        said = " ".join(f'"{word}"' for word in words)
        found.append(("words", about.narrowed(hashtag=None, query=also(selection.query, said))))
    return found


def _window(rise: Rise, before: timedelta) -> dict[str, Any]:
    since = moment(rise.since) - before
    return {"range": {"created_at": {"gte": since.isoformat(), "lt": moment(rise.until).isoformat()}}}


def _news(asking: Asking, rise: Rise, selection: Selection) -> list[Post]:
    filters = [matching(asking, selection), _NEWS, _window(rise, BEFORE)]
    return _read(asking, filters)


def _read(asking: Asking, filters: list[dict[str, Any]]) -> list[Post]:
    """The earliest of them."""
    request = {
        "query": {"bool": {"filter": filters}}, "size": _CANDIDATES,
        "sort": [{"created_at": "asc"}, {"id": "asc"}], "_source": ["post"],
    }  # fmt: skip
    hits = asking.store.search("posts", request)["hits"]["hits"]
    return [post_of(hit["_source"]) for hit in hits]


def _times(asking: Asking, rise: Rise, selection: Selection) -> list[int]:
    """When news on the matter were written in the weeks before the rise."""
    filters = [matching(asking, selection), _NEWS, _window(rise, timedelta(days=HISTORY_DAYS + 1))]
    column = asking.store.columns("posts", {"bool": {"filter": filters}}, ["created_at"])["created_at"]
    return sorted(int(at) for at in column if at < rise.since)


def _linked(asking: Asking, rise: Rise) -> list[Post]:
    """News posts of a day before the rise or within it whose own address the rise shares."""
    shared = {link for row in rise.rows if not row.is_news for link in row.links}
    if not shared:
        return []
    found = _read(asking, [matching(asking, Selection()), _NEWS, _window(rise, BEFORE)])
    return [post for post in found if post.url and addresses.key(post.url) in shared]
