"""What an Elasticsearch of many monthly indices is asked, so that every bucket is counted exactly.

An index tells only its first terms, and fills what is inside of all it tells. Therefore each index gives
all its terms, numbers beside them, and what stands deeper is asked again for the kept ones alone: once
for each level. ``store.elasticsearch_results`` puts the answers together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from store.elasticsearch_bodies import EXACT, body, limited, opened
from store.elasticsearch_results import combined
from store.figures import too_many_buckets
from store.validate_aggs import has_deep

Aggs = dict[str, Any]
Path = tuple[str, ...]
_FINER: Final = 20


@dataclass(slots=True)
class Questions:
    """The requests that answer the checked aggregations of one search, one after the other."""

    aggs: Aggs
    query: Aggs
    _keys: dict[Path, list[Any]] = field(default_factory=dict)
    """The kept terms of those that are looked into in a request of their own."""
    _told: set[Path] = field(default_factory=set)
    _asking: set[Path] = field(default_factory=set)
    _answers: list[Aggs] = field(default_factory=list)
    _totals: list[int] = field(default_factory=list)
    _coarse: bool = False
    _finer: int = 1
    _behind: dict[str, list[str]] | None = None

    @property
    def is_long(self) -> bool:
        """Whether more than one request is needed."""
        return any(_is_split(agg) or agg["type"] == "significant_terms" for _, agg in _walk(self.aggs))

    def first(self) -> Aggs:
        """The aggregations of the first request."""
        return self._next()

    def take(self, raw: Aggs, total: int) -> dict[str, Any] | None:
        """Take in an answer; the next request, or ``None`` if everything is told."""
        if self._behind is not None:
            self._answers.append(raw)
            self._totals.append(total)
            return None
        if self._coarse and self._finer < EXACT and any(_errors(raw)):
            self._finer *= _FINER
            return {"query": self.query, "aggs": self._next()}
        self._told |= self._asking
        self._answers.append(raw)
        self._totals.append(total)
        for path, agg in _walk(self.aggs):
            if _is_split(agg) and path in self._told and path not in self._keys:
                self._keys[path] = list(dict.fromkeys(_keys(self.aggs, raw, path)))
        further = self._next()
        if further:
            return {"query": self.query, "aggs": further}
        return self._ask_behind()

    def results(self) -> Aggs:
        """The answers to all requests as one; ``UnsupportedQuery`` above the cap of buckets."""
        behind: dict[str, dict[str, int]] = {}
        whole = 0
        answers = self._answers
        if self._behind is not None:
            *answers, last = answers
            whole = self._totals[-1]
            behind = {
                name: {bucket["key"]: bucket["doc_count"] for bucket in last[name]["buckets"]}
                for name in self._behind
            }
        return combined(self.aggs, answers, self._totals[0], behind, whole)

    def _next(self) -> Aggs:
        self._asking = set()
        self._coarse = False
        return self._bodies(self.aggs, (), 1)

    def _bodies(self, aggs: Aggs, above: Path, buckets: int) -> Aggs:
        """What is not told yet of these and of what stands inside."""
        asked = {}
        for name, agg in aggs.items():
            path = (*above, name)
            if not self._is_open(agg, path):
                continue
            self._asking.add(path)
            keys = self._keys.get(path)
            if keys == []:
                self._asking |= {(*path, *inner) for inner, _ in _walk(agg["aggs"])}
                continue
            made, inside, coarse = body(agg, keys, buckets, self._finer)
            self._coarse |= coarse
            inner = agg["aggs"]
            if _is_split(agg) and keys is None:
                inner = {sub: one for sub, one in inner.items() if not has_deep({sub: one})}
            deeper = self._bodies(inner, path, buckets * inside)
            asked[name] = limited(agg, {**made, "aggs": deeper} if deeper else made)
        return asked

    def _is_open(self, agg: Aggs, path: Path) -> bool:
        if path not in self._told:
            return True
        return any(self._is_open(inner, (*path, name)) for name, inner in agg["aggs"].items())

    def _ask_behind(self) -> dict[str, Any] | None:
        """How often the significant terms' candidates occur in the whole collection."""
        wanted: dict[str, dict[str, None]] = {}
        for path, agg in _walk(self.aggs):
            if agg["type"] == "significant_terms":
                known = wanted.setdefault(agg["options"]["field"], {})
                for raw in self._answers:
                    known |= dict.fromkeys(_keys(self.aggs, raw, path))
        if not wanted:
            return None
        self._behind = {name: list(known) for name, known in wanted.items() if known}
        if any(len(known) > EXACT for known in wanted.values()):
            raise too_many_buckets()
        return {
            "query": {"match_all": {}},
            "aggs": {
                name: {
                    "terms": {"field": name, "include": known, "size": len(known), "shard_size": len(known)}
                }
                for name, known in self._behind.items()
            },
        }


def _is_split(agg: Aggs) -> bool:
    """Whether what stands inside is asked for later."""
    return agg["type"] == "terms" and has_deep(agg["aggs"])


def _walk(aggs: Aggs, above: Path = ()) -> Iterator[tuple[Path, Aggs]]:
    for name, agg in aggs.items():
        yield (*above, name), agg
        yield from _walk(agg["aggs"], (*above, name))


def _errors(raw: Any) -> Iterator[int]:
    """By how much counts of terms may be wrong, wherever they stand."""
    if isinstance(raw, dict):
        if "doc_count_error_upper_bound" in raw:
            yield raw["doc_count_error_upper_bound"]
        for part in raw.values():
            yield from _errors(part)
    elif isinstance(raw, list):
        for part in raw:
            yield from _errors(part)


def _keys(aggs: Aggs, raw: Aggs, path: Path) -> Iterator[Any]:
    """The keys of the terms at a path, in whichever buckets they stand."""
    name, *rest = path
    if name not in raw:
        return
    agg = aggs[name]
    inside = opened(agg, raw[name])
    found = inside.get("buckets", [inside])
    for bucket in found.values() if isinstance(found, dict) else found:
        if rest:
            yield from _keys(agg["aggs"], bucket, tuple(rest))
        else:
            yield bucket["key"]
