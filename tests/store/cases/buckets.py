"""What is counted: an aggregation, and the keys and counts of its buckets where they are few."""

from __future__ import annotations

from typing import Any

Agg = dict[str, Any]
Keys = list[tuple[Any, int]] | None


def _terms(field: str, **options: Any) -> Agg:
    return {"terms": {"field": field, **options}}


def _days(**options: Any) -> Agg:
    return {"date_histogram": {"field": "created_at", **options}}


def _numbers(interval: int, **options: Any) -> Agg:
    return {"histogram": {"field": "likes", "interval": interval, **options}}


def _ranges(*ranges: Agg) -> Agg:
    return {"range": {"field": "likes", "ranges": list(ranges)}}


def _dates(*ranges: Agg) -> Agg:
    return {"date_range": {"field": "created_at", "ranges": list(ranges)}}


def _keys(*sources: Agg, **options: Any) -> Agg:
    return {"composite": {"sources": list(sources), **options}}


def _bounds(low: Any, high: Any) -> Agg:
    return {"min": low, "max": high}


LIKES = {"s": {"sum": {"field": "likes"}}}
OCTOBER = _bounds("2026-10-25T00:00:00Z", "2026-10-27T00:00:00Z")
TAGS = {"t": {"terms": {"field": "hashtags"}}}
MONTHS = {"d": {"date_histogram": {"field": "created_at", "calendar_interval": "month"}}}

TERMS: dict[str, tuple[Agg, Keys]] = {
    "platforms": (_terms("platform"), [("mastodon", 200), ("feed", 100)]),
    "languages": (_terms("language"), [("en", 180), ("fa", 120)]),
    "many values, the last two": (
        _terms("hashtags", order={"_count": "asc"}, size=2), [("هوشمصنوعی", 43), ("climate", 85)],
    ),
    "by key": (_terms("hashtags", order={"_key": "asc"}, size=1), [("ai", 128)]),
    "by key of numbers": (_terms("author_n", order={"_key": "desc"}, size=2), [(12, 46), (10, 46)]),
    "as a list, then by key": (
        _terms("hashtags", order=[{"_count": "desc"}, {"_key": "asc"}], size=1), [("ai", 128)],
    ),
    "stand-in for missing": (_terms("is", missing="none"), [("none", 210), ("reply", 75), ("deleted", 15)]),
    "stand-in that others have": (_terms("is", missing="reply"), [("reply", 285), ("deleted", 15)]),
    "stand-in number": (_terms("likes", missing=3, size=1), [(3, 42)]),
    "stand-in of everything": (_terms("views", missing=7), [(7, 300)]),
    "stand-in of nothing": (_terms("platform", missing="x"), [("mastodon", 200), ("feed", 100)]),
    "stand-in at the end": (
        _terms("is", missing="none", order={"_count": "asc"}), [("deleted", 15), ("reply", 75), ("none", 210)],
    ),
    "stand-in cut off": (_terms("is", missing="a", order={"_key": "desc"}, size=2), [("reply", 75), ("deleted", 15)]),
    "at least a hundred": (_terms("hashtags", min_doc_count=100), [("ai", 128)]),
    "more than all": (_terms("hashtags", min_doc_count=1_000), []),
    "include and exclude": (
        _terms("hashtags", include=["ai", "climate"], exclude=["ai"]), [("climate", 85)],
    ),
    "exclude a number": (_terms("author_n", exclude=[1, 3, 4, 9, 10, 12]), [(0, 24)]),
    "exclude nothing": (_terms("platform", exclude=[]), [("mastodon", 200), ("feed", 100)]),
    "exclude all": (_terms("platform", exclude=["feed", "mastodon"]), []),
    "include what is not there": (_terms("platform", include=["x"]), []),
    "include no numbers": (_terms("likes", include=[]), []),
    "63-bit keys": (_terms("n", order={"_key": "asc"}, size=2), [(2**62, 1), (2**62 + 1, 1)]),
    "a field nobody has": (_terms("conversation"), []),
    "by a sum": (
        {**_terms("language", order={"s": "asc"}), "aggs": LIKES}, [("fa", 120), ("en", 180)],
    ),
    "by the part of stats": (
        {**_terms("platform", order={"s.sum": "desc"}), "aggs": {"s": {"stats": {"field": "likes"}}}},
        [("mastodon", 200), ("feed", 100)],
    ),
    "by the mean of extended stats": (
        {**_terms("is", order={"s.avg": "asc"}), "aggs": {"s": {"extended_stats": {"field": "likes"}}}}, None,
    ),
    "by a mean that some lack, upwards": (
        {**_terms("is", order={"s": "asc"}), "aggs": {"s": {"avg": {"field": "followers"}}}}, [("reply", 75), ("deleted", 15)],
    ),
    "by a mean that some lack, downwards": (
        {**_terms("is", order={"s": "desc"}), "aggs": {"s": {"avg": {"field": "followers"}}}}, [("deleted", 15), ("reply", 75)],
    ),
    "by the part of stats that some lack": (
        {**_terms("is", order={"s.avg": "desc"}, size=1), "aggs": {"s": {"stats": {"field": "followers"}}}}, [("deleted", 15)],
    ),
    "by a mean that all lack": (
        {**_terms("author", order={"s": "asc"}), "aggs": {"s": {"avg": {"field": "views"}}}}, None,
    ),
    "by the earliest": (
        {**_terms("author", order={"s": "asc"}, size=1), "aggs": {"s": {"min": {"field": "created_at"}}}},
        [("a00", 24)],
    ),
    "by the latest": (
        {**_terms("author", order={"s": "desc"}, size=3), "aggs": {"s": {"max": {"field": "created_at"}}}}, None,
    ),
    "by how many values": (
        {**_terms("platform", order={"s": "asc"}), "aggs": {"s": {"value_count": {"field": "hashtags"}}}}, None,
    ),
    "significant in general": ({"significant_terms": {"field": "hashtags"}}, []),
    "significant authors": ({"significant_terms": {"field": "author", "min_doc_count": 1, "size": 2}}, []),
}  # fmt: skip

HISTOGRAMS: dict[str, tuple[Agg, Keys]] = {
    "quarters": (_days(calendar_interval="quarter"), [(1790812800000, 300)]),
    "quarters, short": (_days(calendar_interval="1q", time_zone="Asia/Tehran"), [(1790800200000, 300)]),
    "years in Tehran": (_days(calendar_interval="1y", time_zone="Asia/Tehran"), [(1767213000000, 300)]),
    "months": (_days(calendar_interval="1M"), [(1790812800000, 57), (1793491200000, 240), (1796083200000, 3)]),
    "months in a fixed zone": (_days(calendar_interval="month", time_zone="+03:30"), None),
    "months west of Greenwich": (_days(calendar_interval="month", time_zone="America/St_Johns"), None),
    "months, moved by two hours": (_days(calendar_interval="month", offset="2h"), None),
    "months, moved back by two days": (_days(calendar_interval="month", offset="-2d"), None),
    "weeks from Saturday": (
        _days(calendar_interval="week", offset="-2d", time_zone="Asia/Tehran", min_doc_count=1), None,
    ),
    "weeks from Saturday over a change of clocks": (
        _days(calendar_interval="week", offset="-2d", time_zone="Europe/Berlin"), None,
    ),
    "days from six o'clock": (_days(calendar_interval="day", offset="6h", time_zone="Asia/Tehran"), None),
    "days, in summer time": (_days(calendar_interval="day", time_zone="Europe/Berlin"), None),
    "hours of a zone with half hours": (_days(calendar_interval="hour", time_zone="+03:30", min_doc_count=1), None),
    "hours over a change of clocks": (_days(calendar_interval="hour", time_zone="Europe/Berlin"), None),
    "hours moved by ten minutes": (_days(calendar_interval="hour", offset="10m", min_doc_count=1), None),
    "fixed hours": (_days(fixed_interval="12h", min_doc_count=3), None),
    "fixed days of a zone": (_days(fixed_interval="1d", time_zone="+03:30"), None),
    "fixed days of a zone, moved": (_days(fixed_interval="2d", time_zone="-05:00", offset="-90m"), None),
    "fixed weeks": (_days(fixed_interval="7d"), None),
    "fixed weeks from Saturday": (_days(fixed_interval="7d", offset="2d"), None),
    "at least nine": (_days(calendar_interval="day", min_doc_count=9), []),
    "extended on both ends": (
        _days(calendar_interval="month", extended_bounds=_bounds("2026-08-01T00:00:00Z", "2027-01-01T00:00:00Z")),
        [
            (1785542400000, 0), (1788220800000, 0), (1790812800000, 57), (1793491200000, 240),
            (1796083200000, 3), (1798761600000, 0),
        ],
    ),
    "extended inside": (_days(calendar_interval="day", extended_bounds=OCTOBER), None),
    "extended by a moment within": (
        _days(fixed_interval="7d", offset="2d", extended_bounds=_bounds("2026-10-01T13:00:00Z", "2026-10-02T00:00:00Z")),
        None,
    ),
    "extended and moved": (
        _days(calendar_interval="day", offset="-3h",
              extended_bounds=_bounds("2026-10-20T22:00:00Z", "2026-10-20T23:00:00Z")),
        None,
    ),
    "extended without empty ones": (
        _days(calendar_interval="month", min_doc_count=1,
              extended_bounds=_bounds("2026-08-01T00:00:00Z", "2027-01-01T00:00:00Z")),
        [(1790812800000, 57), (1793491200000, 240), (1796083200000, 3)],
    ),
    "hard bounds": (_days(calendar_interval="day", hard_bounds=OCTOBER), [(1792886400000, 8), (1792972800000, 8)]),
    "hard bounds within a day": (
        _days(calendar_interval="day", hard_bounds=_bounds("2026-10-25T13:00:00Z", "2026-10-26T13:00:00Z")),
        [(1792886400000, 8)],
    ),
    "hard bounds of one moment": (
        _days(calendar_interval="day", hard_bounds=_bounds("2026-10-25T13:00:00Z", "2026-10-25T13:00:00Z")), [],
    ),
    "hard bounds, moved": (_days(calendar_interval="day", offset="-6h", hard_bounds=OCTOBER), None),
    "hard bounds of a fixed zone": (_days(fixed_interval="6h", time_zone="+03:30", hard_bounds=OCTOBER), None),
    "hard and extended": (_days(calendar_interval="day", hard_bounds=OCTOBER, extended_bounds=OCTOBER), None),
    "hard bounds beyond all": (
        _days(calendar_interval="day", hard_bounds=_bounds("2020-01-01T00:00:00Z", "2020-02-01T00:00:00Z")), [],
    ),
    "another date": (
        {"date_histogram": {"field": "collected_at", "calendar_interval": "day"}}, [(1796428800000, 300)],
    ),
    "numbers by one": (_numbers(1), None),
    "numbers by five": (_numbers(5), [(0, 70), (5, 70), (10, 73), (15, 59)]),
    "numbers by more than all": (_numbers(1_000), [(0, 272)]),
    "numbers, moved": (_numbers(10, offset=-3), [(-3, 97), (7, 146), (17, 29)]),
    "numbers, moved by more than a step": (_numbers(10, offset=27), [(-3, 97), (7, 146), (17, 29)]),
    "numbers, at least a hundred": (_numbers(10, min_doc_count=140), [(0, 140)]),
    "numbers, extended": (
        _numbers(10, extended_bounds=_bounds(-15, 25)), [(-20, 0), (-10, 0), (0, 140), (10, 132), (20, 0)],
    ),
    "numbers inside": (_numbers(5, hard_bounds=_bounds(5, 10)), [(5, 70), (10, 73)]),
    "numbers inside, not on a step": (_numbers(5, hard_bounds=_bounds(4, 11)), [(5, 70), (10, 73)]),
    "numbers inside, moved": (_numbers(5, offset=2, hard_bounds=_bounds(2, 7)), [(2, 69), (7, 72)]),
    "numbers inside and extended": (
        _numbers(5, hard_bounds=_bounds(-10, 6), extended_bounds=_bounds(-7, 3)), [(-10, 0), (-5, 0), (0, 70), (5, 70)],
    ),
    "numbers of nobody": ({"histogram": {"field": "views", "interval": 5}}, []),
    "numbers far apart": ({"histogram": {"field": "followers", "interval": 10_000}}, None),
    "numbers far apart, full ones": ({"histogram": {"field": "followers", "interval": 10, "min_doc_count": 1}}, None),
}  # fmt: skip

OTHERS: dict[str, tuple[Agg, Keys]] = {
    "ranges": (_ranges({"to": 5}, {"from": 5, "to": 10}, {"from": 10}), [("*-5.0", 70), ("5.0-10.0", 70), ("10.0-*", 132)]),
    "ranges in another order": (_ranges({"from": 10}, {"to": 5}), [("*-5.0", 70), ("10.0-*", 132)]),
    "ranges over each other": (_ranges({"from": 0, "to": 9}, {"from": 3, "to": 20}), [("0.0-9.0", 125), ("3.0-20.0", 230)]),
    "a named range": (_ranges({"key": "پرپسند", "from": 15}), [("پرپسند", 59)]),  # much liked
    "two ranges of one name": (_ranges({"key": "a", "to": 1}, {"key": "a", "from": 18}), [("a", 14), ("a", 15)]),
    "an empty range": (_ranges({"from": 4, "to": 4}), [("4.0-4.0", 0)]),
    "a range without ends": (_ranges({}), [("*-*", 272)]),
    "a range of negatives": (_ranges({"to": 0}), [("*-0.0", 0)]),
    "dates": (
        _dates({"to": "2026-11-01T00:00:00Z"}, {"from": "2026-11-01T00:00:00Z"}),
        [("*-2026-11-01T00:00:00.000Z", 57), ("2026-11-01T00:00:00.000Z-*", 243)],
    ),
    "dates of another zone": (
        _dates({"from": "2026-11-01T00:00:00+03:30", "to": "2026-12-01T00:00:00+03:30", "key": "Nov"}), [("Nov", 240)],
    ),
    "dates of half seconds": (_dates({"to": "2026-10-24T22:00:00.5Z", "key": "first"}), [("first", 1)]),
    "dates in two months": (
        _dates({"from": "2026-10-31T00:00:00Z", "to": "2026-11-02T00:00:00Z", "key": "turn"}), [("turn", 16)],
    ),
    "tags": (_keys(TAGS), [("ai", 128), ("climate", 85), ("هوشمصنوعی", 43)]),
    "tags, the second page": (_keys(TAGS, size=1, after={"t": "ai"}), [("climate", 85)]),
    "tags, after one that is not there": (_keys(TAGS, after={"t": "b"}), [("climate", 85), ("هوشمصنوعی", 43)]),
    "tags, after the last": (_keys(TAGS, after={"t": "هوشمصنوعی"}), []),
    "tags downwards": (_keys({"t": {"terms": {"field": "hashtags", "order": "desc"}}}, size=1), [("هوشمصنوعی", 43)]),
    "tags downwards, after": (
        _keys({"t": {"terms": {"field": "hashtags", "order": "desc"}}}, after={"t": "climate"}), [("ai", 128)],
    ),
    "numbers as keys": (_keys({"t": {"terms": {"field": "author_n"}}}, size=2), [(0, 24), (1, 46)]),
    "months as keys": (_keys(MONTHS), [(1790812800000, 57), (1793491200000, 240), (1796083200000, 3)]),
    "months as keys, after": (_keys(MONTHS, after={"d": 1790812800000}), [(1793491200000, 240), (1796083200000, 3)]),
    "months downwards": (
        _keys({"d": {"date_histogram": {"field": "created_at", "calendar_interval": "month", "order": "desc"}}}, size=1),
        [(1796083200000, 3)],
    ),
    "days of Tehran as keys": (
        _keys({"d": {"date_histogram": {"field": "created_at", "calendar_interval": "day", "time_zone": "Asia/Tehran"}}}),
        None,
    ),
    "moved weeks as keys": (
        _keys({"d": {"date_histogram": {"field": "created_at", "calendar_interval": "week", "offset": "-2d"}}}), None,
    ),
    "steps as keys": (_keys({"h": {"histogram": {"field": "likes", "interval": 10}}}), [(0, 140), (10, 132)]),
    "two sources": (_keys(TAGS, MONTHS, size=4), None),
    "two sources, after": (_keys(TAGS, MONTHS, size=4, after={"t": "ai", "d": 1793491200000}), None),
    "two sources, after what is not there": (_keys(TAGS, MONTHS, after={"t": "b", "d": 0}), None),
    "one field twice": (_keys(TAGS, {"u": {"terms": {"field": "hashtags"}}}), None),
    "three sources": (_keys(MONTHS, TAGS, {"h": {"histogram": {"field": "likes", "interval": 10}}}, size=50), None),
    "no keys": (_keys({"t": {"terms": {"field": "conversation"}}}), []),
    "keys with sums": ({**_keys(TAGS), "aggs": LIKES}, None),
    "keys with days": ({**_keys(TAGS), "aggs": {"d": _days(calendar_interval="week")}}, None),
}  # fmt: skip
