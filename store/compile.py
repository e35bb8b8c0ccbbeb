"""What people ask for, as the request bodies of ``store.validate``.

Words are folded here as posts were folded when they were taken in, so that both engines compare the
same tokens, and Persian words are asked for in all their spellings (``nlp.spellings``); ``explain`` tells
which. Deleted posts never match. Nothing is scored: what is shown is ordered by time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from itertools import pairwise
from typing import Any, Final

from nlp import emoji, hashtags, links, spellings
from nlp.fold import fold, tokens
from nlp.names import KINDS, key_of
from nlp.spellings import Reason, Run
from posts import query as asked
from posts.errors import QueryError
from posts.query_errors import query_error
from posts.query_fields import EXAMPLES, days
from posts.selection import Selection
from store import spans
from store.documents import MAX_TAG

Clause = dict[str, Any]
Key = Callable[[str], str]
Original = Callable[[str], str]
"""For the id of a post that of the post it is a copy of; its own where it is none."""

_NOISE: Final[Clause] = {"term": {"is": "noise"}}

MAX_LEAVES: Final = 1_500
"""Words, phrases and distances that one query may stand for."""
MAX_DEPTH: Final = 20

_PLAIN: Final = {
    "platform": "platform", "source": "source", "lang": "language", "is": "is", "has": "has", "kind": "kind",
    "format": "format", "sentiment": "sentiment", "intent": "intents", "emotion": "emotions",
    "purpose": "purposes", "action": "actions", "noise": "noise",
}  # fmt: skip
_FEDERATED: Final = ("mastodon", "lemmy", "peertube")
"""Platforms whose author keys can be told from ``@name@server``."""
_LONGEST_BEGINNING: Final = 500
_WILD: Final = re.compile(r"[*?]|[^*?]+")


@dataclass(frozen=True, slots=True)
class Expansion:
    """A word or phrase that is searched in other spellings as well, and why."""

    word: str
    alternatives: tuple[str, ...]
    reason: Reason


def query(
    query: asked.Query, *, now: datetime | None = None, zone: tzinfo = UTC, key: Key = hashtags.key
) -> Clause:
    """The query body of what a person typed; ``QueryError`` if a part holds nothing to search for.

    ``now`` is what ``since:7d`` counts from, ``zone`` where the days of ``since:2026-11-01`` begin, ``key``
    gives the family of a hashtag in this project.
    """
    return _alive(_Compiler(query, now, zone, key).filters())


def explain(query: asked.Query) -> tuple[Expansion, ...]:
    """Which words of a query are searched in other spellings as well."""
    compiler = _Compiler(query, None, UTC, hashtags.key)
    compiler.filters()
    return tuple(dict.fromkeys(compiler.expansions))


def selection(
    selection: Selection,
    *,
    now: datetime | None = None,
    zone: tzinfo = UTC,
    key: Key = hashtags.key,
    original: Original = str,
) -> Clause:
    """The query body of a selection of posts, but for ``edge`` and ``toward``, which take the network.

    ``original`` lets ``copy:`` be asked with the id of any copy; without it only the first post names all.
    """
    typed = asked.parse(selection.query)
    filters = _Compiler(typed, now, zone, key, original).filters()
    bounds = {"gte": selection.since, "lt": selection.until}
    if any(bounds.values()):
        filters.append({"range": {"created_at": {key: _iso(at) for key, at in bounds.items() if at}}})
    for field, value in (
        ("platform", selection.platform),
        ("source", selection.source),
        ("language", selection.language),
        ("hashtags", selection.hashtag and key(selection.hashtag)[:MAX_TAG]),
        ("written", selection.spelling),
        ("author", selection.author),
        ("entities", selection.entity),
    ):
        if value is not None:
            filters.append({"term": {field: value}})
    if selection.noise == "only":
        filters.append(_NOISE)
    if selection.ids:
        filters.append({"ids": {"values": list(selection.ids)}})
    return _alive(filters, *([_NOISE] if selection.noise == "out" else []))


def entity_keys(named: str) -> list[str]:
    """The keys under which somebody or something that is called so may be counted."""
    keys = (key_of(label, named) for label in KINDS)
    return list(dict.fromkeys([named, f"brand:{named.lower()}", *(key for key in keys if key)]))


def _alive(filters: list[Clause], *without: Clause) -> Clause:
    return {"bool": {"filter": filters, "must_not": [{"term": {"is": "deleted"}}, *without]}}


class _Compiler:
    def __init__(
        self, query: asked.Query, now: datetime | None, zone: tzinfo, key: Key, original: Original = str
    ) -> None:
        self._key = key
        self._original = original
        self._query = query
        self._now = now
        self._zone = zone
        self._exact = query.exact
        self.expansions: list[Expansion] = []

    def filters(self) -> list[Clause]:
        """What all have to match; ``QueryError`` if that is more than an engine answers."""
        root = self._query.root
        clauses = [] if root is None else [clause for clause in _flat(self.part(root)) if clause != _ALL]
        leaves, depth = _size(clauses)
        if leaves > MAX_LEAVES:
            raise self._error("too_wide", 0)
        if depth > MAX_DEPTH:
            raise self._error("too_deep", 0, most=MAX_DEPTH // 2)
        return clauses

    def part(self, part: asked.Part) -> Clause:
        match part:
            case asked.And(parts):
                return _every([clause for group in _linked(parts) for clause in _flat(self._group(group))])
            case asked.Or(parts):
                return _either([self.part(inner) for inner in parts])
            case asked.Not(asked.Not(inner)):
                return self.part(inner)
            case asked.Not(inner):
                return {"bool": {"must_not": [self.part(inner)]}}
            case asked.Near():
                return self._near(part)
            case asked.Word() | asked.Phrase() | asked.Pattern() | asked.Fuzzy():
                return self._words(part)
            case asked.Hashtag(text, position):
                return self._hashtag(text, position)
            case asked.Mention(handle):
                name = fold(handle)
                return _either([{"term": {"handles": name}}, {"terms": {"mentions": _keys(name)}}])
            case asked.Range(name, low, high):
                bounds = {"gte": low, "lte": high}
                return {"range": {name: {key: count for key, count in bounds.items() if count is not None}}}
            case asked.Field():
                return self._field(part)

    def _group(self, parts: Sequence[asked.Part]) -> Clause:
        """Parts that stand side by side: one, or words that are one where they are written properly."""
        if len(parts) == 1 or self._exact:
            return _every([clause for part in parts for clause in _flat(self.part(part))])
        words = [part for part in parts if isinstance(part, asked.Word)]
        typed = " ".join(word.text for word in words)
        apart = _every([{"term": {"text": token}} for token in dict.fromkeys(tokens(typed))])
        found = spellings.of_phrase(typed)
        self._note(typed, found.others, "affix")
        return _either([apart, *map(_run, found.others)]) if found.others else apart

    def _words(self, part: asked.Word | asked.Phrase | asked.Pattern | asked.Fuzzy) -> Clause:
        match part:
            case asked.Pattern(text, position):
                return _pattern("text", self._folded_pattern(text, position, "text"))
            case asked.Fuzzy(text, position, edits):
                found = self._tokens(text, position)
                if len(found) != 1 or len(found[0]) <= edits + 1:
                    raise self._error("fuzzy_short", position, word=text, edits=edits)
                return {"fuzzy": {"text": {"value": found[0], "fuzziness": edits}}}
            case asked.Word(text, position):
                found = self._tokens(text, position)
                if len(found) > 1:
                    return _every([{"term": {"text": token}} for token in dict.fromkeys(found)])
        return _either([_run(run) for run in self._runs(part)])

    def _runs(self, part: asked.Word | asked.Phrase) -> tuple[Run, ...]:
        """The spellings of a word or phrase, as typed first."""
        typed = tuple(self._tokens(part.text, part.position))
        if part.exact or self._exact:
            return (typed,)
        found = spellings.of_phrase(part.text)
        if found.reason is not None:
            self._note(part.text, found.others, found.reason)
        return found.runs

    def _note(self, typed: str, others: Iterable[Run], reason: Reason) -> None:
        alternatives = tuple(" ".join(run) for run in others)
        if alternatives:
            self.expansions.append(Expansion(typed, alternatives, reason))

    def _near(self, part: asked.Near) -> Clause:
        first, second = self._spot(part.first), self._spot(part.second)
        clauses = spans.near("text", first, second, between=part.between)
        if not part.ordered:
            clauses += spans.near("text", second, first, between=part.between)
        return _either(clauses)

    def _spot(self, part: asked.Spot) -> tuple[Run, ...]:
        if isinstance(part, asked.Or):
            inner = (spot for spot in part.parts if isinstance(spot, asked.Word | asked.Phrase))
            return tuple(dict.fromkeys(run for spot in inner for run in self._runs(spot)))
        return self._runs(part)

    def _tokens(self, text: str, position: int) -> list[str]:
        found = tokens(text)
        if not found:
            raise self._error("no_letters", position, text=text)
        return found

    def _hashtag(self, text: str, position: int) -> Clause:
        if "*" in text or "?" in text:
            return _pattern("hashtags", self._folded_pattern(text, position, "hashtags"))
        key = self._key(text)
        if not key:
            raise self._error("no_hashtag", position, text=text)
        return {"term": {"hashtags": key[:MAX_TAG]}}

    def _folded_pattern(self, text: str, position: int, field: str) -> str:
        """The pattern with its letters in the form in which the field holds them."""
        fold_ = hashtags.key if field == "hashtags" else fold
        pieces = [piece if piece in "*?" else fold_(piece) for piece in _WILD.findall(text)]
        letters = "".join(piece for piece in pieces if piece not in ("*", "?"))
        pattern = re.sub(r"\*+", "*", "".join(pieces))
        if tokens(letters) != [letters]:
            raise self._error("wild_sign", position, word=text)
        if pattern[0] in "*?":
            raise self._error("wild_first", position)
        return pattern

    def _field(self, field: asked.Field) -> Clause:
        name, value, position = field.name, field.value, field.position
        if name in _PLAIN:
            return {"term": {_PLAIN[name]: value}}
        match name:
            case "spelling":
                return _ALL
            case "tag":
                return self._hashtag(value, position)
            case "emoji":
                return {"term": {"emoji": emoji.normal(value)}}
            case "copy":
                # What a copy of a copy is like is not always like the first: both are looked for.
                named = dict.fromkeys((value, self._original(value)))
                terms = [{"term": {field: post}} for post in named for field in ("id", "copy_of")]
                return _either(terms)
            case "entity":
                return {"terms": {"entities": entity_keys(value)}}
            case "author":
                handle = fold(value.lstrip("@"))
                by_key = {"terms": {"author": [value.lower(), *_keys(handle)]}}
                return _either([{"term": {"handle": handle}}, by_key])
            case "link":
                return self._link(value, position)
            case "domain":
                host = links.domain(value.removeprefix("*."))
                if not host:
                    raise self._error("no_host", position, name=name, value=value, example=EXAMPLES[name])
                under = {"wildcard": {"domains": {"value": f"*.{literal(host)}"}}}
                return _either([{"term": {"domains": host}}, under])
            case "date":
                begin, end = days(value, zone=self._zone)
                return {"range": {"created_at": {"gte": _iso(begin), "lt": _iso(end)}}}
        at = asked.moment(value, now=self._now or datetime.now(UTC), zone=self._zone)
        return {"range": {"created_at": {"gte" if name == "since" else "lt": _iso(at)}}}

    def _link(self, value: str, position: int) -> Clause:
        """Posts with this address or one below it; with ``*`` behind it any that begins so."""
        key = links.key(value.removesuffix("*"))
        if not links.domain(value) or not key:
            raise self._error("no_host", position, name="link", value=value, example=EXAMPLES["link"])
        begin = key[:_LONGEST_BEGINNING]
        if value.endswith("*"):
            return {"prefix": {"links": {"value": begin}}}
        if len(key) >= _LONGEST_BEGINNING:
            return {"term": {"links": key}}
        below = ("&",) if "?" in key else ("/", "?")
        beginnings = [{"prefix": {"links": {"value": begin + sign}}} for sign in below]
        return _either([{"term": {"links": key}}, *beginnings])

    def _error(self, key: str, position: int, **values: object) -> QueryError:
        return query_error(key, self._query.text, position, repair=None, **values)


_ALL: Final[Clause] = {"match_all": {}}


def _linked(parts: Sequence[asked.Part]) -> Iterator[list[asked.Part]]:
    """The parts; words that are one where they are written properly, together."""
    group: list[asked.Part] = [parts[0]]
    for before, part in pairwise(parts):
        if _plain(before) and _plain(part) and spellings.linked(before.text, part.text):  # type: ignore[union-attr]
            group.append(part)
        else:
            yield group
            group = [part]
    yield group


def _plain(part: asked.Part) -> bool:
    return isinstance(part, asked.Word) and not part.exact


def _pattern(field: str, pattern: str) -> Clause:
    if pattern.endswith("*") and not set("*?") & set(pattern[:-1]):
        return {"prefix": {field: {"value": pattern[:-1]}}}
    return {"wildcard": {field: {"value": pattern}}}


def literal(text: str) -> str:
    """The text without any sign that means something in a pattern."""
    return re.sub(r"([*?\\])", r"\\\1", text)


def _run(run: Run) -> Clause:
    return {"term": {"text": run[0]}} if len(run) == 1 else {"match_phrase": {"text": " ".join(run)}}


def _size(clauses: Iterable[Clause]) -> tuple[int, int]:
    """How many leaves the clauses have, and how deep they are nested."""
    leaves, depth = 0, 0
    for clause in clauses:
        ((kind, inner),) = clause.items()
        if kind == "bool":
            parts = [part for name in ("filter", "should", "must_not") for part in inner.get(name, ())]
            more, below = _size(parts)
            leaves, depth = leaves + more, max(depth, below + 1)
        else:
            leaves += spans.read(inner).size if kind == "span_near" else 1
    return leaves, depth


def _keys(handle: str) -> list[str]:
    """The author keys that ``name@server`` may have."""
    name, at, host = handle.partition("@")
    return [f"{platform}:{host}:{name}" for platform in _FEDERATED] if at else [handle]


def _every(clauses: list[Clause]) -> Clause:
    return clauses[0] if len(clauses) == 1 else {"bool": {"filter": clauses}}


def _either(clauses: list[Clause]) -> Clause:
    if len(clauses) == 1:
        return clauses[0]
    return {"bool": {"should": clauses, "minimum_should_match": 1}}


def _flat(clause: Clause) -> list[Clause]:
    """The clauses of a conjunction, side by side."""
    if clause.keys() == {"bool"} and clause["bool"].keys() == {"filter"}:
        parts: list[Clause] = clause["bool"]["filter"]
        return parts
    return [clause]


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
