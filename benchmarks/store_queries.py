"""The twenty queries of the store's benchmark: a request body, and the same question in SQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from benchmarks.made_posts import NOW, PERSIAN, word

TAG, WORD, OTHER, THIRD = (word(n, PERSIAN) for n in (0, 1, 2, 5))
EPOCH_S: Final = int(NOW.timestamp()) - 31 * 86_400
MONTH: Final = {"range": {"created_at": {"gte": (NOW - timedelta(days=31)).isoformat()}}}
ALL: Final[dict[str, Any]] = {"match_all": {}}
Body = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """What differs in the SQL of the peers: a whole division, and how posts with words are found."""

    div: str
    search: Callable[[tuple[str, ...], tuple[str, ...]], str]
    """``FROM`` and the beginning of ``WHERE`` for posts that hold some words and not others."""
    phrase: Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question; ``sql`` is ``None`` where a peer has no short way to ask it."""

    name: str
    body: Body
    sql: Callable[[Dialect], str | None]


def _all(*filters: Body, **more: Any) -> Body:
    return {"bool": {"filter": list(filters), **more}}


def _hits(query: Body, *, by: str = "created_at", **more: Any) -> Body:
    return {"query": query, "size": 20, "sort": [{by: "desc"}], **more}


def _count(query: Body, **agg: Any) -> Body:
    return {"query": query, "size": 0, **({"aggs": {"a": agg}} if agg else {})}


def _terms(name: str, size: int, order: Body | None = None, **inner: Any) -> Body:
    options: Body = {"field": name, "size": size} | ({"order": order} if order else {})
    return {"terms": options} | ({"aggs": inner} if inner else {})


def _top(what: str, source: str, size: int) -> str:
    return f"WITH top AS (SELECT {what} FROM {source} GROUP BY 1 ORDER BY count(*) DESC LIMIT {size})"


_DAYS: Final = {"field": "created_at", "fixed_interval": "1d", "min_doc_count": 1}
_LIKES: Final = {"field": "likes"}
_SUM: Final = {"sum": _LIKES}
_AUTHORS: Final = {"cardinality": {"field": "author_n"}}
_NEWEST: Final = "ORDER BY s DESC LIMIT 20"
_TAGGED: Final = "FROM tags JOIN top USING (tag) JOIN posts USING (n)"
_COUNTED: Final = "GROUP BY 1 ORDER BY c DESC LIMIT 20"

QUERIES: Final = (
    Asked(
        name="hashtag, newest 20",
        body=_hits({"term": {"hashtags": TAG}}),
        sql=lambda d: (
            f"SELECT id FROM posts JOIN tags USING (n) WHERE tag = '{TAG}' ORDER BY posts.s DESC LIMIT 20"
        ),
    ),
    Asked(
        name="two words, a platform, not a word",
        body=_hits(
            _all(
                {"term": {"text": WORD}}, {"term": {"text": OTHER}}, {"term": {"platform": "mastodon"}},
                must_not=[{"term": {"text": THIRD}}],
            )
        ),
        sql=lambda d: f"SELECT id {d.search((WORD, OTHER), (THIRD,))} AND platform = 'mastodon' {_NEWEST}",
    ),
    Asked(
        name="phrase",
        body=_hits({"match_phrase": {"text": f"{WORD} {OTHER}"}}),
        sql=lambda d: f"SELECT id {d.phrase(f'{WORD} {OTHER}')} {_NEWEST}",
    ),
    Asked(
        name="word in 31 days, most liked",
        body=_hits(_all({"term": {"text": WORD}}, MONTH), by="likes"),
        sql=lambda d: (
            f"SELECT id {d.search((WORD,), ())} AND s >= {EPOCH_S} ORDER BY likes DESC, id LIMIT 20"
        ),
    ),
    Asked(name="all, newest page", body=_hits(ALL), sql=lambda d: f"SELECT id FROM posts {_NEWEST}"),
    Asked(
        name="all, from 9,980",
        body=_hits(ALL, **{"from": 9_980}),
        sql=lambda d: f"SELECT id FROM posts {_NEWEST} OFFSET 9980",
    ),
    Asked(
        name="count of 31 days",
        body=_count(MONTH),
        sql=lambda d: f"SELECT count(*) FROM posts WHERE s >= {EPOCH_S}",
    ),
    Asked(
        name="20 hashtags",
        body=_count(ALL, **_terms("hashtags", 20)),
        sql=lambda d: f"SELECT tag, count(*) c FROM tags {_COUNTED}",
    ),
    Asked(
        name="20 hashtags of 31 days",
        body=_count(MONTH, **_terms("hashtags", 20)),
        sql=lambda d: f"SELECT tag, count(*) c FROM tags WHERE s >= {EPOCH_S} {_COUNTED}",
    ),
    Asked(
        name="posts by day",
        body=_count(ALL, date_histogram=_DAYS),
        sql=lambda d: f"SELECT s {d.div} 86400, count(*) FROM posts GROUP BY 1",
    ),
    Asked(
        name="10 hashtags by day, likes",
        body=_count(ALL, **_terms("hashtags", 10, b={"date_histogram": _DAYS, "aggs": {"c": _SUM}})),
        sql=lambda d: (
            f"{_top('tag', 'tags', 10)} SELECT tag, tags.s {d.div} 86400, count(*), sum(likes) {_TAGGED}"
            " GROUP BY 1, 2"
        ),
    ),
    Asked(
        name="distinct authors",
        body=_count(ALL, **_AUTHORS),
        sql=lambda d: "SELECT count(DISTINCT author) FROM posts",
    ),
    Asked(
        name="20 hashtags, distinct authors",
        body=_count(ALL, **_terms("hashtags", 20, b=_AUTHORS)),
        sql=lambda d: f"{_top('tag', 'tags', 20)} SELECT tag, count(DISTINCT author) {_TAGGED} GROUP BY 1",
    ),
    Asked(
        name="statistics of likes",
        body=_count(ALL, stats=_LIKES),
        sql=lambda d: "SELECT count(likes), min(likes), max(likes), sum(likes) FROM posts",
    ),
    Asked(
        name="percentiles of likes",
        body=_count(ALL, percentiles={**_LIKES, "percents": [50, 99]}),
        sql=lambda d: (
            "SELECT quantile_cont(likes, 0.5), quantile_cont(likes, 0.99) FROM posts"
            if d.div == "//"
            else None
        ),
    ),
    Asked(
        name="mean likes of three filters",
        body=_count(
            ALL,
            filters={
                "filters": {
                    "one": {"term": {"language": "fa"}},
                    "two": {"term": {"platform": "feed"}},
                    "three": {"term": {"hashtags": TAG}},
                }
            },
            aggs={"b": {"avg": _LIKES}},
        ),
        sql=lambda d: (
            "SELECT avg(likes) FILTER (WHERE language = 'fa'), avg(likes) FILTER (WHERE platform = 'feed'),"
            f" avg(likes) FILTER (WHERE n IN (SELECT n FROM tags WHERE tag = '{TAG}')) FROM posts"
        ),
    ),
    Asked(
        name="ranges of likes",
        body=_count(ALL, range={**_LIKES, "ranges": [{"to": 1}, {"from": 1, "to": 10}, {"from": 10}]}),
        sql=lambda d: (
            "SELECT count(*) FILTER (WHERE likes < 1), count(*) FILTER (WHERE likes BETWEEN 1 AND 9),"
            " count(*) FILTER (WHERE likes >= 10) FROM posts"
        ),
    ),
    Asked(
        name="3 newest of each platform",
        body=_count(
            ALL,
            **_terms(
                "platform", 10,
                b={"top_hits": {"size": 3, "sort": [{"created_at": "desc"}], "_source": ["id"]}},
            ),
        ),
        sql=lambda d: (
            "SELECT platform, id FROM (SELECT platform, id, row_number() OVER (PARTITION BY platform"
            " ORDER BY s DESC) r FROM posts) WHERE r <= 3"
        ),
    ),
    Asked(
        name="100 authors by likes",
        body=_count(ALL, **_terms("author", 100, order={"b": "desc"}, b=_SUM)),
        sql=lambda d: "SELECT author, sum(likes) l FROM posts GROUP BY 1 ORDER BY l DESC LIMIT 100",
    ),
    Asked(
        name="100 authors, 20 hashtags each",
        body=_count(ALL, **_terms("author", 100, b=_terms("hashtags", 20))),
        sql=lambda d: (
            f"{_top('author', 'posts', 100)}, pairs AS (SELECT author, tag, count(*) c FROM posts"
            " JOIN top USING (author) JOIN tags USING (n) GROUP BY 1, 2) SELECT author, tag, c FROM"
            " (SELECT *, row_number() OVER (PARTITION BY author ORDER BY c DESC) r FROM pairs) WHERE r <= 20"
        ),
    ),
)  # fmt: skip
