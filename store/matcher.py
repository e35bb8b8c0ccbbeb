"""Which saved queries a post matches, for thousands of them at once and without an engine.

Whatever matches a query has one of its required terms: the word of ``job lang:fa``, either word of
``a OR b``. Each query is filed under the terms that fewest posts have; a post is compared with the
queries filed under what it holds, and with the few that require nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final, NamedTuple, Protocol

from nlp import hashtags
from posts.errors import QueryError
from posts.selection import Selection
from store import compile as compiler
from store.compile import Key, Original
from store.mapping import FIELDS
from store.predicate import Predicate, View, compiled
from store.protocol import Body, Document
from store.required import Choice, Term, expected, required, spelled
from store.validate import prepared_query

_POSTS: Final = FIELDS["posts"]
_SOME_DAY: Final = datetime(2026, 1, 1, tzinfo=UTC)
_REMEMBERED: Final = 200_000
"""Words whose spelling was compared with all patterns."""
_ANOTHER: Final = _SOME_DAY + timedelta(days=400, hours=7, minutes=13, seconds=1)


class Saved(Protocol):
    """What is matched: a selection of posts under an id."""

    @property
    def id(self) -> str: ...
    @property
    def selection(self) -> Selection: ...


class Match(NamedTuple):
    """A post and the saved query that would find it."""

    query: str
    document: Document


def check_matchable(selection: Selection, *, zone: tzinfo = UTC) -> None:
    """``QueryError`` or ``UnsupportedQuery`` if posts cannot be told to belong to it one by one."""
    if selection.edge is not None or selection.toward is not None:
        raise QueryError(
            "A place in a network cannot be saved: no post has it by itself.",
            query=f"edge:{selection.edge or ''} toward:{selection.toward or ''}",
            position=0,
            remedy="Save the query without it.",
        )
    compiled(_clause(selection, _SOME_DAY, zone, hashtags.key))


class Matcher:
    """Finds the queries that posts match; ``zone`` is where the days of ``since:2026-11-01`` begin.

    ``sample`` are posts like those to come: they tell which terms are rare. ``key`` gives the family of a
    hashtag in this project, ``original`` the post that another is a copy of.
    """

    def __init__(
        self,
        queries: Iterable[Saved],
        *,
        zone: tzinfo = UTC,
        sample: Sequence[Document] = (),
        key: Key = hashtags.key,
        original: Original = str,
    ) -> None:
        self._entries = [_Entry(saved.id, saved.selection, zone, key, original) for saved in queries]
        self._always: list[_Entry] = []
        self._filed: dict[str, dict[str, list[_Entry]]] = {}
        self._patterns: dict[Term, list[_Entry]] = {}
        rarity = _Rarity(sample)
        for entry in self._entries:
            terms = rarity.rarest(required(entry.clause))
            if terms is None:
                self._always.append(entry)
            for term in terms or ():
                if term.spelling:
                    self._patterns.setdefault(term, []).append(entry)
                else:
                    self._filed.setdefault(term.field, {}).setdefault(term.value, []).append(entry)
        self._text = self._filed.pop("text", {})
        self._spelled = [(spelled(term), entries) for term, entries in self._patterns.items()]
        self._met: dict[str, list[list[_Entry]]] = {}

    def match(self, documents: Iterable[Document], *, now: datetime) -> list[Match]:
        """Each post with each query that finds it at ``now``, in the order of the posts."""
        found: list[Match] = []
        for document in documents:
            view = View(document)
            for entry in self._candidates(view):
                matches = entry.predicate_at(now) if entry.relative else entry.predicate
                if matches(view):
                    found.append(Match(entry.id, document))
        return found

    def filed(self) -> list[Term]:
        """The terms that are looked for in every post."""
        terms = [Term(name, value) for name, filed in self._filed.items() for value in filed]
        return [*terms, *(Term("text", word) for word in self._text), *self._patterns]

    def _candidates(self, view: View) -> Iterable[_Entry]:
        """The queries that the post may match, each once."""
        lists = [self._text[word] for word in self._text.keys() & view.vocabulary]
        document = view.document
        for name, filed in self._filed.items():
            value = document.get(name)
            if value is None:
                continue
            if isinstance(value, str):
                if value in filed:
                    lists.append(filed[value])
            else:
                lists.extend(filed[each] for each in value if each in filed)
        if self._spelled:
            for word in view.vocabulary:
                lists += self._spelled_like(word)
        if not lists:
            return self._always
        return dict.fromkeys([*self._always, *(entry for entries in lists for entry in entries)])

    def _spelled_like(self, word: str) -> list[list[_Entry]]:
        """The queries that a word may match by its letters; most words come again and again."""
        known = self._met.get(word)
        if known is None:
            if len(self._met) >= _REMEMBERED:
                self._met.clear()
            known = self._met[word] = [entries for fits, entries in self._spelled if fits(word)]
        return known


@dataclass(slots=True, eq=False)
class _Entry:
    """A query in use."""

    id: str
    selection: Selection
    zone: tzinfo
    key: Key
    original: Original
    clause: Body = field(init=False)
    predicate: Predicate = field(init=False)
    relative: bool = field(init=False)
    _at: datetime = _SOME_DAY

    def __post_init__(self) -> None:
        self.clause = self._clause_at(_SOME_DAY)
        self.predicate = compiled(self.clause)
        # ``since:7d`` means another day tomorrow.
        self.relative = self.clause != self._clause_at(_ANOTHER)

    def predicate_at(self, now: datetime) -> Predicate:
        if now != self._at:
            self.predicate = compiled(self._clause_at(now))
            self._at = now
        return self.predicate

    def _clause_at(self, now: datetime) -> Body:
        return _clause(self.selection, now, self.zone, self.key, self.original)


def _clause(selection: Selection, now: datetime, zone: tzinfo, key: Key, original: Original = str) -> Body:
    made = compiler.selection(selection, now=now, zone=zone, key=key, original=original)
    return prepared_query("posts", made)


class _Rarity:
    """In how many of a hundred posts a term is: as in the sample, and by its looks where that is small."""

    def __init__(self, sample: Sequence[Document]) -> None:
        self._size = len(sample)
        self._counts: Counter[Term] = Counter()
        for document in sample:
            view = View(document)
            self._counts.update(Term("text", word) for word in view.vocabulary)
            for name, kind in _POSTS.items():
                if kind.type == "keyword" and name != "id":
                    self._counts.update(Term(name, value) for value in set(view.values(name)))

    def rarest(self, choices: Sequence[Choice]) -> Choice | None:
        """The choice that fewest posts fulfil; ``None`` if there is none."""
        return min(choices, key=lambda choice: sum(map(self._share, choice)), default=None)

    def _share(self, term: Term) -> float:
        return (100.0 * self._counts[term] + 100.0 * expected(term)) / (self._size + 100)
