"""The second stage: what lists and models read in a post, in batches behind intake.

A text that was read a while ago is not read again: the same words come many times.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

from nlp import copies, forms, intents, language, mood, noise, shipped, topic
from nlp.extraction import written
from nlp.fold import plain
from nlp.light import LightModel
from nlp.mood import Mood
from nlp.settings import Reading
from nlp.text import Cue, Text, prepare
from nlp.watching import place
from posts.errors import RasadError
from posts.post import Annotations, Entity, Post, Sentiment

if TYPE_CHECKING:
    from nlp.entities import EntityReader

log = logging.getLogger(__name__)
_Model = TypeVar("_Model")

VERSION: Final = "1"
MOST_TEXTS: Final = 4_000
"""Texts whose readings are remembered, some 40 MB."""


FEWEST_WORDS: Final = 8
"""Words from which a text is compared with others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is read in a text, whoever posted it: ``fields`` of ``Annotations`` and the cues of each kind."""

    text: Text
    fields: Mapping[str, Any]
    versions: Mapping[str, str]
    cues: Mapping[str, tuple[Cue, ...]]


_AIMS: Final = dict.fromkeys(("intent", "purpose", "action"), f"rules {intents.VERSION}")


class Second:
    """Reads posts that the first stage has read."""

    def __init__(self, reading: Reading) -> None:
        self._light = _taught(reading, "sentiment", LightModel.from_bytes)
        self._topic = _taught(reading, "topic", topic.from_bytes)
        self._reading = reading
        self._reader: EntityReader | None = None
        readers = (mood.VERSION, intents.VERSION, noise.VERSION, copies.VERSION)
        models = shipped.mark(reading.mode, reading.models)
        self.version = "-".join((VERSION, reading.version(), *readers, models))
        self._known: OrderedDict[tuple[str, str], Found] = OrderedDict()

    @property
    def _names(self) -> EntityReader:
        """What reads names; spaCy is loaded when the first text comes."""
        if self._reader is None:
            from nlp.entities import EntityReader

            self._reader = EntityReader(self._reading.watched, self._reading.models, self._reading.mode)
        return self._reader

    def read(self, posts: Sequence[Post]) -> list[Annotations]:
        """What is read in each of the posts, beside what the first stage has read."""
        found = self.texts([(written(post)[0], _language(post)) for post in posts])
        sketches = copies.sketches(_to_compare(post) for post in posts)
        return [
            self._annotations(post, each, sketch)
            for post, each, sketch in zip(posts, found, sketches, strict=True)
        ]

    def cues(self, post: Post) -> dict[str, tuple[Cue, ...]]:
        """The places in a post that spoke for what was read in it, by kind."""
        (found,) = self.texts([(written(post)[0], _language(post))])
        _, signs = noise.read(post, found.text)
        _, shapes = forms.read(post, found.text)
        if self._topic is not None:
            signs = (*signs, *self._topic.cues(found.text))
        named = self._names.explain(found.text)
        every = {**found.cues, "entity": named, "noise": signs, "format": shapes}
        return {kind: cues for kind, cues in every.items() if cues}

    def texts(self, keys: Sequence[tuple[str, str]]) -> list[Found]:
        """What is read in texts, each given with its language."""
        new = [prepare(*key) for key in dict.fromkeys(keys) if key not in self._known]
        fresh = {(found.text.written, found.text.language): found for found in self._read(new)}
        found = [fresh.get(key) or self._known[key] for key in keys]
        self._known.update(fresh)
        while len(self._known) > MOST_TEXTS:
            self._known.popitem(last=False)
        return found

    def _read(self, texts: Sequence[Text]) -> list[Found]:
        named = self._names.read(texts)
        return [self._found(text, names) for text, names in zip(texts, named, strict=True)]

    def _found(self, text: Text, names: tuple[Entity, ...]) -> Found:
        felt = mood.read(text)
        sentiment, by = self._sentiment(text, felt)
        aims = intents.read(text, sentiment.score if sentiment is not None else None)
        return Found(
            text=text,
            fields={
                "entities": names,
                "languages": _others(text),
                "sentiment": sentiment,
                "emotions": felt.emotions,
                "intents": aims.intents,
                "purposes": aims.purposes,
                "actions": aims.actions,
            },
            versions=_AIMS
            | {"entities": self._names.versions_for(text.language)}
            | ({"sentiment": by, "emotion": mood.VERSION} if sentiment is not None else {}),
            cues={
                "sentiment": felt.cues,
                "intent": aims.cues,
            },
        )

    def _sentiment(self, text: Text, felt: Mood) -> tuple[Sentiment | None, str]:
        """What the lists say, or the model that was trained from the project's own labels on top of them."""
        if felt.sentiment is None or self._light is None:
            return felt.sentiment, mood.VERSION
        label, shares = self._light.predict(text, mood.shares(felt))
        score = round(shares.get("positive", 0.0) - shares.get("negative", 0.0), 4)
        return Sentiment(label, score), "own labels"  # type: ignore[arg-type]

    def _annotations(self, post: Post, found: Found, sketch: copies.Sketch) -> Annotations:
        read = post.annotations or Annotations()
        marks, _ = noise.read(post, found.text)
        if self._topic is not None and self._topic.score(read.tokens) >= topic.OFF_TOPIC:
            marks = (*marks, "off-topic")
        form, _ = forms.read(post, found.text)
        versions = {**read.versions, **found.versions, "noise": f"rules {noise.VERSION}"}
        fields = {**found.fields, "entities": _placed(post, found.fields["entities"])}
        return replace(read, versions=versions, sketch=sketch, noise=marks, form=form, **fields)


def _others(text: Text) -> tuple[str, ...]:
    return language.others_of(plain(text.written, list(text.signs)), text.language)


def _taught(reading: Reading, name: str, read: Callable[[bytes], _Model]) -> _Model | None:
    """The model that was trained from labels; none where its file is damaged, and the lists read alone."""
    stored = reading.light.get(name)
    if stored is None:
        return None
    try:
        return read(stored)
    except RasadError as error:
        log.warning("%s", error)
        return None


def _placed(post: Post, names: tuple[Entity, ...]) -> tuple[Entity, ...]:
    """The names with their places in the text, which begins behind the title."""
    _, shift = written(post)
    if not shift:
        return names
    return tuple(
        Entity(name.text, name.label, *place(name.start, name.end, shift), id=name.id) for name in names
    )


def _to_compare(post: Post) -> tuple[str, ...]:
    """The words that copies are known by; none of a short text, which many write without copying."""
    words = post.annotations.tokens if post.annotations else ()
    return words if len(words) >= FEWEST_WORDS else ()


def _language(post: Post) -> str:
    return post.annotations.language if post.annotations else language.UNDETERMINED
