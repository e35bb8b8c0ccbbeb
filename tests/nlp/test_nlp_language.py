"""The language of a text, by tables of own sentences."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from nlp.language import detect

TABLE: dict[str, list[str]] = tomllib.loads(
    (Path(__file__).parent / "cases" / "languages.toml").read_text(encoding="utf-8")
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
