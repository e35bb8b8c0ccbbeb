"""An address says which posts, and a link made from a selection leads back to exactly it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from dashboard.address import NARROW, Filters, link_to, link_with, read_filters, selected
from posts.errors import QueryError
from posts.selection import Selection

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
BASE = {"lang": "fa", "project": "demo"}


def followed(href: str) -> Selection:
    """What the posts view shows for an address."""
    params = dict(parse_qsl(urlsplit(href).query))
    filters = read_filters(params)

    assert filters is not None
    return selected(filters, now=NOW, narrow={name: params.get(name, "") for name in NARROW})


@pytest.mark.parametrize(
    "selection",
    [
        pytest.param(Selection(since=NOW - timedelta(days=7), until=NOW), id="a week"),
        pytest.param(Selection(since=NOW, hashtag="هوشمصنوعی"), id="open end, persian key"),  # AI
        pytest.param(Selection(), id="every post"),
        pytest.param(Selection(ids=("mastodon:a.b:/x/1", "feed:c.d:2")), id="single posts"),
        pytest.param(
            Selection(
                query='"چای سبز" -تبلیغ & lang:fa', since=NOW, platform="feed", source="s", language="fa"
            ),
            id="a whole bar",
        ),  # "green tea" -ad
        pytest.param(
            Selection(edge="repost", toward="mastodon:a.b:sara", until=NOW), id="reposts of someone"
        ),
        pytest.param(Selection(author="feed:x.y:?#&=%", entity="brand:rasta"), id="signs of addresses"),
    ],
)
def test_link_leads_back_to_its_selection(selection: Selection) -> None:
    """The posts view under a number's link shows exactly the posts that were counted."""
    assert selection == followed(link_to("posts", selection, base=BASE).href)


def test_link_keeps_language_and_project() -> None:
    """Who follows a number stays in the language and the project."""
    params = dict(parse_qsl(urlsplit(link_to("posts", Selection(), base=BASE).href).query))

    assert params["lang"] == "fa"
    assert params["project"] == "demo"


@pytest.mark.parametrize(
    "filters",
    [
        pytest.param(Filters(), id="as they come"),
        pytest.param(Filters(period="30d", query="چای", language="fa"), id="filtered"),  # tea
        pytest.param(Filters(period="custom", since=NOW - timedelta(days=2), until=NOW), id="days"),
        pytest.param(Filters(period="all", source="s"), id="all time"),
    ],
)
def test_filters_come_back_from_their_address(filters: Filters) -> None:
    """A page that is sent on opens with the same bar."""
    assert filters == read_filters(filters.to_params())


def test_address_without_filters_leaves_the_bar() -> None:
    """A link to a hashtag alone keeps the period that the visitor had."""
    assert read_filters({"lang": "fa", "hashtag": "tea"}) is None


def test_link_with_carries_the_filters_and_the_hashtag() -> None:
    """The way to a hashtag keeps the bar."""
    link = link_with("hashtag", Filters(period="30d"), base=BASE, hashtag="tea")

    assert link.params == {"lang": "fa", "project": "demo", "period": "30d", "hashtag": "tea"}
    assert link.href == "hashtag?lang=fa&project=demo&period=30d&hashtag=tea"


def test_periods_count_back_from_now() -> None:
    """Seven days end now."""
    found = selected(Filters(period="7d"), now=NOW)

    assert (found.since, found.until) == (NOW - timedelta(days=7), NOW)


@pytest.mark.parametrize(
    "params",
    [
        pytest.param({"period": "5y"}, id="no period"),
        pytest.param({"since": "yesterday"}, id="no time"),
    ],
)
def test_wrong_address_is_told(params: dict[str, str]) -> None:
    """An address that cannot be read names its mistake."""
    with pytest.raises(QueryError):
        read_filters(params)
