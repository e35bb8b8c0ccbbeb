"""Hashtags that a project joins and parts: in its settings, on old posts, and in what is searched."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from store.intake import writer_lock

TEXTS = {
    "1": "#هوش_مصنوعی",  # artificial intelligence, in three spellings
    "2": "#هوش‌مصنوعی",
    "3": "#هوش_مصنوعي",
    "4": "#AI and #ai",
    "5": "#now_here",
    "6": "#nowhere",
    "7": "#раураl",  # letters of Cyrillic
    "8": "#paypal",
    "9": "#فراخوان_رستا",  # recall of Rasta, in three spellings
    "10": "#فراخوان\u200cرستا",
    "11": "#فراخوانرستا",
}
AT = "2026-11-20T08:00:00Z"
AI = "هوش_مصنوعی"  # artificial intelligence


@pytest.fixture
def tags(home: Any, tmp_path: Path) -> Any:
    """A home whose only project has a post for each of the texts."""
    home.run("init", "tags")
    file = tmp_path / "posts.jsonl"
    lines = [
        {
            "id": f"x:h:{number}",
            "platform": "x",
            "source": "b",
            "created_at": "2026-11-20T08:00:00Z",
            "text": text,
        }
        for number, text in TEXTS.items()
    ]
    file.write_text("\n".join(json.dumps(line) for line in lines) + "\n", encoding="utf-8")
    home.run("import", str(file))
    return home


def found(home: Any, query: str) -> set[str]:
    return {row["id"][4:] for row in home.json("search", query)}


def test_a_family_is_shown(tags: Any) -> None:
    """Its spellings with what joins them, and another that is drawn alike."""
    (shown,) = tags.json("families", f"#{AI}")
    joined = [member["joined_by"] for member in shown["members"]]
    assert len(joined) == 3
    assert joined[0] == []
    assert {"letters", "half-space", "underscore"} >= {why for whys in joined for why in whys} > {"letters"}
    assert shown["posts"] == 3

    (paypal,) = tags.json("families", "paypal")
    assert [(other["name"], other["why"]) for other in paypal["look_alikes"]] == [("раураl", "look-alike")]
    told = tags.run("families", "nowhere")
    assert (
        "#now_here and #nowhere are counted as one" in told.stdout or "#nowhere and #now_here" in told.stdout
    )


def test_joined_families_are_one_for_old_posts_too(tags: Any) -> None:
    """What is joined is found under either name, in posts of before, until it is undone."""
    assert found(tags, "#AI") == {"4"}

    (shown,) = tags.json("families", AI, "--join", "AI")

    assert shown["posts"] == 4
    assert {"mended"} in [set(member["joined_by"]) for member in shown["members"]]
    assert found(tags, "#AI") == found(tags, f"#{AI}") == {"1", "2", "3", "4"}
    assert tags.json("count", "--hashtag", "ai") == [{"count": 4}]
    assert "same_tags" in (tags.project("tags") / "project.toml").read_text(encoding="utf-8")

    tags.run("families", "AI", "--undo")

    assert found(tags, "#AI") == {"4"}
    assert found(tags, f"#{AI}") == {"1", "2", "3"}
    assert "same_tags" not in (tags.project("tags") / "project.toml").read_text(encoding="utf-8")


def test_a_wrong_merge_is_parted(tags: Any) -> None:
    """A spelling that stands apart is no longer found with the others."""
    assert found(tags, "#nowhere") == {"5", "6"}

    tags.run("families", "nowhere", "--apart", "now_here")

    assert found(tags, "#nowhere") == {"6"}
    assert found(tags, "#now_here") == {"5"}


def test_contradictions_are_told(tags: Any) -> None:
    """What cannot be is refused and changes nothing."""
    before = (tags.project("tags") / "project.toml").read_bytes()

    refused = tags.run("families", "nowhere", "--apart", "nowhere", code=2)
    same = tags.run("families", "AI", "--undo", code=2)

    assert "#nowhere is what the whole family is called and cannot be taken out of it" in refused.stderr
    assert "Nothing is changed of #AI" in same.stderr
    assert (tags.project("tags") / "project.toml").read_bytes() == before


@pytest.mark.parametrize("named", ["فراخوان_رستا", "#فراخوان\u200cرستا"])
def test_half_space_and_underscore_are_parted_together(tags: Any, named: str) -> None:
    """Old posts of both leave the family whichever is named, and the command says so (recall of Rasta)."""
    told = tags.run("families", "#فراخوان_رستا", "--apart", named)

    assert "#فراخوان_رستا is counted apart, in all spellings whose words are parted there" in told.stderr
    assert "the rest stays #فراخوانرستا." in told.stderr
    assert found(tags, "#فراخوان_رستا") == found(tags, "#فراخوان\u200cرستا") == {"9", "10"}
    assert found(tags, "#فراخوانرستا") == {"11"}
    (parted,) = tags.json("families", "#فراخوان\u200cرستا")
    assert (parted["key"], {member["written"] for member in parted["members"]}) == (
        "فراخوان_رستا",
        {"فراخوان_رستا", "فراخوان\u200cرستا"},
    )
    (rest,) = tags.json("families", "#فراخوانرستا")
    assert [member["written"] for member in rest["members"]] == ["فراخوانرستا"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("--apart", "#books"), "#books is no spelling of #nowhere."),
        (("--join", ""), "'' has no letter."),
        (("--join", "__"), "#__ has no letter."),
    ],
)
def test_what_is_refused_is_named(tags: Any, change: tuple[str, str], told: str) -> None:
    """The tag that cannot be joined or parted stands in front."""
    assert told in tags.run("families", "#nowhere", *change, code=2).stderr


def test_nothing_half_done_is_shown_while_a_service_reads(tags: Any) -> None:
    """Where another process is the writer, old posts are told to be read again, and no table is shown."""
    with writer_lock(tags.project("tags")):
        told = tags.run("families", f"#{AI}", "--join", "AI").stdout
        row = tags.json("families", "nowhere", "--apart", "now_here")

    assert told == (
        "Kept. The service is reading the old posts again; look again soon: rasad families '#هوش_مصنوعی'\n"
    )
    assert row == [{"key": "nowhere", "reading": True}]


def test_a_tag_that_nobody_used_is_told_as_joined(tags: Any) -> None:
    """Though none of its spellings is there to be counted."""
    told = tags.run("families", "nowhere", "--join", "#Utopia")

    assert "This project counts with it: #Utopia" in told.stdout
    (shown,) = tags.json("families", "utopia")
    assert (shown["posts"], shown["mended_with"]) == (2, ["Utopia"])


def test_a_model_that_is_not_there_is_told(tags: Any) -> None:
    """A spaCy model that cannot be loaded is told by `check`, and the shipped one goes on reading."""
    file = tags.project("tags") / "project.toml"
    text = file.read_text(encoding="utf-8").removesuffix("# end\n")
    file.write_text(f'{text}\n[reading]\nmodels = {{fa = "no_such_model"}}\n\n# end\n', encoding="utf-8")

    rows = {row["subject"]: row for row in tags.json("check", "--project", "tags")}

    told = rows["tags: reading.models.fa"]
    assert told["level"] == "warn"
    assert "no_such_model" in told["text"]
    (read,) = tags.json("read", "علی دایی در تهران است")  # Ali Daei is in Tehran
    names = [sign["text"] for sign in read["signs"] if sign["kind"] == "entity"]
    assert names == ["علی دایی", "تهران"]
