"""`rasad forget` as a program: what it asks and tells, beside a running service too."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from posts.post import Author, Mentioned, Post, encode


def row(number: int, text: str, by: str = "sara", **more: Any) -> dict[str, Any]:
    return {
        "id": f"forum:board.example:{number}", "platform": "forum", "source": "board",
        "created_at": "2026-11-20T08:00:00Z", "text": text, "author": by, **more,
    }  # fmt: skip


def write(path: Path, *rows: dict[str, Any]) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def board(home: Any) -> None:
    home.run("init", "tea")
    rows = (row(1, "tea one"), row(2, "tea two"), row(3, "tea @sara", by="reza"), row(4, "tea", by="ali"))
    home.run("import", write(home.folder / "posts.jsonl", *rows))


def test_person_is_forgotten_by_name(home: Any) -> None:
    """Counted and told; the posts of others stay, and a second import brings nothing of hers."""
    board(home)

    told = home.run("forget", "--author", "@sara", "--yes").stdout

    assert "2 posts" in told
    assert home.json("count", "tea") == [{"count": 2}]
    assert home.json("count", "author:sara") == [{"count": 0}]
    assert "sara" not in home.run("export", "--format", "jsonl").stdout
    home.run("import", str(home.folder / "posts.jsonl"))
    assert home.json("count", "") == [{"count": 2}]


def test_it_asks_first_and_names_what_is_unclear(home: Any) -> None:
    """Without an answer nothing goes; nobody, several and nothing wished are wrong use."""
    board(home)

    assert "Go on?" in home.run("forget", "--source", "board", code=1).stderr
    assert home.json("count", "") == [{"count": 4}]
    assert "Nobody here" in home.run("forget", "--author", "@nobody", "--yes", code=2).stderr
    assert "--post ID" in home.run("forget", code=2).stderr
    two = [row(n, "x", by=name) for n, name in ((8, "ada@one.example"), (9, "ada@two.example"))]
    home.run("import", write(home.folder / "two.jsonl", *two))
    assert "one.example:ada" in home.run("forget", "--author", "ada", "--yes", code=2).stderr


def test_json_tells_every_count(home: Any) -> None:
    """One post by its id: what went, and nothing left."""
    board(home)

    told = home.json("forget", "--post", "forum:board.example:1", "--yes")

    assert told == [
        {"posts": 1, "rows": 0, "mended": 0, "waiting": 0, "letters": 0, "exports": [], "left": []}
    ]
    assert home.json("count", "") == [{"count": 3}]
    assert home.json("forget", "--resume")[0]["posts"] == 0


def test_what_people_wrote_is_told(home: Any) -> None:
    """A saved query and a file that name her are theirs to change; it says which."""
    board(home)
    home.run("queries", "add", "her", "author:@sara")
    (home.project("tea") / "notes.txt").write_text("ask @sara")

    (told,) = home.json("forget", "--author", "@sara", "--yes")

    assert told["left"] == [str(home.project("tea") / "notes.txt"), "saved query her"]


def test_service_steps_aside(home: Any, serve: Callable[..., Any]) -> None:
    """While the service runs the command is the writer for a moment, and the service goes on after it."""
    board(home)
    serve(home, "--no-dashboard")
    lock = home.project("tea") / "intake.lock"
    deadline = time.monotonic() + 60
    while not lock.exists() or not _held(lock):
        assert time.monotonic() < deadline
        time.sleep(0.1)

    home.run("forget", "--author", "@sara", "--yes")
    home.run("import", write(home.folder / "more.jsonl", row(7, "tea later", by="ali")))

    assert home.json("count", "tea") == [{"count": 3}]


def _held(lock: Path) -> bool:
    import fcntl

    with lock.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def test_hidden_name_is_found_by_its_plain_one(home: Any) -> None:
    """In a project with pseudonyms a person is asked for by the name that they know themselves by."""
    home.run("init", "tea")
    file = home.project("tea") / "project.toml"
    file.write_text(file.read_text().replace("[project]\n", "[project]\npseudonyms = true\n"))
    post = Post(
        id="mastodon:h.example:users/sara/statuses/1", platform="mastodon", kind="text", source="s",
        created_at="2026-11-20T08:00:00Z", collected_at="2026-11-20T08:00:00Z", text="hello",  # type: ignore[arg-type]
        author=Author(key="mastodon:h.example:sara", handle="sara@h.example"),
        mentioned=(Mentioned(key="mastodon:h.example:reza"),),
    )  # fmt: skip
    (home.folder / "m.jsonl").write_bytes(encode(post) + b"\n")
    home.run("import", str(home.folder / "m.jsonl"))
    assert home.json("count", "") == [{"count": 1}]

    home.run("forget", "--author", "@sara@h.example", "--yes")

    assert home.json("count", "") == [{"count": 0}]
    home.run("import", str(home.folder / "m.jsonl"))
    assert home.json("count", "") == [{"count": 0}]
