"""Names in texts: where they stand, who knew them, and what reads when a project names its own model."""

from __future__ import annotations

import logging
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.lang.lex_attrs import word_shape

from nlp import careful, gazetteer
from nlp.entities import EntityReader
from nlp.names import WatchedEntity, WatchList
from nlp.pieces import cut, surface
from nlp.sights import MOST_WORDS, Sights, norm, shape
from nlp.text import Text, prepare
from posts.post import Entity

WATCHED = WatchList(
    entities=(
        WatchedEntity(id="brand:khodro", names=("ایران خودرو", "Iran Khodro")),  # a car maker
        WatchedEntity(id="place:tehran", label="CITY", names=("تهران", "Tehran")),
        WatchedEntity(id="person:sara", label="PER", names=("سارا",)),  # a first name
    )
)


@pytest.fixture(scope="module")
def reader() -> EntityReader:
    return EntityReader()


@pytest.fixture(scope="module")
def watching() -> EntityReader:
    return EntityReader(WATCHED)


def read(reader: EntityReader, *texts: str) -> list[list[tuple[str, str, str | None]]]:
    found = reader.read([prepare(text) for text in texts])
    for text, names in zip(texts, found, strict=True):
        assert [text[name.start : name.end] for name in names] == [name.text for name in names]
    return [[(name.text, name.label, name.id) for name in names] for names in found]


def said(reader: EntityReader, text: str) -> list[tuple[str, str, str]]:
    return [(text[cue.start : cue.end], cue.says, cue.why) for cue in reader.explain(prepare(text))]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "Barack Obama visited Berlin and met Angela Merkel.",
            ["Barack Obama PER", "Berlin LOC", "Angela Merkel PER"],
        ),
        (
            "RT @someone: #NewYork is where Google opened an office https://t.co/x",
            ["#NewYork LOC", "Google ORG"],
        ),
        ("حسن روحانی در تهران با آنگلا مرکل دیدار کرد", ["حسن روحانی PER", "تهران LOC", "آنگلا مرکل PER"]),
        ("بازی #پرسپولیس در «اصفهان»، امشب", ["#پرسپولیس ORG", "اصفهان LOC"]),
        ("در تهران بودم", ["تهران LOC"]),
        ("شركت ايران خودرو در كرمان", ["ايران خودرو ORG", "كرمان LOC"]),  # with Arabic letters
        ("#کردستان_عراق را دیدم", ["#کردستان_عراق LOC"]),
        ("در تهران\nاصفهان هم", ["تهران LOC", "اصفهان LOC"]),
        ("امروز هوا خوب است", []),
        ("good morning everyone", []),
        ("", []),
    ],
)
def test_names_are_found_where_they_stand(reader: EntityReader, text: str, names: list[str]) -> None:
    (found,) = read(reader, text)
    assert [f"{name} {label}" for name, label, _ in found] == names


def test_a_watched_name_wins_and_carries_its_id(watching: EntityReader) -> None:
    text = "Iran Khodro در تهران، #ایران_خودرو و Berlin"
    assert read(watching, text) == [
        [
            ("Iran Khodro", "ORG", "brand:khodro"),
            ("تهران", "CITY", "place:tehran"),
            ("ایران_خودرو", "ORG", "brand:khodro"),
            ("Berlin", "LOC", None),
        ]
    ]
    assert said(watching, text) == [
        ("Iran Khodro", "ORG", "entities.why.watched"),
        ("تهران", "CITY", "entities.why.watched"),
        ("ایران_خودرو", "ORG", "entities.why.watched"),
        ("Berlin", "LOC", "entities.why.gazetteer"),
    ]


def test_without_the_watch_list_the_gazetteer_says_so(reader: EntityReader) -> None:
    assert said(reader, "در تهران") == [("تهران", "LOC", "entities.why.gazetteer")]


def test_the_longer_name_of_the_model_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = with_model(lambda forms: [(0, 3, "ORG")])
    assert said(reader, "University of Tehran") == [("University of Tehran", "ORG", "entities.why.model")]
    reader = with_model(lambda forms: [(2, 3, "ORG")])
    assert said(reader, "he left Tehran") == [("Tehran", "LOC", "entities.why.gazetteer")]


def test_what_the_model_finds_under_a_watched_name_is_that_one() -> None:
    reader = with_model(lambda forms: [(0, 1, "PER")], WATCHED)
    assert read(reader, "سارا") == [[("سارا", "PER", "person:sara")]]


class _Model:
    version = "model"

    def __init__(self, find: Any) -> None:
        self.find = find

    def spans(self, texts: Any, marks: Any) -> Any:
        return [self.find(forms) for forms in texts]


def with_model(find: Any, watched: WatchList | None = None) -> EntityReader:
    return EntityReader(watched, shipped=_Model(find))  # type: ignore[arg-type]


def test_a_sign_apart_from_its_name_is_marked_like_it() -> None:
    reader = with_model(lambda forms: [(1, 2, "PER")])
    assert read(reader, "@ someone spoke") == [[("@", "PER", None), ("someone", "PER", None)]]
    assert read(with_model(lambda forms: [(2, 3, "PER")]), "jobs@someone") == [[("someone", "PER", None)]]
    assert read(reader, "hello someone spoke") == [[("someone", "PER", None)]]


def test_careful_mode_reads_with_several_models() -> None:
    careful_reader = EntityReader(WATCHED, mode="careful")
    (found,) = read(careful_reader, "Barack Obama در تهران و Iran Khodro")
    assert found == [
        ("Barack Obama", "PER", None),
        ("تهران", "CITY", "place:tehran"),
        ("Iran Khodro", "ORG", "brand:khodro"),
    ]
    assert careful_reader.versions_for("fa").count("-") == 4


def test_other_languages_are_read_by_rules_only(reader: EntityReader) -> None:
    assert reader.versions_for("de") == "gazetteer"
    assert reader.versions_for("fa") == reader.versions_for("en") == reader.versions_for("und")
    assert reader.versions_for("fa").startswith("rasad-xx-")


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.text(alphabet=st.sampled_from("اب تهران\u200c_#@ TehranIKm.،«»!😀👍🏽é٣ ＃\n\t"), max_size=60),
        max_size=4,
    )
)
def test_offsets_are_right_in_any_text(watching: EntityReader, texts: list[str]) -> None:
    prepared = [prepare(text) for text in texts]
    for text, names in zip(texts, watching.read(prepared), strict=True):
        assert [name.text for name in names] == [text[name.start : name.end] for name in names]
        places = [(name.start, name.end) for name in names]
        assert all(0 <= start < end <= len(text) for start, end in places)
        assert all(before[1] <= after[0] for before, after in pairwise(places))


@settings(deadline=None)
@given(st.text(max_size=80))
def test_pieces_cover_everything_but_space_in_order(text: str) -> None:
    forms, starts, ends = cut(prepare(text))
    assert len(forms) == len(starts) == len(ends)
    assert all(start < end for start, end in zip(starts, ends, strict=True))
    assert all(end <= start for end, start in zip(ends, starts[1:], strict=False))
    assert all(form.strip() for form in forms)


def test_pieces_are_the_same_however_a_word_is_written() -> None:
    def forms(text: str) -> list[str]:
        return cut(prepare(text, "fa")).forms

    assert forms("كتاب می‌خوانم") == forms("کتاب ميخوانم") == ["کتاب", "میخوانم"]
    assert forms("#ایران_خودرو!!!") == ["#", "ایران", "خودرو", "!"]
    assert forms("@ some_name: @other https://t.co/x 😀") == [
        "@",
        "some_name",
        ":",
        "@name",
        "http://",
        "\u263a",
    ]
    assert surface("سلاممممم") == "سلامم"
    assert surface("\ufc5e") == "\ufc5e"  # a ligature of vowel signs alone
    assert surface("Straße") == "Strasse"
    assert (norm("2012"), norm("۱۳۹۹"), norm("Tehran")) == ("0000", "0000", "tehran")


def test_the_gazetteer_marks_the_longest_name_and_asks_for_capitals() -> None:
    known = gazetteer.parse(
        "[LOC]\nIran | New York\n[ORG]\nNew York Times\n[LOC unsure]\nReading\n[given]\nSara\n[family]\nLee\n"
    )

    def marks(text: str) -> list[str]:
        forms = text.split()
        return known.mark([norm(form) for form in forms], forms)

    def certain(text: str) -> list[tuple[int, int, str]]:
        return gazetteer.certain(marks(text), text.split())

    assert marks("the New York Times of Iran") == ["", "B-ORG", "I-ORG", "I-ORG", "", "LOC"]
    assert marks("new york Reading") == ["B-loc", "I-loc", "LOC?"]
    assert certain("New York Reading new york Sara Lee sara lee") == [(0, 2, "LOC"), (5, 7, "PER")]


def test_the_shipped_gazetteer_has_its_sections() -> None:
    known = gazetteer.shipped()
    assert len(known.marks) > 4_000
    assert {mark for marks in known.marks.values() for mark in marks} == {
        "LOC", "ORG", "PER", "LOC?", "ORG?", "PER?", "given", "family",
    }  # fmt: skip


def named(folder: Path, label: str = "GPE") -> str:
    """A spaCy model that knows one word."""
    nlp = spacy.blank("xx", meta={"name": "tiny", "version": "1.2.3"})
    ruler: Any = nlp.add_pipe("entity_ruler")
    ruler.add_patterns(
        [
            {"label": label, "pattern": "Rashtak"},
            {"label": "DATE", "pattern": "today"},
            {"label": "WORK_OF_ART", "pattern": "Shahnameh"},
        ]
    )
    nlp.to_disk(folder)
    return str(folder)


def test_a_named_model_is_really_loaded(tmp_path: Path) -> None:
    reader = EntityReader(models={"en": named(tmp_path / "tiny")})
    texts = [
        prepare("I am in #Rashtak_now today with Shahnameh", "en"),
        prepare("در تهران", "fa"),
    ]
    assert reader.read(texts) == [
        (Entity("Rashtak", "LOC", 9, 16), Entity("Shahnameh", "WORK_OF_ART", 32, 41)),
        (Entity("تهران", "LOC", 3, 8),),
    ]
    assert reader.versions_for("en") == "xx_tiny 1.2.3"
    assert reader.versions_for("fa").startswith("rasad-xx-")
    assert reader.problems == ()
    assert reader.version != EntityReader().version


def test_a_model_that_is_not_there_is_told_and_the_shipped_one_reads(
    caplog: pytest.LogCaptureFixture,
) -> None:
    reader = EntityReader(models={"fa": "no_such_model"})
    with caplog.at_level(logging.WARNING, "nlp"):
        assert read(reader, "در تهران") == [[("تهران", "LOC", None)]]
    (problem,) = reader.problems
    assert problem.subject == 'reading.models.fa = "no_such_model"'
    assert "pip install" in problem.remedy
    assert [record.getMessage() for record in caplog.records] == [str(problem)]
    assert reader.versions_for("fa") == EntityReader().versions_for("fa")
    assert len(reader.problems) == 1


def test_a_model_without_names_is_told(tmp_path: Path) -> None:
    spacy.blank("xx").to_disk(tmp_path / "empty")
    reader = EntityReader(models={"fa": str(tmp_path / "empty")})
    assert reader.versions_for("fa").startswith("rasad-xx-")
    assert "no part 'ner'" in reader.problems[0].message


def test_a_broken_shipped_model_leaves_the_rules(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(careful.FILES, "fast", ("no-such-file.bin",))
    reader = EntityReader()
    assert read(reader, "Ali was in Tehran") == [[("Tehran", "LOC", None)]]
    assert reader.versions_for("en") == "gazetteer"
    assert "cannot be read" in caplog.text


def test_words_are_forgotten_before_they_fill_the_memory(
    reader: EntityReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [
        prepare(f"Barack Obama visited Berlin. {at} {'x' * (at % 97)}{at % 89}", "en") for at in range(600)
    ]
    before = reader.read(texts)
    monkeypatch.setattr("nlp.recogniser.MOST_WORDS", 50)
    assert EntityReader().read(texts) == before
    assert before[7][:2] == (Entity("Barack Obama", "PER", 0, 12), Entity("Berlin", "LOC", 21, 27))
    assert MOST_WORDS > 10_000


@given(st.text(max_size=120))
def test_shapes_are_spacys(form: str) -> None:
    assert shape(form) == word_shape(form)


def test_sights_are_given_anew_after_forgetting() -> None:
    sights = Sights()
    first = sights.rows(["a", "b"], ["", "LOC"])
    assert list(first) == [0, 1]
    before = sights.features[1].copy()
    sights.forget()
    assert len(sights) == 0
    assert list(sights.rows(["b"], ["LOC"])) == [0]
    assert (sights.features[0] == before).all()


def test_a_text_reads_alike_alone_and_among_others(reader: EntityReader) -> None:
    texts: list[Text] = [
        prepare(f"Angela Merkel met {name} in Paris", "en") for name in ("Ali", "Sara Lee", "nobody")
    ]
    together = reader.read(texts)
    assert together == [found for text in texts for found in reader.read([text])]
