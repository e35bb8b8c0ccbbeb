"""`backup`, `restore`, `move` and `rebuild` as programs: what comes back, and what is never overwritten."""

from __future__ import annotations

import json
import signal
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from store import generations
from store.protocol import StoreSettings
from store.spool import Spool
from store.state import State


def row(number: int, text: str = "tea #tea", by: str = "sara") -> dict[str, Any]:
    return {
        "id": f"forum:board.example:{number}", "platform": "forum", "source": "board",
        "created_at": "2026-11-20T08:00:00Z", "text": text, "author": by,
    }  # fmt: skip


def fill(home: Any, *rows: dict[str, Any], project: str = "tea") -> None:
    file = home.folder / "rows.jsonl"
    file.write_text("".join(json.dumps(found) + "\n" for found in rows), encoding="utf-8")
    home.run("import", str(file), "--project", project)


def count(home: Any, project: str = "tea", **more: Any) -> int:
    return int(json.loads(home.run("count", "", "--json", "--project", project, **more).stdout)["count"])


@pytest.fixture
def tea_room(home: Any) -> Any:
    """A project with four posts, a cursor, and a dead letter."""
    home.run("init", "tea")
    fill(home, *(row(number) for number in range(4)))
    with State(home.project("tea") / "state.sqlite") as state:
        at = state.runs()[0].started_at
        state.move_cursors("s", {"page": "7"}, at=at)
        state.bury("s", "entry 1", "is wrong", at=at)
    return home


@pytest.fixture
def server(elasticsearch_settings: StoreSettings) -> dict[str, str]:
    """An Elasticsearch for the command line, and the prefix of the indices that are removed afterwards."""
    return {"url": elasticsearch_settings.url or "", "prefix": elasticsearch_settings.prefix}


def with_prefix(home: Any, prefix: str, name: str = "tea") -> None:
    file = home.project(name) / "project.toml"
    text = file.read_text(encoding="utf-8").removesuffix("# end\n")
    file.write_text(f'{text}\n[store]\nprefix = "{prefix}"  # mine\n\n# end\n', encoding="utf-8")


def test_backup_comes_back_whole(tea_room: Any, tmp_path: Path) -> None:
    """Posts, settings, cursors, dead letters and what waits in the spool, under a new name."""
    home = tea_room
    spool = Spool(home.project("tea") / "spool")
    from posts.post import Post

    waiting = Post(
        id="x:h:1", platform="x", kind="text", source="s", created_at="2026-11-20T08:00:00Z",  # type: ignore[arg-type]
        collected_at="2026-11-20T08:00:00Z", text="waits",  # type: ignore[arg-type]
    )  # fmt: skip
    spool.write([waiting], source="s")
    (told,) = home.json("backup", str(tmp_path / "kept"), "--project", "tea")  # a folder that is made

    assert (told["project"], told["posts"]) == ("tea", 4)
    assert Path(told["file"]).parent == tmp_path / "kept"
    assert home.json("restore", told["file"], "--verify")[0]["whole"] is True
    (made,) = home.json("restore", told["file"], "--project", "copy")

    assert (made["project"], made["posts"], made["uses"]) == ("copy", 4, 4)
    assert count(home, "copy") == 4
    with State(home.project("copy") / "state.sqlite") as state:
        assert state.cursor("s", "page") == "7"
        assert [letter.subject for letter in state.dead_letters()] == ["entry 1"]
    fill(home, row(9), project="copy")
    assert count(home, "copy") == 6
    assert count(home) == 4


def test_restore_overwrites_only_when_told(tea_room: Any, tmp_path: Path) -> None:
    """Then the project is what it was at the backup, but who was forgotten since stays forgotten."""
    home = tea_room
    fill(home, row(5, by="reza"), row(6, text="@sara hello", by="ali"))
    home.run("backup", str(tmp_path / "b.tar"))
    assert "is there already" in home.run("backup", str(tmp_path / "b.tar"), code=1).stderr
    fill(home, row(7, by="reza"))
    home.run("forget", "--author", "@sara", "--yes")

    assert "already" in home.run("restore", str(tmp_path / "b.tar"), code=1).stderr
    assert count(home) == 3
    told = home.run("restore", str(tmp_path / "b.tar"), "--overwrite").stdout

    assert "2 posts" in told
    exported = home.run("export", "--format", "jsonl").stdout
    assert "sara" not in exported
    assert "@forgotten hello" in exported
    assert sorted(path.name for path in home.folder.glob(".re*")) == []
    fill(home, row(0), row(7, by="reza"))
    assert count(home) == 3


def test_restore_that_was_cut_off_between_its_steps(tea_room: Any, tmp_path: Path) -> None:
    """The project that it had put aside comes back, and is not overwritten untold."""
    home = tea_room
    home.run("backup", str(tmp_path / "b.tar"))
    home.project("tea").rename(home.folder / ".replaced-tea")
    (home.folder / ".restoring-tea").mkdir()

    assert "already" in home.run("restore", str(tmp_path / "b.tar"), code=1).stderr
    assert count(home) == 4
    home.run("restore", str(tmp_path / "b.tar"), "--overwrite")
    assert count(home) == 4
    assert list(home.folder.glob(".re*")) == []


def test_check_tells_what_was_cut_off(tea_room: Any) -> None:
    """An erasure and a move that are not at their ends, each with what to run."""
    with State(tea_room.project("tea") / "state.sqlite") as state:
        state.set_note("forget.pending", '{"own": [], "ids": [], "keys": [], "handles": [], "sources": []}')
        state.set_note("move", '{"source": "embedded", "target": "x", "verified": true}')

    told = [row["text"] for row in tea_room.json("check", code=0) if row["subject"] == "tea: data"]

    assert any("rasad forget --resume" in text for text in told)
    assert any("rasad move --drop-old" in text for text in told)
    assert "embedded" not in tea_room.json("forget", "--resume")[0]["left"]


def test_damaged_backup_changes_nothing(tea_room: Any, tmp_path: Path) -> None:
    """It is told before anything is touched."""
    path = tmp_path / "b.tar"
    tea_room.run("backup", str(path))
    with tarfile.open(path) as tar:
        at = next(m for m in tar.getmembers() if m.name.startswith("documents/posts")).offset_data + 30
    raw = path.read_bytes()
    path.write_bytes(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :])

    told = tea_room.run("restore", str(path), "--overwrite", code=1).stderr

    assert "is not what was written" in told
    assert count(tea_room) == 4


@pytest.mark.es
def test_move_there_and_back(tea_room: Any, server: dict[str, str]) -> None:
    """The project file is switched with its comments kept; the old engine is dropped only when told."""
    home = tea_room
    with_prefix(home, server["prefix"])
    file = home.project("tea") / "project.toml"

    told = home.run("move", "--to", server["url"]).stdout

    assert "4 posts" in told
    assert f'url = "{server["url"]}"' in file.read_text()
    assert "# mine" in file.read_text()
    assert (home.project("tea") / "index").exists()
    fill(home, row(11))
    assert count(home) == 5
    home.run("move", "--drop-old")
    assert not (home.project("tea") / "index").exists()
    assert "nothing to drop" in home.run("move", "--drop-old", code=2).stderr
    (back,) = home.json("move", "--to", "embedded")
    assert (back["posts"], back["to"], back["switched"]) == (5, "embedded", True)
    assert "url" not in file.read_text().split("[store]")[1]
    home.run("move", "--drop-old")
    assert count(home) == 5


@pytest.mark.es
def test_move_beside_the_environment_says_what_to_set(tea_room: Any, server: dict[str, str]) -> None:
    """Set first, the folder's posts are carried to it; while it names the old engine, it is told."""
    home = tea_room
    with_prefix(home, server["prefix"])
    set_first = {"RASAD_STORE_URL": server["url"]}

    assert "Where to?" in home.run("move", code=2).stderr
    home.run("move", more=set_first)
    assert count(home, more=set_first) == 4
    told = home.run("move", "--to", "embedded", "--overwrite", more=set_first).stdout
    assert "unset RASAD_STORE_URL" in told
    assert "still in use" in home.run("move", "--drop-old", code=2, more=set_first).stderr
    home.run("move", "--drop-old")
    assert count(home) == 4
    assert count(home, more=set_first) == 0


@pytest.mark.es
def test_backup_of_one_engine_restores_on_the_other(
    tea_room: Any, server: dict[str, str], tmp_path: Path
) -> None:
    """An archive holds posts, not an engine's files; on a server too nothing is overwritten untold."""
    home = tea_room
    home.run("backup", str(tmp_path / "b.tar"))
    there = {"RASAD_STORE_URL": server["url"], "RASAD_STORE__PREFIX": server["prefix"]}

    home.run("restore", str(tmp_path / "b.tar"), "--project", "copy", more=there)
    assert count(home, "copy", more=there) == 4
    told = home.run("restore", str(tmp_path / "b.tar"), "--project", "other", code=1, more=there).stderr
    assert "already" in told
    home.run("restore", str(tmp_path / "b.tar"), "--project", "copy", "--overwrite", more=there)
    assert count(home, "copy", more=there) == 4
    home.run("backup", str(tmp_path / "c.tar"), "--project", "copy", more=there)
    home.run("restore", str(tmp_path / "c.tar"), "--project", "third")
    assert count(home, "third") == 4


def test_older_index_is_rebuilt_by_whoever_takes_in(tea_room: Any) -> None:
    """An import builds it anew and says so; a question before that says what to run."""
    home = tea_room
    index = home.project("tea") / "index"
    (index / "schema.json").write_text('{"schema": 1}')

    assert "rasad rebuild" in home.run("count", "tea", code=1).stderr
    file = home.folder / "more.jsonl"
    file.write_text(json.dumps(row(8)) + "\n")
    assert "built anew" in home.run("import", str(file)).stderr

    assert count(home) == 5
    found = generations.current(index)
    assert found is not None
    assert found.name == "g2"
    told = home.json("rebuild")
    assert (told[0]["posts"], told[0]["left_out"]) == (5, 0)
    assert "5 posts" in home.run("rebuild", "--read-again").stdout
    assert count(home) == 5


RESTORE = """
import sys
from pathlib import Path
from rasad.restoring import restore
from store.archive import Archive

with Archive(Path(sys.argv[1])) as archive:
    archive.verify()
    restore(archive, name=None, overwrite=True, progress=lambda done, of: None)
"""


def test_killed_restore_leaves_the_old_or_the_new(
    tea_room: Any, tmp_path: Path, dying: Callable[..., int]
) -> None:
    """SIGKILL at points spread over it: the project is there with its posts, and the next try ends it."""
    home = tea_room
    home.run("backup", str(tmp_path / "b.tar"))
    calls = dying(0, RESTORE, str(tmp_path / "b.tar"), RASAD_HOME=str(home.folder))

    for part in (1, 2, 3):
        at = calls * part // 4
        code = dying(at, RESTORE, str(tmp_path / "b.tar"), RASAD_HOME=str(home.folder))
        assert code == -signal.SIGKILL
        assert count(home) == 4
    home.run("restore", str(tmp_path / "b.tar"), "--overwrite")

    assert count(home) == 4
    assert list(home.folder.glob(".re*")) == []
