"""Answers of Bluesky, from the recorded page to the search box, on both engines."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from answers.asking import Asking
from answers.posts import page
from crawlers.pages.bluesky import read_feed, read_posts, read_thread
from crawlers.pages.bluesky_people import Seen
from nlp.pipeline import load
from posts.selection import Selection
from store.intake import Intake
from store.protocol import Store
from store.spool import Spool

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "bluesky"
CASES: tuple[tuple[str, Any], ...] = (("feed", read_feed), ("thread", read_thread), ("embeds", read_posts))


def recorded(case: str) -> bytes:
    envelope = json.loads((FIXTURES / case / "input.json").read_text("utf-8"))
    return json.dumps(envelope["response"]["json"]).encode()


def test_recorded_answers_come_through_to_the_search(store: Store, project: Any) -> None:
    """Tags in Persian, handles, quotes, replies, reposts and kinds of content are found as people ask."""
    now = datetime.now(UTC)
    seen = Seen(source="source", at=now, run_id="run")
    readings = (read(recorded(case), seen).reading for case, read in CASES)
    posts = [post for reading in readings for post in reading.posts]
    spool = Spool(project.folder / "spool")
    spool.write(posts, source="source", run_id="run")
    with project.state() as state:
        report = Intake(store, state, spool, load(), now=lambda: now).run()
        asking = Asking(
            store=store, state=state, sources=(), ours=None, rivals=(), time_zone="Asia/Tehran", now=now
        )

        def found(query: str) -> int:
            return page(asking, Selection(query=query)).value.total

        assert report.refused == 0
        assert found("platform:bluesky") == len({post.id for post in posts}) == 35
        assert {
            query: found(query)
            for query in (
                "#قهوه_پارس", "#قهوهپارس", "author:reza.test", "is:repost", "is:reply",
                "is:quote", "has:media", "has:link", "domain:example.test", "lang:fa #صفحه2",
            )
        } == {
            "#قهوه_پارس": 2, "#قهوهپارس": 2, "author:reza.test": 2, "is:repost": 1, "is:reply": 2,
            "is:quote": 5, "has:media": 4, "has:link": 1, "domain:example.test": 1, "lang:fa #صفحه2": 7,
        }  # fmt: skip
