"""What every post that matches a query has: by one of these terms the query is found again.

A word of a conjunction, either word of ``a OR b``, each word of a phrase; exclusions, times and numbers
require nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from store.mapping import FIELDS
from store.protocol import Body
from store.spelling import like, wild

_POSTS: Final = FIELDS["posts"]


class Term(NamedTuple):
    """A value that a field of a post may hold, or how one of its words may be spelled.

    ``spelling`` is prefix, wildcard, or how many edits a word may be away.
    """

    field: str
    value: str
    spelling: str = ""


def spelled(term: Term) -> Callable[[str], object]:
    """Whether a word is spelled as the term says."""
    if term.spelling == "prefix":
        return lambda word: word.startswith(term.value)
    return wild(term.value) if term.spelling == "wildcard" else like(term.value, int(term.spelling))


Choice = frozenset[Term]
"""Terms of which every post that matches has at least one."""


def required(clause: Body) -> list[Choice]:
    """What every post that matches a checked query has: one term of each choice."""
    ((kind, inner),) = clause.items()
    if kind == "bool":
        return _of_bool(inner)
    if kind == "ids":
        return [frozenset(Term("id", value) for value in inner["values"])]
    if kind in ("span_near", "span_or", "span_term"):
        return _of_span(kind, inner)
    if kind in ("prefix", "wildcard", "fuzzy"):
        return _of_spelling(kind, inner)
    if kind not in ("term", "terms", "match", "match_phrase"):
        return []
    ((name, value),) = inner.items()
    if _POSTS[name].type not in ("keyword", "text"):
        return []
    if kind == "term":
        return [frozenset([Term(name, value)])]
    if kind == "terms":
        return [frozenset(Term(name, each) for each in value)]
    words = [Term(name, word) for word in value["query"].split()]
    if kind == "match" and value["operator"] == "or":
        return [frozenset(words)]
    return [frozenset([word]) for word in words]


def _of_spelling(kind: str, inner: dict[str, Any]) -> list[Choice]:
    ((name, value),) = inner.items()
    if _POSTS[name].type != "text":
        return []
    if kind == "fuzzy":
        return [frozenset([Term(name, value["value"], str(value["fuzziness"]))])]
    return [frozenset([Term(name, value, kind)])]


def _of_bool(inner: dict[str, Any]) -> list[Choice]:
    choices = [choice for part in (*inner["filter"], *inner["must"]) for choice in required(part)]
    wanted = inner["minimum_should_match"]
    if wanted:
        parts = [required(part) for part in inner["should"]]
        if wanted == len(parts):
            choices += [choice for part in parts for choice in part]
        elif all(parts):
            choices.append(frozenset(term for part in parts for term in min(part, key=_rank)))
    return choices


def _of_span(kind: str, inner: dict[str, Any]) -> list[Choice]:
    if kind == "span_term":
        ((name, value),) = inner.items()
        return [frozenset([Term(name, value)])]
    parts = [required(part) for part in inner["clauses"]]
    if kind == "span_near":
        return [choice for part in parts for choice in part]
    return [frozenset(term for part in parts for term in min(part, key=_rank))] if all(parts) else []


def likelihood(choice: Choice) -> float:
    """In how many of a hundred posts one of the terms may be."""
    return sum(map(expected, choice))


def _rank(choice: Choice) -> tuple[float, list[Term]]:
    """Of equally likely ones always the same, so that several parts may share it."""
    return likelihood(choice), sorted(choice)


_COMMON: Final = {
    "id": 0.001, "links": 0.01, "conversation": 0.01, "reply_to": 0.01, "repost_of": 0.01, "quote_of": 0.01,
    "author": 0.05, "handle": 0.05, "mentions": 0.1, "handles": 0.1, "domains": 0.5, "entities": 0.5,
    "hashtags": 0.3, "source": 20.0, "intents": 20.0, "format": 30.0, "has": 30.0, "is": 30.0,
    "language": 50.0, "sentiment": 50.0, "platform": 60.0, "kind": 60.0,
}  # fmt: skip


def expected(term: Term) -> float:
    """In how many of a hundred posts a term may be, by its looks: long words are rarer."""
    if term.spelling:
        return 60.0 / max(1, len(term.value.strip("*?")) ** 2)
    if term.field == "text":
        return 20.0 / max(1, len(term.value)) ** 2
    return _COMMON.get(term.field, 1.0)
