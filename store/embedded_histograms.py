"""Histograms on Tantivy: of numbers, and of dates in the calendar of a time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo
from itertools import pairwise
from typing import Any

from tantivy import Query

from store import periods
from store.embedded_asking import Aggs, Asking, native, split
from store.embedded_query import every
from store.figures import too_many_buckets
from store.validate_query import MAX_BUCKETS

_HOUR_S = 3600


def histogram(asking: Asking, query: Query, agg: Aggs) -> dict[str, Any]:
    """The answer of ``date_histogram`` or ``histogram``."""
    options = agg["options"]
    flat, deep = split(agg["aggs"])
    query, frame, found = filled(asking, query, options, flat)
    if frame is None:
        return {"buckets": []}
    least = options["min_doc_count"]
    starts = list(frame.starts) if least == 0 else [s for s in sorted(found) if found[s]["doc_count"] >= least]
    asking.count_buckets(len(starts))
    empty = asking.aggregate(Query.empty_query(), agg["aggs"]) if agg["aggs"] and least == 0 else {}
    buckets = []
    for start in starts:
        raw = found.get(start)
        bucket = {**frame.key(start), "doc_count": 0, **empty}
        if raw is not None:
            bucket |= {"doc_count": raw["doc_count"], **asking.numbers(raw, flat)}
            within = asking.translator.between(options["field"], start, raw["end"], high_in=False)
            bucket |= asking.inside(every([query, within]), deep)
        buckets.append(bucket)
    return {"buckets": buckets}


def filled(
    asking: Asking, query: Query, options: Aggs, flat: Aggs
) -> tuple[Query, Frame | None, dict[int, dict[str, Any]]]:
    """The query inside the hard bounds, all periods, and those that have documents, by their beginning."""
    name = options["field"]
    if "hard" in options:
        low, high = _hard(options)
        if low >= high:
            query = Query.empty_query()
        else:
            query = every([query, asking.translator.between(name, low, high, high_in=False)])
    ends = asking.ask(query, {key: {key: {"field": name}} for key in ("min", "max")})
    moments = [int(end["value"]) for end in ends.values() if end["value"] is not None]
    if options["min_doc_count"] == 0:
        moments += options.get("bounds", ())
    if not moments:
        return query, None, {}
    frame = frame_of(options, min(moments), max(moments))
    return query, frame, _periods(asking, query, name, frame, flat)


def _hard(options: Aggs) -> tuple[int, int]:
    """The values that have a bucket inside the hard bounds, as Elasticsearch sees to it.

    A period of time counts by where its bounds' own periods begin, the last not included; a bucket of
    numbers by its key, the last included.
    """
    low, high = options["hard"]
    if "interval" in options:
        length, offset = options["interval"], options["offset"]
        return low + (offset - low) % length, high - (high - offset) % length + length
    return (frame_of(options, low, low).starts[0], frame_of(options, high, high).starts[0])


def _periods(asking: Asking, query: Query, name: str, frame: Frame, flat: Aggs) -> dict[int, dict[str, Any]]:
    """The periods that have documents, by their beginning, each with its end."""
    subs = {"aggs": native(flat)} if flat else {}
    if frame.even is not None:
        length, offset = frame.even
        even = {"field": name, "interval": length, "offset": offset % length, "min_doc_count": 1}
        raw = asking.ask(query, {"h": {"histogram": even, **subs}})
        return {int(b["key"]): {**b, "end": int(b["key"]) + length} for b in raw["h"]["buckets"]}
    ranges = [{"from": begin, "to": end} for begin, end in pairwise([*frame.starts, frame.end])]
    raw = asking.ask(query, {"h": {"range": {"field": name, "ranges": ranges}, **subs}})
    return {
        int(b["from"]): {**b, "end": int(b["to"])}
        for b in raw["h"]["buckets"]
        if "from" in b and "to" in b and b["doc_count"]
    }


@dataclass(frozen=True, slots=True)
class Frame:
    """The periods of a histogram: their beginnings, the end of the last, and their length if it is one.

    ``zone`` is where dates are told, ``None`` for numbers.
    """

    starts: range | list[int]
    end: int
    even: tuple[int, int] | None
    zone: tzinfo | None

    def key(self, start: int) -> dict[str, Any]:
        """What stands before the count of a period."""
        if self.zone is None:
            return {"key": start}
        return {"key": start * 1000, "key_as_string": periods.text(start, self.zone)}


def frame_of(options: Aggs, first: int, last: int) -> Frame:
    """The periods from that of the first value to that of the last."""
    zone = None if "interval" in options else periods.zone_of(options["time_zone"])
    even = _even(options, zone, first, last)
    if even is not None:
        length, offset = even
        begin = first - (first - offset) % length
        starts = range(begin, last + 1, length)
        if len(starts) > MAX_BUCKETS and options["min_doc_count"] == 0:
            raise too_many_buckets()
        return Frame(starts, starts[-1] + length, even, zone)
    assert zone is not None
    moved = options["offset_s"]
    if last - first > MAX_BUCKETS * periods.SHORTEST_S[options["calendar"]] * 2:
        raise too_many_buckets()
    found = [s + moved for s in periods.starts(options["calendar"], zone, first - moved, last - moved)]
    if len(found) > MAX_BUCKETS:
        raise too_many_buckets()
    return Frame(found[:-1], found[-1], None, zone)


def _even(options: Aggs, zone: tzinfo | None, first: int, last: int) -> tuple[int, int] | None:
    """Length and offset of the periods, if all are equally long."""
    if zone is None:
        return options["interval"], options["offset"]
    moved = options["offset_s"]
    if "interval_s" in options:
        return options["interval_s"], moved - periods.utc_offset(zone, first)
    even = periods.even(options["calendar"], zone, first - moved, last - moved)
    return None if even is None else (even[0], even[1] + moved)
