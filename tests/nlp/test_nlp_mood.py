"""The mood of texts: exact readings, the same for every spelling, and cues that stand where they say."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp import mood, tone
from nlp.fold import fold
from nlp.inflections import Verb, forms
from nlp.text import prepare
from words.texts import known

LABELS = {"+": "positive", "-": "negative", "=": "neutral"}


def rows() -> list[tuple[str, tuple[str, ...], str]]:
    lines = (Path(__file__).parent / "cases" / "mood.tsv").read_text(encoding="utf-8").splitlines()
    parted = (line.split("\t") for line in lines if not line.startswith("#"))
    return [(LABELS[sign], tuple(filter(None, felt.split(","))), text) for sign, felt, text in parted]


def label(text: str) -> str | None:
    read = mood.read(prepare(text)).sentiment
    return read and read.label


@pytest.mark.parametrize(("expected", "emotions", "text"), rows())
def test_reading_is_as_written_in_the_table(expected: str, emotions: tuple[str, ...], text: str) -> None:
    read = mood.read(prepare(text))

    assert (read.sentiment.label if read.sentiment else "neutral") == expected
    assert read.emotions == emotions


def test_table_has_enough_of_both_languages() -> None:
    persian = [text for _, _, text in rows() if any("\u0600" <= sign <= "\u06ff" for sign in text)]

    assert len(persian) >= 80
    assert len(rows()) - len(persian) >= 50


VARIANTS = [
    ("بی‌کیفیت بود", "بی کیفیت بود", "بیکیفیت بود", "بي‌كيفيت بود"),
    ("نمی‌پسندم", "نمی پسندم", "نميپسندم", "نمی‌پسنــدم"),
    ("خیلی خوش‌حال شدم", "خیلی خوش حال شدم", "خیلی خوشحال شدم"),
    ("زیباترین شهر", "زیبا ترین شهر", "زیبا‌ترین شهر", "زيباترين شهر"),
    ("دوستش‌دارم", "دوستش دارم", "دوستشدارم"),
    ("فوق‌العاده بود", "فوق العاده بود", "فوقالعاده بود", "فوق‌العاده بُود"),
    ("عصبانی‌ام از دستتون!", "عصبانی ام از دستتون!", "عصباني‌ام از دستتون!"),
    ("مسئولین بی‌شعور", "مسؤولین بی شعور".replace("ؤ", "ئ"), "مسئولين بیشعور"),
]


@pytest.mark.parametrize("spellings", VARIANTS)
def test_spellings_of_one_sentence_are_read_alike(spellings: tuple[str, ...]) -> None:
    readings = {
        (read.sentiment, read.emotions)
        for read in (mood.read(prepare(spelling, "fa")) for spelling in spellings)
    }

    assert len(readings) == 1
    assert next(iter(readings))[0].score != 0.0  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("plain", "denied"),
    [
        ("This is good", "This is not good"),
        ("I like it, it is great", "I don't like it, it isn't great"),
        ("خوب است", "خوب نیست"),
        ("راضی بودم", "راضی نبودم"),
        ("لذت بردم", "لذت نبردم"),
        ("پیشنهاد میکنم", "پیشنهاد نمیکنم"),
        ("khoob bood", "khoob nabood"),
    ],
)
def test_denial_turns_praise(plain: str, denied: str) -> None:
    assert label(plain) == "positive"
    assert label(denied) == "negative"


@pytest.mark.parametrize(
    ("weaker", "stronger"),
    [
        ("خوب بود", "خیلی خوب بود"),
        ("یه کم خوب بود", "خوب بود"),
        ("قشنگ", "قشنگ‌تر"),
        ("قشنگ‌تر", "قشنگ‌ترین"),
        ("عالی بود", "عاااالی بود"),
        ("عالی بود", "عالی بود!"),
        ("it was good", "it was very good"),
        ("it was slightly good", "it was good"),
        ("it was good", "it was GOOD"),
        ("so good", "soooo good!!"),
    ],
)
def test_emphasis_counts(weaker: str, stronger: str) -> None:
    scores = [
        read.sentiment.score
        for read in map(mood.by_lists, map(prepare, (weaker, stronger)))
        if read.sentiment is not None
    ]

    assert len(scores) == 2
    assert 0 < scores[0] < scores[1]


def test_cues_stand_where_they_say() -> None:
    text = "سلام! کیفیتش خیلی خوب نیست ولی دمتون گرم 😍"
    read = mood.read(prepare(text))

    assert [(text[cue.start : cue.end], cue.says) for cue in read.cues] == [
        ("!", "emphasis"),
        ("خیلی", "intensifier"),
        ("خوب", "negative"),
        ("نیست", "negation"),
        ("ولی", "contrast"),
        ("دمتون گرم", "positive"),
        ("😍", "positive"),
    ]


def test_cues_of_an_english_text() -> None:
    text = "@x this isn't a very good phone :("
    read = mood.by_lists(prepare(text))

    assert [(text[cue.start : cue.end], cue.says) for cue in read.cues] == [
        ("isn't", "negation"),
        ("very", "intensifier"),
        ("good", "negative"),
        (":(", "negative"),
    ]


def test_weights_of_cues_make_the_score() -> None:
    text = "The food was great but the service was terrible!! 😡"
    read = mood.by_lists(prepare(text))
    total = sum(cue.weight for cue in read.cues if cue.says in ("positive", "negative", "emphasis"))

    assert read.sentiment is not None
    assert read.sentiment.score == pytest.approx(total / math.sqrt(total * total + 15), abs=0.001)


@pytest.mark.parametrize(
    "text", ["Das ist sehr gut und schön", "هذا جميل جدا في المدينة", "это очень хорошо", "?"]
)
def test_what_is_not_read_is_unknown(text: str) -> None:
    assert mood.read(prepare(text)) == mood.Mood()


def test_polite_formulas_are_no_mood() -> None:
    read = mood.read(prepare("با سلام و خسته نباشید، لطفا قیمت را بفرمایید. ممنون میشم"))

    assert read.sentiment is not None
    assert read.sentiment.score == 0.0
    assert read.cues == ()


@pytest.mark.parametrize(
    "text",
    [
        "خرید کردم و بدنم خسته نشد",  # "bought", "my body": no donkey, nothing bad
        "The assistant passed the class in Essex",
        "گاو و گوسفند در مزرعه",  # cow and sheep in a field
        "من احمق نیستم",
        "I am such an idiot",
    ],
)
def test_no_insult_is_heard(text: str) -> None:
    assert "insult" not in mood.read(prepare(text)).emotions


def test_weak_insults_count_when_said_to_somebody() -> None:
    assert mood.read(prepare("you are a clown")).emotions == ("insult",)
    assert mood.read(prepare("the clown came to the party")).emotions == ()


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    ready = prepare(text)
    read = mood.read(ready)

    for cue in read.cues:
        assert 0 <= cue.start < cue.end <= len(text)
        assert known(cue.why)
    if read.sentiment is not None:
        assert -1.0 <= read.sentiment.score <= 1.0


SCRAPS = st.sampled_from(
    [*"!؟?.،:)(", "خوب", "نیست", "ولی", "خیلی", "بی", "می", "نمی", "دوست", "دارم", "😡", "not", "good",
     "but", "don't", "BAD", "kheyli", "khoob", "تر", "خر", "تو", "چرا", "@x", "#Good_Day"]
)  # fmt: skip


@given(st.lists(SCRAPS, max_size=14), st.sampled_from(["fa", "en", "und"]))
def test_any_order_of_telling_words_is_read(scraps: list[str], language: str) -> None:
    text = " ".join(scraps)
    read = mood.read(prepare(text, language))

    assert all(text[cue.start : cue.end].strip() for cue in read.cues)
    assert max(mood.shares(read), key=mood.shares(read).__getitem__) in (
        (read.sentiment.label,) if read.sentiment else ("negative",)
    )


def test_shares_follow_the_label() -> None:
    for text in ("عالی بود", "بد بود", "ساعت هشت است", "great", "awful"):
        read = mood.read(prepare(text))
        shares = mood.shares(read)

        assert sum(shares.values()) == pytest.approx(1.0)
        assert read.sentiment is not None
        assert max(shares, key=shares.__getitem__) == read.sentiment.label


def test_forms_of_a_verb() -> None:
    made = dict(forms("پسندیدن", ["پسندید"], ["پسند"], prefixed=True))

    assert made["نمیپسندم"] == Verb("پسندیدن", True)
    assert made["پسندیدند"] == Verb("پسندیدن", False)
    assert made["نپسندیده"] == Verb("پسندیدن", True)
    assert "پسندم" not in made


def test_lists_are_folded_and_large_enough() -> None:
    persian = tone._list("fa").entries
    stems = [word for word, entry in persian.items() if entry.verb is None and (entry.weight or entry.means)]

    assert len(stems) >= 1500
    assert all(fold(word) == word for word in persian)
    assert all(abs(entry.weight) <= 4 for entry in persian.values())


def test_long_texts_of_nothing_but_telling_words_are_read() -> None:
    """A text of 150,000 letters made to be slow has as many cues as are looked at."""
    for text in ("you idiot @x not very good ! " * 5_000, "چرا خیلی خوب نیست؟ احمق 😡 " * 5_000):
        read = mood.read(prepare(text, "en"))

        assert read.sentiment is not None
        assert len(read.cues) < 10_000
