"""The queries that both engines answer alike, brought to one form; anything else is refused.

``UnsupportedQuery.subject`` is the path of the key (``query.bool.must[1].range.likes``), so that a
mistake is found where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from posts.errors import UnsupportedQuery
from store import spans
from store.mapping import FIELDS, MAX_KEYWORD, MAX_TOKEN, FieldType
from store.protocol import Collection

MAX_BUCKETS: Final = 60_000
MAX_TERMS: Final = 60_000
MAX_CLAUSES: Final = 4_000
MAX_DEPTH: Final = 25
MAX_PLACINGS: Final = 400
"""Ways in which the words of a phrase may stand: the embedded engine looks for each of them."""

_CLAUSES: Final = ("must", "filter", "should", "must_not")
_BOUNDS: Final = ("gt", "gte", "lt", "lte")
_MAX_STARS: Final = 4
_MAX_SIGNS: Final = 8
_MAX_SIGNS_BEHIND_STAR: Final = 3
_MAX_NEAR: Final = 1_500
"""Phrases that words near each other may stand for: the embedded engine looks for each."""


def refuse(path: str, message: str, *, remedy: str = "") -> UnsupportedQuery:
    """The error for a key at ``path``, to be raised."""
    return UnsupportedQuery(message, subject=path, remedy=remedy)


@dataclass(slots=True)
class Checker:
    """Goes through one request to one collection."""

    collection: Collection
    clauses: int = field(default=0)

    def field(self, path: str, name: object) -> FieldType:
        """The type of a field that can be searched."""
        found = FIELDS[self.collection].get(name) if isinstance(name, str) else None
        if found is None:
            raise refuse(path, f"{self.collection} has no field {name!r}.")
        if found.type == "kept":
            raise refuse(path, f"'{name}' is kept with the document, not searched.")
        return found

    def typed(self, path: str, name: object, types: tuple[str, ...], use: str) -> str:
        """The name of a field that has one of the types, as an aggregation needs it."""
        found = self.field(path, name)
        if found.type not in types:
            raise refuse(path, f"`{use}` is not for a {found.type}.")
        return str(name)

    def query(self, path: str, query: object, *, depth: int = 0) -> dict[str, Any]:
        """The query in its one form."""
        self.clauses += 1
        if self.clauses > MAX_CLAUSES:
            raise refuse(path, f"More than {MAX_CLAUSES:,} clauses.", remedy="Use `terms` for long lists.")
        if depth > MAX_DEPTH:
            raise refuse(path, f"Nested deeper than {MAX_DEPTH}.")
        kind, inner = single(path, query)
        check = _QUERIES.get(kind)
        if kind == "bool":
            return {"bool": self._bool(f"{path}.bool", inner, depth)}
        if check is None:
            raise refuse(f"{path}.{kind}", "No query of the subset.", remedy=f"One of {sorted(_QUERIES)}.")
        return {kind: check(self, f"{path}.{kind}", inner)}

    def _bool(self, path: str, inner: object, depth: int) -> dict[str, Any]:
        options = mapping(path, inner)
        only(path, options, {*_CLAUSES, "minimum_should_match"})
        checked: dict[str, Any] = {}
        for clause in _CLAUSES:
            given = options.get(clause, [])
            parts = given if isinstance(given, list | tuple) else [given]
            checked[clause] = [
                self.query(f"{path}.{clause}[{i}]", part, depth=depth + 1) for i, part in enumerate(parts)
            ]
        wanted = options.get("minimum_should_match")
        should = len(checked["should"])
        alone = should and not (checked["must"] or checked["filter"])
        if wanted is None or (wanted == 0 and alone and is_integer(wanted)):
            wanted = 1 if alone else 0
        elif not is_integer(wanted) or not 0 <= wanted <= should:
            raise refuse(f"{path}.minimum_should_match", "Must be from 0 to the number of `should` clauses.")
        checked["minimum_should_match"] = wanted
        return checked

    def value(self, path: str, name: str, value: object) -> Any:
        """A value that a field of this type can hold."""
        kind = self.field(path, name).type
        if kind == "integer":
            if isinstance(value, int) and is_integer(value) and abs(value) < 2**63:
                return value
        elif kind in ("keyword", "text"):
            if isinstance(value, str):
                return value[:MAX_TOKEN] if kind == "text" else value
        else:
            raise refuse(path, "A date is searched with `range`.")
        raise refuse(path, f"{value!r} is no {kind}.")

    def _match_all(self, path: str, inner: object) -> dict[str, Any]:
        only(path, mapping(path, inner), set())
        return {}

    def _term(self, path: str, inner: object) -> dict[str, Any]:
        name, value = single(path, inner)
        if isinstance(value, Mapping):
            only(f"{path}.{name}", value, {"value"})
            value = value.get("value")
        return {name: self.value(f"{path}.{name}", name, value)}

    def _terms(self, path: str, inner: object) -> dict[str, Any]:
        name, values = single(path, inner)
        path = f"{path}.{name}"
        if not isinstance(values, list | tuple | set | frozenset):
            raise refuse(path, "Must be a list.")
        if len(values) > MAX_TERMS:
            raise refuse(path, f"More than {MAX_TERMS:,} values.")
        self.field(path, name)
        return {name: [self.value(f"{path}[{i}]", name, value) for i, value in enumerate(values)]}

    def _ids(self, path: str, inner: object) -> dict[str, Any]:
        options = mapping(path, inner)
        only(path, options, {"values"})
        return {"values": self._terms(path, {"id": options.get("values")})["id"]}

    def _exists(self, path: str, inner: object) -> dict[str, Any]:
        options = mapping(path, inner)
        only(path, options, {"field"})
        name = options.get("field")
        if self.field(f"{path}.field", name).type == "text":
            raise refuse(f"{path}.field", "`exists` is not for text.")
        return {"field": name}

    def _range(self, path: str, inner: object) -> dict[str, Any]:
        name, bounds = single(path, inner)
        path = f"{path}.{name}"
        kind = self.field(path, name).type
        if kind not in ("integer", "date"):
            raise refuse(path, "`range` is for numbers and dates.")
        bounds = mapping(path, bounds)
        only(path, bounds, set(_BOUNDS))
        checked: dict[str, Any] = {}
        for bound, value in bounds.items():
            if value is None:
                continue
            here = f"{path}.{bound}"
            if kind == "date":
                checked[bound] = date_bound(here, value, up=bound in ("gte", "lt"))
            else:
                checked[bound] = self.value(here, name, value)
        # Of two bounds on one side Elasticsearch takes the later: the narrower one counts.
        if "gt" in checked and "gte" in checked:
            del checked["gte" if checked["gt"] >= checked["gte"] else "gt"]
        if "lt" in checked and "lte" in checked:
            del checked["lte" if checked["lt"] <= checked["lte"] else "lt"]
        return {name: checked}

    def _match(self, path: str, inner: object) -> dict[str, Any]:
        name, text, options = self._text(path, inner, {"operator"})
        operator = str(options.get("operator", "or")).lower()
        if operator not in ("and", "or"):
            raise refuse(f"{path}.{name}.operator", "Must be 'and' or 'or'.")
        words = " ".join(dict.fromkeys(text.split()))  # a word asked for twice weighs once on both engines
        return {name: {"query": words, "operator": operator}}

    def _match_phrase(self, path: str, inner: object) -> dict[str, Any]:
        name, text, options = self._text(path, inner, {"slop"})
        slop = options.get("slop", 0)
        if not is_integer(slop) or not 0 <= slop <= 100:
            raise refuse(f"{path}.{name}.slop", "Must be from 0 to 100.")
        words = len(text.split())
        if (slop + 1) ** words - slop**words > MAX_PLACINGS:
            raise refuse(f"{path}.{name}.slop", f"Too many ways to place {words} words.")
        return {name: {"query": text, "slop": slop}}

    def _prefix(self, path: str, inner: object) -> dict[str, Any]:
        name, value, _ = self._letters(path, inner, set())
        return {name: value}

    def _wildcard(self, path: str, inner: object) -> dict[str, Any]:
        """A pattern of ``*`` and ``?``; a backslash takes the sign behind it as it is."""
        name, pattern, _ = self._letters(path, inner, set())
        path = f"{path}.{name}"
        bare = re.sub(r"\\.", "", pattern, flags=re.DOTALL)
        behind = bare.partition("*")[2]
        if "\\" in bare:
            raise refuse(path, "Nothing stands behind the last backslash.")
        if (
            bare.count("*") > _MAX_STARS
            or bare.count("?") > _MAX_SIGNS
            or behind.count("?") > _MAX_SIGNS_BEHIND_STAR
        ):
            raise refuse(
                path,
                f"At most {_MAX_STARS} *, {_MAX_SIGNS} ?, and {_MAX_SIGNS_BEHIND_STAR} ? behind a *.",
            )
        return {name: pattern}

    def _fuzzy(self, path: str, inner: object) -> dict[str, Any]:
        allowed = {"fuzziness", "prefix_length", "transpositions"}
        name, value, options = self._letters(path, inner, allowed)
        path = f"{path}.{name}"
        edits = options.get("fuzziness")
        if not isinstance(edits, int) or not is_integer(edits) or not 1 <= edits <= 2:
            raise refuse(f"{path}.fuzziness", "Must be 1 or 2.")
        if len(value) <= edits:
            raise refuse(path, "Must have more letters than may differ.")
        if options.get("prefix_length", 0) != 0 or options.get("transpositions", True) is not True:
            raise refuse(path, "The whole word may differ, and two letters may change places.")
        return {name: {"value": value, "fuzziness": edits}}

    def _letters(self, path: str, inner: object, options: set[str]) -> tuple[str, str, Mapping[str, Any]]:
        name, given = single(path, inner)
        path = f"{path}.{name}"
        if self.field(path, name).type not in ("keyword", "text"):
            raise refuse(path, "Only for texts and keywords.")
        whole = given if isinstance(given, Mapping) else {"value": given}
        only(path, whole, {"value", *options})
        value = whole.get("value")
        most = MAX_TOKEN if self.field(path, name).type == "text" else MAX_KEYWORD
        if not isinstance(value, str) or not 1 <= len(value) <= most:
            raise refuse(f"{path}.value", f"Must have 1 to {most} letters.")
        return name, value, whole

    def _span_near(self, path: str, inner: object) -> dict[str, Any]:
        """Two operands in this order; ``store.spans`` says what they are."""
        options = mapping(path, inner)
        only(path, options, {"clauses", "slop", "in_order"})
        between = options.get("slop")
        if not isinstance(between, int) or not 0 <= between <= spans.MAX_BETWEEN or between is True:
            raise refuse(f"{path}.slop", f"Must be from 0 to {spans.MAX_BETWEEN}.")
        if options.get("in_order") is not True:
            raise refuse(f"{path}.in_order", "Must be true.", remedy="Ask for both orders with `should`.")
        parts = self._parts(path, options)
        if len(parts) != 2:
            raise refuse(f"{path}.clauses", "Must be two.")
        clauses = [self._operand(f"{path}.clauses[{i}]", part) for i, part in enumerate(parts)]
        checked = {"clauses": clauses, "slop": between, "in_order": True}
        if len({name for clause in clauses for name in spans.fields(clause)}) != 1:
            raise refuse(f"{path}.clauses", "Must all be of one field.")
        size = spans.read(checked).size
        self.clauses += size
        if size > _MAX_NEAR or self.clauses > MAX_CLAUSES:
            raise refuse(path, f"Stands for {size:,} phrases, which is too many.", remedy="Narrow it.")
        return checked

    def _operand(self, path: str, operand: object) -> dict[str, Any]:
        kind, inner = single(path, operand)
        if kind != "span_or":
            return self._run(path, operand)
        options = mapping(f"{path}.span_or", inner)
        only(f"{path}.span_or", options, {"clauses"})
        parts = self._parts(f"{path}.span_or", options)
        runs = [self._run(f"{path}.span_or.clauses[{i}]", part) for i, part in enumerate(parts)]
        if not runs or len({len(run) for part in runs for run in spans.runs(part)}) != 1:
            raise refuse(f"{path}.span_or.clauses", "Must be runs of the same number of words.")
        return {"span_or": {"clauses": runs}}

    def _run(self, path: str, operand: object) -> dict[str, Any]:
        kind, inner = single(path, operand)
        path = f"{path}.{kind}"
        if kind == "span_term":
            term = self._term(path, inner)
            if any(self.field(path, name).type != "text" for name in term):
                raise refuse(path, "Only for text.")
            return {"span_term": term}
        if kind != "span_near":
            raise refuse(path, "Must be span_term, span_near or span_or.")
        options = mapping(path, inner)
        only(path, options, {"clauses", "slop", "in_order"})
        if options.get("slop") != 0 or options.get("in_order") is not True:
            raise refuse(path, "Inside another it is a phrase: slop 0, in order.")
        parts = self._parts(path, options)
        terms = [self._run(f"{path}.clauses[{i}]", part) for i, part in enumerate(parts)]
        if len(terms) < 2 or any("span_term" not in term for term in terms):
            raise refuse(f"{path}.clauses", "Must be two or more span_term.")
        return {"span_near": {"clauses": terms, "slop": 0, "in_order": True}}

    def _parts(self, path: str, options: Mapping[str, Any]) -> Sequence[object]:
        parts = options.get("clauses")
        if not isinstance(parts, list | tuple):
            raise refuse(f"{path}.clauses", "Must be a list.")
        return parts

    def _text(self, path: str, inner: object, options: set[str]) -> tuple[str, str, Mapping[str, Any]]:
        name, value = single(path, inner)
        path = f"{path}.{name}"
        if self.field(path, name).type != "text":
            raise refuse(path, "Only for text.", remedy="Use `term`.")
        given = value if isinstance(value, Mapping) else {"query": value}
        only(path, given, {"query", *options})
        text = given.get("query")
        if not isinstance(text, str):
            raise refuse(f"{path}.query", "Must be folded tokens, joined by spaces.")
        return name, " ".join(token[:MAX_TOKEN] for token in text.split()), given


_QUERIES: Final[dict[str, Callable[[Checker, str, object], dict[str, Any]]]] = {
    "match_all": Checker._match_all,
    "term": Checker._term,
    "terms": Checker._terms,
    "ids": Checker._ids,
    "exists": Checker._exists,
    "range": Checker._range,
    "match": Checker._match,
    "match_phrase": Checker._match_phrase,
    "prefix": Checker._prefix,
    "wildcard": Checker._wildcard,
    "fuzzy": Checker._fuzzy,
    "span_near": Checker._span_near,
}


def date_bound(path: str, value: object, *, up: bool) -> str:
    """A bound to the whole second that cuts where the exact one does between whole seconds."""
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)  # type: ignore[arg-type]
    except (ValueError, TypeError) as error:
        raise refuse(path, f"{value!r} is no date.", remedy="Write 2026-11-23T08:00:00Z.") from error
    if moment.tzinfo is None:
        raise refuse(path, f"{value!r} has no time zone.", remedy="Write 2026-11-23T08:00:00Z.")
    moment = moment.astimezone(UTC)
    if up and moment.microsecond:
        moment += timedelta(seconds=1)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def is_integer(value: object) -> bool:
    """Whether it is a whole number (``True`` is none)."""
    return isinstance(value, int) and not isinstance(value, bool)


def only(path: str, options: Mapping[str, Any], allowed: set[str] | frozenset[str]) -> None:
    """``UnsupportedQuery`` for the first key that is not among the allowed ones."""
    for key in options:
        if key not in allowed:
            raise refuse(
                f"{path}.{key}".lstrip("."), "Outside the subset.", remedy=f"Known: {sorted(allowed)}."
            )


def mapping(path: str, value: object) -> Mapping[str, Any]:
    """The value, if it is an object."""
    if not isinstance(value, Mapping):
        raise refuse(path, f"Must be an object, not {type(value).__name__}.")
    return value


def single(path: str, value: object) -> tuple[str, Any]:
    """The only key of an object, and what stands under it."""
    options = mapping(path, value)
    if len(options) != 1:
        raise refuse(path, f"Must have exactly one key, has {sorted(map(str, options))}.")
    (pair,) = options.items()
    return pair
