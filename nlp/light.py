"""A light model on top of a reader: it learns from the labels that people gave, and leans on the reader.

Regularised multinomial logistic regression. Its prior is the reader itself: without labels it says what the
reader says, and labels move it as far as cross-validation finds it worth (ridge penalty around the base
reading; of the changes that do about as well as the best the slightest is taken: the standard-error rule of
Breiman et al. 1984, with half an error). It serves any question with one answer a text: sentiment, intent,
noise.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from nlp.descent import lowest
from nlp.text import Text
from posts.errors import RasadError

VERSION: Final = "light-1"
Base = Mapping[str, float]
"""What the base reading gives each label, from 0 to 1; a label that is not named has 0."""
Floats = NDArray[np.float64]

_BUCKETS: Final = 1 << 14
_PREFIX: Final = 4
_SIGNS: Final = ("?", "!", "؟", "…", "\n")


def features(text: Text) -> list[int]:
    """The numbers of what a text holds: its folded words, how they begin, pairs of neighbours, signs."""
    words = [word.folded for word in text.words]
    names = {f"w {word}" for word in words}
    names |= {f"p {word[:_PREFIX]}" for word in words if len(word) > _PREFIX}
    names |= {f"b {first} {second}" for first, second in pairwise(words)}
    names |= {f"s {sign}" for sign in _SIGNS if sign in text.written}
    names |= {f"k {kind}" for kind, _, _ in text.signs} | {f"e {sign}" for sign, _, _ in text.emoji}
    return sorted({zlib.crc32(name.encode()) % _BUCKETS for name in names})


@dataclass(frozen=True, slots=True, eq=False)
class LightModel:
    """A trained model: ``slope`` is how far it trusts the base reading (1 as it stands), ``bias`` and
    ``weights`` (rows as ``buckets``, columns as ``labels``) what it adds to it."""

    labels: tuple[str, ...]
    slope: float
    bias: NDArray[np.float32]
    buckets: NDArray[np.int32]
    weights: NDArray[np.float32]

    def predict(self, text: Text, base: Base) -> tuple[str, dict[str, float]]:
        """The likeliest label and the probabilities of all, which sum to 1."""
        found = features(text)
        scores = self.slope * _logs(base, self.labels) + self.bias
        if len(self.buckets) and found:
            places = np.searchsorted(self.buckets, found)
            places[places == len(self.buckets)] = 0
            known = places[self.buckets[places] == found]
            scores = scores + self.weights[known].sum(axis=0) / np.sqrt(len(found))
        shares = _softmax(scores[None, :])[0]
        probabilities = {label: float(share) for label, share in zip(self.labels, shares, strict=True)}
        return max(probabilities, key=probabilities.__getitem__), probabilities

    def to_bytes(self) -> bytes:
        """The model as plain data: a mark, a head in JSON, its numbers, and a checksum."""
        head = json.dumps(
            {"labels": self.labels, "slope": self.slope, "buckets": len(self.buckets)}, ensure_ascii=False
        ).encode()
        body = (
            self.bias.astype("<f4").tobytes()
            + self.buckets.astype("<i4").tobytes()
            + self.weights.astype("<f2").tobytes()
        )
        whole = _MARK + struct.pack("<I", len(head)) + head + body
        return whole + struct.pack("<I", zlib.crc32(whole))

    @classmethod
    def from_bytes(cls, data: bytes) -> LightModel:
        """The model that ``to_bytes`` wrote; ``RasadError`` if these bytes are not one."""
        try:
            return cls._read(data)
        except (ValueError, KeyError, TypeError, struct.error, OverflowError, RecursionError) as error:
            raise RasadError(
                f"this is no light model of version {VERSION} ({error})",
                subject="light model",
                remedy="Train it again from the labels.",
            ) from error

    @classmethod
    def _read(cls, data: bytes) -> LightModel:
        start = len(_MARK) + 4
        if not data.startswith(_MARK) or len(data) < start + 4:
            raise ValueError("it does not begin as one")
        if struct.unpack("<I", data[-4:])[0] != zlib.crc32(data[:-4]):
            raise ValueError("its checksum is wrong")
        (length,) = struct.unpack("<I", data[len(_MARK) : start])
        head: dict[str, Any] = json.loads(data[start : start + length])
        labels, count = tuple(map(str, head["labels"])), int(head["buckets"])
        slope = float(head["slope"])
        body = data[start + length : -4]
        if len(set(labels)) < 2 or len(set(labels)) != len(labels) or not 0 <= count <= _BUCKETS:
            raise ValueError("its head makes no sense")
        if len(body) != 4 * len(labels) + 4 * count + 2 * count * len(labels):
            raise ValueError("it has the wrong length")
        bias = np.frombuffer(body, "<f4", len(labels))
        buckets = np.frombuffer(body, "<i4", count, 4 * len(labels))
        weights = np.frombuffer(body, "<f2", count * len(labels), 4 * len(labels) + 4 * count)
        if not (np.isfinite(bias).all() and np.isfinite(weights).all() and np.isfinite(slope)):
            raise ValueError("a number is not finite")
        if count and (buckets[0] < 0 or buckets[-1] >= _BUCKETS or (np.diff(buckets) <= 0).any()):
            raise ValueError("its features are out of order")
        shape = (count, len(labels))
        return cls(
            labels,
            slope,
            bias.astype(np.float32),
            buckets.astype(np.int32),
            weights.reshape(shape).astype(np.float32),
        )


_MARK: Final = b"RASAD light-1\n"
_FLOOR: Final = 0.02


def _logs(base: Base, labels: Sequence[str]) -> Floats:
    """The logarithms of what the base gives the labels, none below 2 %: it is never certain."""
    given = np.array([max(base.get(label, 0.0), _FLOOR) for label in labels])
    logs: Floats = np.log(given / given.sum())
    return logs


def _softmax(scores: Floats) -> Floats:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Floats = raised / raised.sum(axis=1, keepdims=True)
    return shares


@dataclass(frozen=True, slots=True, eq=False)
class _Examples:
    """Labelled texts as numbers: features, logs of the base, and the place of each label."""

    x: csr_matrix
    logs: Floats
    y: NDArray[np.intp]
    count: int

    def part(self, rows: NDArray[np.intp]) -> _Examples:
        return _Examples(self.x[rows], self.logs[rows], self.y[rows], self.count)


def _examples(
    texts: Sequence[Text], given: Sequence[str], base: Sequence[Base]
) -> tuple[_Examples, tuple[str, ...]]:
    if not len(texts) == len(given) == len(base):
        raise RasadError(
            f"{len(texts)} texts, {len(given)} labels and {len(base)} base readings", subject="light model"
        )
    labels = tuple(sorted(set(given) | {label for one in base for label in one}))
    if len(labels) < 2:
        raise RasadError(
            "all labels are the same",
            subject="light model",
            remedy="Label texts of another kind too.",
        )
    rows = [features(text) for text in texts]
    values = np.concatenate([np.full(len(row), 1 / np.sqrt(max(1, len(row)))) for row in rows])
    ends = np.cumsum([0, *map(len, rows)])
    x = csr_matrix(
        (values, np.concatenate([*map(np.array, rows), []]).astype(np.int32), ends),
        shape=(len(rows), _BUCKETS),
    )
    places = {label: place for place, label in enumerate(labels)}
    y = np.array([places[label] for label in given], dtype=np.intp)
    return _Examples(x, np.array([_logs(one, labels) for one in base]), y, len(labels)), labels


_Fitted = tuple[float, Floats, NDArray[np.int32], Floats]
"""Slope, bias, the buckets that are used, and their weights (none for the base reading as it stands)."""

_SLOPE_PENALTY: Final = 5.0
_BIAS_PENALTY: Final = 3.0


def _fitted(data: _Examples, penalty: float) -> _Fitted:
    """The best under a ridge penalty around the base reading; the base itself if the penalty is infinite."""
    classes = data.count
    if penalty == np.inf:
        return 1.0, np.zeros(classes), np.zeros(0, np.int32), np.zeros((0, classes))
    used = np.unique(data.x.indices).astype(np.int32)
    x = data.x[:, used]
    back = x.T.tocsr()
    truth = np.eye(classes)[data.y]
    # Every label counts alike, however often it was given: what is wanted is recall of each.
    sizes = truth.sum(axis=0)
    balance = (len(data.y) / np.count_nonzero(sizes) / np.maximum(sizes, 1.0))[data.y]
    cut = 1 + classes

    def loss(flat: Floats) -> tuple[float, Floats]:
        slope, bias, weights = flat[0], flat[1:cut], flat[cut:].reshape(len(used), classes)
        shares = _softmax(slope * data.logs + bias + x @ weights)
        off = balance[:, None] * (shares - truth)
        value = -(balance * np.log(shares[np.arange(len(data.y)), data.y] + 1e-12)).sum()
        value += 0.5 * _SLOPE_PENALTY * (slope - 1) ** 2
        value += 0.5 * (_BIAS_PENALTY * (bias * bias).sum() + penalty * (weights * weights).sum())
        slopes = (off * data.logs).sum() + _SLOPE_PENALTY * (slope - 1)
        biases = off.sum(axis=0) + _BIAS_PENALTY * bias
        return float(value), np.concatenate([[slopes], biases, (back @ off + penalty * weights).ravel()])

    start = np.zeros(cut + len(used) * classes)
    start[0] = 1.0
    found = lowest(loss, start)
    return float(found[0]), found[1:cut], used, found[cut:].reshape(len(used), classes)


def _said(fitted: _Fitted, data: _Examples) -> NDArray[np.intp]:
    """The place of the likeliest label of each text."""
    slope, bias, used, weights = fitted
    scores = slope * data.logs + bias
    if len(used):
        scores = scores + data.x[:, used] @ weights
    best: NDArray[np.intp] = scores.argmax(axis=1)
    return best


_PENALTIES: Final = (np.inf, 1000.0, 10.0, 3.0, 1.0)
"""From the base reading as it stands, over a change of trust and bias alone, to words that count freely."""
_FOLDS: Final = 5
_TOLERANCE: Final = 0.5
"""In standard errors: 1 left half of what 1,000 labels can gain, 0 lost 0.02 with 50 labels more often."""


def _folds(y: NDArray[np.intp], seed: int) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """The rows to learn from and the rows to be tested on, fold by fold, each label spread evenly."""
    random = np.random.default_rng(seed)
    fold = np.empty(len(y), dtype=np.intp)
    for label in np.unique(y):
        rows = random.permutation(np.flatnonzero(y == label))
        fold[rows] = (np.arange(len(rows)) + random.integers(_FOLDS)) % _FOLDS
    for number in range(_FOLDS):
        learnt, tested = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        if len(tested) and len(learnt):
            yield learnt, tested


def _penalty(data: _Examples, seed: int) -> float:
    """The strongest penalty whose held-out macro recall is within half a standard error of the best."""
    said = np.empty((len(_PENALTIES), len(data.y)), dtype=np.intp)
    said[:] = data.logs.argmax(axis=1)
    for learnt, tested in _folds(data.y, seed):
        part = data.part(learnt)
        for place, penalty in enumerate(_PENALTIES):
            said[place, tested] = _said(_fitted(part, penalty), data.part(tested))
    recalls = [_macro(data.y, one) for one in said]
    best = int(np.argmax(recalls))
    for place, penalty in enumerate(_PENALTIES[:best]):
        if recalls[best] - recalls[place] <= _TOLERANCE * _error(data.y, said[best], said[place]):
            return penalty
    return _PENALTIES[best]


def _macro(y: NDArray[np.intp], said: NDArray[np.intp]) -> float:
    """The mean over the labels that occur of the share of each that was found."""
    return float(np.mean([np.mean(said[y == label] == label) for label in np.unique(y)]))


def _error(y: NDArray[np.intp], one: NDArray[np.intp], other: NDArray[np.intp]) -> float:
    """The standard error of the difference of two macro recalls on the same texts."""
    labels = np.unique(y)
    gain = (one == y).astype(float) - (other == y)
    parts = [gain[y == label].var() / max(1, int((y == label).sum())) for label in labels]
    return float(np.sqrt(np.sum(parts)) / len(labels))


def fit(texts: Sequence[Text], labels: Sequence[str], base: Sequence[Base], *, seed: int) -> LightModel:
    """The model that people's labels ask for, on top of the base readings of the same texts.

    Labels are those that were given or that the base names. ``RasadError`` if lengths differ or all labels
    are the same. The same labels and ``seed`` give the same model.
    """
    data, names = _examples(texts, labels, base)
    penalty = _penalty(data, seed)
    slope, bias, used, found = _fitted(data, penalty)
    # What is kept is what was rounded, so that a model read back says the same.
    weights = found.astype(np.float16).astype(np.float32)
    return LightModel(names, slope, bias.astype(np.float32), used, weights)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How the base reading and the light model do on labelled texts that the model did not see.

    ``base`` and ``light`` are macro recalls; ``low`` and ``high`` bound their difference (light minus
    base) in 90 of 100 redrawings of the texts.
    """

    texts: int
    base: float
    light: float
    low: float
    high: float

    @property
    def better(self) -> bool:
        """Whether the light model may be adopted: it is better, and by more than chance."""
        return self.low > 0.0


_REDRAWN: Final = 1000


def cross_validated(
    texts: Sequence[Text], labels: Sequence[str], base: Sequence[Base], *, seed: int
) -> Comparison:
    """Base and light model compared by five-fold cross-validation, the penalty chosen anew in each fold."""
    data, _ = _examples(texts, labels, base)
    light = data.logs.argmax(axis=1)
    for learnt, tested in _folds(data.y, seed):
        part = data.part(learnt)
        light[tested] = _said(_fitted(part, _penalty(part, seed)), data.part(tested))
    plain = data.logs.argmax(axis=1)
    random = np.random.default_rng(seed)
    drawn = np.zeros(_REDRAWN)
    present = np.unique(data.y)
    gain = (light == data.y).astype(float) - (plain == data.y)
    for label in present:
        mine = gain[data.y == label]
        drawn += mine[random.integers(len(mine), size=(_REDRAWN, len(mine)))].mean(axis=1) / len(present)
    low, high = np.quantile(drawn, [0.05, 0.95])
    return Comparison(
        texts=len(data.y),
        base=_macro(data.y, plain),
        light=_macro(data.y, light),
        low=float(low),
        high=float(high),
    )
