"""Aggregations whose whole answer is compared with the oracle's: one bucket, numbers, and nests of them."""

from __future__ import annotations

from typing import Any

from tests.store.cases.buckets import LIKES, MONTHS, OCTOBER, TAGS

Agg = dict[str, Any]

FA = {"term": {"language": "fa"}}
DAYS = {"date_histogram": {"field": "created_at", "calendar_interval": "day"}}
WEEKS = {"date_histogram": {"field": "created_at", "calendar_interval": "week", "time_zone": "Asia/Tehran"}}
TERMS = {"terms": {"field": "hashtags", "size": 2}}
AUTHORS = {"terms": {"field": "author", "size": 3}}


def _number(kind: str, field: str = "likes", **options: Any) -> Agg:
    return {kind: {"field": field, **options}}


def _with(agg: Agg, **inner: Agg) -> Agg:
    return {**agg, "aggs": inner}


def _hits(**options: Any) -> Agg:
    return {"top_hits": {"_source": ["id"], **options}}


NUMBERS: dict[str, Agg] = {
    "extended stats": _number("extended_stats"),
    "extended stats of large numbers": _number("extended_stats", "followers"),
    "extended stats of nothing": _number("extended_stats", "views"),
    "stats of large numbers": _number("stats", "followers"),
    "hours": _number("stats", "hour"),
    "least date": _number("min", "created_at"),
    "greatest of nothing": _number("max", "views"),
    "date of nothing": _number("max", "collected_at"),
    "how many texts have tags": _number("value_count", "hashtags"),
    "how many dates": _number("value_count", "created_at"),
    "how many of nothing": _number("value_count", "views"),
    "distinct numbers": _number("cardinality", "likes"),
    "distinct dates": _number("cardinality", "created_at"),
    "distinct ids": _number("cardinality", "id"),
    "distinct of nothing": _number("cardinality", "conversation"),
    "distinct, roughly": _number("cardinality", "author", precision_threshold=10_000),
    "percentiles": _number("percentiles"),
    "percentiles of large numbers": _number("percentiles", "followers"),
    "percentiles of nothing": _number("percentiles", "views"),
    "the median": _number("percentiles", percents=[50]),
    "the ends": _number("percentiles", percents=[100, 0]),
    "a thousandth": _number("percentiles", percents=[0.1, 99.9]),
    "three hits": _hits(),
    "the most liked": _hits(size=2, sort=[{"likes": "desc"}]),
    "the least liked": _hits(size=2, sort=[{"likes": "asc"}, {"id": "desc"}]),
    "the first by id": _hits(size=2, sort="id"),
    "hits alone": {"top_hits": {"size": 2, "_source": False}},
    "whole hits": {"top_hits": {"size": 1}},
    "more hits than there are": _hits(size=100, sort=[{"followers": "desc"}]),
}

ONES: dict[str, Agg] = {
    "filter": {"filter": FA},
    "filter of nothing": _with({"filter": {"term": {"language": "xx"}}}, **LIKES, t=TERMS, d=DAYS, h=_hits()),
    "filter of words": _with({"filter": {"match": {"text": "هوش"}}}, t=TERMS),
    "filter of a loose phrase": {"filter": {"match_phrase": {"text": {"query": "در هوش مصنوعی", "slop": 3}}}},
    "filters": {"filters": {"filters": {"فارسی": FA, "all": {"match_all": {}}, "none": {"ids": {"values": []}}}}},
    "filters with inside": _with({"filters": {"filters": {"fa": FA, "b": {"exists": {"field": "is"}}}}}, t=TERMS),
    "missing": {"missing": {"field": "likes"}},
    "missing of everybody": _with({"missing": {"field": "views"}}, **LIKES),
    "missing of nobody": _with({"missing": {"field": "created_at"}}, **LIKES, t=TERMS),
    "missing lists": _with({"missing": {"field": "hashtags"}}, a=AUTHORS),
    "significant under a filter": _with(
        {"filter": {"match": {"text": "ایران"}}}, s={"significant_terms": {"field": "hashtags", "min_doc_count": 1}}
    ),
    "significant in no posts": _with(
        {"filter": {"ids": {"values": []}}}, s={"significant_terms": {"field": "hashtags"}}
    ),
    "significant authors of replies": _with(
        {"filter": {"term": {"is": "reply"}}}, s={"significant_terms": {"field": "author", "size": 3}}
    ),
}  # fmt: skip

NESTS: dict[str, Agg] = {
    "terms > days > sum": _with(TERMS, d=_with(DAYS, **LIKES)),
    "terms > terms > months": _with(TERMS, a=_with(AUTHORS, m=MONTHS["d"])),
    "terms > terms > distinct": _with(TERMS, a=_with(AUTHORS, c=_number("cardinality", "n"))),
    "terms > terms > terms": _with(TERMS, a=_with(AUTHORS, p={"terms": {"field": "platform"}})),
    "terms > hits": _with(TERMS, h=_hits(size=2, sort=[{"likes": "desc"}])),
    "terms > percentiles": _with(TERMS, p=_number("percentiles", percents=[50, 90])),
    "terms > significant": _with(TERMS, s={"significant_terms": {"field": "author"}}),
    "terms > filter > terms": _with(TERMS, f=_with({"filter": FA}, a=AUTHORS)),
    "terms > filters > days": _with(TERMS, f=_with({"filters": {"filters": {"fa": FA}}}, d=WEEKS)),
    "terms > range > stats": _with(
        TERMS, r=_with({"range": {"field": "likes", "ranges": [{"to": 9}, {"from": 9}]}}, s=_number("stats"))
    ),
    "terms > missing > hits": _with(TERMS, m=_with({"missing": {"field": "likes"}}, h=_hits(size=1))),
    "terms with a stand-in > days": _with({"terms": {"field": "is", "missing": "reply"}}, d=WEEKS),
    "terms with a stand-in > terms": _with({"terms": {"field": "hashtags", "missing": "x", "size": 1}}, a=AUTHORS),
    "terms of nothing > terms": _with({"terms": {"field": "conversation"}}, a=AUTHORS),
    "terms by a sum > terms": _with(
        {"terms": {"field": "author", "size": 2, "order": {"s": "desc"}}}, **LIKES, t=TERMS
    ),
    "days > terms > sum": _with(WEEKS, t=_with(TERMS, **LIKES)),
    "days > terms > terms": _with(MONTHS["d"], t=_with(TERMS, a=AUTHORS)),
    "days > distinct": _with(DAYS, c=_number("cardinality", "author")),
    "days > days": _with(MONTHS["d"], d=WEEKS),
    "days > extended days": _with(
        MONTHS["d"],
        d={"date_histogram": {"field": "created_at", "calendar_interval": "day", "extended_bounds": OCTOBER}},
    ),
    "empty days > everything": _with(
        {"date_histogram": {
            "field": "created_at", "calendar_interval": "day",
            "extended_bounds": {"min": "2026-10-22T00:00:00Z", "max": "2026-10-23T00:00:00Z"}}},
        t=TERMS, c=_number("cardinality"), p=_number("percentiles"), h=_hits(), e=_number("extended_stats"),
        f={"filter": FA}, g={"filters": {"filters": {"fa": FA}}}, m={"missing": {"field": "likes"}},
        r={"range": {"field": "likes", "ranges": [{"to": 3}]}}, n={"histogram": {"field": "likes", "interval": 9}},
    ),
    "hard days > terms": _with(
        {"date_histogram": {"field": "created_at", "fixed_interval": "6h", "hard_bounds": OCTOBER}},
        t=_with(TERMS, a=AUTHORS),
    ),
    "histogram > terms": _with({"histogram": {"field": "likes", "interval": 5}}, t=TERMS),
    "histogram > hard histogram": _with(
        {"histogram": {"field": "likes", "interval": 5, "hard_bounds": {"min": 0, "max": 9}}},
        h={"histogram": {"field": "followers", "interval": 50_000, "offset": 10}},
    ),
    "range > days > terms": _with(
        {"range": {"field": "likes", "ranges": [{"to": 9}, {"from": 9}]}}, d=_with(MONTHS["d"], t=TERMS)
    ),
    "dates > terms > hits": _with(
        {"date_range": {"field": "created_at", "ranges": [{"from": "2026-11-01T00:00:00Z"}]}},
        t=_with(TERMS, h=_hits(size=1)),
    ),
    "filter > filter > filter": _with(
        {"filter": FA}, f=_with({"filter": {"exists": {"field": "is"}}}, f={"filter": {"match_all": {}}})
    ),
    "filter > terms > days": _with({"filter": FA}, t=_with(TERMS, d=WEEKS)),
    "keys > terms > days": _with({"composite": {"sources": [TAGS], "size": 2}}, a=_with(AUTHORS, d=MONTHS["d"])),
}  # fmt: skip

EVERYTHING = {
    "t": _with(TERMS, a=AUTHORS), "d": DAYS, "n": _number("stats"), "c": _number("cardinality"), "f": {"filter": FA},
    "h": _hits(), "k": {"composite": {"sources": [TAGS]}}, "s": {"significant_terms": {"field": "author"}},
}  # fmt: skip
