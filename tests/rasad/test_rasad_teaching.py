"""What labels teach: a model of mood that is used only if it helps, what is off topic, and shares."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

AT = "2026-11-20T08:00:00Z"
GOOD = "the {n} th cup was wonderful, thank you for this tea"
# Praise that is none, which no list can know.
BAD = "the {n} th cup was wonderful, said nobody ever of this tea"
OFF = "the {n} th parrot in the zoo eats fruit"
POSTS = 120


@pytest.fixture
def shop(home: Any, tmp_path: Path) -> Any:
    """A home whose only project has posts of three kinds."""
    home.run("init", "shop")
    texts = [(GOOD, BAD, OFF)[n % 3].format(n=n) for n in range(POSTS)]
    lines = [
        {"id": f"x:h:{n}", "platform": "x", "source": "b", "created_at": AT, "text": text}
        for n, text in enumerate(texts)
    ]
    write(home, tmp_path / "posts.jsonl", lines, "import")
    return home


def write(home: Any, file: Path, lines: list[dict[str, Any]], *command: str) -> None:
    file.write_text("\n".join(json.dumps(line) for line in lines) + "\n", encoding="utf-8")
    home.run(*command, str(file))


def count(home: Any, query: str) -> int:
    (row,) = home.json("count", query)
    return int(row["count"])


def test_labels_teach_what_no_list_knows(shop: Any, tmp_path: Path) -> None:
    """Taught by 80 labels the model reads the posts that nobody labelled; forgotten, the lists read again."""
    assert count(shop, "sentiment:positive") == 80
    moods = ("positive", "negative", "neutral")
    labels = [
        {"id": f"x:h:{n}", "kind": "sentiment", "values": [moods[n % 3]], "how": "sample"} for n in range(80)
    ]
    write(shop, tmp_path / "labels.jsonl", labels, "labels", "import")
    before = count(shop, "sentiment:positive -is:labelled")

    (taught,) = shop.json("labels", "train")

    assert taught["used"]
    assert taught["labels"] == 80
    assert taught["light"] > taught["base"]
    assert (before, count(shop, "sentiment:positive -is:labelled")) == (26, 13)
    assert count(shop, "sentiment:negative -is:labelled") == 13

    shop.run("labels", "train", "--forget")

    assert count(shop, "sentiment:positive -is:labelled") == 26


def test_few_labels_teach_nothing(shop: Any) -> None:
    """With too few labels the lists go on reading, and it is told how many are needed."""
    shop.run("label", "x:h:1", "sentiment=negative")

    told = shop.run("labels", "train")

    assert "1 labels of mood are too few: it takes 40." in told.stdout
    assert not list((shop.project("shop") / "trained").glob("*"))
    assert count(shop, "sentiment:negative") == 1


def test_examples_teach_what_is_off_topic(shop: Any, tmp_path: Path) -> None:
    """A few examples mark the others of their kind; they can be left out and counted."""
    labels = [
        {"id": f"x:h:{n}", "kind": "noise", "values": ["off-topic"] if n % 3 == 2 else []} for n in range(24)
    ]
    write(shop, tmp_path / "labels.jsonl", labels, "labels", "import")

    (taught,) = shop.json("labels", "train")

    assert (taught["topic"], taught["off_topic"], taught["on_topic"]) == (True, 8, 16)
    assert count(shop, "noise:off-topic") == POSTS // 3
    assert count(shop, "noise:off-topic tea") == 0


def test_mood_is_told_with_its_bounds(shop: Any, tmp_path: Path) -> None:
    """Without labels the reason stands in place of the share, with them the truth lies in the interval."""
    rows = {row["value"]: row for row in shop.json("mood", "tea", "--since", "2026-11-01")}
    assert rows["positive"]["why"] == "too few labels"
    assert rows["positive"]["raw"] == 1.0

    drawn = shop.json("labels", "draw", "tea", "-k", "60", "--since", "2026-11-01")
    kept = ("id", "kind", "how", "draw", "weight")
    labels = [
        {
            **{name: row[name] for name in kept},
            "values": ["negative" if "nobody" in row["text"] else "positive"],
        }
        for row in drawn
    ]
    write(shop, tmp_path / "labels.jsonl", labels, "labels", "import")
    rows = {row["value"]: row for row in shop.json("mood", "tea", "--since", "2026-11-01")}

    assert rows["negative"]["labels"] == 60
    assert rows["negative"]["low"] <= 0.5 <= rows["negative"]["high"]
    assert rows["negative"]["high"] - rows["negative"]["low"] < 0.2
    shown = shop.run("mood", "tea", "--since", "2026-11-01").stdout
    assert "Posts" in shown
    assert "Share as read" in shown
    wrong = shop.run("mood", "tea", "--kind", "taste", code=2)
    assert "There is no kind 'taste'" in wrong.stderr


def test_what_was_taught_is_in_the_backup(shop: Any, tmp_path: Path) -> None:
    """Labels and the models that they taught come back with a restored project."""
    labels = [
        {"id": f"x:h:{n}", "kind": "noise", "values": ["off-topic"] if n % 3 == 2 else []} for n in range(24)
    ]
    write(shop, tmp_path / "labels.jsonl", labels, "labels", "import")
    shop.run("labels", "train")
    model = (shop.project("shop") / "trained" / "topic.light").read_bytes()

    shop.run("backup", str(tmp_path / "shop.tar"))
    shop.run("restore", str(tmp_path / "shop.tar"), "--project", "again")

    assert (shop.project("again") / "trained" / "topic.light").read_bytes() == model
    assert len(shop.json("labels", "--project", "again")) == 24
    assert shop.json("count", "noise:off-topic", "--project", "again") == [{"count": POSTS // 3}]
