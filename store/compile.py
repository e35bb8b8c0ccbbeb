"""What people ask for, as the request bodies of ``store.validate``.

Words are folded here as posts were folded when they were taken in, so that both engines compare the
same tokens. Deleted posts never match. Nothing is scored: what is shown is ordered by time.
"""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import Any, Final

from nlp import hashtags
from nlp.fold import fold, tokens
from posts import query as asked
from posts.errors import QueryError
from posts.selection import Selection
from store.documents import MAX_TAG

Clause = dict[str, Any]

_PLAIN: Final = {"platform": "platform", "source": "source", "lang": "language", "is": "is", "has": "has"}
_FEDERATED: Final = ("mastodon", "lemmy", "peertube")
"""Platforms whose author keys can be told from ``@name@server``."""


def query(query: asked.Query, *, now: datetime | None = None, zone: tzinfo = UTC) -> Clause:
    """The query body of what a person typed; ``QueryError`` if a part holds nothing to search for.

    ``now`` is what ``since:7d`` counts from, ``zone`` where the days of ``since:2026-11-01`` begin.
    """
    return _alive([] if query.root is None else _flat(_Compiler(query.text, now, zone).part(query.root)))


def selection(selection: Selection, *, now: datetime | None = None, zone: tzinfo = UTC) -> Clause:
    """The query body of a selection of posts, but for ``edge`` and ``toward``, which take the network."""
    typed = asked.parse(selection.query)
    filters = [] if typed.root is None else _flat(_Compiler(typed.text, now, zone).part(typed.root))
    bounds = {"gte": selection.since, "lt": selection.until}
    if any(bounds.values()):
        filters.append({"range": {"created_at": {key: _iso(at) for key, at in bounds.items() if at}}})
    for field, value in (
        ("platform", selection.platform),
        ("source", selection.source),
        ("language", selection.language),
        ("hashtags", selection.hashtag),
        ("written", selection.spelling),
        ("author", selection.author),
        ("entities", selection.entity),
    ):
        if value is not None:
            filters.append({"term": {field: value}})
    if selection.ids:
        filters.append({"ids": {"values": list(selection.ids)}})
    return _alive(filters)


def _alive(filters: list[Clause]) -> Clause:
    return {"bool": {"filter": filters, "must_not": [{"term": {"is": "deleted"}}]}}


class _Compiler:
    def __init__(self, text: str, now: datetime | None, zone: tzinfo) -> None:
        self._text = text
        self._now = now
        self._zone = zone

    def part(self, part: asked.Part) -> Clause:
        match part:
            case asked.And(parts):
                return {"bool": {"filter": [clause for p in parts for clause in _flat(self.part(p))]}}
            case asked.Or(parts):
                return _either([self.part(p) for p in parts])
            case asked.Not(inner):
                return {"bool": {"must_not": [self.part(inner)]}}
            case asked.Word(text, position):
                return _every(
                    [{"term": {"text": token}} for token in dict.fromkeys(self._tokens(text, position))]
                )
            case asked.Phrase(text, position):
                return {"match_phrase": {"text": " ".join(self._tokens(text, position))}}
            case asked.Hashtag(text, position):
                return self._hashtag(text, position)
            case asked.Mention(handle):
                name = fold(handle)
                return _either([{"term": {"handles": name}}, {"terms": {"mentions": _keys(name)}}])
            case asked.Field(name, value, position):
                return self._field(name, value, position)

    def _tokens(self, text: str, position: int) -> list[str]:
        found = tokens(text)
        if not found:
            raise QueryError(
                f"'{text}' has no letters or digits to search for.",
                query=self._text,
                position=position,
                remedy="Search for a word or a #tag.",
            )
        return found

    def _hashtag(self, text: str, position: int) -> Clause:
        key = hashtags.key(text)
        if not key:
            raise QueryError(
                f"'#{text}' is no hashtag.", query=self._text, position=position, remedy="Write #word."
            )
        return {"term": {"hashtags": key[:MAX_TAG]}}

    def _field(self, name: str, value: str, position: int) -> Clause:
        if name in _PLAIN:
            return {"term": {_PLAIN[name]: value}}
        if name == "tag":
            return self._hashtag(value, position)
        if name == "entity":
            return {"terms": {"entities": list(dict.fromkeys([value, f"brand:{value.lower()}"]))}}
        if name == "author":
            handle = fold(value.lstrip("@"))
            return _either(
                [{"term": {"handle": handle}}, {"terms": {"author": [value.lower(), *_keys(handle)]}}]
            )
        at = asked.moment(value, now=self._now or datetime.now(UTC), zone=self._zone)
        return {"range": {"created_at": {"gte" if name == "since" else "lt": _iso(at)}}}


def _keys(handle: str) -> list[str]:
    """The author keys that ``name@server`` may have."""
    name, at, host = handle.partition("@")
    return [f"{platform}:{host}:{name}" for platform in _FEDERATED] if at else [handle]


def _every(clauses: list[Clause]) -> Clause:
    return clauses[0] if len(clauses) == 1 else {"bool": {"filter": clauses}}


def _either(clauses: list[Clause]) -> Clause:
    return {"bool": {"should": clauses, "minimum_should_match": 1}}


def _flat(clause: Clause) -> list[Clause]:
    """The clauses of a conjunction, side by side."""
    if clause.keys() == {"bool"} and clause["bool"].keys() == {"filter"}:
        parts: list[Clause] = clause["bool"]["filter"]
        return parts
    return [clause]


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
