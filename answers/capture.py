"""What two sources that reach the same posts tell of each other: how much of them each has heard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations
from typing import Any, Final

from answers.asking import Asking, SourceFacts, matching
from answers.listening import Listening
from posts.selection import Selection
from trends.intervals import Spans, common, length
from trends.recapture import UNKNOWN, Share, captured

LEAST_COMMON: Final = 10
"""With fewer posts in common nothing is said."""
_PIECES: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """The share that a source heard while it listened, as source ``by`` tells by ``told_by`` posts.

    ``both`` have so many posts in common; ``elsewhere`` are posts within its reach that only others have. A
    source that is ``within`` the reach of the other misses nothing that the other does not miss too.
    """

    by: str
    share: Share = UNKNOWN
    told_by: int = 0
    both: int = 0
    elsewhere: int = 0
    within: bool = False


def captures(
    asking: Asking, selection: Selection, facts: Sequence[SourceFacts], heard: Mapping[str, Listening]
) -> dict[str, Capture]:
    """By source, what the other one with which it has most in common tells; those without one are left out.

    Only the time in which both listened counts: what was missed while a source did not listen is no
    matter of chance, and both may have been away.
    """
    found: dict[str, Capture] = {}
    for a, b in combinations([each for each in facts if each.reach is not None], 2):
        if not _meet(a, b):
            continue
        spans = common(heard[a.name].collected, heard[b.name].collected)
        counts = _counts(asking, selection, a, b, spans)
        if counts is None or counts[2] < LEAST_COMMON:
            continue
        first, second, both = counts
        for one, other, mine, its in ((a, b, first, second), (b, a, second, first)):
            if one.name in found and both <= found[one.name].both:
                continue
            found[one.name] = Capture(
                by=other.name,
                share=captured(mine, its, both, dependent=a.reach == b.reach),
                told_by=mine,
                both=both,
                elsewhere=_elsewhere(asking, selection, one, facts),
                within=one.reach != other.reach and other.reach is not None and not other.reach.hashtag,
            )
    return found


def _elsewhere(asking: Asking, selection: Selection, one: SourceFacts, facts: Sequence[SourceFacts]) -> int:
    """The posts that the source should have and only others of its network have."""
    assert one.reach is not None
    others = [each.name for each in facts if each.name != one.name and _meet(one, each)]
    tagged = [{"term": {"hashtags": one.reach.hashtag}}] if one.reach.hashtag else []
    query = {
        "bool": {
            "filter": [matching(asking, selection), {"terms": {"source": others}}, *tagged],
            "must_not": [{"term": {"source": one.name}}],
        }
    }
    return asking.store.count("posts", query)


def _meet(a: SourceFacts, b: SourceFacts) -> bool:
    """Whether there are posts that both should have."""
    return a.reach is not None and b.reach is not None and a.reach.network == b.reach.network


def _counts(
    asking: Asking, selection: Selection, a: SourceFacts, b: SourceFacts, spans: Spans
) -> tuple[int, int, int] | None:
    """The posts within the reach of both that the first has, the second has, and both have."""
    if not length(spans):
        return None
    # The longest pieces of the time tell enough where there are very many.
    longest = sorted(spans, key=lambda span: span[0] - span[1])[:_PIECES]
    times = [{"range": {"created_at": {"gte": _iso(since), "lt": _iso(until)}}} for since, until in longest]
    tags = {each.reach.hashtag for each in (a, b) if each.reach is not None and each.reach.hashtag}
    within: dict[str, Any] = {
        "bool": {
            "filter": [
                matching(asking, selection),
                {"bool": {"should": times, "minimum_should_match": 1}},
                *({"term": {"hashtags": tag}} for tag in sorted(tags)),
            ]
        }
    }
    first, second, both = (
        asking.store.count(
            "posts", {"bool": {"filter": [within, *({"term": {"source": name}} for name in wanted)]}}
        )
        for wanted in ((a.name,), (b.name,), (a.name, b.name))
    )
    return first, second, both


def _iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()
