"""How rankings would have fared on a past whose outcome is known, with intervals of what chance may do.

Every ranking is replayed hour by hour; a place counts for something only if it is above the ranking's own
thresholds, but a list of ten is as long as it can be where precision is judged. Intervals are of resampled
days (places) and resampled episodes (what was listed when), the same for all rankings, so that differences
between two can be told from chance.

Source: Efron and Tibshirani 1993 (bootstrap).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from trends.rankings import Ranking
from trends.rates import wilson
from trends.risen import DAY, Bools, Episode, Hourly

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SIZE: Final = 10
"""So many places of a list are judged."""
LEVEL: Final = 0.9
_RESAMPLES: Final = 1_000
_SEED: Final = 20_261_127


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A value of the past with the 90 % interval of what it might have been by chance."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How one ranking fared.

    ``precision``: of the first n places at each hour, n the number of truly rising items (at most 10), the
    share that they held. ``recall``: the share of all truly rising items (hour by hour) among the first 10.
    ``listed`` and ``before``: the shares of episodes listed at all and before their peak. ``lead_h``: by how
    many hours the middle listed episode was listed before its peak (negative: after). ``false_a_day``:
    items a day that were listed above the thresholds while in no episode. ``first`` has the hour of the first
    listing of each episode, -1 for none.
    """

    precision: Estimate
    recall: Estimate
    listed: Estimate
    before: Estimate
    lead_h: Estimate | None
    false_a_day: Estimate
    first: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """By how much the first ranking exceeds another; a difference whose interval holds 0 may be chance."""

    precision: Estimate
    listed: Estimate
    before: Estimate
    false_a_day: Estimate


def judge(
    counts: Hourly,
    truth: Bools,
    every: Sequence[Episode],
    rankings: Mapping[str, Callable[[int], Ranking]],
    *,
    since: int,
    first_day: int = 0,
) -> tuple[dict[str, Score], dict[str, Against]]:
    """Each ranking on the hours from ``since`` on that a whole day came after, and the first against each.

    Of ``every`` episode those are judged that begin by then or later; at least one is needed. Days are those
    that begin at hours ``first_day`` + 24 k.
    """
    episodes = [each for each in every if each.first >= since]
    until = counts.hours - DAY
    days = (np.arange(since, until) - first_day) // DAY
    days -= days[0]
    rng = np.random.default_rng(_SEED)
    number = int(days[-1]) + 1
    drawn_days = _drawn(rng, number)
    drawn = _drawn(rng, len(episodes))
    told = {}
    tallies = {}
    within = _within(every)
    for name, make in rankings.items():
        lists = _replay(make(counts.size), counts, since=since)
        places = _places(lists, truth, within, days, since=since)
        first = _first(lists, episodes, since=since)
        told[name], tallies[name] = _score(places, first, episodes, drawn_days, drawn)
    ours = tallies[next(iter(tallies))]
    against = {
        name: Against(
            precision=_difference(ours["precision"], theirs["precision"]),
            listed=_difference(ours["listed"], theirs["listed"]),
            before=_difference(ours["before"], theirs["before"]),
            false_a_day=_difference(ours["false_a_day"], theirs["false_a_day"]),
        )
        for name, theirs in list(tallies.items())[1:]
    }
    return told, against


def _drawn(rng: np.random.Generator, size: int) -> Floats:
    """How often each of so many is drawn; the first row is the past itself."""
    found = np.ones((_RESAMPLES + 1, size))
    found[1:] = rng.multinomial(size, np.full(size, 1 / size), size=_RESAMPLES)
    return found


@dataclass(frozen=True, slots=True)
class _List:
    """The first places at the end of an hour, and how many of them are above the thresholds."""

    items: Ints
    claimed: int


def _replay(ranking: Ranking, counts: Hourly, *, since: int) -> list[_List]:
    """The lists of the hours from ``since`` on."""
    found = []
    for hour in range(counts.hours):
        ranked = ranking.step(hour, *counts.of(hour))
        if hour >= since:
            scores = ranked.scores[:SIZE]
            found.append(_List(ranked.items[:SIZE].copy(), int((scores > 0).sum())))
    return found


def _within(episodes: Sequence[Episode]) -> dict[int, list[tuple[int, int]]]:
    """When each item was in an episode."""
    found: dict[int, list[tuple[int, int]]] = {}
    for each in episodes:
        found.setdefault(each.item, []).append((each.first, each.end))
    return found


def _places(
    lists: Sequence[_List],
    truth: Bools,
    within: Mapping[int, list[tuple[int, int]]],
    days: Ints,
    *,
    since: int,
) -> Floats:
    """By day: hits among the first n, n, hits among ten, truly rising, items listed falsely."""
    found = np.zeros((int(days[-1]) + 1, 5))
    wrong: set[tuple[int, int]] = set()
    for place, day in enumerate(days.tolist()):
        hour, now = since + place, lists[place]
        right = truth[hour]
        rising = int(right.sum())
        n = min(SIZE, rising)
        hits = right[now.items]
        found[day, :4] += hits[:n].sum(), n, hits.sum(), rising
        for item in now.items[: now.claimed].tolist():
            going = any(first <= hour < end for first, end in within.get(item, ()))
            if not going and not right[item]:
                wrong.add((day, item))
    for day, _ in wrong:
        found[day, 4] += 1
    return found


def _first(lists: Sequence[_List], episodes: Sequence[Episode], *, since: int) -> Ints:
    """The hour at the end of which each episode was first listed; -1 for never.

    From its own beginning on: who stands in the list all the time foretells nothing.
    """
    listed: dict[int, list[int]] = {}
    for place, each in enumerate(lists):
        for item in each.items[: each.claimed].tolist():
            listed.setdefault(item, []).append(since + place)
    found = []
    for episode in episodes:
        hours = (hour for hour in listed.get(episode.item, ()) if episode.first <= hour < episode.end)
        found.append(next(hours, -1))
    return np.array(found, dtype=np.int64)


def _score(
    places: Floats, first: Ints, episodes: Sequence[Episode], drawn_days: Floats, drawn: Floats
) -> tuple[Score, dict[str, Floats]]:
    """The score, and what each resample makes of its parts."""
    sums = drawn_days @ places
    peak = np.array([episode.peak for episode in episodes])
    listed = first >= 0
    before = listed & (first <= peak)
    size = len(episodes)
    tallies = {
        "precision": sums[:, 0] / np.maximum(sums[:, 1], 1),
        "recall": sums[:, 2] / np.maximum(sums[:, 3], 1),
        "listed": drawn @ listed / size,
        "before": drawn @ before / size,
        "false_a_day": sums[:, 4] / len(places),
    }
    estimates = {name: _estimate(values) for name, values in tallies.items()}
    estimates |= {name: _surely(estimates[name], size) for name in ("listed", "before")}
    lead = _lead((peak - first)[listed], drawn[:, listed]) if listed.any() else None
    return Score(**estimates, lead_h=lead, first=tuple(first.tolist())), tallies


def _lead(leads: Ints, drawn: Floats) -> Estimate:
    """The middle lead of the listed episodes of each resample."""
    order = np.argsort(leads, kind="stable")
    weight = np.cumsum(drawn[:, order], axis=1)
    weight = weight[weight[:, -1] > 0]
    half = weight[:, -1:] / 2
    middle = leads[order][np.argmax(weight >= half, axis=1)]
    return _estimate(middle.astype(np.float64))


def _estimate(values: Floats) -> Estimate:
    low, high = np.quantile(values[1:], [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(value=float(values[0]), low=float(low), high=float(high))


def _surely(share: Estimate, whole: int) -> Estimate:
    """All or none of a few is not certain, though every resample says the same."""
    if share.low < share.high:
        return share
    low, high = wilson(round(share.value * whole), whole) or (0.0, 1.0)
    return Estimate(value=share.value, low=low, high=high)


def _difference(ours: Floats, theirs: Floats) -> Estimate:
    return _estimate(ours - theirs)
