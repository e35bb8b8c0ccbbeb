"""The light model: it keeps to the base where labels do not tell better, and is plain data."""

from __future__ import annotations

import dataclasses
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp import mood
from nlp.light import Comparison, LightModel, cross_validated, features, fit
from nlp.text import Text, prepare
from nlp.training.moods import Line, vader, xed_fa
from posts.errors import RasadError

LABELS = ("negative", "neutral", "positive")


def ready(lines: list[Line]) -> tuple[list[Text], list[str], list[dict[str, float]]]:
    texts = [prepare(line.text, line.language) for line in lines]
    return texts, [line.label for line in lines], [mood.shares(mood.read(text)) for text in texts]


def said(base: dict[str, float]) -> str:
    return max(base, key=base.__getitem__)


def macro(truth: list[str], read: list[str]) -> float:
    of = {label: [r == t for t, r in zip(truth, read, strict=True) if t == label] for label in set(truth)}
    return sum(sum(found) / len(found) for found in of.values()) / len(of)


def taught() -> tuple[list[Text], list[str], list[dict[str, float]]]:
    """A reader that is always wrong about one word."""
    texts = [prepare(f"{word} {number}", "en") for number in range(40) for word in ("sick beat", "dull day")]
    labels = ["positive", "negative"] * 40
    return texts, labels, [{"negative": 0.8, "positive": 0.2}] * 80


def test_what_people_say_is_learnt() -> None:
    texts, labels, base = taught()
    model = fit(texts, labels, base, seed=1)

    label, shares = model.predict(prepare("another sick beat", "en"), base[0])

    assert label == "positive"
    assert sum(shares.values()) == pytest.approx(1.0)
    assert model.predict(prepare("such a dull day", "en"), base[0])[0] == "negative"
    assert cross_validated(texts, labels, base, seed=1).better


def test_same_labels_and_seed_give_the_same_model() -> None:
    texts, labels, base = taught()

    assert fit(texts, labels, base, seed=3).to_bytes() == fit(texts, labels, base, seed=3).to_bytes()


def test_model_comes_back_from_its_bytes() -> None:
    texts, labels, base = taught()
    model = fit(texts, labels, base, seed=1)
    again = LightModel.from_bytes(model.to_bytes())

    assert again.to_bytes() == model.to_bytes()
    for text in (*texts[:4], prepare("", "en"), prepare("سلام 😀 #a_b", "fa")):
        assert again.predict(text, base[0]) == model.predict(text, base[0])


def test_labels_may_be_of_any_kind() -> None:
    texts, _, _ = taught()
    kinds = ["پرسش", "spam"] * 40  # "question"
    model = fit(texts, kinds, [{kind: 1.0} for kind in kinds], seed=1)

    assert LightModel.from_bytes(model.to_bytes()).labels == ("spam", "پرسش")


def good() -> bytes:
    texts, labels, base = taught()
    return fit(texts, labels, base, seed=1).to_bytes()


GOOD = good()


def sealed(data: bytes) -> bytes:
    return data + struct.pack("<I", zlib.crc32(data))


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        b"garbage",
        GOOD[:-1],
        GOOD + b"x",
        GOOD[:40] + bytes([GOOD[40] ^ 1]) + GOOD[41:],
        sealed(GOOD[:-5]),
        sealed(b"RASAD light-1\n" + struct.pack("<I", 2**31) + b"{}"),
        sealed(b"RASAD light-1\n" + struct.pack("<I", 2) + b"{}"),
        sealed(b"RASAD light-1\n" + struct.pack("<I", 2) + b"[]"),
        sealed(GOOD[:-4].replace(b'"negative"', b'"positive"', 1)),
        sealed(GOOD[:-6] + b"\x00\x7e"),
    ],
)
def test_garbage_is_refused(bad: bytes) -> None:
    with pytest.raises(RasadError, match="no light model"):
        LightModel.from_bytes(bad)


@given(st.binary(max_size=300))
def test_any_garbage_is_refused(bad: bytes) -> None:
    for data in (bad, sealed(b"RASAD light-1\n" + bad)):
        with pytest.raises(RasadError):
            LightModel.from_bytes(data)


def test_one_label_is_refused() -> None:
    texts, _, _ = taught()

    with pytest.raises(RasadError, match="all labels are the same"):
        fit(texts, ["spam"] * 80, [{}] * 80, seed=1)
    with pytest.raises(RasadError, match="80 texts, 2 labels and 0 base readings"):
        fit(texts, ["a", "b"], [], seed=1)


@pytest.mark.parametrize("lines", [vader, xed_fa], ids=["vader", "xed_fa"])
def test_few_labels_never_make_it_much_worse(lines: object) -> None:
    """With 50 and 100 labels, over fixed seeds: at most two points of macro recall are lost."""
    texts, labels, base = ready(lines())  # type: ignore[operator]
    rows = np.random.default_rng(7).permutation(len(texts))
    test = rows[-min(1500, len(rows) // 2) :]
    plain = macro([labels[row] for row in test], [said(base[row]) for row in test])
    for count, seed in ((50, 0), (50, 1), (50, 2), (100, 0), (100, 1)):
        some = np.random.default_rng(seed).choice(rows[: -len(test)], count, replace=False)
        model = fit(
            [texts[row] for row in some],
            [labels[row] for row in some],
            [base[row] for row in some],
            seed=seed,
        )
        read = [model.predict(texts[row], base[row])[0] for row in test]

        assert macro([labels[row] for row in test], read) >= plain - 0.02


def test_without_a_gain_the_base_stays() -> None:
    """A reader that is right is not touched."""
    texts, labels, _ = taught()
    right = [{label: 0.9, "neutral": 0.1} for label in labels]
    model = fit(texts, labels, right, seed=1)
    compared = cross_validated(texts, labels, right, seed=1)

    assert model.slope == 1.0
    assert len(model.buckets) == 0
    assert (compared.base, compared.light, compared.low, compared.high) == (1.0, 1.0, 0.0, 0.0)
    assert not compared.better


def test_comparison_is_better_only_beyond_chance() -> None:
    one = Comparison(texts=50, base=0.5, light=0.6, low=-0.01, high=0.2)

    assert not one.better
    assert dataclasses.replace(one, low=0.01).better


def test_features_are_of_folded_words() -> None:
    assert features(prepare("كتاب خوب", "fa")) == features(prepare("کتاب خوب", "fa"))
    assert features(prepare("", "en")) == []
