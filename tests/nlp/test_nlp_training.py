"""Training of the model of names: the data, what is done to it, a short training, and the shipped card."""

from __future__ import annotations

import ctypes
import json
from importlib.resources import files
from pathlib import Path
from random import Random

import numpy as np
import pytest

from nlp import threads, train
from nlp.careful import FILES
from nlp.network import Shape, forget
from nlp.pieces import cut
from nlp.recogniser import Recogniser, from_bytes
from nlp.text import prepare
from nlp.training import augment, card, corpus, measure
from nlp.training.corpus import Labelled
from nlp.training.loop import Setup, setup
from nlp.training.loop import train as trained
from posts.errors import RasadError

ENGLISH = Labelled(
    ("@", "ali", "met", "Sara", "Lee", "in", "#", "NewYork"),
    ((1, 2, "PER"), (3, 5, "PER"), (7, 8, "LOC")),
    "en",
)
PERSIAN = Labelled(("تیم", "ایران", "خودرو", "می‌آید"), ((1, 3, "ORG"),), "fa")
NAMES = {"en": {"PER": [("Bob",)], "LOC": [("Rome",)], "ORG": [("A", "B")]}, "fa": {"ORG": [("سایپا",)]}}


def test_the_corpora_hold_what_their_authors_count() -> None:
    counts = {
        part: {
            name: (len(posts), sum(len(post.spans) for post in posts))
            for name, posts in corpus.read(sets).items()
        }
        for part, sets in (("train", corpus.TRAIN), ("dev", corpus.DEV))
    }
    assert counts == {
        "train": {"parstwiner": (6417, 13290), "broad_twitter": (6338, 7369), "wnut17": (3394, 1693)},
        "dev": {"parstwiner": (446, 938), "broad_twitter": (1001, 1131), "wnut17": (1009, 617)},
    }


def test_a_bare_sign_of_a_mention_is_no_name() -> None:
    for sets in corpus.read(corpus.TRAIN), corpus.read(corpus.DEV):
        for post in sets["broad_twitter"]:
            assert all("@" not in post.words[first:after] for first, after, _ in post.spans)


def test_missing_data_is_told_with_its_remedy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(corpus, "TRAIN", {"parstwiner": ("parstwiner/nothing.txt",)})
    with pytest.raises(RasadError, match="repository"):
        corpus.read(corpus.TRAIN)
    assert train.main(["--steps", "1", "--out", str(tmp_path)]) == 1
    assert "the labelled posts are not here" in capsys.readouterr().err


def test_plain_texts_keep_their_names() -> None:
    text, places = augment.plain(ENGLISH)
    assert text == "@ ali met Sara Lee in # NewYork"
    assert [(text[start:end], label) for start, end, label in places] == [
        ("ali", "PER"),
        ("Sara Lee", "PER"),
        ("NewYork", "LOC"),
    ]


@pytest.mark.parametrize("post", [ENGLISH, PERSIAN])
def test_varied_texts_keep_their_names_where_they_say(post: Labelled) -> None:
    random = Random(3)
    seen: set[str] = set()
    allowed = {"ali", "SaraLee", "NewYork", "Bob", "Rome", "AB", "ایرانخودرو", "سایپا"}
    allowed |= {name.lower() for name in allowed} | {name.upper() for name in allowed}
    for _ in range(400):
        text, places = augment.varied(post, random, NAMES)
        seen.add(text)
        for start, end, _ in places:
            name = text[start:end].replace("_", "").replace(" ", "").replace("\u200c", "").lstrip("#")
            assert name in allowed
    assert len(seen) > 50
    assert any("https://" in text for text in seen)
    assert any("#" in text and "_" in text for text in seen)


def test_what_is_right_is_counted_by_label() -> None:
    counts = measure.compare(
        [{(0, 3, "PER"), (4, 6, "LOC")}, set()], [{(0, 3, "PER"), (4, 6, "ORG")}, {(1, 2, "LOC")}]
    )
    per, loc, org = (counts.labels[label] for label in ("PER", "LOC", "ORG"))
    assert (per.right, per.found, per.there) == (1, 1, 1)
    assert (loc.right, loc.found, loc.there) == (0, 1, 1)
    assert (org.p, org.r, org.f) == (0.0, 0.0, 0.0)
    assert (counts.all.p, round(counts.all.r, 4), round(counts.f, 4)) == (0.5, 0.3333, 0.4)


def test_the_quick_way_through_the_network_gives_what_the_trained_way_does() -> None:
    model = Recogniser(Shape(width=32, depth=3, tables=(50, 50, 50, 50, 20), parts=60))
    docs = [model.doc(text.split()) for text in ("Ali is in Tehran", "hello", "در تهران و شیراز و قم")]
    swift = next(node for node in model.ner.model.walk() if node.name == "swift")
    numbers = np.random.default_rng(1)
    for node in swift.walk():
        for name in node.param_names:
            node.set_param(name, numbers.normal(0, 0.3, node.get_param(name).shape).astype("f"))
    swift.get_ref("words").attrs["unknown"] = 0
    forget(model.ner)
    slow, _ = swift.layers[0].begin_update(docs)
    for quick, wanted in zip(swift.predict(docs), slow, strict=True):
        np.testing.assert_allclose(quick, wanted, atol=1e-5)


def test_names_are_decoded_as_by_spacys_own_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nlp.recogniser.LEAN", 0.0)
    model = Recogniser(Shape(width=32, depth=2, tables=(50, 50, 50, 50, 20), parts=60))
    numbers = np.random.default_rng(2)
    for node in model.ner.model.walk():
        for name in node.param_names:
            node.set_param(name, numbers.normal(0, 0.5, node.get_param(name).shape).astype("f"))
    forget(model.ner)
    texts = [cut(prepare(augment.plain(post)[0])).forms for post in corpus.read(corpus.DEV)["wnut17"][:300]]
    texts[3:3] = [[], ["a"], []]
    docs = [model.doc(forms) for forms in texts]
    model.ner.set_annotations(docs, model.ner.predict(docs))
    wanted = [[(span.start, span.end, span.label_) for span in doc.ents] for doc in docs]
    assert sum(map(len, wanted)) > 300
    assert model.spans(texts) == wanted


def test_matrix_products_take_one_thread() -> None:
    made = threads.one()
    files_of_numpy = sorted((Path(np.__file__).parent.parent / "numpy.libs").glob("*openblas*"))
    assert made == bool(files_of_numpy)
    assert all(ctypes.CDLL(str(file)).scipy_openblas_get_num_threads64_() == 1 for file in files_of_numpy)


def test_a_long_text_is_read_in_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["Barack", "Obama", "went", "to", "Paris", "with", "us", "."]
    model = from_bytes((files("nlp") / "data" / FILES["fast"][0]).read_bytes())
    whole = model.spans([words * 20])
    monkeypatch.setattr("nlp.decode.LONGEST", 80)
    assert model.spans([words * 20, words]) == [whole[0], whole[0][:2]]
    assert whole[0][:2] == [(0, 2, "PER"), (4, 5, "LOC")]
    assert len(whole[0]) == 40


def test_a_model_is_read_back_as_it_was_written() -> None:
    model = Recogniser(Shape(width=32, depth=1, tables=(50, 50, 50, 50, 20), parts=60))
    model.take(model.to_bytes())
    again = from_bytes(model.to_bytes())
    assert again.version == model.version != "untrained"
    texts = [["Barack", "Obama", "in", "Tehran"], ["در", "تهران"]]
    assert again.spans(texts) == model.spans(texts)
    with pytest.raises(ValueError, match="no model of names"):
        from_bytes(b"something\nelse\nhere")


def test_fifty_steps_learn_something_and_the_same_twice() -> None:
    small = Setup(
        shape=Shape(width=32, depth=1, tables=(500, 300, 300, 200, 50), parts=500),
        steps=50,
        every=50,
        batch=16,
        rate=0.01,
    )
    seen = {name: posts[:400] for name, posts in corpus.read(corpus.TRAIN).items()}
    unseen = {"parstwiner": corpus.read(corpus.DEV)["parstwiner"][:100]}
    lines: list[str] = []
    first = trained(small, seen, unseen, seed=7, tell=lines.append)
    again = trained(small, seen, unseen, seed=7, tell=lines.append)
    assert lines[0] == lines[1]
    assert first.written == again.written
    assert first.scores["parstwiner"].f > 0.2


def test_the_command_writes_models_and_card(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = {id(part): corpus.read(part) for part in (corpus.TRAIN, corpus.DEV)}
    few = {part: {name: posts[:40] for name, posts in sets.items()} for part, sets in whole.items()}
    monkeypatch.setattr(corpus, "read", lambda part: few[id(part)])
    monkeypatch.setattr(card, "rate", lambda model, posts: 1234.5)
    assert train.main(["--seed", "1", "--seed", "2", "--steps", "2", "--out", str(tmp_path)]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "names-1.bin", "names-2.bin", "names.json", "names.md", "seed-1.bin", "seed-2.bin",
    ]  # fmt: skip
    told = json.loads((tmp_path / "names.json").read_text(encoding="utf-8"))
    assert set(told["seeds"]) == {"1", "2"}
    assert told["setup"]["steps"] == 2
    assert told["data"]["dev"] == corpus.hashes(corpus.DEV)
    assert "| parstwiner | Persian | PER |" in (tmp_path / "names.md").read_text(encoding="utf-8")
    assert "seed 1" in capsys.readouterr().out


def _card() -> dict[str, object]:
    told: dict[str, object] = json.loads((files("nlp") / "cards" / "names.json").read_text(encoding="utf-8"))
    return told


def test_the_card_tells_the_truth_of_the_shipped_model() -> None:
    told = _card()
    assert told["data"] == {"train": corpus.hashes(corpus.TRAIN), "dev": corpus.hashes(corpus.DEV)}
    from nlp.entities import EntityReader

    counts = card.whole(EntityReader(), corpus.read(corpus.DEV)["parstwiner"])
    wanted = told["together"]["fast"]["parstwiner"]  # type: ignore[index]
    assert {label: round(tally.f, 3) for label, tally in counts.labels.items()} == {
        label: round(wanted[label]["f"], 3) for label in counts.labels
    }
    assert round(counts.f, 3) == round(wanted["all"]["f"], 3) >= 0.7


def test_the_shipped_models_are_those_of_the_setup() -> None:
    shapes = {from_bytes((files("nlp") / "data" / name).read_bytes()).shape for name in FILES["careful"]}
    assert shapes == {setup().shape}
    assert len({(files("nlp") / "data" / name).read_bytes() for name in FILES["careful"]}) == 3
