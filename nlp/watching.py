"""The watched names of a text. Only a text whose folded words hold the letters of one is parsed for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from nlp.names import WatchList, base_length, joined
from posts.post import Entity

if TYPE_CHECKING:
    from spacy.tokens import Span

VERSION: Final = "1"
MOST_WORDS: Final = 100_000
"""How many words the vocabulary holds, some 30 MB, before it begins anew."""
NOWHERE: Final = -1
"""The offset of what does not stand in the text: in the title, or declared by the platform."""


def place(start: int, end: int, shift: int) -> tuple[int, int]:
    """Offsets into a text that stands behind a title of ``shift`` code points, gap included."""
    return (start - shift, end - shift) if start >= shift else (NOWHERE, NOWHERE)


class Watching:
    """Finds the names of a watch list."""

    def __init__(self, watched: WatchList) -> None:
        self._bases = {entity.id: frozenset(map(joined, entity.names)) - {""} for entity in watched.entities}
        self._names = sorted(frozenset().union(*self._bases.values()), key=len)
        self._watched = watched
        self.version = f"{VERSION}-{watched.version()}" if self._names else VERSION
        self._build()

    def find(self, text: str, words: list[str], shift: int) -> tuple[Entity, ...]:
        """The watched names of a text (title and text, which begins at ``shift``) of these folded words."""
        if not self._names:
            return ()
        letters = "".join(words)
        return self._recognise(text, shift) if any(name in letters for name in self._names) else ()

    def _build(self) -> None:
        if self._names:
            from nlp.documents import build

            self._nlp = build(self._watched)

    def _recognise(self, text: str, shift: int) -> tuple[Entity, ...]:
        # spaCy keeps every word it ever saw, and a service reads for months. (Its memory zones forget after
        # each text, which takes twice as long.)
        if len(self._nlp.vocab.strings) > MOST_WORDS:
            self._build()
        return tuple(self._entity(span, shift) for span in self._nlp(text).ents)

    def _entity(self, span: Span, shift: int) -> Entity:
        start, written = span.start_char, span.text
        length = base_length(written, self._bases[span.ent_id_])
        return Entity(written[:length], span.label_, *place(start, start + length, shift), id=span.ent_id_)
