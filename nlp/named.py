"""Models that a project names in place of the shipped one: whatever spaCy can load."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import spacy
from spacy.language import Language

from nlp.signs import HASHTAG
from nlp.text import Text
from posts.errors import RasadError

Place = tuple[int, int, str]
"""Where a name stands in a text: start, end, label."""

_UNUSED: Final = ("tagger", "parser", "lemmatizer", "attribute_ruler", "morphologizer", "senter", "textcat")
_OURS: Final = {
    "PERSON": "PER", "PERS": "PER", "GPE": "LOC", "FAC": "LOC", "FACILITY": "LOC", "LOCATION": "LOC",
    "ORGANIZATION": "ORG", "ORGANISATION": "ORG",
}  # fmt: skip
_NO_NAMES: Final = frozenset({"DATE", "TIME", "PERCENT", "MONEY", "QUANTITY", "ORDINAL", "CARDINAL"})
"""Numbers and dates, which some models mark too, name nothing."""
_TAG_SIGNS: Final = str.maketrans({"#": " ", "＃": " ", "_": " "})


class NamedModel:
    """An installed spaCy model. ``version`` is its name and version, as in ``en_core_web_sm 3.8.0``."""

    def __init__(self, nlp: Language) -> None:
        self._nlp = nlp
        meta = nlp.meta
        self.version = f"{meta.get('lang', 'xx')}_{meta.get('name', 'model')} {meta.get('version', '0')}"

    def read(self, texts: Sequence[Text]) -> list[list[Place]]:
        """The names in each text; offsets are into what is written."""
        # What the model's vocabulary learns of these texts is forgotten with the zone.
        with self._nlp.memory_zone():
            docs = self._nlp.pipe([_shown(text) for text in texts])
            return [
                [
                    (span.start_char, span.end_char, _OURS.get(span.label_, span.label_))
                    for span in doc.ents
                    if span.label_ not in _NO_NAMES
                ]
                for doc in docs
            ]


def load(name: str, language: str) -> NamedModel:
    """The model of a package's name or a folder, named for a language.

    Raises ``RasadError`` where there is none, or one that cannot be used.
    """
    setting = f'reading.models.{language} = "{name}"'
    try:
        nlp = spacy.load(name, exclude=list(_UNUSED))
    except Exception as error:
        raise RasadError(
            f"this spaCy model cannot be loaded ({type(error).__name__})",
            subject=setting,
            remedy=f"Install it (`pip install {name}`), give the folder of a model, or take the line out; "
            "until then the shipped model reads.",
        ) from error
    if not {"ner", "entity_ruler", "span_ruler", "beam_ner"} & set(nlp.pipe_names):
        raise RasadError(
            "this spaCy model finds no names: it has no part 'ner'",
            subject=setting,
            remedy="Name a model with 'ner', or take the line out; until then the shipped model reads.",
        )
    return NamedModel(nlp)


def _shown(text: Text) -> str:
    """The text with the words of hashtags parted by spaces, every sign where it was."""
    written = text.written
    for kind, start, end in text.signs:
        if kind == HASHTAG:
            written = written[:start] + written[start:end].translate(_TAG_SIGNS) + written[end:]
    return written
