"""Texts as spaCy documents: the words of hashtags are words, and each word carries its folded form."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import regex
import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.vocab import Vocab

from nlp import cuts
from nlp.fold import CAMEL, fold
from nlp.names import GAP, WatchList, joined, norm, patterns
from nlp.signs import CASHTAG, HANDLE, HASHTAG, LINK, MENTION, Sign, scan

_EXTENSIONS = {
    "hashtags": (HASHTAG,),
    "mentions": (MENTION, HANDLE),
    "cashtags": (CASHTAG,),
    "links": (LINK,),
}
# Addresses of people and pages are no names, whatever letters they hold.
_NAMELESS = (LINK, MENTION, HANDLE)

# Signs that folding drops may stand inside a word without parting it.
_INVISIBLE = r"\u00ad\u034f\u061c\u200c-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
_PIECE = regex.compile(
    rf"[\p{{Han}}\p{{Hiragana}}]|[[\p{{L}}\p{{M}}\p{{N}}{_INVISIBLE}]--[\p{{Han}}\p{{Hiragana}}]]+|[^\S\r\n]+|\S|[\r\n]+",
    regex.V1,
)
_TAG_PIECE = regex.compile(r"[_\u200c]+|[^_\u200c]+")


def build(watched: WatchList) -> Language:
    """The pipeline that reads hashtags, mentions, cashtags, links and the watched names of a text."""
    nlp = spacy.blank("xx")
    nlp.max_length = 100_000_000
    names = frozenset(joined(name) for entity in watched.entities for name in entity.names) - {""}
    nlp.tokenizer = Words(nlp.vocab, names)
    nlp.add_pipe("rasad_signs")
    found = patterns(watched.entities)
    if found:
        ruler: Any = nlp.add_pipe("entity_ruler", config={"phrase_matcher_attr": "NORM"})
        ruler.add_patterns(found)
    return nlp


class Words:
    """Makes a document of a text: signs first, then words, the parts of hashtags as words of their own.

    Parts of a hashtag that together are a watched name stay one word: ``#ایران_خودرو``, ``#IranKhodroSale``.
    """

    def __init__(self, vocab: Vocab, names: frozenset[str]) -> None:
        self.vocab = vocab
        self.names = names

    def __call__(self, text: str) -> Doc:
        signs = scan(text)
        written: list[str] = []
        spaces: list[bool] = []
        for start, end in self._spans(text, signs):
            if text[start] == " " and spaces and not spaces[-1]:
                spaces[-1] = True
                start += 1
                if start == end:
                    continue
            written.append(text[start:end])
            spaces.append(False)
        doc = Doc(self.vocab, words=written, spaces=spaces)
        doc.user_data["signs"] = signs
        return doc

    def _spans(self, text: str, signs: list[Sign]) -> Iterator[tuple[int, int]]:
        last = 0
        for kind, start, end in signs:
            if kind == CASHTAG:
                continue
            for piece in _PIECE.finditer(text, last, start):
                yield piece.span()
            if kind == HASHTAG:
                yield start, start + 1
                yield from self._tag_spans(text, start + 1, end)
            else:
                yield start, end
            last = end
        for piece in _PIECE.finditer(text, last):
            yield piece.span()

    def _tag_spans(self, text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
        places = list(_tag_cuts(text, start, end))
        first = 0
        while first < len(places) - 1:
            after = next(
                (
                    after
                    for after in range(len(places) - 1, first + 1, -1)
                    if norm(text[places[first] : places[after]]) in self.names
                    and GAP not in (norm(text[places[first]]), norm(text[places[after] - 1]))
                ),
                first + 1,
            )
            yield places[first], places[after]
            first = after


def _tag_cuts(text: str, start: int, end: int) -> Iterator[int]:
    for piece in _TAG_PIECE.finditer(text, start, end):
        yield piece.start()
        capitals = [cut.start() for cut in CAMEL.finditer(text, *piece.span())]
        yield from capitals or _joined_cuts(piece.start(), piece[0])
    yield end


def _joined_cuts(start: int, piece: str) -> Iterator[int]:
    """Where known words certainly meet in a piece that nothing else parts."""
    folded = fold(piece)
    # Where folding took signs away, the words have no places of their own.
    if len(folded) == len(piece):
        for word in cuts.sure(folded)[:-1]:
            start += len(word)
            yield start


@Language.component("rasad_signs", assigns=["doc._.hashtags", "token.norm"])
def read_signs(doc: Doc) -> Doc:
    """Put what was found onto the document, and onto every word the form it is compared by."""
    signs: list[Sign] = doc.user_data.get("signs", [])
    for name, kinds in _EXTENSIONS.items():
        doc._.set(name, [sign for sign in signs if sign[0] in kinds])
    nameless = {start for kind, start, _ in signs if kind in _NAMELESS}
    for token in doc:
        token.norm_ = token.text if token.idx in nameless else norm(token.text)
    return doc


def _inside(name: str) -> Callable[[Span], list[Sign]]:
    def signs_of(span: Span) -> list[Sign]:
        return [s for s in span.doc._.get(name) if span.start_char <= s[1] and s[2] <= span.end_char]

    return signs_of


for _name in _EXTENSIONS:
    Doc.set_extension(_name, default=[], force=True)
    Span.set_extension(_name, getter=_inside(_name), force=True)
