"""How many posts of a query are negative, ask, complain ... corrected for the readers' own errors by labels.

Readers make mistakes, and a share that they count is off by them. People say of some posts what these are
(``posts.labels``), and ``trends.quantify`` tells from that what the share is, and how sure that is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from answers.asking import Asking, bounded, matching
from answers.coverage import answered
from answers.facets import ANY_MOOD, FIELDS, opening
from answers.labelling import SEED, predicted
from answers.narrowing import also
from posts.answer import Answer, Figure
from posts.errors import RecordError
from posts.labels import KINDS, SENTIMENTS, Label
from posts.selection import Selection
from store import labels as kept_labels
from trends.draw import at_random
from trends.quantify import Label as Judged
from trends.quantify import Quantified, Stratum, quantify

MOST: Final = 200_000
"""Posts of a query above which labels count as from elsewhere: so many are not put in a queue."""
NONE: Final = "none"
_YES, _NO = "yes", "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One value: the posts that were read so, and the share that is true for all that we know."""

    value: str
    said: Figure
    share: Quantified


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """The shares of a kind among the ``posts`` that were read; ``here`` labels are of these, ``elsewhere``
    of others. Values of sentiment add up to 1, those of other kinds stand each for itself."""

    kind: str
    posts: Figure
    values: tuple[Share, ...]
    here: int
    elsewhere: int


def shares(asking: Asking, selection: Selection, kind: str = "sentiment") -> Answer[Shares]:
    """The shares of every value of a kind in a query and its window (else the last 7 days).

    ``RecordError`` names a kind that there is not.
    """
    if kind not in KINDS:
        raise RecordError(f"there is no kind '{kind}': it is one of {', '.join(KINDS)}", subject=kind)
    selection = bounded(asking, selection)
    given = kept_labels.all_of(asking.state, kind)
    strata = _strata(asking, selection, kind)
    judged, here = _judged(strata.said, given)
    found = Shares(
        kind=kind,
        posts=Figure(value=sum(strata.counts.values()), selection=population(selection, kind)),
        values=tuple(_shares_of(asking, selection, kind, strata, judged)),
        here=here,
        elsewhere=len(judged) - here,
    )
    return answered(asking, selection, found, "shares")


def population(selection: Selection, kind: str) -> Selection:
    """The posts of which shares are told: those with words of their own that can still be read; for mood, of
    languages in which it is read."""
    condition = "-is:repost -is:textless"
    if kind == "sentiment":
        condition += f" {ANY_MOOD}"
    return selection.narrowed(query=also(selection.query, condition))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Strata:
    """What models said of the posts of a query: by post (empty for too many), and counted."""

    said: Mapping[str, str]
    counts: Mapping[str, int]


def _strata(asking: Asking, selection: Selection, kind: str) -> _Strata:
    query = matching(asking, population(selection, kind))
    if asking.store.count("posts", query) <= MOST:
        said = predicted(asking, selection, kind)
        return _Strata(said=said, counts=dict(Counter(said.values())))
    values = (*KINDS[kind], *([] if kind == "sentiment" else [NONE]))
    counts = {value: asking.store.count("posts", _reads(query, kind, value)) for value in values}
    return _Strata(said={}, counts=counts)


def _reads(query: Mapping[str, Any], kind: str, value: str) -> dict[str, Any]:
    """The posts of which this was said: each post counts for the first of its values, or for none."""
    field, order = FIELDS[kind], KINDS[kind]
    filters: list[Mapping[str, Any]] = [query]
    if value != NONE:
        filters.append({"term": {field: value}})
    before = order if value == NONE else order[: order.index(value)]
    without = [{"terms": {field: list(before)}}] if before and kind != "sentiment" else []
    return {"bool": {"filter": filters, "must_not": without}}


def _judged(said: Mapping[str, str], given: Sequence[Label]) -> tuple[list[tuple[Label, bool]], int]:
    """The labels that a share may rest on, and whether each belongs to a random sample of these very posts;
    how many do.

    What a person happened to correct counts where it was that post's turn anyhow.
    """
    by_post = {label.post: label for label in given if label.said is not None}
    turn = at_random(said, by_post.keys() & said.keys(), seed=SEED)
    here = [(by_post[post], True) for post in sorted(turn)]
    afar = [(label, False) for post, label in by_post.items() if post not in turn and label.how == "sample"]
    return here + afar, len(here)


def _shares_of(
    asking: Asking, selection: Selection, kind: str, strata: _Strata, judged: Sequence[tuple[Label, bool]]
) -> list[Share]:
    counts: dict[Stratum, int] = {said: count for said, count in strata.counts.items()}
    total = sum(counts.values())
    made = []
    together = (
        quantify(counts, [_judgement(label, here, label.values[0]) for label, here in judged], SENTIMENTS)
        if kind == "sentiment"
        else {}
    )
    for value in KINDS[kind]:
        opened = opening(population(selection, kind), kind, value)
        said = Figure(value=asking.store.count("posts", matching(asking, opened)), selection=opened)
        share = together.get(value)
        if share is None:
            told = [_judgement(label, here, _YES if value in label.values else _NO) for label, here in judged]
            share = replace(quantify(counts, told, (_YES, _NO))[_YES], raw=None)
        if share.raw is None and total:
            share = replace(share, raw=(said.value or 0) / total)
        made.append(Share(value=value, said=said, share=share))
    return made


def _judgement(label: Label, here: bool, truth: str) -> Judged:
    assert label.said is not None
    return Judged(_stratum(label.said), truth, here=here, weight=1.0 if here else label.weight)


def _stratum(said: Sequence[str]) -> str:
    return said[0] if said else NONE
