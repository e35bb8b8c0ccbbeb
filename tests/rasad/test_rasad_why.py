"""The verbs that say why something rose, who is behind it, and which platform leads, on the demo."""

from __future__ import annotations

from typing import Any


def test_why_the_demos_stories_rose(demo: Any) -> None:
    """The burst of twelve accounts has nothing organic; numbers come with the posts that they open."""
    (burst,) = demo.json("why", "#تخفیف_سهندبرگ")  # discount at Sahand Leaf
    (recall,) = demo.json("why", "--hashtag", "فراخوان_رستا")  # recall of Rasta

    assert (burst["state"], burst["organic"]["authors"], burst["organic"]["all_authors"]) == ("rose", 0, 12)
    assert burst["posts"]["value"] == 12
    assert burst["posts"]["opens"].keys() == {"since", "until", "hashtag"}
    assert recall["state"] == "rose"
    assert recall["organic"]["share"] > 0.7
    # The newsroom's articles came hours after the first posts, and are found by the words of the hashtag.
    assert recall["outside"]["articles"]
    assert all(row["lead_s"] < 0 and row["by"] == "words" for row in recall["outside"]["articles"])
    told = demo.run("why", "#فراخوان_رستا").stdout
    assert told.startswith("Looked for: hashtag #فراخوان_رستا")
    assert "Rising since" in told
    assert "Organic:" in told


def test_audiences_and_platforms_of_the_demo(demo: Any) -> None:
    """Of the weekly gathering some stay; nothing crosses where one platform has hashtags."""
    (people,) = demo.json("audience", "#قرار_چای")  # tea date
    (platforms,) = demo.json("crossings")

    assert people["state"] == "told"
    assert people["stayed"]["value"] + people["new"]["value"] == people["authors"]["value"]
    assert 0 < people["low"] < people["retention"] < people["high"] < 1
    assert (platforms["rows"], platforms["leads"]) == ([], [])
    assert {name for name, _ in platforms["heard"]} == {"feed", "mastodon"}
    assert "new" in demo.run("audience", "#قرار_چای").stdout
    assert "listened to since" in demo.run("crossings").stderr


def test_nothing_and_nonsense(tea: Any) -> None:
    """Without posts there is nothing to tell; a wrong query is told as everywhere."""
    (found,) = tea.json("why", "nowhere", "--project", "tea")
    assert (found["state"], found["posts"]["value"], found["first"]) == ("few", 0, [])
    for verb in ("why", "audience"):
        told = tea.run(verb, "nowhere", "--project", "tea")
        assert told.stdout.startswith("Looked for: posts with the word nowhere, from ")
        assert "Never seen here." in told.stderr
        tag = tea.run(verb, "#nowhere", "--project", "tea").stdout
        assert tag.startswith("Looked for: hashtag #nowhere, from ")
        assert len(tag.splitlines()) == 1
    assert tea.json("audience", "nowhere", "--project", "tea")[0]["state"] == "few"
    assert tea.run("why", "(tea", "--project", "tea", code=2).stdout == ""
