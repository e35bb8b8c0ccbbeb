"""The periods of histograms, of numbers and of dates in the calendar of a time zone, for both engines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from store import periods
from store.figures import too_many_buckets
from store.validate_query import MAX_BUCKETS

Options = dict[str, Any]


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


def frame_of(options: Options, first: int, last: int) -> Frame:
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


def _even(options: Options, zone: tzinfo | None, first: int, last: int) -> tuple[int, int] | None:
    """Length and offset of the periods, if all are equally long."""
    if zone is None:
        return options["interval"], options["offset"]
    moved = options["offset_s"]
    if "interval_s" in options:
        return options["interval_s"], moved - periods.utc_offset(zone, first)
    even = periods.even(options["calendar"], zone, first - moved, last - moved)
    return None if even is None else (even[0], even[1] + moved)


def inside_hard(options: Options) -> tuple[int, int]:
    """The values that have a bucket inside the hard bounds, as Elasticsearch sees to it.

    A period of time counts by where its bounds' own periods begin, the last not included; a bucket of
    numbers by its key, the last included.
    """
    low, high = options["hard"]
    if "interval" in options:
        length, offset = options["interval"], options["offset"]
        return low + (offset - low) % length, high - (high - offset) % length + length
    return (frame_of(options, low, low).starts[0], frame_of(options, high, high).starts[0])
