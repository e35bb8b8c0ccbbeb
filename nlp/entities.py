"""The names in texts: those that the project watches, those known everywhere, those that a model finds."""

from __future__ import annotations

import hashlib
import logging
import re
from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from nlp import gazetteer
from nlp.finglish import Finder
from nlp.language import UNDETERMINED
from nlp.names import WatchList, joined
from nlp.pieces import Pieces, cut
from nlp.settings import Mode
from nlp.sights import norm
from nlp.text import Cue, Text
from nlp.watching import Watching
from posts.errors import RasadError
from posts.post import Entity

if TYPE_CHECKING:
    from nlp.careful import Recognisers
    from nlp.named import NamedModel

VERSION: Final = "1"
LANGUAGES: Final = frozenset({"fa", "en", UNDETERMINED})
"""Those that the shipped model was trained for; a short text is often of none."""
WATCHED, GAZETTEER, MODEL = "watched", "gazetteer", "model"

SIGNS_APART: Final = True
"""Whether the sign in ``@ name`` is marked like the name. The Broad Twitter Corpus does so, in which mentions
are taken apart; in a post as it was written a mention is no name, and nor is its sign."""
_TAG_SIGNS: Final = ("#", "＃")
_BREAK: Final = re.compile(r"[\r\n]")

log = logging.getLogger(__name__)


class _Named(NamedTuple):
    """A name and who said so."""

    start: int
    end: int
    label: str
    by: str
    id: str | None = None


class EntityReader:
    """Reads names. One instance is for one thread at a time; models are loaded when first needed.

    ``models`` names a spaCy model (package or folder) for a language, in place of the shipped one.
    ``shipped`` may be given instead of that of a mode. ``problems`` are the models that could not be loaded,
    as they are found.
    """

    def __init__(
        self,
        watched: WatchList | None = None,
        models: Mapping[str, str] | None = None,
        mode: Mode = "fast",
        shipped: Recognisers | None = None,
    ) -> None:
        watched = watched or WatchList()
        self._watching = Watching(watched)
        self._ids = {
            joined(name): (entity.id, entity.label) for entity in watched.entities for name in entity.names
        }
        self._latin = Finder(name for entity in watched.entities for name in entity.names)
        self._models = dict(models or {})
        self._mode: Mode = mode
        self._known = gazetteer.shipped()
        self._shipped = shipped
        self._loaded: dict[str, NamedModel | None] = {}
        self._missing = False
        self.problems: tuple[RasadError, ...] = ()

    @property
    def version(self) -> str:
        """A short mark that changes when anything that reads names does."""
        ran = [self._ran(language) for language in ("", *sorted(self._models))]
        digest = hashlib.blake2b("\0".join((VERSION, *ran, self._rules())).encode(), digest_size=4)
        return digest.hexdigest()

    def versions_for(self, language: str) -> str:
        """What reads names in a text of a language, as in ``rasad-xx-3f2a``, ``gazetteer``."""
        return self._ran(language)

    def read(self, texts: Sequence[Text]) -> list[tuple[Entity, ...]]:
        """The names in each text, in order, none within another."""
        return [
            tuple(Entity(text.written[n.start : n.end], n.label, n.start, n.end, id=n.id) for n in names)
            for text, names in zip(texts, self._names(texts), strict=True)
        ]

    def explain(self, text: Text) -> tuple[Cue, ...]:
        """Each name in a text, and who said that it is one: the watch list, the gazetteer or a model."""
        (names,) = self._names([text])
        return tuple(Cue(n.start, n.end, n.label, 1.0, f"entities.why.{n.by}") for n in names)

    def _names(self, texts: Sequence[Text]) -> list[list[_Named]]:
        pieces = [cut(text) for text in texts]
        marks = [self._known.mark([norm(form) for form in row.forms], row.forms) for row in pieces]
        modelled = self._modelled(texts, pieces, marks)
        return [
            self._merged(text, row, said, found)
            for text, row, said, found in zip(texts, pieces, marks, modelled, strict=True)
        ]

    def _merged(
        self, text: Text, row: Pieces, said: list[str], found: list[tuple[int, int, str]]
    ) -> list[_Named]:
        """A watched name wins over the gazetteer, and that over the model unless the model's is longer."""
        known = [
            _Named(_start(row, first), row.ends[after - 1], label, GAZETTEER)
            for first, after, label in gazetteer.certain(said, row.forms)
        ]
        modelled = [_Named(start, end, label, MODEL) for start, end, label in found]
        known = [name for name in known if not any(_holds(other, name) for other in _beside(modelled, name))]
        names: list[_Named] = []
        for name in (*self._watched(text), *known, *modelled):
            if _on_one_line(text, name) and not any(_meet(name, other) for other in _beside(names, name)):
                insort(names, self._identified(text, name))
        return names

    def _watched(self, text: Text) -> list[_Named]:
        """The watched names in all their spellings; Persian ones also as typed in Latin letters."""
        folded = [word.folded for word in text.words]
        found = self._watching.find(text.written, folded, 0)
        names = [_Named(each.start, each.end, each.label, WATCHED, each.id) for each in found]
        for spelled in self._latin.find(folded) if self._ids else ():
            start, end = text.words[spelled.first].start, text.words[spelled.last - 1].end
            if not any(start < name.end and name.start < end for name in names):
                known, label = self._ids[joined(spelled.name)]
                names.append(_Named(start, end, label, WATCHED, known))
        return names

    def _identified(self, text: Text, name: _Named) -> _Named:
        """A name that equals a watched one is that one, whoever found it."""
        if (
            name.id is None
            and self._ids
            and (same := self._ids.get(joined(text.written[name.start : name.end])))
        ):
            return name._replace(id=same[0], label=same[1])
        return name

    def _modelled(
        self, texts: Sequence[Text], pieces: Sequence[Pieces], marks: Sequence[list[str]]
    ) -> list[list[tuple[int, int, str]]]:
        found: list[list[tuple[int, int, str]]] = [[] for _ in texts]
        by_language: dict[str, list[int]] = {}
        for at, text in enumerate(texts):
            by_language.setdefault(text.language, []).append(at)
        ours: list[int] = []
        for language, places in by_language.items():
            named = self._named(language)
            if named is not None:
                read = named.read([texts[at] for at in places])
                for at, spans in zip(places, read, strict=True):
                    found[at] = spans
            elif language in LANGUAGES:
                ours += places
        shipped = self._ours() if ours else None
        if shipped is not None:
            ours.sort()
            read_spans = shipped.spans([pieces[at].forms for at in ours], [marks[at] for at in ours])
            for at, spans in zip(ours, read_spans, strict=True):
                row = pieces[at]
                found[at] = list(_placed(row, spans))
        return found

    def _ran(self, language: str) -> str:
        named = self._named(language)
        if named is not None:
            return named.version
        shipped = self._ours() if not language or language in LANGUAGES else None
        return shipped.version if shipped is not None else GAZETTEER

    def _rules(self) -> str:
        return f"{self._known.version}-{self._watching.version}"

    def _named(self, language: str) -> NamedModel | None:
        name = self._models.get(language)
        if name is None:
            return None
        if language not in self._loaded:
            from nlp.named import load

            self._loaded[language] = None
            try:
                self._loaded[language] = load(name, language)
            except RasadError as problem:
                self.problems += (problem,)
                log.warning("%s", problem)
        return self._loaded[language]

    def _ours(self) -> Recognisers | None:
        if self._shipped is None and not self._missing:
            from nlp.careful import load

            self._shipped = load(self._mode)
            self._missing = self._shipped is None
        return self._shipped


def _start(row: Pieces, first: int) -> int:
    """Where a name begins; one that begins a hashtag does so with its sign, as the labelled posts have it."""
    tagged = first and row.forms[first - 1] in _TAG_SIGNS and row.ends[first - 1] == row.starts[first]
    return row.starts[first - 1] if tagged else row.starts[first]


def _placed(row: Pieces, spans: list[tuple[int, int, str]]) -> Iterator[tuple[int, int, str]]:
    """Spans of pieces as places in the text, and beside a name the sign of a mention that stands apart."""
    for first, after, label in spans:
        if SIGNS_APART and first and row.forms[first - 1] == "@" and row.ends[first - 1] < row.starts[first]:
            yield row.starts[first - 1], row.ends[first - 1], label
        yield row.starts[first], row.ends[after - 1], label


def _on_one_line(text: Text, name: _Named) -> bool:
    return not _BREAK.search(text.written, name.start, name.end)


def _beside(names: list[_Named], name: _Named) -> list[_Named]:
    """Those of some names in order, none within another, that can touch a name."""
    return names[max(0, bisect_left(names, name) - 1) : bisect_left(names, (name.end,))]


def _meet(one: _Named, other: _Named) -> bool:
    return one.start < other.end and other.start < one.end


def _holds(longer: _Named, shorter: _Named) -> bool:
    return longer.start <= shorter.start and shorter.end <= longer.end and longer[:2] != shorter[:2]
