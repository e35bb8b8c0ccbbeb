"""Whole pipelines against each other, by posts per CPU second: ours, and spaCy's of the shape of en_core_web.

spaCy's are not trained (no model is downloaded): they do the same work as trained ones of their width, but
what they find is nothing. Theirs are a shared token-to-vector layer with tagger, parser and names, and the
names alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from nlp.pipeline import Pipeline, Reading, load
from nlp.settings import Mode
from posts.post import Post

BATCH: Final = 256
_NOW: Final = datetime(2026, 11, 1, tzinfo=UTC)
_EXAMPLE: Final = "Sara works for Rasta Tea in Tehran ."
_PARTS: Final[dict[str, Any]] = {
    "tags": ["PROPN", "VERB", "ADP", "PROPN", "PROPN", "ADP", "PROPN", "PUNCT"],
    "heads": [1, 1, 1, 4, 2, 1, 5, 1],
    "deps": ["nsubj", "ROOT", "prep", "compound", "pobj", "prep", "pobj", "punct"],
    "entities": ["U-PER", "O", "O", "B-ORG", "L-ORG", "O", "U-LOC", "O"],
}
Row = tuple[str, Callable[[Sequence[str]], object]]


def rows() -> Iterator[Row]:
    """Each pipeline by name; what is cached of texts is not asked twice, because every text is another."""
    modes: tuple[Mode, ...] = ("fast", "careful")
    for mode in modes:
        pipeline = load(Reading(mode=mode))
        yield f"ours whole, {mode}: `Pipeline.annotate`", _ours(pipeline)
    for width, depth in ((64, 2), (96, 4)):
        for names in (("ner",), ("tagger", "parser", "ner")):
            nlp = shaped(width, depth, names)
            yield f"spaCy, width {width}, depth {depth}: {', '.join(names)}", _theirs(nlp)


def _ours(pipeline: Pipeline) -> Callable[[Sequence[str]], object]:
    return lambda texts: _drain(pipeline.annotate(_posts(texts)))


def _theirs(nlp: Any) -> Callable[[Sequence[str]], object]:
    return lambda texts: _drain(nlp.pipe(texts, batch_size=BATCH))


def shaped(width: int, depth: int, names: Sequence[str]) -> Any:
    """An English pipeline as spaCy's own are made, with weights by chance."""
    import spacy
    from spacy.training import Example

    nlp = spacy.blank("en")
    embed = {
        "@architectures": "spacy.MultiHashEmbed.v2", "width": width,
        "attrs": ["NORM", "PREFIX", "SUFFIX", "SHAPE", "SPACY", "IS_SPACE"],
        "rows": [5000, 1000, 2500, 2500, 50, 50], "include_static_vectors": False,
    }  # fmt: skip
    encode = {
        "@architectures": "spacy.MaxoutWindowEncoder.v2", "width": width, "window_size": 1,
        "maxout_pieces": 3, "depth": depth,
    }  # fmt: skip
    model = {"@architectures": "spacy.Tok2Vec.v2", "embed": embed, "encode": encode}
    nlp.add_pipe("tok2vec", config={"model": model})
    listener = {"@architectures": "spacy.Tok2VecListener.v1", "width": width, "upstream": "*"}
    for name in names:
        nlp.add_pipe(name, config={"model": {**_head(name), "tok2vec": listener}})
    doc = nlp.make_doc(_EXAMPLE)
    nlp.initialize(lambda: [Example.from_dict(doc, _PARTS)])
    return nlp


def _head(name: str) -> dict[str, Any]:
    if name == "tagger":
        return {"@architectures": "spacy.Tagger.v2"}
    return {
        "@architectures": "spacy.TransitionBasedParser.v2", "state_type": name, "extra_state_tokens": False,
        "hidden_width": 64, "maxout_pieces": 2, "use_upper": True, "nO": None,
    }  # fmt: skip


def _posts(texts: Iterable[str]) -> Iterator[Post]:
    for number, text in enumerate(texts):
        yield Post(
            id=f"bench:x:{number}", platform="bench", kind="text", source="bench", created_at=_NOW,
            collected_at=_NOW, text=text,
        )  # fmt: skip


def _drain(things: Iterable[object]) -> None:
    for _ in things:
        pass


def spent(way: Callable[[Sequence[str]], object], texts: Sequence[str]) -> float:
    """CPU seconds; a few texts go first, so that everything is loaded."""
    way(texts[:BATCH])
    started = time.process_time()
    way(texts[BATCH:])
    return (time.process_time() - started) * len(texts) / (len(texts) - BATCH)
