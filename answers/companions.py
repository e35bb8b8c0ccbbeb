"""Which hashtags rose with a selection: used by the same people in the same posts, and more than usual."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from answers.asking import Asking, matching
from answers.counting import counted
from answers.hashtag import names_of
from answers.meant import everyone, is_everything, others, own_tags
from answers.narrowing import tagged
from answers.rise import Rise, moment
from answers.uses import keys_of
from posts.answer import Figure
from posts.errors import QueryError
from posts.post import number
from posts.selection import Selection
from trends.companions import LEAST_AUTHORS, companions
from trends.pairs import people

Ints = npt.NDArray[np.int64]

FALSE: Final = 0.05
WINDOWS: Final = 14
"""Windows of the same length before, at most, by which a tag's habit is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Companion:
    """A hashtag that rose with the selection.

    ``together`` are the authors of the rise who used it there, ``apart`` those who used it in other posts of
    the same hours (``None`` where no query names these); ``expected`` authors are usual of it in such a
    time.
    """

    key: str
    name: str
    together: Figure
    apart: Figure | None
    expected: float
    false_rate: float


def rising_with(asking: Asking, rise: Rise, *, size: int) -> tuple[Companion, ...]:
    """Those of at most 5 % false ones (Benjamini and Hochberg), those with most authors first."""
    if is_everything(rise.selection) or not len(rise.authors):
        return ()
    uses = _uses(asking, rise, rise.since, rise.until)
    inside = np.isin(uses["post_n"], rise.numbers)
    joined = _people(uses["tag_n"][inside], uses["author_n"][inside])
    mine = {number(key) for key in own_tags(rise.selection)}
    tags = np.array(
        sorted(tag for tag, many in joined.items() if many >= LEAST_AUTHORS and tag not in mine),
        dtype=np.int64,
    )
    if not len(tags):
        return ()
    using = _people(uses["tag_n"], uses["author_n"])
    length = rise.until - rise.since
    windows = int(min(WINDOWS, rise.history_days * 86_400 // length))
    before = (
        _uses(asking, rise, rise.since - windows * length, rise.since, tags.tolist()) if windows else None
    )
    past = _past(before, rise.since, length) if before is not None else {}
    judged = companions(
        *(np.array([counts.get(tag, 0) for tag in tags.tolist()]) for counts in (joined, using, past)),
        rising=len(rise.authors), everyone=_everyone(asking, rise), windows=windows,
    )  # fmt: skip
    kept = [place for place in range(len(tags)) if judged.false_rate[place] <= FALSE]
    kept.sort(key=lambda place: (-joined[int(tags[place])], int(tags[place])))
    keys = keys_of(asking, [int(tags[place]) for place in kept[:size]])
    names = names_of(asking, list(keys.values()))
    return tuple(
        _companion(asking, rise, keys[tag], names, joined[tag], expected, false)
        for tag, expected, false in (
            (int(tags[place]), float(judged.expected[place]), float(judged.false_rate[place]))
            for place in kept[:size]
        )
        if tag in keys
    )


def _companion(
    asking: Asking,
    rise: Rise,
    key: str,
    names: dict[str, str],
    together: int,
    expected: float,
    false: float,
) -> Companion:
    joined = Figure(value=together, selection=tagged(rise.selection, key))
    return Companion(
        key=key, name=names.get(key, key), together=joined,
        apart=_apart(asking, rise.selection, key), expected=expected, false_rate=false,
    )  # fmt: skip


def _apart(asking: Asking, selection: Selection, key: str) -> Figure | None:
    try:
        rest = others(asking, selection)
        return None if rest is None else counted(asking, tagged(rest, key))[1]
    except QueryError:
        return None  # the question would be longer than one may be


def _uses(
    asking: Asking, rise: Rise, since: int, until: int, tags: list[int] | None = None
) -> dict[str, Ints]:
    selection = rise.selection
    bounds = {"gte": moment(since).isoformat(), "lt": moment(until).isoformat()}
    filters: list[dict[str, Any]] = [{"range": {"created_at": bounds}}]
    filters += [
        {"term": {name: getattr(selection, name)}}
        for name in ("platform", "language")
        if getattr(selection, name) is not None
    ]
    if tags is not None:
        filters.append({"terms": {"tag_n": tags}})
    found = asking.store.columns(
        "uses", {"bool": {"filter": filters}}, ["tag_n", "author_n", "post_n", "created_at"]
    )
    told = found["author_n"] >= 0
    return {name: column[told] for name, column in found.items()}


def _people(tag: Ints, author: Ints) -> dict[int, int]:
    """Distinct authors of each tag."""
    tags, counts = people(tag, author)
    return dict(zip(tags.tolist(), counts.tolist(), strict=True))


def _past(uses: dict[str, Ints], until: int, length: int) -> dict[int, int]:
    """Distinct authors of each tag, summed over the windows."""
    window = (until - 1 - uses["created_at"]) // length
    found: dict[int, int] = {}
    for each in np.unique(window).tolist():
        own = window == each
        for tag, many in _people(uses["tag_n"][own], uses["author_n"][own]).items():
            found[tag] = found.get(tag, 0) + many
    return found


def _everyone(asking: Asking, rise: Rise) -> int:
    """Distinct authors of any post of these hours."""
    column = asking.store.columns("posts", matching(asking, everyone(rise.selection)), ["author_n"])[
        "author_n"
    ]
    return int(np.union1d(column[column >= 0], rise.authors).size)
