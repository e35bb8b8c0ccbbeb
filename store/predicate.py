"""Checked queries as functions over documents: whether a post is among those that an engine would find.

A clause in the one form of ``store.validate`` is turned into nested functions once, and then asked of
many documents, as ``store.documents`` makes them or an engine returns them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from store.mapping import FIELDS, MAX_TOKEN, epoch, searchable
from store.positions import Positions, near, phrase, within
from store.protocol import Body, Document
from store.required import required
from store.spelling import like, wild
from store.validate import prepared_query

_POSTS: Final = FIELDS["posts"]
_LOWEST: Final = -(2**63)
_HIGHEST: Final = 2**63


class View:
    """A document as predicates look at it: its words in order, and which there are."""

    __slots__ = ("_positions", "document", "vocabulary", "words")

    def __init__(self, document: Document) -> None:
        words = document.get("text", "").split()
        if words and max(map(len, words)) > MAX_TOKEN:
            words = [word[:MAX_TOKEN] for word in words]
        self.document = document
        self.words: list[str] = words
        self.vocabulary = frozenset(words)
        self._positions: Positions | None = None

    @property
    def positions(self) -> Positions:
        """Where each word stands."""
        if self._positions is None:
            self._positions = {}
            for place, word in enumerate(self.words):
                self._positions.setdefault(word, []).append(place)
        return self._positions

    def values(self, field: str) -> Sequence[Any]:
        """What a keyword field holds."""
        value = self.document.get(field, ())
        return (value,) if isinstance(value, str) else value


Predicate = Callable[[View], bool]


def predicate(query: Body) -> Callable[[Document], bool]:
    """Whether a document matches a query of posts; ``UnsupportedQuery`` as from the engines.

    >>> predicate({"match_phrase": {"text": "new york"}})({"text": "in new york today"})
    True
    """
    matches = compiled(prepared_query("posts", query))
    return lambda document: matches(View(document))


def compiled(checked: Body) -> Predicate:
    """The predicate of a query of posts that ``validate`` has checked."""
    ((kind, inner),) = checked.items()
    return _KINDS[kind](inner)


def _never(_view: View) -> bool:
    return False


def _always(_view: View) -> bool:
    return True


def _match_all(_inner: Body) -> Predicate:
    return _always


def _term(inner: Body) -> Predicate:
    ((field, value),) = inner.items()
    if _POSTS[field].type == "text":
        return lambda view: value in view.vocabulary
    if _POSTS[field].type == "integer":
        return lambda view: view.document.get(field) == value
    if not searchable(value):
        return _never
    if _POSTS[field].many:

        def held(view: View) -> bool:
            values = view.document.get(field)
            return values is not None and (values == value if isinstance(values, str) else value in values)

        return held
    return lambda view: view.document.get(field) == value


def _terms(inner: Body) -> Predicate:
    ((field, values),) = inner.items()
    wanted = frozenset(v for v in values if not isinstance(v, str) or searchable(v))
    if not wanted:
        return _never
    if _POSTS[field].type == "text":
        return lambda view: not wanted.isdisjoint(view.vocabulary)
    if _POSTS[field].many:
        return lambda view: not wanted.isdisjoint(view.values(field))
    return lambda view: view.document.get(field) in wanted


def _ids(inner: Body) -> Predicate:
    return _terms({"id": inner["values"]})


def _exists(inner: Body) -> Predicate:
    field = inner["field"]
    if _POSTS[field].type == "keyword":
        return lambda view: any(map(searchable, view.values(field)))
    return lambda view: view.document.get(field) is not None


def _range(inner: Body) -> Predicate:
    ((field, bounds),) = inner.items()
    is_date = _POSTS[field].type == "date"
    numbers = {bound: epoch(value) if is_date else value for bound, value in bounds.items()}
    low = max(numbers.get("gte", _LOWEST), numbers.get("gt", _LOWEST) + 1)
    high = min(numbers.get("lte", _HIGHEST), numbers.get("lt", _HIGHEST) - 1)
    if is_date:

        def dated(view: View) -> bool:
            value = view.document.get(field)
            return value is not None and low <= _seconds(value) <= high

        return dated

    def counted(view: View) -> bool:
        value = view.document.get(field)
        return value is not None and low <= value <= high

    return counted


def _seconds(date: str) -> int:
    try:
        return epoch(date)
    except ValueError:
        # Not as it is stored: before it is written, a document may say it in another way.
        return int(datetime.fromisoformat(date).timestamp() // 1)


def _match(inner: Body) -> Predicate:
    ((_, value),) = inner.items()
    wanted = frozenset(value["query"].split())
    if not wanted:
        return _never
    if value["operator"] == "and":
        return lambda view: wanted <= view.vocabulary
    return lambda view: not wanted.isdisjoint(view.vocabulary)


def _match_phrase(inner: Body) -> Predicate:
    ((_, value),) = inner.items()
    words: list[str] = value["query"].split()
    if not words:
        return _never
    if len(words) == 1:
        (word,) = words
        return lambda view: word in view.vocabulary
    slop: int = value["slop"]
    wanted = frozenset(words)
    if not slop:
        return lambda view: wanted <= view.vocabulary and phrase(words, view.words)
    return lambda view: wanted <= view.vocabulary and within(words, view.positions, slop)


def _prefix(inner: Body) -> Predicate:
    ((field, value),) = inner.items()
    return _spelled(field, lambda word: word.startswith(value))


def _wildcard(inner: Body) -> Predicate:
    ((field, pattern),) = inner.items()
    return _spelled(field, wild(pattern))


def _fuzzy(inner: Body) -> Predicate:
    ((field, value),) = inner.items()
    return _spelled(field, like(value["value"], value["fuzziness"]))


_REMEMBERED: Final = 50_000
"""Words that a pattern remembers to have met: most come again and again."""


def _spelled(field: str, fits: Callable[[str], Any]) -> Predicate:
    """Whether a word, or a value, is spelled in a certain way."""
    met: dict[str, bool] = {}

    def asked(value: str) -> bool:
        known = met.get(value)
        if known is None:
            if len(met) >= _REMEMBERED:
                met.clear()
            known = met[value] = bool(fits(value)) and searchable(value)
        return known

    if _POSTS[field].type == "text":
        return lambda view: any(map(asked, view.vocabulary))
    return lambda view: any(map(asked, view.values(field)))


def _span_near(inner: Body) -> Predicate:
    clause = {"span_near": inner}
    needed = [frozenset(term.value for term in choice) for choice in required(clause)]

    def matches(view: View) -> bool:
        for words in needed:
            if words.isdisjoint(view.vocabulary):
                return False
        return bool(near(clause, view.positions))

    return matches


def _bool(inner: Body) -> Predicate:
    all_of, any_of = [*inner["filter"], *inner["must"]], inner["should"]
    wanted: int = inner["minimum_should_match"]
    if wanted == len(any_of):
        all_of, any_of = [*all_of, *any_of], []
    elif not wanted:
        any_of = []
    parts = _words_first(all_of, operator="and")
    if wanted == 1 and any_of:
        parts.append(_any(_words_first(any_of, operator="or")))
    elif any_of:
        parts.append(_some([compiled(part) for part in any_of], wanted))
    return _without(parts, _words_first(inner["must_not"], operator="or"))


def _words_first(parts: Sequence[Body], *, operator: str) -> list[Predicate]:
    """The predicates of the parts: all that are about one word each as one, and before the others."""
    words = [part["term"]["text"] for part in parts if "text" in part.get("term", ())]
    if len(words) < 2:
        return [compiled(part) for part in parts]
    together = {"match": {"text": {"query": " ".join(words), "operator": operator}}}
    return [compiled(together), *(compiled(part) for part in parts if "text" not in part.get("term", ()))]


def _any(parts: Sequence[Predicate]) -> Predicate:
    if len(parts) == 1:
        return parts[0]

    def matches(view: View) -> bool:
        for part in parts:  # noqa: SIM110  a generator would take longer than most parts
            if part(view):
                return True
        return False

    return matches


def _some(parts: Sequence[Predicate], wanted: int) -> Predicate:
    """Whether at least so many of the parts match."""
    return lambda view: sum(part(view) for part in parts) >= wanted


def _without(parts: Sequence[Predicate], others: Sequence[Predicate]) -> Predicate:
    """Whether all of the parts match and none of the others does."""
    if len(parts) == 1 and not others:
        return parts[0]
    if len(parts) == len(others) == 1:
        (part,), (other,) = parts, others
        return lambda view: part(view) and not other(view)

    def matches(view: View) -> bool:
        for part in parts:
            if not part(view):
                return False
        for other in others:  # noqa: SIM110  as above
            if other(view):
                return False
        return True

    return matches


_KINDS: Final[dict[str, Callable[[Body], Predicate]]] = {
    "bool": _bool,
    "match_all": _match_all,
    "term": _term,
    "terms": _terms,
    "ids": _ids,
    "exists": _exists,
    "range": _range,
    "match": _match,
    "match_phrase": _match_phrase,
    "prefix": _prefix,
    "wildcard": _wildcard,
    "fuzzy": _fuzzy,
    "span_near": _span_near,
}
