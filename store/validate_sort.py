"""The order of hits, where a page begins and what comes back of each, brought to one form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from store.mapping import FIELDS, WHEN
from store.protocol import Collection
from store.validate_query import Checker, is_integer, only, refuse, single

SCORE: Final = "_score"
Sort = list[tuple[str, str]]


def checked_sort(checker: Checker, given: object, *, path: str = "sort") -> Sort:
    """Pairs of field and order: at most one date, number or ``_score``, then the id."""
    parts = [] if given is None else given if isinstance(given, list | tuple) else [given]
    pairs = [_part(checker, f"{path}[{i}]", part) for i, part in enumerate(parts)]
    if not pairs:
        pairs = [(WHEN[checker.collection], "desc")]
    if pairs[-1][0] != "id":
        pairs.append(("id", "asc"))
    if len(pairs) > 2 or (len(pairs) == 2 and pairs[0][0] == "id"):
        raise refuse(path, "One field, then the id.")
    return pairs


def _part(checker: Checker, path: str, part: object) -> tuple[str, str]:
    if isinstance(part, str):
        name, options = part, "desc" if part == SCORE else "asc"
    else:
        name, options = single(path, part)
    if isinstance(options, Mapping):
        only(f"{path}.{name}", options, {"order"})
        options = options.get("order", "asc")
    if options not in ("asc", "desc"):
        raise refuse(f"{path}.{name}", "The order is 'asc' or 'desc'.")
    if name == SCORE:
        if options != "desc":
            raise refuse(f"{path}.{name}", "The best stand first.")
    elif name != "id" and checker.field(f"{path}.{name}", name).type not in ("integer", "date"):
        raise refuse(f"{path}.{name}", "Sorted by a date, a number, `_score` or the id.")
    return name, options


def checked_after(checker: Checker, given: object, sort: Sort, start: int) -> list[Any] | None:
    """The ``sort`` of the last hit of the page before, dates in seconds."""
    if given is None:
        return None
    if start:
        raise refuse("from", "Not together with `search_after`.")
    if not isinstance(given, list | tuple) or len(given) != len(sort):
        raise refuse("search_after", f"Must be a list of {len(sort)}.", remedy="Give the `sort` of a hit.")
    return [
        _after(checker, f"search_after[{i}]", field, value)
        for i, ((field, _), value) in enumerate(zip(sort, given, strict=True))
    ]


def _after(checker: Checker, path: str, field: str, value: Any) -> Any:
    if field == SCORE:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
    elif field == "id":
        if isinstance(value, str):
            return value
    elif value is None:
        return None
    elif is_integer(value) and abs(value) < 2**63:
        if FIELDS[checker.collection][field].type == "integer":
            return value
        if value % 1000 == 0:
            return value // 1000
    raise refuse(path, f"{value!r} is no place in the order.", remedy="Give the `sort` of a hit.")


def checked_source(checker: Checker, given: object, *, path: str = "_source") -> list[str] | bool:
    """``True``, ``False`` or the fields that come back of each hit."""
    if given is None or given is True:
        return True
    if given is False or given == [] or given == ():
        return False  # to Elasticsearch no field is every field
    if not isinstance(given, str | list | tuple):
        raise refuse(path, "Must be true, false or a list of fields.")
    return fields_known(checker.collection, given, path=path)


def fields_known(collection: Collection, names: object, *, path: str = "fields") -> list[str]:
    """The names, all of them fields of the collection."""
    fields = FIELDS[collection]
    listed = [names] if isinstance(names, str) else list(names)  # type: ignore[call-overload]
    for name in listed:
        if not isinstance(name, str) or name not in fields:
            raise refuse(path, f"{collection} has no field {name!r}.")
    return listed
