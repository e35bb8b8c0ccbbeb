"""The queries that both engines answer alike, brought to one form; anything else is refused.

``UnsupportedQuery.subject`` is the path of the key (``query.bool.must[1].range.likes``), so that a
mistake is found where it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from posts.errors import UnsupportedQuery
from store.mapping import FIELDS, MAX_TOKEN, FieldType
from store.protocol import Collection

MAX_BUCKETS: Final = 60_000
MAX_TERMS: Final = 60_000
MAX_CLAUSES: Final = 4_000
MAX_DEPTH: Final = 25
MAX_PLACINGS: Final = 400
"""Ways in which the words of a phrase may stand: the embedded engine looks for each of them."""

_CLAUSES: Final = ("must", "filter", "should", "must_not")
_BOUNDS: Final = ("gt", "gte", "lt", "lte")


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
        checked = {}
        for bound, value in bounds.items():
            if value is None:
                continue
            here = f"{path}.{bound}"
            if kind == "date":
                checked[bound] = date_bound(here, value, up=bound in ("gte", "lt"))
            else:
                checked[bound] = self.value(here, name, value)
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
