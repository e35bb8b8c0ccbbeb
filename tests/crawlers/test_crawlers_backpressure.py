"""A slow disk slows the crawl down: nothing piles up, no cursor runs ahead, a full spool loses nothing."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from crawlers import job as jobs
from crawlers.pipeline import PAGES_WAITING
from store.spool import CAP_BYTES
from tests.hostile.platforms import status

SIZE = 100
"""Posts of a page."""
HELD = 5
"""Pages that Scrapy holds: answers that wait for the queue, and one that is under way."""
ROOT = Path(__file__).parents[2]
INSTANCE = json.dumps({"domain": "h.example", "version": "4.5.0"})


def pages(web: Any, posts: int) -> None:
    """A server of so many posts, newest first, in pages."""
    web.says("/api/v2/instance", INSTANCE)

    def page(handler: BaseHTTPRequestHandler) -> None:
        asked = parse_qs(urlsplit(handler.path).query)
        top = int(asked["max_id"][0]) if "max_id" in asked else posts + 1
        numbers = range(top - 1, max(0, top - 1 - SIZE), -1)
        body = json.dumps(
            [status(n, id=str(n), content=f"<p>{n} {'tea ' * 40}</p>") for n in numbers]
        ).encode()
        handler.send_response(200)
        if numbers and numbers[-1] > 1:
            older = f"{web.url}/api/v1/timelines/public?limit=40&max_id={numbers[-1]}"
            handler.send_header("Link", f'<{older}>; rel="next"')
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    web.answers["/api/v1/timelines/public"] = page


def crawl_slowly(project: Any, web: Any, *, posts: int, delay_s: float, timeout_s: float) -> dict[str, Any]:
    pages(web, posts)
    job = project.job(
        platform="mastodon", timeline="public", url=web.url, allow_hosts=(web.host,), timeout_s=timeout_s,
        backfill_pages=posts // SIZE + 1,
    )  # fmt: skip
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("slow_sink.py")), str(delay_s)],
        input=jobs.encode(job), capture_output=True, cwd=ROOT, check=False, timeout=timeout_s + 60,
        env={"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    ("posts", "delay_s"),
    [pytest.param(10_000, 0.08, id="10k"), pytest.param(100_000, 0.08, id="100k", marks=pytest.mark.soak)],
)
def test_a_slow_disk_slows_the_crawl_down(project: Any, web: Any, posts: int, delay_s: float) -> None:
    """What is read and not yet safe stays a few pages, and memory stays what it was, however many come."""
    found = crawl_slowly(project, web, posts=posts, delay_s=delay_s, timeout_s=100 + posts / 250)

    seen = found["seen"]
    with project.state() as state:
        (run,) = state.runs()
    assert (run.outcome, run.got) == ("ok", posts)
    # A queue in the writer's hands, one behind it, and what Scrapy holds.
    most = (PAGES_WAITING + 1) + PAGES_WAITING + HELD
    assert max(one["read"] - one["safe"] for one in seen) <= most * SIZE
    assert max(one["pages"] for one in seen) <= PAGES_WAITING + 1
    warm = max(one["mib"] for one in seen[: len(seen) // 3])
    assert max(one["mib"] for one in seen) <= warm + 40
    assert max(one["mib"] for one in seen) <= 256


def test_no_cursor_runs_ahead_of_the_spool(project: Any, web: Any) -> None:
    """At each move of a cursor the posts above it are in whole files."""
    found = crawl_slowly(project, web, posts=4_000, delay_s=0.01, timeout_s=60.0)

    assert found["moved"]
    for moved in found["moved"]:
        older = json.loads(moved["backfill"])["at"] if moved["backfill"] else "max_id=1"
        lowest = int(re.findall(r"max_id=(\d+)", older)[0])
        assert moved["in_files"] >= 4_001 - lowest
    assert found["moved"][-1] == {"in_files": 4_000, "backfill": None}


def test_a_spool_at_its_cap_stops_the_crawl_and_loses_nothing(project: Any, web: Any) -> None:
    """The run says that the spool is full, cursors stay, and once there is room all posts come in."""
    pages(web, 1_200)
    project.allow_hosts = (web.host,)
    spool = project.folder / "spool"
    spool.mkdir()
    full = spool / "0-full.jsonl.gz"
    with full.open("wb") as file:
        file.truncate(CAP_BYTES)  # takes no room on the disk
    job = {"platform": "mastodon", "timeline": "public", "url": web.url, "backfill_pages": 12}

    stopped = project.crawl(**job)
    newest = project.cursor("newest")
    asked = len(web.asked)
    full.unlink()
    after = project.crawl(**job)

    assert (stopped.outcome, stopped.got, newest) == ("error", 0, None)
    assert "posts could not be written" in stopped.reason
    assert "is full" in stopped.reason
    assert asked <= 1 + PAGES_WAITING + HELD
    assert (after.outcome, after.got) == ("ok", 1_200)
    assert len({post.id for post in project.posts()}) == 1_200
