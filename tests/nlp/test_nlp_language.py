"""The language of a text, by tables of own sentences."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from nlp.language import detect, others

TABLE: dict[str, list[str]] = tomllib.loads(
    (Path(__file__).parent / "cases" / "languages.toml").read_text(encoding="utf-8")
)
SHORT: dict[str, list[str]] = tomllib.loads(
    (Path(__file__).parent / "cases" / "languages_short.toml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        pytest.param(code, text, id=f"{code}-{n}")
        for code, texts in TABLE.items()
        for n, text in enumerate(texts)
    ],
)
def test_language_is_detected(code: str, text: str) -> None:
    """Each sentence is taken for the language it is written in."""
    assert code == detect(text)


def test_signs_do_not_count() -> None:
    """Addresses and names in Latin letters do not make a Persian text English."""
    assert (
        detect("قیمت‌ها باز هم بالا رفت @very_long_handle https://example.com/the/very/long/english/path")
        == "fa"
    )


def test_model_is_not_loaded_for_known_words() -> None:
    """Persian and plain English need no trained model, whose loading takes a second."""
    program = (
        "import sys; from nlp.language import detect;"
        "assert detect('this is what they said about it') == 'en';"
        "assert detect('این را همه می‌دانند') == 'fa';"
        "sys.exit('py3langid' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", program], check=False, timeout=120).returncode == 0


@pytest.mark.parametrize(
    ("table", "least"), [(table, 0.85 if table == "en" else 0.96) for table in SHORT], ids=list(SHORT)
)
def test_language_of_short_texts(table: str, least: float) -> None:
    """Titles and answers of two to five words, typed with whichever letters; English may stay untold."""
    found = [detect(text) for text in SHORT[table]]

    assert found.count(table.partition("_")[0]) / len(found) >= least


def test_short_texts_are_enough() -> None:
    """At least 150, each once."""
    assert len({text for texts in SHORT.values() for text in texts}) >= 150


@pytest.mark.parametrize(
    ("text", "main", "beside"),
    [
        pytest.param(
            "امروز قیمت دلار باز هم بالا رفت. people are asking why nobody does anything",
            "fa",
            ("en",),
            id="sentence",
        ),
        pytest.param("من این را دوست دارم ولی as they say it is what it is", "fa", ("en",), id="inside"),
        pytest.param("I think this is great. خیلی خوب بود و ما همه خوشحال هستیم", "fa", ("en",), id="half"),
        pytest.param(
            "امروز درباره این حرف بزنیم که چرا نشد. إن الله مع الصابرين وهو المستعان",
            "fa",
            ("ar",),
            id="one-script",
        ),
        pytest.param(
            "the dog is not here and nobody knows why. der Hund ist nicht da", "en", ("de",), id="latin"
        ),
        pytest.param("سلام عزیزم how are you today", "fa", ("en",), id="longer-than-the-main-one"),
        pytest.param("گوشی Samsung Galaxy S24 Ultra را خریدم", "fa", (), id="product"),
        pytest.param("خرید iPhone 15 Pro Max با تخفیف ویژه", "fa", (), id="product-in-front"),
        pytest.param("سلام good morning دوستان عزیز", "fa", (), id="two-words"),
        pytest.param("سلام خوبی @sara https://example.com/the/very/long/path", "fa", (), id="address"),
        pytest.param("This is a very good phone and I love it.", "en", (), id="one-language"),
        pytest.param("", "und", (), id="empty"),
    ],
)
def test_languages_beside_the_main_one(text: str, main: str, beside: tuple[str, ...]) -> None:
    """A sentence in another language is told, a name or a greeting is not."""
    assert (main, beside) == (detect(text), others(text))
