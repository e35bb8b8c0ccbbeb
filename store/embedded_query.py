"""Checked queries as Tantivy's own, built part by part: its query language is another one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any, Final

from tantivy import FieldType as TantivyType
from tantivy import Occur, Query, Schema, SchemaBuilder

from store import spans
from store.mapping import FIELDS, epoch
from store.protocol import Collection

SOURCE = "_source"
"""The stored field that holds the document as it was written."""
_MEANING: Final = frozenset(r"\.+*?()|[]{}^$")
_WILD: Final = {"*": ".*", "?": "."}


def schema(collection: Collection) -> Schema:
    """What is indexed of a collection. Dates are epoch seconds: date columns cannot be read out."""
    builder = SchemaBuilder()
    for name, field in FIELDS[collection].items():
        if field.type == "keyword":
            builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
        elif field.type == "text":
            builder.add_text_field(name, tokenizer_name="whitespace")
        elif field.type in ("integer", "date"):
            builder.add_integer_field(name, indexed=True, fast=True)
    builder.add_bytes_field(SOURCE, stored=True)
    return builder.build()


class Translator:
    """Makes Tantivy queries for one collection; ``weighed`` where relevance is asked for."""

    def __init__(self, collection: Collection, schema: Schema, *, weighed: bool = False) -> None:
        self.collection = collection
        self.schema = schema
        self._weighed = weighed

    def weighing(self) -> Translator:
        """The same, for queries whose relevance counts."""
        return Translator(self.collection, self.schema, weighed=True)

    def query(self, checked: dict[str, Any]) -> Query:
        """The Tantivy query of a query that ``validate`` has checked."""
        ((kind, inner),) = checked.items()
        if kind == "bool":
            return self._bool(inner)
        if kind == "constant_score":
            return Query.const_score_query(self.query(inner), 1.0)
        if kind == "match_all":
            return Query.all_query()
        if kind == "exists":
            return Query.exists_query(inner["field"])
        if kind == "ids":
            return self.any_of("id", inner["values"])
        if kind == "span_near":
            return self._near(spans.read(inner))
        ((name, value),) = inner.items()
        if kind == "term":
            return self.term(name, value)
        if kind == "terms":
            return self.any_of(name, value)
        if kind == "range":
            return self._range(name, value)
        if kind == "prefix":
            return Query.regex_query(self.schema, name, f"{_escaped(value)}.*")
        if kind == "wildcard":
            return Query.regex_query(self.schema, name, _pattern(value))
        if kind == "fuzzy":
            return Query.fuzzy_term_query(self.schema, name, value["value"], value["fuzziness"])
        tokens = value["query"].split(" ") if value["query"] else []
        if kind == "match":
            return self._match(name, tokens, value["operator"])
        return self._phrase(name, tokens, value["slop"])

    def term(self, name: str, value: Any) -> Query:
        """Documents whose field holds the value."""
        return Query.term_query(self.schema, name, value)

    def any_of(self, name: str, values: Sequence[Any]) -> Query:
        """Documents whose field holds one of the values."""
        if not values:
            return Query.empty_query()
        return Query.term_set_query(self.schema, name, list(dict.fromkeys(values)))

    def between(
        self, name: str, low: int | None, high: int | None, *, low_in: bool = True, high_in: bool = True
    ) -> Query:
        """Documents whose number lies between two others; ``None`` is open."""
        if low is None and high is None:
            return Query.exists_query(name)
        return Query.range_query(self.schema, name, TantivyType.Integer, low, high, low_in, high_in)

    def _range(self, name: str, bounds: dict[str, Any]) -> Query:
        if FIELDS[self.collection][name].type == "date":
            bounds = {bound: epoch(value) for bound, value in bounds.items()}
        lows = [(bounds[bound], bound == "gte") for bound in ("gte", "gt") if bound in bounds]
        highs = [(bounds[bound], bound == "lte") for bound in ("lte", "lt") if bound in bounds]
        parts = [self.between(name, low, None, low_in=included) for low, included in lows]
        parts += [self.between(name, None, high, high_in=included) for high, included in highs]
        if len(lows) == len(highs) == 1:
            (low, low_in), (high, high_in) = lows[0], highs[0]
            return self.between(name, low, high, low_in=low_in, high_in=high_in)
        return every(parts) if parts else Query.exists_query(name)

    def _match(self, name: str, tokens: list[str], operator: str) -> Query:
        if not tokens:
            return Query.empty_query()
        terms = [self.term(name, token) for token in dict.fromkeys(tokens)]
        occur = Occur.Must if operator == "and" else Occur.Should
        return Query.boolean_query([(occur, term) for term in terms])

    def _phrase(self, name: str, tokens: list[str], slop: int) -> Query:
        if not tokens:
            return Query.empty_query()
        if len(tokens) == 1:
            return self.term(name, tokens[0])
        if slop == 0 or (len(tokens) == 2 and tokens[0] != tokens[1]):
            return Query.phrase_query(self.schema, name, list(tokens), slop)
        return Query.boolean_query(
            [
                (
                    Occur.Should,
                    Query.phrase_query(self.schema, name, sorted(zip(places, tokens, strict=True))),
                )
                for places in _placings(len(tokens), slop)
            ]
        )

    def _near(self, near: spans.Near) -> Query:
        """One phrase for each distance: what the engine calls slop counts otherwise than Elasticsearch."""
        phrases = [
            self._apart(near.field, first, second, between)
            for first in near.first
            for second in near.second
            for between in range(near.between + 1)
        ]
        return Query.boolean_query([(Occur.Should, phrase) for phrase in phrases])

    def _apart(self, name: str, first: spans.Run, second: spans.Run, between: int) -> Query:
        begin = len(first) + between
        words = [*enumerate(first), *enumerate(second, start=begin)]
        return Query.phrase_query(self.schema, name, list(words))

    def _bool(self, inner: dict[str, Any]) -> Query:
        parts = [(Occur.Must, self.query(part)) for part in inner["must"]]
        parts += [(Occur.Must, self._weightless(self.query(part))) for part in inner["filter"]]
        should = [(Occur.Should, self.query(part)) for part in inner["should"]]
        wanted = inner["minimum_should_match"]
        if wanted:
            parts.append((Occur.Must, Query.boolean_query(should, wanted)))
        elif not parts:
            # What is optional narrows nothing; and Tantivy finds nothing by exclusion alone.
            parts.append((Occur.Must, self._weightless(Query.all_query())))
        if self._weighed and not wanted:
            parts += should
        parts += [(Occur.MustNot, self.query(part)) for part in inner["must_not"]]
        return Query.boolean_query(parts)

    def _weightless(self, query: Query) -> Query:
        """The query without a part in the relevance of what it finds."""
        return Query.const_score_query(query, 0.0) if self._weighed else query


def _placings(words: int, slop: int) -> Iterator[list[int]]:
    """Where the words of a loose phrase may stand, the first place being 0.

    In Elasticsearch none is moved further than ``slop`` places past another; Tantivy's own slop, of three
    words and more, is another one.
    """
    for moves in product(range(slop + 1), repeat=words):
        places = [place + move for place, move in enumerate(moves)]
        if min(moves) == 0 and len(set(places)) == words:
            yield [place - min(places) for place in places]


def _pattern(wildcard: str) -> str:
    """The regular expression of a pattern of ``*`` and ``?``."""
    signs = re.findall(r"\\?.", wildcard, flags=re.DOTALL)
    return "".join(_WILD.get(sign) or _escaped(sign[-1]) for sign in signs)


def _escaped(text: str) -> str:
    return "".join(f"\\{sign}" if sign in _MEANING else sign for sign in text)


def every(parts: Sequence[Query]) -> Query:
    """Documents that match all of the queries."""
    return Query.boolean_query([(Occur.Must, part) for part in parts])


def either(parts: Sequence[Query]) -> Query:
    """Documents that match one of the queries at least."""
    return Query.boolean_query([(Occur.Should, part) for part in parts])


def missing(name: str) -> Query:
    """Documents that have no value in a field."""
    return without(Query.all_query(), Query.exists_query(name))


def without(query: Query, excluded: Query) -> Query:
    """Documents that match the one and not the other."""
    return Query.boolean_query([(Occur.Must, query), (Occur.MustNot, excluded)])
