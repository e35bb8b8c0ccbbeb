"""`rasad sources`: what is added by an address, back-filled on request, and told of pace, cost and needs."""

from __future__ import annotations

import json
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from store.state import State

NOW = datetime.now(UTC)
DAY = timedelta(days=1)


def listed(home: Any, project: str = "tea") -> list[dict[str, Any]]:
    """The sources as the project file has them."""
    text = (home.project(project) / "project.toml").read_text(encoding="utf-8")
    found: list[dict[str, Any]] = tomllib.loads(text).get("sources", [])
    return found


def state_of(home: Any) -> State:
    return State(home.project("tea") / "state.sqlite")


@pytest.mark.parametrize(
    ("pasted", "kept", "told"),
    [
        (
            ["https://t.me/s/ISNA94"],
            {"name": "telegram-isna94", "platform": "telegram", "account": "ISNA94"},
            "Telegram, a channel: ISNA94",
        ),
        (
            ["@sara@mastodon.example"],
            {"name": "mastodon-example-sara", "platform": "mastodon", "url": "https://mastodon.example",
             "account": "sara"},
            "an account: sara",
        ),
        (
            ["https://mastodon.example/tags/%DA%86%D8%A7%DB%8C"],
            {"name": "mastodon-example", "platform": "mastodon", "url": "https://mastodon.example",
             "tag": "چای"},  # tea
            "a hashtag: چای",  # tea
        ),
        (
            ["https://mastodon.example", "--timeline", "search", "--query", "چای سبز"],  # green tea
            {"name": "mastodon-example", "platform": "mastodon", "url": "https://mastodon.example",
             "query": "چای سبز"},  # green tea
            "RASAD_MASTODON_TOKENS",
        ),
        (
            ["khabar", "--platform", "eitaa", "--backfill-days", "30", "--every", "1h"],
            {"name": "eitaa-khabar", "platform": "eitaa", "account": "khabar", "every": "1h",
             "backfill_days": 30},
            "a channel: khabar",
        ),
        (
            ["https://bsky.app/hashtag/tea"],
            {"name": "bluesky-tea", "platform": "bluesky", "tag": "tea"},
            "RASAD_BLUESKY_PASSWORD",
        ),
        (
            ["https://bsky.app", "--timeline", "stream", "--query", "tea"],
            {"name": "bluesky-tea", "platform": "bluesky", "timeline": "stream", "query": "tea"},
            "tea",
        ),
        (
            ["https://news.example/rss", "--articles", "--name", "news"],
            {"name": "news", "platform": "feed", "url": "https://news.example/rss", "articles": True},
            "Feed: https://news.example/rss",
        ),
    ],
)  # fmt: skip
def test_what_was_pasted_becomes_a_source(
    tea: Any, pasted: list[str], kept: dict[str, Any], told: str
) -> None:
    """Platform, timeline and account come from the address; what it needs is said at once."""
    done = tea.run("sources", "add", *pasted)
    (found,) = listed(tea)

    assert {key: value for key, value in found.items() if key in kept} == kept
    assert told in done.stderr
    assert [row["source"] for row in tea.json("sources")] == [kept["name"]]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["https://x.com/sara"], "X is not collected yet"),
        (["t.me/+abcdef"], "only public channels"),
        (["سلام دنیا"], "no address of a source"),  # hello world
        (["https://social.example", "--timeline", "account"], "account: is missing"),
        (["https://t.me/isna94", "--platform", "bluesky"], "of telegram, not of bluesky"),
        (
            ["isna94", "--platform", "telegram", "--tag", "tea"],
            "Telegram has channels only: leave out --tag.",
        ),
        (["https://t.me/isna94", "--tag", "tea"], "Telegram has channels only: leave out --tag."),
        (
            ["https://t.me", "--timeline", "stream", "--query", "tea"],
            "Telegram has channels only: leave out --timeline stream and --query.",
        ),
        (
            ["https://bsky.app", "--timeline", "trends"],
            "Bluesky has account, tag, search, thread, stream only: leave out --timeline trends.",
        ),
        (
            ["https://a.example/rss", "--platform", "feed", "--tag", "tea"],
            "read as a whole: leave out --tag.",
        ),
        (["https://t.me/tea_house"], "'telegram-tea-house' reads that already"),
        (["https://t.me/isna94", "--backfill-days", "0"], "backfill_days"),
    ],
)
def test_what_cannot_be_a_source_is_told(tea: Any, arguments: list[str], said: str) -> None:
    """With code 2, and the project file is as it was."""
    tea.run("sources", "add", "@tea_house")
    before = listed(tea)
    done = tea.run("sources", "add", *arguments, code=2)

    assert said in done.stderr
    assert listed(tea) == before


def test_a_back_fill_is_asked_for_and_shown(tea: Any) -> None:
    """The spider finds the moment in its cursors; until then the command says that it waits."""
    tea.run("sources", "add", "@isna94")
    first = tea.run("sources", "backfill", "telegram-isna94").stdout
    asked = tea.json("sources", "backfill", "telegram-isna94", "--since", "1405/06/01")
    waits = tea.run("sources", "backfill", "telegram-isna94").stdout
    (row,) = tea.json("sources")
    with state_of(tea) as state:
        cursor = state.cursor("telegram-isna94", "backfill_asked")

    assert "no post yet" in first
    assert (asked[0]["asked"], asked[0]["back_to"], asked[0]["requests"]) == (True, cursor, None)
    assert datetime.fromisoformat(cursor or "") == datetime(2026, 8, 23, tzinfo=UTC)
    assert "begins with its next turn" in waits
    assert row["backfill"] == {"state": "under way", "back_to": cursor, "reached": None}


def test_a_back_fill_goes_on_and_comes_to_its_end(tea: Any) -> None:
    """What crawls have reached is told, what is there already is not asked for, and costs are estimated."""
    tea.run("sources", "add", "@isna94", "--backfill-pages", "10")
    text = (
        (tea.project("tea") / "project.toml")
        .read_text()
        .replace('name = "telegram-isna94"', 'name = "telegram-isna94"\nexpect_per_day = 40')
    )
    (tea.project("tea") / "project.toml").write_text(text)
    reached = (NOW - 10 * DAY).replace(microsecond=0)

    def move(**oldest: Any) -> None:
        with state_of(tea) as state:
            told = json.dumps({"reached": reached.isoformat(), **oldest})
            state.move_cursors("telegram-isna94", {"oldest": told}, at=NOW)

    move()
    (there,) = tea.json("sources", "backfill", "telegram-isna94", "--days", "5")
    (asked,) = tea.json("sources", "backfill", "telegram-isna94", "--days", "110")
    under_way = tea.run("sources", "backfill", "telegram-isna94").stdout
    told = tea.run("sources", "backfill", "telegram-isna94", "--days", "110").stdout
    move(ended=True)
    ended = tea.run("sources", "backfill", "telegram-isna94", "--days", "400").stdout

    assert (there["asked"], there["requests"]) == (False, None)
    # A hundred days of 40 posts, 20 on a page, ten pages a turn.
    assert (asked["asked"], asked["requests"], asked["turns"]) == (True, 200, 20)
    assert "is under way" in under_way
    assert "200 requests, in about 20 turns (over 5 hours)" in told
    assert "read to its beginning" in ended


def test_an_earlier_request_that_reaches_further_holds(tea: Any) -> None:
    """It stays where it is and is told; one that reaches further still takes its place."""
    tea.run("sources", "add", "@isna94")
    backfill = ("sources", "backfill", "telegram-isna94")
    (first,) = tea.json(*backfill, "--days", "90")
    (less,) = tea.json(*backfill, "--days", "30")
    told = tea.run(*backfill, "--days", "30").stdout
    (more,) = tea.json(*backfill, "--days", "120")
    with state_of(tea) as state:
        cursor = state.cursor("telegram-isna94", "backfill_asked")

    assert (less["asked"], less["back_to"]) == (False, first["back_to"])
    assert "An earlier request reaches further and holds" in told
    assert (more["asked"], more["back_to"]) == (True, cursor)
    assert more["back_to"] < first["back_to"]


def test_a_back_fill_of_a_source_that_fails_says_so(tea: Any) -> None:
    """The request is kept, and the reason of the last run stands before it; after a good run it does not."""
    tea.run("sources", "add", "@isna94")

    def ran(hour: int, outcome: Any, reason: str) -> None:
        at = NOW - timedelta(hours=9 - hour)
        with state_of(tea) as state:
            state.begin_run(f"run-{hour}", job="telegram-isna94", due_at=at, started_at=at)
            state.end_run(f"run-{hour}", ended_at=at, outcome=outcome, reason=reason)

    ran(1, "error", "no answer")
    told = tea.run("sources", "backfill", "telegram-isna94", "--days", "30").stdout
    (row,) = tea.json("sources", "backfill", "telegram-isna94")
    ran(2, "ok", "")
    (after,) = tea.json("sources", "backfill", "telegram-isna94")

    assert "The last run of telegram-isna94 did not succeed (error): no answer" in told
    assert "goes back to" in told
    assert (row["last_failure"], after["last_failure"]) == ("no answer", None)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["news", "--days", "3"], "has no past"),
        (["telegram-isna94", "--days", "3", "--since", "7d"], "Give one of them"),
        (["telegram-isna94", "--since", "2099-01-01"], "into the past"),
        (["telegram-isna94", "--since", "soon"], "is no time"),
        (["telegram-isna94", "--days", "0"], "--days"),
        (["isna", "--days", "3"], "There is no source 'isna'"),
    ],
)
def test_a_back_fill_that_cannot_be_is_told(tea: Any, feed: Any, arguments: list[str], said: str) -> None:
    """With code 2, and nothing is asked for."""
    tea.run("sources", "add", "@isna94")
    tea.run("sources", "add", feed.url, "--name", "news")
    done = tea.run("sources", "backfill", *arguments, code=2)

    assert said in done.stderr
    with state_of(tea) as state:
        assert [state.cursor(name, "backfill_asked") for name in ("telegram-isna94", "news")] == [None, None]


def test_a_back_fill_asked_for_before_the_first_crawl_is_kept(tea: Any, feed: Any) -> None:
    """The first crawl notes the place, and forgets only what belonged to another."""
    tea.run("sources", "add", feed.url, "--name", "news")
    with state_of(tea) as state:
        state.move_cursors("news", {"backfill_asked": "2026-01-01T00:00:00+00:00"}, at=NOW)
    tea.run("collect")
    with state_of(tea) as state:
        kept = state.cursor("news", "backfill_asked")
        state.move_cursors("news", {"place": "elsewhere"}, at=NOW)
    tea.run("collect")
    with state_of(tea) as state:
        assert (kept is not None, state.cursor("news", "backfill_asked")) == (True, None)


def test_pace_and_cost_are_told(tea: Any, feed: Any) -> None:
    """After a crawl: its requests, its oldest post; a habit is not known yet, and says so by null."""
    tea.run("sources", "add", feed.url, "--name", "news")
    tea.run("collect")
    (row,) = tea.json("sources")
    table = tea.run("sources").stdout

    assert row["requests_last_day"] >= 1
    assert row["oldest_post_at"].startswith("2026-11-22T10:00:00")
    assert (row["usual_hour"], row["expected_per_day"], row["delay_s"]) == (None, None, None)
    assert (row["budgets"], row["looks_due"], row["needs"]) == ([], 0, None)
    assert row["backfill"] == {"state": "never", "back_to": None, "reached": None}
    assert {"source", "state", "reason", "platform", "posts", "posts_last_day", "newest_post_at",
            "last_run_at", "next_due_at", "put_off_until", "every_s"} <= row.keys()  # fmt: skip
    assert "Last hour" in table


def test_a_persian_project_is_told_in_persian(home: Any) -> None:
    """Table, cost and needs."""
    home.run("init", "chai", "--language", "fa", "--contact", "a@b.example")
    added = home.run("sources", "add", "https://bsky.app/hashtag/%DA%86%D8%A7%DB%8C").stderr
    home.run("sources", "add", "@isna94")
    asked = home.run("sources", "backfill", "telegram-isna94", "--days", "30").stdout
    table = home.run("sources")

    assert "هشتگ: چای" in added.replace("یک ", "")  # a hashtag: tea
    assert "رایگان است" in added  # it costs nothing
    assert "به عقب می‌رود" in asked  # goes back
    assert "ساعت گذشته" in table.stdout  # last hour
    assert "در حال رفتن تا" in table.stderr  # going back to


def test_an_account_of_a_rival_without_a_source_is_told(tea: Any, tmp_path: Path) -> None:
    """In the list and in the check, with the command that adds it; once it is added, no more."""
    file = tea.project("tea") / "project.toml"
    text = file.read_text(encoding="utf-8").removesuffix("# end\n")
    rival = '[[rivals]]\nname = "Golbarg"\naccounts = ["@golbarg@social.example", "telegram:golbarg_tea"]\n'
    file.write_text(f"{text}\n{rival}\n# end\n", encoding="utf-8")
    before = tea.json("check")
    tea.run("sources", "add", "@golbarg@social.example")
    news = tea.run("sources").stderr
    tea.run("sources", "add", "telegram:golbarg_tea")
    after = tea.json("check")

    told = [row["text"] for row in before if row["subject"] == "tea: accounts"]
    assert [text.partition("Add it: ")[2] for text in told] == [
        "rasad sources add '@golbarg@social.example'",
        "rasad sources add 'telegram:golbarg_tea'",
    ]
    assert "telegram:golbarg_tea" in news
    assert "@golbarg@social.example" not in news
    assert not [row for row in after if row["subject"] == "tea: accounts"]


def test_what_a_source_needs_is_gone_once_it_is_set(tea: Any) -> None:
    """The list and the check name the variable only while it is missing."""
    tea.run("sources", "add", "https://mastodon.example", "--query", "tea")
    missing = tea.json("sources")[0]["needs"]
    token = {"RASAD_MASTODON_TOKENS": '{"mastodon.example": "secret-token"}'}
    there = tea.run("sources", "--json", more=token).stdout

    assert missing == "RASAD_MASTODON_TOKENS"
    assert json.loads(there)["needs"] is None
    assert "secret-token" not in there
