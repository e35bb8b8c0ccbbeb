"""Texts in both languages: the same keys, the same names to fill, right Persian letters."""

from __future__ import annotations

import re
from string import Formatter
from typing import get_args

import pytest

from posts.answer import SourceState
from posts.post import EdgeKind, Kind
from words import texts
from words.texts import counted, entries, known, text


def names_in(template: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def test_every_text_is_in_both_languages_with_the_same_names() -> None:
    """No key lacks a language, no language a name."""
    for key, entry in entries().items():
        assert set(entry) in ({"en", "fa"}, {"en", "en_one", "fa"}), key
        assert all(isinstance(value, str) and value.strip() == value != "" for value in entry.values()) or (
            key.endswith("separator")
        ), key
        assert len({frozenset(names_in(value)) for value in entry.values()}) == 1, key
        assert "" not in names_in(entry["en"]), key


def test_persian_is_written_with_persian_letters() -> None:
    """No Arabic yeh or kaf, no Latin digits, no Arabic digits, no space before a mark."""
    for key, entry in entries().items():
        without_names = re.sub(r"\{[^}]*\}|`[^`]*`|https?://\S+", "X", entry["fa"])
        assert not re.search("[يكى٠-٩]", without_names), key
        assert not re.search(r" [،؛؟.!»]", without_names), key


def test_states_kinds_and_edges_all_have_words() -> None:
    """Whatever the records can say is in the texts under its own name."""
    for state in get_args(SourceState):
        assert known(f"common.state.{state}")
        assert known(f"common.state_meaning.{state}")
    for kind in get_args(Kind):
        assert known(f"common.kind.{kind}")
    for edge in get_args(EdgeKind):
        assert known(f"common.edge.{edge}")
    for platform in ("mastodon", "feed"):
        assert known(f"common.platform.{platform}")


def test_a_text_is_filled_and_a_missing_key_or_name_is_an_error() -> None:
    """Nothing is shown half filled."""
    assert text("common.range", "en", since="1 May", until="2 May") == "1 May to 2 May"
    assert text("common.state.put off", "fa") == "به بعد موکول شد"
    with pytest.raises(KeyError):
        text("common.no_such", "en")
    with pytest.raises(KeyError):
        text("common.range", "en", since="1 May")
    with pytest.raises(KeyError):
        text("common.yes", "de")


def test_values_are_not_read_as_templates() -> None:
    """Braces in what people wrote stay braces."""
    assert text("common.quoted", "en", words="{x} {0.__class__}") == "“{x} {0.__class__}”"


def test_counts_have_their_plurals() -> None:
    """English has two forms, Persian one, each with its digits."""
    assert counted("common.unit.post", 1, "en") == "1 post"
    assert counted("common.unit.post", 1200, "en") == "1,200 posts"
    assert counted("common.unit.post", 1200, "fa") == "۱٬۲۰۰ پست"
    assert (
        counted("common.unit.reply" if known("common.unit.reply") else "common.unit.comment", 1, "en")
        == "1 reply"
    )


def test_all_files_of_the_room_are_read() -> None:
    """Each file's tables come under their own names."""
    assert {key.split(".")[0] for key in entries()} >= {"common"}
    assert (texts.FOLDER / "common.toml").is_file()
