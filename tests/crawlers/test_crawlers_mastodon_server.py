"""Timelines of a running server that speaks Mastodon's API and was written by somebody else."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from config.load import load
from crawlers.run import crawl, preview
from posts.errors import Refused
from posts.people import author_key


@pytest.fixture
def town(project: Any, mastodon_server: Any) -> Any:
    """A project that may crawl the server."""
    project.allow_hosts = (mastodon_server.host,)
    return project


def on(server: Any, **values: Any) -> dict[str, Any]:
    return {"platform": "mastodon", "url": server.url, "timeline": "public", **values}


def test_the_public_timeline_comes_whole_and_then_only_what_is_new(town: Any, mastodon_server: Any) -> None:
    """50 posts over two pages, then two, then none; the third crawl asks for one page of the timeline."""
    token = mastodon_server.person("sara")
    written = {mastodon_server.write(token, f"post {n}")["id"] for n in range(50)}

    first = town.crawl(**on(mastodon_server))
    later = {mastodon_server.write(token, text)["id"] for text in ("51", "52")}
    second = town.crawl(**on(mastodon_server))
    third = town.crawl(**on(mastodon_server))

    def local_ids(run: Any) -> set[str]:
        return {post.aliases[0].rsplit(":", 1)[1] for post in town.posts(run)}

    assert [run.outcome for run in (first, second, third)] == ["ok", "ok", "ok"]
    assert local_ids(first) == written
    assert local_ids(second) == later
    assert local_ids(third) == set()
    assert third.asked == 2


def test_no_gap_is_left_where_more_was_written_than_fits_a_page(town: Any, mastodon_server: Any) -> None:
    """50 posts between two crawls all come: the pages above the newest known are followed to the end."""
    token = mastodon_server.person("sara")
    mastodon_server.write(token, "known")
    town.crawl(**on(mastodon_server))
    for n in range(50):
        mastodon_server.write(token, f"new {n}")

    run = town.crawl(**on(mastodon_server))

    assert (run.outcome, run.got) == ("ok", 50)
    assert {post.text for post in town.posts(run)} == {f"new {n}" for n in range(50)}


def test_a_back_fill_that_was_cut_off_goes_on(town: Any, mastodon_server: Any) -> None:
    """The pages of a back-fill are bounded, and one that was cut off is taken up by the next crawl."""
    token = mastodon_server.person("sara")
    for n in range(50):
        mastodon_server.write(token, f"post {n}")

    bounded = town.crawl(**on(mastodon_server), backfill_pages=1)
    oldest = town.posts()[-1].aliases[0].rsplit(":")[-1]
    url = f"{mastodon_server.url}/api/v1/timelines/public?limit=40&max_id={oldest}"
    with town.state() as state:
        kept = json.dumps({"url": url, "left": 2})
        state.move_cursors("source", {"backfill": kept}, at=datetime.now(UTC))
    resumed = town.crawl(**on(mastodon_server), backfill_pages=1)

    assert bounded.got == 40
    assert resumed.got == 10
    assert town.cursor("backfill") is None


def test_an_account_gives_posts_boosts_and_replies(town: Any, mastodon_server: Any) -> None:
    """A boost is a record of its own that names the post passed on, which comes too; a reply names both."""
    sara, reza = (mastodon_server.person(name) for name in ("sara", "reza"))
    asked = mastodon_server.write(
        sara, "قهوه کجا؟ #قهوه_پارس", language="fa", poll={"options": ["بله", "خیر"], "expires_in": 3600}
    )
    mastodon_server.call("POST", f"/api/v1/statuses/{asked['id']}/reblog", token=reza)
    mastodon_server.write(reza, "@sara here", in_reply_to_id=asked["id"])

    run = town.crawl(**on(mastodon_server, timeline="account", account="reza"))

    domain = mastodon_server.call("GET", "/api/v2/instance")["domain"]
    key = author_key("mastodon", domain, "sara")
    by_kind = {
        "boost" if post.repost_of else "reply" if post.reply_to else "post": post for post in town.posts(run)
    }
    boost, reply, post = by_kind["boost"], by_kind["reply"], by_kind["post"]
    assert (run.outcome, run.got) == ("ok", 3)
    assert (boost.text, boost.repost_of, boost.repost_of_author) == ("", post.id, key)
    assert (reply.reply_to in post.aliases, reply.reply_to_author) == (True, key)
    assert (post.author.key, post.text, post.language) == (key, "قهوه کجا؟ #قهوه_پارس", "fa")
    assert [option.title for option in post.poll.options] == ["بله", "خیر"]


def test_an_edited_post_is_marked(town: Any, mastodon_server: Any) -> None:
    """An edit made before the crawl shows in the text and in edited_at."""
    token = mastodon_server.person("sara")
    written = mastodon_server.write(token, "frist")
    mastodon_server.call("PUT", f"/api/v1/statuses/{written['id']}", token=token, status="first")

    town.crawl(**on(mastodon_server))

    (post,) = town.posts()
    assert (post.text, post.edited_at is not None) == ("first", True)


def test_a_tag_gives_its_posts_only(town: Any, mastodon_server: Any) -> None:
    """The timeline of a tag, back and forward."""
    token = mastodon_server.person("sara")
    for n in range(45):
        mastodon_server.write(token, f"{n} #coffee")
    mastodon_server.write(token, "no tag")

    first = town.crawl(**on(mastodon_server, timeline="tag", tag="coffee"))
    mastodon_server.write(token, "again #coffee")
    second = town.crawl(**on(mastodon_server, timeline="tag", tag="coffee"))

    assert (first.got, second.got) == (45, 1)
    assert all("coffee" in post.hashtags for post in town.posts())


def test_a_busy_server_puts_the_source_off(town: Any, mastodon_server: Any) -> None:
    """A 429 that asks for five minutes ends the run as put off; the next crawl is as usual."""
    mastodon_server.write(mastodon_server.person("sara"), "hello")
    mastodon_server.call(
        "POST",
        "/api/v1/_mock/faults",
        match={"path": "/api/v1/timelines/*"},
        effect={"type": "ratelimit"},
        count=1,
    )

    busy = town.crawl(**on(mastodon_server))
    after = town.crawl(**on(mastodon_server))

    assert (busy.outcome, busy.got) == ("put off", 0)
    assert "429" in busy.reason
    assert (after.outcome, after.got) == ("ok", 1)


@pytest.mark.parametrize(
    ("effect", "outcome", "reason"),
    [
        pytest.param({"type": "malformed"}, "error", "cannot be read", id="malformed"),
        pytest.param({"type": "status", "status": 401}, "refused", "signed-in", id="401"),
        pytest.param({"type": "status", "status": 422}, "refused", "preview is off", id="422"),
    ],
)
def test_a_timeline_that_is_not_given_says_why(
    town: Any, mastodon_server: Any, effect: dict[str, Any], outcome: str, reason: str
) -> None:
    """A broken answer is an error, a closed timeline a refusal."""
    match = {"path": "/api/v1/timelines/*"}
    mastodon_server.call("POST", "/api/v1/_mock/faults", match=match, effect=effect, count=1)

    run = town.crawl(**on(mastodon_server))

    assert (run.outcome, reason in run.reason) == (outcome, True), run.reason


def test_a_change_of_address_begins_anew(town: Any, mastodon_server: Any) -> None:
    """Cursors belong to a timeline: the same source on another one is crawled from its beginning."""
    mastodon_server.write(mastodon_server.person("sara"), "hello #coffee")

    public = town.crawl(**on(mastodon_server))
    tag = town.crawl(**on(mastodon_server, timeline="tag", tag="coffee"))

    assert (public.got, tag.got) == (1, 1)


def test_a_source_of_a_project_is_crawled_and_previewed(
    tmp_path: Path, project: Any, mastodon_server: Any
) -> None:
    """From a project file: a preview writes nothing, a crawl has one run for one due time."""
    token = mastodon_server.person("sara")
    for n in range(9):
        mastodon_server.write(token, f"hello {n}")
    (tmp_path / "project.toml").write_text(
        '[project]\nname = "trial"\ncontact = "test@example.org"\n'
        f'[[sources]]\nname = "town"\nplatform = "mastodon"\nurl = "{mastodon_server.url}"\n'
        f'[[sources]]\nname = "closed"\nplatform = "feed"\nurl = "http://127.0.0.1:9/"\n'
        f'[crawl]\nallow_hosts = ["{mastodon_server.host}"]\ndelay_s = 0\ntimeout_s = 20\n'
    )
    settings = load(tmp_path, environ={})
    due_at = datetime(2026, 11, 1, tzinfo=UTC)

    seen = preview(settings, settings.source("town"))
    first = crawl(settings, settings.source("town"), run_id="one", due_at=due_at)
    again = crawl(settings, settings.source("town"), run_id="two", due_at=due_at)

    assert [post.text for post in seen] == [f"hello {n}" for n in range(8, 3, -1)]
    assert (first.outcome, first.got, first.run_id) == ("ok", 9, "one")
    assert again.run_id == "one"
    assert len(project.posts()) == 9
    with pytest.raises(Refused):
        preview(settings, settings.source("closed").model_copy(update={"url": "http://10.0.0.1/"}))
