"""Random bodies of the subset over the corpus of ``conftest.py``, the same for the same seed."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from tests.store.world import BEGIN

Body = dict[str, Any]

WORDS = ["هوش", "مصنوعی", "ایران", "job", "artificial", "intelligence", "is", "none"]
KEYWORDS: dict[str, list[str]] = {
    "platform": ["feed", "mastodon", "none"],
    "hashtags": ["ai", "هوشمصنوعی", "climate", "none"],
    "author": [f"a{n:02d}" for n in range(13)],
    "is": ["reply", "deleted"],
    "source": ["news", "tech"],
    "language": ["fa", "en"],
    "reply_to": ["p000", "p004", "none"],
}
NUMBERS = {"likes": range(19), "author_n": range(13), "followers": (0, 3, 1_000, 70_000), "views": (1,)}
ZONES = ["UTC", "Asia/Tehran", "Europe/Berlin", "America/St_Johns", "+03:30", "-05:00"]
FIXED_ZONES = ["UTC", "+03:30", "-05:00"]
SORTS: list[Any] = [
    [{"likes": "desc"}], [{"likes": "asc"}], ["created_at"], [{"author_n": "desc"}, {"id": "desc"}], None,
    [{"id": "desc"}], [{"followers": {"order": "desc"}}],
]  # fmt: skip


class Bodies:
    """Draws bodies from a generator of random numbers."""

    def __init__(self, seed: int | str) -> None:
        self._rng = random.Random(seed)

    def _draw(self, choices: Any) -> Any:
        return self._rng.choice(list(choices))

    def _maybe(self, one_of: int = 2) -> bool:
        return self._rng.randrange(one_of) == 0

    def body(self) -> Body:
        """A whole body: query, page and aggregations."""
        body: Body = {
            "query": self.query(),
            "size": self._draw([0, 3, 20]),
            "from": self._draw([0, 0, 1, 17]),
            "_source": self._draw([False, False, ["likes", "author"], ["id"]]),
        }
        sort = self._draw(SORTS)
        if sort is not None:
            body["sort"] = sort
        body["aggs"] = {
            f"a{place}": self.agg(1, self._draw([1, 2, 2, 3])) for place in range(self._draw([1, 1, 2]))
        }
        return body

    # queries

    def query(self, depth: int = 2) -> Body:
        if depth == 0 or self._maybe():
            return self._leaf()
        parts: Body = {
            clause: [self.query(depth - 1) for _ in range(self._draw([0, 0, 1, 2]))]
            for clause in ("must", "filter", "should", "must_not")
        }
        if parts["should"] and self._maybe():
            parts["minimum_should_match"] = self._draw(range(len(parts["should"]) + 1))
        return {"bool": parts}

    def _leaf(self) -> Body:
        kind = self._draw(
            ["term", "terms", "number", "time", "exists", "match", "phrase", "loose", "ids", "all", "all"]
        )
        field = self._draw(KEYWORDS)
        known = KEYWORDS[field]
        match kind:
            case "term":
                value = self._draw(known)
                return {"term": {field: {"value": value} if self._maybe(3) else value}}
            case "terms":
                return {"terms": {field: [self._draw(known) for _ in range(self._draw([0, 1, 2, 3]))]}}
            case "number":
                low, high = self._draw([0, 3, 9]), self._draw([5, 12])
                return {"range": {"likes": {self._draw(["gt", "gte"]): low, self._draw(["lt", "lte"]): high}}}
            case "time":
                return {"range": {"created_at": {self._draw(["gt", "gte", "lt", "lte"]): self._moment(1.5)}}}
            case "exists":
                return {"exists": {"field": self._draw(["likes", "is", "hashtags", "views", "created_at"])}}
            case "match":
                options = {"query": self._words([0, 1, 2])}
                if self._maybe():
                    options["operator"] = self._draw(["and", "or"])
                return {"match": {"text": options}}
            case "phrase":
                return {"match_phrase": {"text": self._words([1, 2, 3])}}
            case "loose":
                slop = self._draw([0, 1, 2, 3, 4])
                return {"match_phrase": {"text": {"query": self._words([1, 2, 3, 3, 4]), "slop": slop}}}
            case "ids":
                return {"ids": {"values": [f"p{self._draw(range(0, 310, 7)):03d}" for _ in range(3)]}}
        return {"match_all": {}}

    def _words(self, numbers: list[int]) -> str:
        return " ".join(self._draw(WORDS) for _ in range(self._draw(numbers)))

    def _moment(self, part: float = 0) -> str:
        hours = self._draw([-50, 0, 3, 99, 450, 897, 1_000])
        return (BEGIN + timedelta(hours=hours, seconds=self._draw([0, 1, 33, part]))).isoformat()

    # aggregations

    def agg(self, level: int, levels: int) -> Body:
        """An aggregation that nests so many levels."""
        kinds = [
            "terms", "terms", "terms", "dates", "dates", "histogram", "range", "date_range", "filter",
            "filters", "missing",
        ]  # fmt: skip
        if level == levels:
            kinds += ["number", "number", "cardinality", "percentiles", "top_hits", "significant"]
        if level == 1:
            kinds.append("composite")
        kind = self._draw(kinds)
        made: Body = getattr(self, f"_{kind}")()
        if kind in ("number", "cardinality", "percentiles", "top_hits", "significant"):
            return made
        inner = {"n": self._number()} if self._maybe() else {}
        if level < levels:
            inner["x"] = self.agg(level + 1, levels)
        if kind == "terms":
            self._order(made["terms"], inner)
        return {**made, "aggs": inner} if inner else made

    def _number(self) -> Body:
        kind = self._draw(["min", "max", "sum", "avg", "value_count", "stats", "extended_stats"])
        if kind == "value_count":
            return {kind: {"field": self._draw(["hashtags", "likes", "created_at"])}}
        if kind in ("min", "max") and self._maybe(3):
            return {kind: {"field": "created_at"}}
        return {kind: {"field": self._draw(NUMBERS)}}

    def _cardinality(self) -> Body:
        return {"cardinality": {"field": self._draw(["hashtags", "author", "author_n", "n", "views"])}}

    def _percentiles(self) -> Body:
        options: Body = {"field": self._draw(["likes", "followers", "views"])}
        if self._maybe():
            options["percents"] = self._draw([[50], [0, 10, 99.9, 100], [25, 75]])
        return {"percentiles": options}

    def _top_hits(self) -> Body:
        options: Body = {"size": self._draw([1, 2, 5]), "_source": self._draw([False, ["id", "likes"]])}
        sort = self._draw(SORTS)
        return {"top_hits": options if sort is None else {**options, "sort": sort}}

    def _significant(self) -> Body:
        options: Body = {"field": self._draw(["hashtags", "author", "language", "is"])}
        if self._maybe():
            options |= {"min_doc_count": self._draw([1, 5]), "size": self._draw([1, 3])}
        return {"significant_terms": options}

    def _terms(self) -> Body:
        field = self._draw(["hashtags", "hashtags", "author", "platform", "is", "author_n", "likes", "views"])
        options: Body = {"field": field}
        if self._maybe():
            options["size"] = self._draw([1, 2, 5, 20])
        if self._maybe(4):
            options["min_doc_count"] = self._draw([2, 9])
        known = KEYWORDS.get(field) or list(NUMBERS[field])
        if self._maybe(4):
            options["missing"] = self._draw([*known, "x" if field in KEYWORDS else 77])
        elif self._maybe(3):
            options["include"] = sorted({self._draw(known) for _ in range(self._draw([0, 1, 2, 4]))})
        if self._maybe(4) and "missing" not in options:
            options["exclude"] = [self._draw(known)]
        return {"terms": options}

    def _order(self, terms: Body, inner: Body) -> None:
        if self._maybe():
            orders = [{"_count": "desc"}, {"_count": "asc"}, {"_key": "asc"}, {"_key": "desc"}]
            terms["order"] = self._draw(orders)
        if "n" in inner and self._maybe():
            (kind,) = inner["n"]
            parts = ["n.max", "n.avg", "n.count", "n.min", "n.sum"] if "stats" in kind else ["n"]
            terms["order"] = {self._draw(parts): self._draw(["asc", "desc"])}

    def _interval(self) -> Body:
        if self._maybe(3):
            options = {"fixed_interval": self._draw(["6h", "1d", "7d", "90m"])}
            if self._maybe():
                options["offset"] = self._draw(["1h", "-30m", "45s"])
            zones = FIXED_ZONES
        else:
            options = {
                "calendar_interval": self._draw(["day", "week", "month", "quarter", "year", "1M", "1w"])
            }
            if self._maybe(3):
                options["offset"] = self._draw(["2h", "-30m", "-6h"])
            zones = ZONES
        if self._maybe():
            options["time_zone"] = self._draw(zones)
        return options

    def _dates(self) -> Body:
        options: Body = {"field": "created_at", **self._interval()}
        self._limits(options, self._moment)
        return {"date_histogram": options}

    def _histogram(self) -> Body:
        field, intervals = self._draw([("likes", [1, 3, 10]), ("followers", [500, 10_000]), ("views", [5])])
        options: Body = {"field": field, "interval": self._draw(intervals)}
        if self._maybe():
            options["offset"] = self._draw([-1, 1, 2])
        self._limits(options, lambda: self._draw([-5, 0, 4, 7, 30]))
        return {"histogram": options}

    def _limits(self, options: Body, end: Any) -> None:
        if self._maybe():
            options["min_doc_count"] = self._draw([0, 1, 1, 9])
        if self._maybe(3):
            low, high = sorted((end(), end()), key=str if isinstance(end(), str) else None)
            options["hard_bounds"] = {"min": low, "max": high}
            if self._maybe():
                options["extended_bounds"] = {"min": low, "max": high}
        elif self._maybe(3):
            low, high = sorted((end(), end()), key=str if isinstance(end(), str) else None)
            options["extended_bounds"] = {"min": low, "max": high}

    def _range(self) -> Body:
        ranges: list[Body] = [
            {"to": 3},
            {"from": 3, "to": 9},
            {"from": 9},
            {"from": 2, "to": 12, "key": "middle"},
        ]
        return {"range": {"field": "likes", "ranges": self._rng.sample(ranges, self._draw([1, 2, 4]))}}

    def _date_range(self) -> Body:
        low, high = sorted((self._moment(), self._moment()))
        ranges: list[Body] = [{"from": low, "to": high}, {"to": low}, {"from": high, "key": "new"}]
        return {"date_range": {"field": "created_at", "ranges": self._rng.sample(ranges, self._draw([1, 3]))}}

    def _filter(self) -> Body:
        return {"filter": self.query(1)}

    def _filters(self) -> Body:
        return {"filters": {"filters": {name: self.query(1) for name in ("یک", "b")[: self._draw([1, 2])]}}}

    def _missing(self) -> Body:
        return {"missing": {"field": self._draw(["likes", "is", "hashtags", "views"])}}

    def _composite(self) -> Body:
        sources = self._rng.sample(
            [
                {"t": {"terms": {"field": self._draw(["hashtags", "author", "author_n"])}}},
                {"d": {"date_histogram": {"field": "created_at", **self._interval()}}},
                {"h": {"histogram": {"field": "likes", "interval": self._draw([3, 10])}}},
            ],
            self._draw([1, 1, 2, 3]),
        )
        for source in sources:
            ((_, kinds),) = source.items()
            ((_, options),) = kinds.items()
            if self._maybe(3):
                options["order"] = self._draw(["asc", "desc"])
        return {"composite": {"sources": sources, "size": self._draw([1, 5, 40])}}
