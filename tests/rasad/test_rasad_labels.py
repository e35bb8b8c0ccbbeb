"""Labels from the command line: given, counted, taken back, drawn and imported; and texts explained."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from store.intake import writer_lock

POSTS = {
    "1": "I love this tea, it is wonderful",
    "2": "this tea is terrible and I hate it",
    "3": "the tea house opens at nine",
    "4": "چای رستا خیلی بد است",  # Rasta's tea is very bad
    "5": "where can I buy green tea?",
}


@pytest.fixture
def tea(home: Any, tmp_path: Path) -> Any:
    """A home whose only project has five posts, read."""
    home.run("init", "tea")
    file = tmp_path / "posts.jsonl"
    lines = [
        {
            "id": f"x:h:{number}",
            "platform": "x",
            "source": "b",
            "created_at": "2026-11-20T08:00:00Z",
            "text": text,
            "url": f"https://h.example/@sara/{number}",
        }
        for number, text in POSTS.items()
    ]
    file.write_text("\n".join(json.dumps(line) for line in lines) + "\n")
    home.run("import", str(file))
    return home


def found(home: Any, query: str) -> set[str]:
    return {row["id"] for row in home.json("search", query)}


def test_a_label_is_counted_at_once_and_taken_back(tea: Any) -> None:
    """In place of what was read; what models said stays beside it; without it they are right again."""
    before = found(tea, "sentiment:positive")
    said = tea.run("label", "x:h:1", "sentiment=negative", "intent=question,complaint", "emotion=")

    assert "3 labels kept" in said.stderr
    assert "x:h:1" in before
    assert found(tea, "sentiment:negative intent:complaint is:labelled") == {"x:h:1"}
    rows = {row["kind"]: row for row in tea.json("labels")}
    assert rows["sentiment"]["values"] == ["negative"]
    assert rows["sentiment"]["said"] == ["positive"]
    assert rows["emotion"]["values"] == []
    assert {row["waits"] for row in rows.values()} == {False}
    assert [row["kind"] for row in tea.json("labels", "--kind", "intent")] == ["intent"]
    assert "question, complaint" in tea.run("labels").stdout

    tea.run("label", "x:h:1", "--remove", "sentiment")

    assert found(tea, "sentiment:positive") == before
    assert found(tea, "is:labelled") == {"x:h:1"}


def test_what_is_taken_back_is_told_apart(tea: Any) -> None:
    """From what is kept; in one command both are told."""
    tea.run("label", "x:h:1", "sentiment=negative")
    said = tea.run("label", "x:h:1", "--remove", "mood").stderr
    both = tea.run("label", "x:h:1", "emotion=", "sentiment=neutral", "--remove", "emotion").stderr

    assert "1 label taken back." in said
    assert "kept" not in said
    assert "2 labels kept." in both
    assert "1 label taken back." in both
    assert [row["kind"] for row in tea.json("labels")] == ["sentiment"]


def test_a_label_is_written_as_it_is_shown(tea: Any) -> None:
    """Kinds and values in either language, for all verbs that take them."""
    tea.run("label", "x:h:1", "mood=Negative", "نیت=ستایش،اظهار نظر", "noise=copy")  # intent=praise,comment
    tea.run(
        "label", "x:h:2", "لحن=مثبت", "هدف محتوا=تبلیغ", "meant as=question"
    )  # mood=positive, purpose=promote

    said = {(row["id"], row["kind"]): row["values"] for row in tea.json("labels")}
    assert said == {
        ("x:h:1", "sentiment"): ["negative"],
        ("x:h:1", "intent"): ["comment", "praise"],
        ("x:h:1", "noise"): ["duplicate"],
        ("x:h:2", "sentiment"): ["positive"],
        ("x:h:2", "purpose"): ["promote"],
        ("x:h:2", "intent"): ["question"],
    }
    drawn = tea.json("labels", "draw", "--kind", "mood", "-k", "9")
    assert {(row["id"], row["kind"]) for row in drawn} <= {(f"x:h:{n}", "sentiment") for n in "345"}
    assert {row["kind"] for row in tea.json("labels", "--kind", "لحن")} == {"sentiment"}  # mood
    assert {row["kind"] for row in tea.json("mood", "--kind", "نیت")} == {"intent"}  # intent
    assert "There is no kind 'feeling'" in tea.run("mood", "--kind", "feeling", code=2).stderr


def test_a_post_is_named_by_its_address_too(tea: Any, tmp_path: Path) -> None:
    """As a search shows it, above its id; where several posts stand at it, their ids are told."""
    lines = tea.run("search", "wonderful").stdout.splitlines()
    assert lines[-3:] == ["  https://h.example/@sara/1", "  x:h:1", ""]

    tea.run("label", "https://h.example/@sara/1", "mood=negative")
    assert [row["id"] for row in tea.json("labels")] == ["x:h:1"]
    told = tea.run("label", "https://h.example/@babak/1", "mood=negative", code=2).stderr
    assert "There is no post 'https://h.example/@babak/1'." in told
    assert "shows ids, below each post" in told
    again = {
        "id": "x:h:11", "platform": "x", "source": "b", "created_at": "2026-11-20T08:00:00Z",
        "text": "tea again", "url": "https://h.example/@sara/1",
    }  # fmt: skip
    file = tmp_path / "again.jsonl"
    file.write_text(json.dumps(again) + "\n")
    tea.run("import", str(file))
    told = tea.run("label", "https://h.example/@sara/1", "mood=negative", code=2).stderr
    assert "There are 2 posts at" in told
    assert "x:h:11" in told


def test_a_sample_is_taken_in_as_far_as_it_is_filled(tea: Any, tmp_path: Path) -> None:
    """Lines without values are passed over and counted, and can be filled in later."""
    drawn = tea.json("labels", "draw", "tea", "--since", "2026-11-01", "-k", "3")
    filled = [{**row, "values": ["negative"] if number == 0 else None} for number, row in enumerate(drawn)]
    file = tmp_path / "sample.jsonl"
    file.write_text("\n".join(map(json.dumps, filled)))

    said = tea.run("labels", "import", str(file)).stderr

    assert "1 label kept." in said
    assert "2 lines without values passed over." in said
    assert [(row["id"], row["values"]) for row in tea.json("labels")] == [(drawn[0]["id"], ["negative"])]


def test_an_empty_draw_says_so(tea: Any, tmp_path: Path) -> None:
    """Whether all are labelled, or there was nothing that can be."""
    for number in POSTS:
        tea.run("label", f"x:h:{number}", "intent=", "--quiet")

    said = tea.run("labels", "draw", "--kind", "intent").stderr
    assert "Nothing is left to draw: of 5 posts, every one has a label" in said
    assert "There is nothing to draw" in tea.run("labels", "draw", "zebra", "--kind", "intent").stderr


def test_while_the_service_writes_a_label_waits(tea: Any) -> None:
    """It is kept at once, and whoever holds the writer's lock is left to write it."""
    with writer_lock(tea.project("tea")):
        said = tea.run("label", "x:h:1", "sentiment=negative")

    assert "The service writes them" in said.stderr
    assert tea.json("labels")[0]["waits"] is True


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("x:h:1",), "Nothing is said of the post."),
        (("x:h:1", "sentiment"), "'sentiment' is not KIND=VALUE."),
        (("x:h:1", "sentimant=negative"), "Did you mean 'sentiment'?"),
        (("x:h:1", "sentiment=bad"), "'bad' is none of negative, neutral, positive"),
        (("x:h:1", "sentiment="), "takes one value, which is one of negative, neutral, positive"),
        (("x:h:1", "mood=positive,negative"), "sentiment: takes one value"),
        (("x:h:9", "sentiment=negative"), "There is no post 'x:h:9'."),
        (("x:h:1", "--remove", "noise"), "'x:h:1' has no label of noise."),
    ],
)
def test_wrong_labels_are_told(tea: Any, arguments: tuple[str, ...], told: str) -> None:
    """With what is wrong and what there is."""
    assert told in tea.run("label", *arguments, code=2).stderr
    assert tea.json("labels") == []


def test_a_draw_comes_back_as_labels(tea: Any, tmp_path: Path) -> None:
    """What is drawn has words and no label yet; imported with its draw it is a sample."""
    drawn = tea.json("labels", "draw", "tea", "--kind", "sentiment", "-k", "3", "--since", "2026-11-01")

    assert len(drawn) == 3
    assert {row["draw"] for row in drawn} == {drawn[0]["draw"]}
    assert all(row["text"] in POSTS.values() and row["how"] == "sample" for row in drawn)
    file = tmp_path / "labels.jsonl"
    file.write_text("\n".join(json.dumps({**row, "values": ["neutral"]}) for row in drawn))
    assert "3 labels kept" in tea.run("labels", "import", str(file)).stderr
    assert found(tea, "is:labelled sentiment:neutral") == {row["id"] for row in drawn}
    assert {(row["how"], row["draw"]) for row in tea.json("labels")} == {("sample", drawn[0]["draw"])}
    again = tea.json("labels", "draw", "tea", "--kind", "sentiment", "-k", "9")
    assert not {row["id"] for row in again} & {row["id"] for row in drawn}


def test_a_wrong_file_names_line_and_field_and_takes_nothing(tea: Any, tmp_path: Path) -> None:
    """Of many mistakes the first ten are told."""
    file = tmp_path / "labels.jsonl"
    file.write_text(
        '{"id": "x:h:1", "kind": "sentiment", "values": ["negative"]}\n'
        "\n"
        "no json\n"
        '["x"]\n'
        '{"kind": "sentiment", "values": ["negative"]}\n'
        '{"id": "x:h:1", "kind": "feeling", "values": ["negative"]}\n'
        '{"id": "x:h:1", "kind": "sentiment", "values": ["sad"]}\n'
        '{"id": "x:h:1", "kind": "sentiment", "values": 3}\n'
        '{"id": "x:h:1", "kind": "sentiment", "values": "negative", "how": "guess"}\n'
        '{"id": "چای", "kind": "noise", "values": []}\n'  # tea
    )
    told = tea.run("labels", "import", str(file), code=2).stderr

    assert "line 3: cannot be read as JSON from its sign 1 on" in told
    assert "line 4: is no JSON object" in told
    assert "line 5: id: is missing" in told
    assert "line 6: kind: 'feeling' is none of sentiment, emotion" in told
    assert "line 7: values: sentiment: 'sad' is none of" in told
    assert "line 8: values: is no list of words" in told
    assert "line 9: how: 'guess' is neither" in told
    assert "line 10: id: there is no post 'چای'" in told
    assert tea.json("labels") == []
    assert "No such file" in tea.run("labels", "import", str(tmp_path / "none.jsonl"), code=1).stderr


def test_no_labels_yet(tea: Any) -> None:
    """The list says how to make one."""
    assert "No post has been labelled yet" in tea.run("labels").stderr


def test_a_text_is_read(tea: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its signs, its readings and what spoke for them; from standard input too."""
    (read,) = tea.json("read", "I hate #BlackFridayDeals 😡")

    assert read["values"]["sentiment"] == ["negative"]
    assert read["score"] < 0
    signs = {sign["text"]: sign for sign in read["signs"]}
    assert signs["#BlackFridayDeals"]["words"] == ["black", "friday", "deals"]
    assert {(each["text"], each["says"]) for each in read["spoken"]} >= {
        ("hate", "negative"),
        ("😡", "negative"),
    }
    shown = tea.run("read", "چای #هوش_مصنوعی خیلی بد است").stdout  # tea, AI, is very bad
    assert "Language: Persian" in shown
    assert "هوش + مصنوعی" in shown
    monkeypatch.setattr("sys.stdin", io.StringIO("I hate it"))
    assert "negative" in tea.run("read", "-").stdout
    assert "There is nothing to read." in tea.run("read", " ", code=2).stderr


def test_lag_is_told(tea: Any) -> None:
    """Posts that wait for their second reading are in the lists of sources and of checks."""
    from store.state import State

    assert "All posts are read twice." in tea.run("check", "--project", "tea", code=0).stdout
    with State(tea.project("tea") / "state.sqlite") as state:
        state.set_note("deepening", '{"marks": ["1-new", "2-new"]}')

    assert "5 posts wait for their second reading" in tea.run("check", "--project", "tea", code=0).stdout
