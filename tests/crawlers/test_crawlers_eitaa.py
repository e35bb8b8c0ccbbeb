"""A channel of Eitaa, from its page to the search box, on both engines."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from answers.asking import Asking
from answers.posts import page
from nlp.pipeline import load
from posts.selection import Selection
from store.intake import Intake
from store.protocol import Store
from store.spool import Spool
from tests.crawlers.channel_pages import Channel


@pytest.fixture
def channel(web: Any, project: Any) -> Channel:
    """A channel whose further pages are JSON texts, as Eitaa answers "more"."""
    made = Channel(
        prefix="etme", more_as_json=True, subscribers="۱۲٫۴ هزار", host="eitaa.com"
    )  # 12.4 thousand
    web.answers["/parscoffee"] = made
    project.allow_hosts = (web.host,)
    return made


@pytest.fixture
def crawl(web: Any, project: Any) -> Any:
    return lambda **more: project.crawl(
        **{"platform": "eitaa", "url": web.url, "timeline": "account", "account": "parscoffee", **more}
    )


def test_pages_and_the_answers_to_more_are_one_channel(channel: Channel, crawl: Any, project: Any) -> None:
    """Back over answers that have no head, forward over more than a page; the channel's name stays on all."""
    channel.write(range(1, 101))
    first = crawl(backfill_pages=10)
    channel.write(range(101, 151))

    second = crawl(backfill_pages=10)

    posts = project.posts()
    assert [(run.outcome, run.got) for run in (first, second)] == [("ok", 100), ("ok", 50)], second.reason
    assert len({post.id for post in posts}) == 150
    assert {(p.author.key, p.author.name, p.author.followers) for p in posts} == {
        ("eitaa:eitaa.com:parscoffee", "قهوهٔ پارس", 12_400)
    }


def test_a_channel_that_leads_elsewhere_is_refused(web: Any, channel: Channel, crawl: Any) -> None:
    """A redirect to the front page: there is no such channel, or it is private."""
    web.says("/parscoffee", "", 302, Location="/")
    web.says("/", "<html><body>ایتا</body></html>")

    run = crawl()

    assert (run.outcome, "shows no preview" in run.reason) == ("refused", True)


def test_persian_comes_through_to_the_search(
    channel: Channel, crawl: Any, project: Any, store: Store
) -> None:
    """«۱٫۲ هزار» (1.2 thousand) views, and a tag with a half-space found by each of its spellings."""
    half_spaced, underlined = "می\u200cخواهم #هوش\u200cمصنوعی را بشناسم", "باز هم #هوش_مصنوعی"
    channel.write([1], text=half_spaced, views="۱٫۲ هزار")  # "I want to know #AI"
    channel.write([2], text=underlined, views="۳٫۴ میلیون")  # "again #AI", 3.4 million
    channel.write([3], text="چیز دیگر", views="۸۸۲")  # something else
    run, now = crawl(), datetime.now(UTC)
    with project.state() as state:
        spool = Spool(project.folder / "spool")
        report = Intake(store, state, spool, load(), now=lambda: now).run()
        asking = Asking(
            store=store, state=state, sources=(), ours=None, rivals=(), time_zone="Asia/Tehran", now=now
        )

        def found(query: str) -> dict[str, int | None]:
            shown = page(asking, Selection(query=query)).value.posts
            return {post.text: post.metrics.views for post in shown}

        both = {half_spaced: 1_200, underlined: 3_400_000}
        assert (run.outcome, report.refused) == ("ok", 0), run.reason
        for tag in ("#هوش\u200cمصنوعی", "#هوش_مصنوعی", "#هوشمصنوعی", "tag:هوش_مصنوعی"):
            assert found(tag) == both, tag
        assert found("views:>1000") == both
        assert found("views:882") == {"چیز دیگر": 882}
        assert found("می\u200cخواهم platform:eitaa") == {half_spaced: 1_200}
        assert found("author:@parscoffee -#هوش_مصنوعی") == {"چیز دیگر": 882}
