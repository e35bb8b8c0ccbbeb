"""The demo through the command line: what is loaded, and what every verb that asks shows of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from config.demo.stories import DISCOUNT, RAIN, RECALL, SLOW, WEEKLY
from nlp.hashtags import key
from trends.snapshot import RISEN


def test_demo_loads_its_world(demo: Any) -> None:
    """About 12,000 posts of four sources, all taken in; loading again adds nothing."""
    before = demo.json("count")[0]["count"]
    again = demo.run("demo", "--no-serve").stdout
    after = demo.json("count")[0]["count"]

    assert 11_900 < before == after
    assert f"{after:,}" in again
    assert len([line for line in again.splitlines() if line.startswith("  ")]) == 4
    assert demo.json("deadletters") == []


def test_trends_of_the_demo(demo: Any) -> None:
    """Risen tags first, by score, then the others; the posts of a row are those that counting counts."""
    rows = demo.json("trends", "--size", "5")
    top = rows[0]
    counted = demo.json("count", "--hashtag", top["key"], "--since", "24h")[0]["count"]

    assert len(rows) == 5
    assert {
        "hashtag",
        "key",
        "posts",
        "authors",
        "expected",
        "ratio",
        "score",
        "status",
        "members",
    } <= top.keys()
    assert rows == sorted(rows, key=_place)
    assert abs(counted - top["posts"]) <= 0.02 * top["posts"] + 1


def test_the_planted_stories_stand_as_they_should(demo: Any) -> None:
    """The recall and the rainy day rise; the weekly date is a schedule, cold tea is too slow."""
    rows = {row["key"]: row for row in demo.json("trends", "--size", "200")}
    recall, rainy, date, cold = (rows[key(tag)] for tag in (RECALL, RAIN, WEEKLY, SLOW))

    assert recall["status"] in RISEN
    assert rainy["status"] in RISEN
    assert max(recall["false_rate"], rainy["false_rate"]) < 0.01
    assert (date["status"], date["rhythm"]) == ("seasonal", "weekly")
    assert cold["status"] not in RISEN
    assert recall["concentrated"] is None


def test_the_discount_of_twelve_accounts_is_marked(demo: Any) -> None:
    """As of three days ago it is new, and all at once; by another rule and of another kind there are rows."""
    rows = {row["key"]: row for row in demo.json("trends", "--as-of", "3d", "--size", "200")}
    discount = rows[key(DISCOUNT)]

    assert (discount["posts"], discount["authors"]) == (12, 12)
    assert discount["concentrated"] == "at once"
    assert demo.json("trends", "--formula", "mastodon", "--size", "3")[0]["formula_score"] > 1
    sites = demo.json("trends", "--kind", "domain", "--window", "24h", "--status", "new")
    assert all((row["kind"], row["status"], row["window_h"]) == ("domain", "new", 24) for row in sites)
    assert "One of rasad" in demo.run("trends", "--formula", "nonsense", code=2).stderr


def _place(row: dict[str, Any]) -> tuple[bool, bool, float, int, int]:
    """Where a row belongs, at whatever hour the demo is loaded: only a risen tag is placed by its score."""
    risen = row["status"] in RISEN
    low = row["status"] == "too little history"
    return (low, not risen, -row["score"] if risen else 0.0, -row["authors"], -row["posts"])


def test_influencers_of_the_demo(demo: Any) -> None:
    """People with how often they are passed on, answered and named."""
    rows = demo.json("influencers", "--size", "3")

    assert len(rows) == 3
    assert {"author", "key", "score", "posts", "reposts", "replies", "mentions", "followers"} <= rows[
        0
    ].keys()


def test_sources_of_the_demo(demo: Any) -> None:
    """The one that was planted as silent is; with and without the verb `list`."""
    rows = demo.json("sources")
    states = {row["source"]: row["state"] for row in rows}

    assert states == {"chatra": "ok", "teapot": "ok", "bazaar-news": "ok", "leaf-journal": "silent"}
    assert all({"source", "state", "reason"} <= row.keys() for row in rows)
    assert demo.json("sources", "list") == demo.json("sources", "--project", "demo")


def test_search_and_export_have_one_shape(demo: Any) -> None:
    """What search shows is what export writes, field by field."""
    found = demo.json("search", "#چای_عصر", "--size", "10000")  # a hashtag of the demo: afternoon tea
    written = demo.json("export", "#چای_عصر")
    needed = {"id", "source", "platform", "author", "created_at", "text", "hashtags"}

    assert needed <= (found or demo.json("search", "--size", "1"))[0].keys()
    assert sorted(found, key=lambda row: row["id"]) == sorted(written, key=lambda row: row["id"])


def test_export_writes_the_kind_that_the_name_tells(demo: Any, tmp_path: Path) -> None:
    """A workbook by its ending; a folder that is not there is named."""
    demo.run("export", "#RastaRecall", "--out", str(tmp_path / "posts.xlsx"))
    demo.run("export", "#RastaRecall", "--out", str(tmp_path / "posts.CSV"))
    lost = demo.run("export", "--out", str(tmp_path / "nowhere" / "posts.csv"), code=2).stderr

    assert (tmp_path / "posts.xlsx").read_bytes()[:2] == b"PK"
    assert (tmp_path / "posts.CSV").read_text("utf-8-sig").startswith(("id,", '"id"'))
    assert f"There is no folder '{tmp_path / 'nowhere'}'" in lost


def test_a_query_of_the_readme_is_saved_in_the_demo(demo: Any) -> None:
    """Without a name of a project, as for everything that asks."""
    demo.run("queries", "add", "green tea", '"چای سبز" OR "green tea"', "--backfill")  # the same in Persian

    assert "green tea" in [row["name"] for row in demo.json("queries")]
    demo.run("queries", "remove", "green tea")


def test_filters_narrow(demo: Any) -> None:
    """The parts of all sources, languages and platforms are less than the whole, and add up to it."""
    whole = demo.json("count")[0]["count"]
    sources = [demo.json("count", "--source", row["source"])[0]["count"] for row in demo.json("sources")]
    persian = demo.json("count", "--lang", "fa")[0]["count"]
    feeds = demo.json("count", "--platform", "feed")[0]["count"]
    week = demo.json("count", "--since", "7d", "--until", "1d")[0]["count"]

    assert whole <= sum(sources)
    assert 0 < feeds < whole
    assert 0 < persian < whole
    assert 0 < week < whole


def test_people_read_tables(demo: Any) -> None:
    """Without --json there are tables and posts, Persian as it is, without escapes of colours."""
    outputs = [
        demo.run(*arguments).stdout
        for arguments in (["trends"], ["influencers"], ["sources"], ["search", "--size", "3"], ["count"])
    ]

    assert all(output.strip() for output in outputs)
    assert not any("\x1b" in output for output in outputs)
    assert "#" in outputs[0]
    assert "silent" in outputs[2]


def test_demo_cannot_be_crawled(demo: Any) -> None:
    """Its sources are invented: nobody is asked."""
    assert "invented" in demo.run("collect", code=2).stderr
    assert "invented" in demo.run("sources", "test", "chatra", code=2).stderr
