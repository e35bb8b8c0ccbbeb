"""What is said of the readers of noise is what they do: the cards, the labelled posts and the document."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path

import pytest

from nlp import noise
from nlp.cards import noise as noise_card
from nlp.cards import topic as topic_card
from words import texts

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / "docs" / "scores-noise.md").read_text(encoding="utf-8")


def kept(name: str) -> dict[str, object]:
    told: dict[str, object] = json.loads(
        (ROOT / "nlp" / "cards" / f"{name}.json").read_text(encoding="utf-8")
    )
    return told


def test_labelled_posts_are_many_and_of_all_kinds() -> None:
    """At least 400, half of them no noise, in both languages and halves alike."""
    rows = noise_card.rows()
    kinds = Counter((row.half, row.language, row.mark) for row in rows)

    assert len(rows) == 428
    assert sum(not row.mark for row in rows) == 208
    assert len(kinds) == 2 * 2 * 4
    assert min(kinds.values()) >= 12
    assert len({row.post.text for row in rows}) == len(rows)


def test_the_card_of_noise_is_what_the_rules_do() -> None:
    """Made anew it is the one that is kept; no innocent post is marked."""
    made = noise_card.card()

    assert made == kept("noise")
    assert [part["wrongly"] for part in made["parts"]] == [0, 0, 0, 0]


def test_the_card_of_topic_is_about_these_posts() -> None:
    """It was made of the posts that are here, and learning from more tells more."""
    told = kept("topic")
    posts = ROOT / "nlp" / "training" / "labelled" / topic_card.FILE

    assert told["sha256"] == hashlib.sha256(posts.read_bytes()).hexdigest()
    assert told["curve"] == sorted(told["curve"], key=lambda row: row["examples"])  # type: ignore[call-overload]


def test_the_document_shows_the_card_of_topic() -> None:
    """The table that is printed from the kept card stands in the document."""
    assert topic_card.table(kept("topic")) in DOCUMENT


@pytest.mark.parametrize("sign", noise.SIGNS.values(), ids=lambda sign: sign.why)
def test_every_sign_is_published(sign: noise.Sign) -> None:
    """The document names each sign with its weight."""
    assert f"| {sign.mark} | {texts.text(sign.why, 'en')} | {sign.weight:+.1f} |" in DOCUMENT


def test_the_document_shows_the_card_of_noise() -> None:
    """The figures in the document are those of the card."""
    lines = noise_card.table(kept("noise")).splitlines()

    assert [line for line in lines if line not in DOCUMENT] == []
