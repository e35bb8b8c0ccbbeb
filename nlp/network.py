"""The network that finds names: its shape, and how it reads the words of a text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from spacy.ml.models.parser import build_tb_parser_model
from spacy.ml.models.tok2vec import MaxoutWindowEncoder
from spacy.pipeline import EntityRecognizer
from spacy.tokens import Doc
from spacy.vocab import Vocab
from thinc.api import HashEmbed, Maxout, Model, NumpyOps, chain, concatenate, uniform_init

from nlp import threads
from nlp.gazetteer import LABELS
from nlp.sights import PARTS, SIGHTS, Sights

_ROWS: Final = "rows"
_PIECES: Final = 3
_UNKNOWN: Final = 0.15
"""The share of words that are hidden in training."""
_GROUP: Final = 2048
"""How many words are looked at at once."""
_Layer = tuple[list[tuple[Any, Any]], Any, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How large the network is: columns, layers, and rows of its tables (one per sight, that of parts)."""

    width: int = 96
    depth: int = 2
    hidden: int = 64
    tables: tuple[int, ...] = (5000, 1500, 2000, 1000, 300)
    parts: int = 8000


class _Products(NumpyOps):  # type: ignore[misc]
    """Matrix products by numpy's own library, three times as fast as the one that thinc brings."""

    def gemm(self, x: Any, y: Any, out: Any = None, trans1: bool = False, trans2: bool = False) -> Any:
        return np.matmul(x.T if trans1 else x, y.T if trans2 else y, out=out)


class _Parser(EntityRecognizer):  # type: ignore[misc]
    """spaCy's parser of names, for labels that never change."""

    def _ensure_labels_are_added(self, docs: Sequence[Doc]) -> int:
        # Looking for new labels makes an object of every word, which takes longer than the network itself.
        return 0


def build(shape: Shape, sights: Sights) -> EntityRecognizer:
    """An untrained network that reads the documents of ``document``."""
    threads.one()
    words = _remembering(_words(shape), sights, shape.width)
    encoder = MaxoutWindowEncoder(shape.width, window_size=1, maxout_pieces=_PIECES, depth=shape.depth)
    tok2vec = _swift(chain(words, encoder), words, encoder, shape)
    model = build_tb_parser_model(tok2vec, "ner", False, shape.hidden, 2, True)
    ner = _Parser(Vocab(strings=list(LABELS)), model, "ner", update_with_oracle_cut_size=100)
    ner.moves.initialize_actions(ner.moves.get_actions(entity_types=LABELS))
    model.attrs["resize_output"](model, ner.moves.n_moves)
    model.initialize(X=[document(ner.vocab, sights.rows(["a", "b"], ["", ""]))])
    ops = _Products()
    for node in model.walk():
        node.ops = ops
    forget(ner)
    return ner


def document(vocab: Vocab, rows: Any) -> Doc:
    """A document of as many words as there are rows; what they are the network looks up in the sights."""
    doc = Doc(vocab, words=["x"] * len(rows))
    doc.user_data[_ROWS] = rows
    return doc


def _words(shape: Shape) -> Model[Any, Any]:
    """What is known of a word by itself: its rows of all tables, mixed."""
    tables: list[Model[Any, Any]] = [
        HashEmbed(shape.width, rows, seed=7 + at, column=at, dropout=0.0)
        for at, rows in enumerate(shape.tables)
    ]
    tables.append(_stretches(shape.width, shape.parts))
    mix = Maxout(shape.width, shape.width * len(tables), nP=_PIECES, normalize=True, dropout=0.0)
    return chain(concatenate(*tables), mix)


def _remembering(words: Model[Any, Any], sights: Sights, width: int) -> Model[Any, Any]:
    attrs: dict[str, Any] = {"memory": _Memory(sights, width), "unknown": _UNKNOWN}
    return Model("remembering", _recall, init=_init_recall, layers=[words], attrs=attrs, dims={"nO": width})


class _Memory:
    """The mixed vectors of the words of a sights."""

    def __init__(self, sights: Sights, width: int) -> None:
        self.sights = sights
        self.mixed = np.zeros((0, width), dtype="f")
        self.known = 0
        self._age = sights.age
        self._scratch: tuple[Any, Any, Any, Any] | None = None
        self._layers: list[_Layer] | None = None

    def all(self, mix: Callable[[Any], Any]) -> Any:
        """The vectors of all words, those of new ones made by ``mix``."""
        sights = self.sights
        if self._age != sights.age:
            self._age, self.known = sights.age, 0
        there = len(sights)
        if there > len(self.mixed):
            larger = np.zeros((len(sights.features), self.mixed.shape[1]), dtype="f")
            larger[: self.known] = self.mixed[: self.known]
            self.mixed = larger
        while self.known < there:
            after = min(there, self.known + _GROUP)
            self.mixed[self.known : after] = mix(sights.features[self.known : after])
            self.known = after
        return self.mixed

    def layers(self, encoder: Model[Any, Any]) -> list[_Layer]:
        """Of each layer: the weights and biases of each of its pieces, then gain and shift."""
        if self._layers is None:
            maxouts = [node for node in encoder.walk() if node.name == "maxout"]
            norms = [node for node in encoder.walk() if node.name == "layernorm"]
            self._layers = [
                (_pieces(node.get_param("W"), node.get_param("b")), norm.get_param("G"), norm.get_param("b"))
                for node, norm in zip(maxouts, norms, strict=True)
            ]
        return self._layers

    def scratch(self, size: int) -> tuple[Any, Any, Any, Any]:
        """Room to work in for so many words: one table of their width, one of three times it, two more."""
        if self._scratch is None or len(self._scratch[0]) < size:
            width, size = self.mixed.shape[1], max(size, _GROUP)
            here, beside, best, other = (np.zeros((size, width * by), dtype="f") for by in (1, 3, 1, 1))
            self._scratch = (here, beside, best, other)
        return self._scratch

    def forget(self) -> None:
        """Take the network's weights anew."""
        self.known = 0
        self._layers = None


def _pieces(weights: Any, biases: Any) -> list[tuple[Any, Any]]:
    return [
        (np.ascontiguousarray(weights[:, at].T), np.ascontiguousarray(biases[:, at])) for at in range(_PIECES)
    ]


def _unknown(model: Model[Any, Any], features: Any) -> Any:
    """The words, some by chance without their letters as a whole: so that unknown words are learnt too."""
    chosen = np.random.random(len(features)) < model.attrs["unknown"]  # seeded with thinc
    features[chosen, 0] = 0
    return features


def _init_recall(model: Model[Any, Any], X: Any = None, Y: Any = None) -> None:
    model.layers[0].initialize(X=np.zeros((2, SIGHTS + PARTS), dtype=np.uint64))


def _recall(
    model: Model[Any, Any], docs: Sequence[Doc], is_train: bool
) -> tuple[list[Any], Callable[..., Any]]:
    """The vectors of each document's words; outside training each word is mixed once and remembered."""
    rows = [doc.user_data[_ROWS] for doc in docs]
    lengths = [len(some) for some in rows]
    every = np.concatenate(rows) if rows else np.zeros(0, dtype=np.intp)
    ends = np.cumsum(lengths)[:-1]
    memory: _Memory = model.attrs["memory"]
    if not is_train:
        return np.split(memory.all(model.layers[0].predict)[every], ends), _no_way_back
    found, back = model.layers[0].begin_update(_unknown(model, memory.sights.features[every]))

    def backprop(gradients: list[Any]) -> list[Any]:
        back(np.concatenate(gradients))
        return []

    return np.split(found, ends), backprop


def forget(ner: EntityRecognizer) -> None:
    """Let words be mixed anew, after the network's weights changed."""
    for node in ner.model.walk():
        if node.name == "remembering":
            node.attrs["memory"].forget()


def _swift(
    both: Model[Any, Any], words: Model[Any, Any], encoder: Model[Any, Any], shape: Shape
) -> Model[Any, Any]:
    """Words and their neighbours: as thinc does it in training, in plain numpy when reading."""
    attrs = {"pad": shape.depth}
    refs: dict[str, Model[Any, Any] | None] = {"words": words, "encoder": encoder}
    return Model(
        "swift", _read, init=_init_read, layers=[both], refs=refs, attrs=attrs, dims={"nO": shape.width}
    )


def _init_read(model: Model[Any, Any], X: Any = None, Y: Any = None) -> None:
    model.layers[0].initialize(X=X)


def _read(
    model: Model[Any, Any], docs: Sequence[Doc], is_train: bool
) -> tuple[list[Any], Callable[..., Any]]:
    if is_train:
        trained: tuple[list[Any], Callable[..., Any]] = model.layers[0].begin_update(docs)
        return trained
    return _vectors(model, [doc.user_data[_ROWS] for doc in docs]), _no_way_back


def vectors(ner: EntityRecognizer, rows: list[Any]) -> list[Any]:
    """What the network makes of the words of texts, each given by its rows of ``Sights``."""
    swift = next(node for node in ner.model.walk() if node.name == "swift")
    return _vectors(swift, rows)


def _vectors(swift: Model[Any, Any], rows: list[Any]) -> list[Any]:
    words = swift.get_ref("words")
    memory: _Memory = words.attrs["memory"]
    mixed = memory.all(words.layers[0].predict)
    pad = swift.attrs["pad"]
    layers = memory.layers(swift.get_ref("encoder"))
    found: list[Any] = []
    for some in _groups(rows, pad):
        found += _encoded(some, mixed, layers, pad, memory)
    return found


def _groups(rows: list[Any], pad: int) -> Iterator[list[Any]]:
    """The texts in groups small enough for the processor's cache."""
    some: list[Any] = []
    size = pad
    for row in rows:
        if some and size + len(row) + pad > _GROUP:
            yield some
            some, size = [], pad
        some.append(row)
        size += len(row) + pad
    if some:
        yield some


def _encoded(rows: list[Any], mixed: Any, layers: list[_Layer], pad: int, memory: _Memory) -> list[Any]:
    size = sum(map(len, rows)) + pad * (len(rows) + 1)
    here, *scratch = (table[:size] for table in memory.scratch(size))
    here[:] = 0
    starts, at = [], pad
    for row in rows:
        here[at : at + len(row)] = mixed[row]
        starts.append(at)
        at += len(row) + pad
    for layer in layers:
        here += _neighbours(here, *layer, *scratch)
    return [here[start : start + len(row)].copy() for start, row in zip(starts, rows, strict=True)]


def _neighbours(
    here: Any, pieces: list[tuple[Any, Any]], gain: Any, shift: Any, beside: Any, best: Any, other: Any
) -> Any:
    """One layer: of each word with those beside it the largest of several products, normalised.

    ``beside``, ``best`` and ``other`` are room to work in: fresh memory costs more than the sums.
    """
    width = here.shape[1]
    beside[0, :width] = 0
    beside[1:, :width] = here[:-1]
    beside[:, width : 2 * width] = here
    beside[:-1, 2 * width :] = here[1:]
    beside[-1, 2 * width :] = 0
    for at, (weights, biases) in enumerate(pieces):
        product = np.matmul(beside, weights, out=other if at else best)
        product += biases
        if at:
            np.maximum(best, other, out=best)
    best -= best.mean(axis=1, keepdims=True)
    best /= np.sqrt(np.einsum("nw,nw->n", best, best)[:, None] / width + 1e-8)
    best *= gain
    best += shift
    return best


def _no_way_back(gradients: Any) -> Any:
    raise RuntimeError("vectors were made for reading, not for training")


def _stretches(width: int, rows: int) -> Model[Any, Any]:
    """The mean of the rows of a word's stretches of letters."""
    return Model(
        "stretches", _stretch, init=_init_stretches, params={"E": None}, dims={"nO": width, "nV": rows}
    )


def _init_stretches(model: Model[Any, Any], X: Any = None, Y: Any = None) -> None:
    model.set_param("E", uniform_init(model.ops, (model.get_dim("nV"), model.get_dim("nO"))))


def _stretch(model: Model[Any, Any], features: Any, is_train: bool) -> tuple[Any, Callable[..., Any]]:
    table: Any = model.get_param("E")
    hashes = features[:, SIGHTS:]
    there = (hashes != 0).astype("f")
    share = there / np.maximum(1, np.sqrt(there.sum(axis=1, keepdims=True)))
    ids = (hashes % np.uint64(len(table))).astype(np.intp)
    found = np.einsum("np,npw->nw", share, table[ids], optimize=True)

    def backprop(gradient: Any) -> Any:
        change: Any = np.zeros_like(table)
        where = there.ravel() > 0
        spread: Any = (gradient[:, None, :] * share[:, :, None]).reshape(-1, table.shape[1])[where]
        which: Any = ids.ravel()[where].astype("i")
        given: Any = np.ascontiguousarray(spread, dtype="f")
        model.ops.scatter_add(change, which, given)
        model.inc_grad("E", change)
        return features

    return found.astype("f"), backprop
