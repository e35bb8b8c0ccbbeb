"""Words near each other, as clauses of a request: how they are built, and what they mean.

An operand is a list of alternatives, each a run of words. All alternatives of one operand have the same
length: of longer and shorter ones Elasticsearch would pass over some that match. ``near`` therefore makes
one clause for each pair of lengths.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

Clause = dict[str, Any]
Run = tuple[str, ...]

MAX_BETWEEN: Final = 30
"""Words that may stand between two that are near each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """One of ``first``, at most ``between`` words, then one of ``second``; they never overlap."""

    field: str
    first: tuple[Run, ...]
    second: tuple[Run, ...]
    between: int

    @property
    def size(self) -> int:
        """How many phrases this stands for."""
        return len(self.first) * len(self.second) * (self.between + 1)


def near(field: str, first: Iterable[Run], second: Iterable[Run], *, between: int) -> list[Clause]:
    """The clauses, one of which matches where ``first`` stands at most so many words before ``second``."""
    return [
        {
            "span_near": {
                "clauses": [_operand(field, before), _operand(field, behind)],
                "slop": between,
                "in_order": True,
            }
        }
        for before in _by_length(first)
        for behind in _by_length(second)
    ]


def read(inner: Clause) -> Near:
    """What a checked ``span_near`` asks for."""
    first, second = (runs(operand) for operand in inner["clauses"])
    (field,) = fields(inner["clauses"][0])
    return Near(field=field, first=first, second=second, between=inner["slop"])


def runs(operand: Clause) -> tuple[Run, ...]:
    """The alternatives of an operand."""
    ((kind, inner),) = operand.items()
    if kind == "span_or":
        return tuple(run for part in inner["clauses"] for run in runs(part))
    if kind == "span_near":
        return (tuple(word for part in inner["clauses"] for word in part["span_term"].values()),)
    return (tuple(inner.values()),)


def fields(operand: Clause) -> set[str]:
    """The fields that an operand names."""
    ((kind, inner),) = operand.items()
    return set(inner) if kind == "span_term" else {name for part in inner["clauses"] for name in fields(part)}


def _by_length(runs: Iterable[Run]) -> list[list[Run]]:
    return [list(group) for _, group in groupby(sorted(dict.fromkeys(runs), key=len), key=len)]


def _operand(field: str, runs: Sequence[Run]) -> Clause:
    clauses = [_run(field, run) for run in runs]
    return clauses[0] if len(clauses) == 1 else {"span_or": {"clauses": clauses}}


def _run(field: str, run: Run) -> Clause:
    terms = [{"span_term": {field: word}} for word in run]
    return terms[0] if len(terms) == 1 else {"span_near": {"clauses": terms, "slop": 0, "in_order": True}}
