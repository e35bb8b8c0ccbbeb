"""Posts that no platform should send, through spool and intake into both engines: taken, or told why not."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest

from posts.post import Post

HEADER = {"spool": 1, "source": "hostile", "run_id": None}
PLAIN: dict[str, Any] = {
    "id": "x:h:1", "platform": "x", "kind": "text", "source": "hostile",
    "created_at": "2026-11-01T10:00:00Z", "collected_at": "2026-11-01T11:00:00Z", "text": "tea",
}  # fmt: skip


def take(project: Any, *lines: bytes) -> Any:
    """Put lines into the spool as they are, and take them in."""
    name = "00000000000000000001-1-aaaaaaaa.jsonl.gz"
    packed = gzip.compress(b"\n".join([json.dumps(HEADER).encode(), *lines, b""]))
    (project.spool.folder / name).write_bytes(packed)
    return project.intake().run()


def line(**parts: Any) -> bytes:
    return json.dumps({**PLAIN, **parts}).encode()


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        pytest.param({"created_at": "0000-01-01T00:00:00Z"}, "created_at", id="year 0"),
        pytest.param({"created_at": "0001-01-01T00:00:00Z"}, "created_at: 0001", id="year 1"),
        pytest.param({"created_at": "1405-08-10T00:00:00Z"}, "created_at: 1405", id="Jalali year"),
        pytest.param(
            {"created_at": "1970-01-21T02:33:36Z"}, "created_at: 1970", id="seconds as milliseconds"
        ),
        pytest.param({"created_at": "9999-12-31T23:59:59Z"}, "created_at: 9999", id="year 9999"),
        pytest.param({"created_at": "2026-11-01T10:00:00"}, "no time zone", id="no zone"),
        pytest.param({"metrics": {"likes": -1}}, "metrics.likes: -1", id="less than none"),
        pytest.param({"metrics": {"views": 2**53}}, "metrics.views", id="above 2^53"),
        pytest.param({"metrics": {"likes": 2**63}}, "likes", id="above 2^63"),
        pytest.param({"metrics": {"likes": 1.5}}, "likes", id="a half"),
        pytest.param({"metrics": {"likes": "12"}}, "likes", id="a text"),
        pytest.param({"metrics": {"likes": True}}, "likes", id="true"),
        pytest.param({"id": "x:h:" + "a" * 600}, "512 bytes", id="long id"),
        pytest.param({"id": ""}, "id", id="no id"),
    ],
)
def test_what_cannot_be_true_is_a_dead_letter(project: Any, parts: dict[str, Any], reason: str) -> None:
    """The reason names the field; the post before and after it are taken."""
    report = take(project, line(id="x:h:0"), line(**parts), line(id="x:h:2"))

    assert (report.taken, report.refused, report.stopped) == (2, 1, "")
    (letter,) = project.state.dead_letters()
    assert reason in letter.reason
    assert letter.source == "hostile"
    assert project.ids("posts") == {"x:h:0", "x:h:2"}


def test_followers_out_of_range_are_unknown(project: Any) -> None:
    """The post is good without them; no snapshot is made of them."""
    authors = [{"key": f"x:h:{n}", "followers": n} for n in (-1, 2**53, 2**64 - 1)]

    report = take(project, *(line(id=f"x:h:{n}", author=author) for n, author in enumerate(authors)))

    assert (report.taken, report.refused, report.stopped) == (3, 0, "")
    assert all("followers" not in document for document in project.documents().values())
    assert project.ids("accounts") == set()


def test_surrogates_and_controls_are_mended_alike(project: Any, build_post: Callable[..., Post]) -> None:
    """Half a pair becomes U+FFFD, a whole one its character; NUL and escapes go."""
    text = "a\ud800b\ud83d\ude00\u0000c\u001b[2J #t\u0000ag"
    report = project.take(build_post(1, text=text))

    assert (report.taken, report.refused) == (1, 0)
    assert project.post(1).text == "a\ufffdb\U0001f600c[2J #tag"
    assert project.ids("uses") == {"x:h:1#tag"}


def test_enormous_tags_and_walls_of_tags_are_capped(project: Any) -> None:
    """A tag of a megabyte and ten thousand tags: the post is one, its uses are few, in no time."""
    wall = " ".join(f"#t{n}" for n in range(10_000))
    report = take(
        project, line(id="x:h:1", text="#" + "a" * 1_000_000), line(id="x:h:2", text=wall),
        line(id="x:h:3", hashtags=["b" * 1_000_000, *(f"s{n}" for n in range(10_000))], text=""),
    )  # fmt: skip

    assert (report.taken, report.refused, report.stopped) == (3, 0, "")
    uses = [use["post_id"] for use in project.documents("uses").values()]
    assert {post_id: uses.count(post_id) for post_id in set(uses)} == {"x:h:1": 1, "x:h:2": 30} | (
        {"x:h:3": uses.count("x:h:3")} if "x:h:3" in uses else {}
    )
    assert max(len(use["tag"]) for use in project.documents("uses").values()) <= 100
