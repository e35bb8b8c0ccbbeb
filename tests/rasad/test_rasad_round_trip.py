"""What one project exports is in another the same: every post with all that answers are made of."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from config.load import load
from posts.post import Author, Edit, Link, Media, Mentioned, Metrics, Poll, PollOption, Post, encode
from rasad.project import opened
from store.mapping import COLLECTIONS

AT = datetime(2026, 11, 1, 12, tzinfo=UTC)


def build(number: int, **parts: Any) -> Post:
    values: dict[str, Any] = {
        "id": f"mastodon:h.example:users/sara/statuses/{number}",
        "platform": "mastodon",
        "kind": "text",
        "source": "town",
        "created_at": AT,
        "collected_at": AT,
        "author": Author(key="mastodon:h.example:sara", handle="sara@h.example", name="Sara", followers=3),
        "text": f"چای {number} #چای_سبز",  # "tea", "green tea"
    }
    return Post(**{**values, **parts})


POSTS = (
    build(1, aliases=("mastodon:h.example:1", "mastodon:o.example:9"), metrics=Metrics(likes=2, views=7)),
    build(12, edited_at=AT, edits=(Edit(at=AT, text="چای"),)),  # "tea"
    build(2, reply_to="mastodon:o.example:9", mentioned=(Mentioned(key="mastodon:o.example:ali"),)),
    build(3, text="", media=(Media(kind="image", url="https://h.example/1.png", alt="a cup"),)),
    build(4, text="", repost_of="mastodon:h.example:users/sara/statuses/1"),
    build(5, reply_to="mastodon:x.example:404", other_references=(("reply_to", "mastodon:y.example:5"),)),
    build(6, poll=Poll(options=(PollOption(title="yes", votes=1),)), metrics=Metrics(reactions={"👍": 2})),
    build(7, links=(Link(url="https://tea.example/", title="Tea"), Link(url="https://b.example/"))),
    build(8, author=Author(key="mastodon:p-0123456789abcdef", bot=True)),
    build(9, author=None, platform="telegram", id="telegram:t:9", forwarded_from="telegram:t:z"),
    # A key that cannot be told from the handle: a newspaper's editor.
    build(10, platform="feed", id="feed:n.example:10", kind="news", title="News",
          author=Author(key="feed:n.example:editor@n.example", handle="editor@n.example", verified=True)),
    build(11, text="", title=None),
)  # fmt: skip


def stored(home: Any, project: str) -> dict[str, dict[str, Any]]:
    """Every document of a project but what differs by nature: when it came, and the record itself."""
    with opened(load(home.project(project))) as at:
        return {
            f"{name} {document['id']}": {k: v for k, v in document.items() if k != "post"}
            for name in COLLECTIONS
            for document in at.store.scan(name, {"match_all": {}})
        }


def test_an_export_makes_the_same_project(tea: Any, tmp_path: Path) -> None:
    """Posts, edges, uses of tags and counts are equal, whether or not a post has an author, text or tags."""
    file = tmp_path / "whole.jsonl"
    file.write_bytes(b"".join(encode(post) + b"\n" for post in POSTS))
    out = tmp_path / "out.jsonl"
    taken = tea.json("import", str(file))
    tea.run("export", "--out", str(out))
    same = tea.json("import", str(out))
    tea.run("init", "copy")
    again = tea.json("import", str(out), "--project", "copy")

    assert (taken[0]["new"], again[0]["new"], again[0]["refused"]) == (len(POSTS), len(POSTS), 0)
    assert same[0]["new"] == 0
    assert tea.json("deadletters", "--project", "copy") == []
    assert stored(tea, "copy") == stored(tea, "tea")
    assert sorted(tea.run("export", "--json", "--project", "copy").stdout.splitlines()) == sorted(
        out.read_text("utf-8").splitlines()
    )


def test_a_time_without_a_zone_stops_nothing(tea: Any, tmp_path: Path) -> None:
    """A record whose moment of first sight has no zone is a dead letter; the same again, too."""
    file = tmp_path / "odd.jsonl"
    odd = json.loads(encode(replace(POSTS[0], source="odd")))
    file.write_text(
        f"{json.dumps({**odd, 'first_seen_at': '2026-11-01T00:00:00'})}\n{encode(POSTS[1]).decode()}"
    )

    runs = [tea.json("import", str(file))[0] for _ in range(2)]

    assert [(run["got"], run["new"], run["refused"]) for run in runs] == [(1, 1, 1), (1, 0, 1)]
    assert "no time zone" in tea.json("deadletters")[0]["reason"]
