"""Each view shows its title, its numbers and a way on where there is nothing, in both languages."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.cards import text_parts
from posts.post import Post
from words import texts
from words.bidi import isolate_left, stripped

Visit = Callable[..., AppTest]
VIEWS = (
    "overview", "trends", "backtest", "hashtag", "research", "compare", "posts", "influencers", "labels",
    "sources",
)  # fmt: skip
TITLES = {
    "en": (
        "Overview",
        "Trends",
        "Was it right?",
        "Hashtag",
        "Choose hashtags",
        "Compare hashtags",
        "Posts",
        "Influencers",
        "How texts are read",
        "Sources and health",
    ),
    # overview, trends, was it right?, hashtag, choose hashtags, compare hashtags, posts, influencers, how
    # texts are read, sources and health
    "fa": (
        "نمای کلی",
        "روندها",
        "درست گفته بود؟",
        "هشتگ",
        "انتخاب هشتگ",
        "مقایسهٔ هشتگ‌ها",
        "پست‌ها",
        "چهره‌های اثرگذار",
        "متن‌ها چگونه خوانده می‌شوند",
        "منبع‌ها و سلامت",
    ),
}


def drawn(page: AppTest) -> dict[str, dict[str, Any]]:
    """What the page's own components were given, by their keys."""
    found = {}
    for element in page.main:
        for node in _below(element):
            proto = getattr(node, "proto", None)
            if proto is not None and hasattr(proto, "component_name"):
                found[proto.id.rsplit("-", 1)[-1]] = json.loads(proto.json)
    return found


def _below(node: Any) -> Iterator[Any]:
    yield node
    for child in getattr(node, "children", {}).values():
        yield from _below(child)


def links(data: Any) -> Iterator[dict[str, Any]]:
    """Every link that a component was given."""
    if isinstance(data, dict):
        if "href" in data and "view" in data:
            yield data
        for value in data.values():
            yield from links(value)
    elif isinstance(data, list):
        for value in data:
            yield from links(value)


def problems(page: AppTest) -> list[str]:
    return [error.value for error in page.error] + [str(error) for error in page.exception]


@pytest.mark.parametrize("language", ["en", "fa"])
@pytest.mark.parametrize("view", VIEWS)
def test_view_has_its_title_and_no_problem(
    planted: list[Post], visit: Visit, view: str, language: str
) -> None:
    """A view with posts comes up in either language without an error."""
    page = visit(view, lang=language, hashtag="ai")

    assert [TITLES[language][VIEWS.index(view)]] == [title.value for title in page.title]
    assert problems(page) == []


@pytest.mark.parametrize("language", ["en", "fa"])
@pytest.mark.parametrize("view", VIEWS)
def test_view_of_nothing_says_so(project: Path, visit: Visit, view: str, language: str) -> None:
    """Without posts there is a message or a way on, never an error."""
    page = visit(view, lang=language)

    assert problems(page) == []
    assert page.title[0].value == TITLES[language][VIEWS.index(view)]
    assert page.info or view in ("labels", "sources")


def test_overview_counts_the_posts(planted: list[Post], visit: Visit) -> None:
    """The first card holds all thirty posts, in the digits of the page."""
    english = drawn(visit(lang="en"))["overview_cards"]["items"]
    persian = drawn(visit(lang="fa"))["overview_cards"]["items"]

    assert english[0]["value"]["text"] == "30"
    assert persian[0]["value"]["text"] == "۳۰"  # 30
    assert english[1]["value"]["text"] == "5"


@pytest.mark.parametrize("view", ["overview", "trends", "hashtag", "influencers", "sources"])
def test_every_number_opens_as_many_posts(planted: list[Post], visit: Visit, view: str) -> None:
    """Following a number of posts leads to the posts view with exactly that many."""
    page = visit(view, lang="en", hashtag="ai")
    opened = 0
    for data in drawn(page).values():
        for cell in _cells(data):
            if cell.get("number") and cell["text"].isdigit() and _counts_posts(view, data, cell):
                params = dict(parse_qsl(urlsplit(cell["link"]["href"]).query))
                shown = drawn(visit("posts", **params))
                total = shown["posts_count"]["items"][0]["text"].split()[0] if "posts_count" in shown else "0"

                assert (cell["text"], params) == (total, params)
                opened += 1
            if opened >= 6:
                return
    assert opened


def _cells(data: Any) -> Iterator[dict[str, Any]]:
    if isinstance(data, dict):
        if "link" in data and "text" in data:
            yield data
        for value in data.values():
            yield from _cells(value)
    elif isinstance(data, list):
        for value in data:
            yield from _cells(value)


def _counts_posts(view: str, data: dict[str, Any], cell: dict[str, Any]) -> bool:
    """Whether the number stands under a heading that counts posts (not people, not interactions)."""
    if "items" in data:
        return any(item["label"] == "Posts" and item["value"] == cell for item in data["items"])
    counting = {
        "Posts",
        "Last day",
        "Posts together",
        "Reposts",
        "Replies",
        "Mentions",
        "Quotes",
        "Own posts",
    }
    return any(
        row[place] == cell and column["label"] in counting
        for row in data.get("rows", [])
        for place, column in enumerate(data["columns"])
    )


@pytest.mark.parametrize("view", [view for view in VIEWS if view != "labels"])
def test_links_keep_language_and_project(planted: list[Post], visit: Visit, view: str) -> None:
    """Whoever follows a link inside stays in the language and the project."""
    found = [link for data in drawn(visit(view, lang="fa", hashtag="ai")).values() for link in links(data)]

    assert found
    assert {(link["params"].get("lang"), link["params"].get("project")) for link in found} == {("fa", "tea")}


def test_posts_carry_text_as_text(planted: list[Post], visit: Visit) -> None:
    """A hostile post reaches its card as it was written, and its javascript: address as none."""
    cards = drawn(visit("posts", lang="en"))["posts"]["posts"]
    hostile = cards[0]

    assert hostile["parts"][0]["text"].startswith("<img src=x onerror=alert(1)>")
    assert hostile["url"] is None
    assert cards[1]["url"] == "https://tea.example/1"


def test_a_name_keeps_its_sign_before_it() -> None:
    """In a line from right to left, too: it is set by itself, and nothing of the text is lost."""
    parts, _ = text_parts(cast(Any, None), post_of("@sara@tea.example سلام a@b.example"))  # hello

    assert parts[0] == {"text": isolate_left("@sara@tea.example")}
    assert "".join(stripped(part["text"]) for part in parts) == "@sara@tea.example سلام a@b.example"


def post_of(text: str) -> Post:
    at = datetime(2026, 11, 1, tzinfo=UTC)
    return Post(id="x:h:1", platform="x", kind="text", source="s", created_at=at, collected_at=at, text=text)


def test_posts_show_what_a_repost_passes_on(planted: list[Post], visit: Visit) -> None:
    """A repost has no text of its own: its card shows the post it passes on, and says so."""
    cards = drawn(visit("posts", lang="en"))["posts"]["posts"]
    repost = cards[4]

    assert repost["marks"] == ["repost"]
    assert repost["parts"][0]["text"].startswith("Rasta tea is good")
    assert "Lily" in repost["context"]["text"]


def test_posts_are_turned_by_twenty(planted: list[Post], visit: Visit) -> None:
    """The second page of thirty posts holds the last ten, and the address says so."""
    first, second = drawn(visit("posts", lang="en")), drawn(visit("posts", lang="en", period="7d", page="2"))

    assert len(first["posts"]["posts"]) == 20
    assert len(second["posts"]["posts"]) == 10
    assert "page=2" in next(link["href"] for link in links(first["posts_turning"]))


def test_query_that_cannot_be_read_is_marked(planted: list[Post], visit: Visit) -> None:
    """A query with a mistake gives one message and the place of the mistake, no traceback."""
    page = visit("posts", lang="fa", query="tea AND (", period="7d")

    assert len(page.error) == 1
    assert not page.exception
    assert drawn(page)["query_mark"]["items"]


def test_address_with_nonsense_still_shows_the_page(planted: list[Post], visit: Visit) -> None:
    """A wrong part of an address is told, and the rest of the page is there."""
    page = visit("posts", lang="en", period="5y", page="-3", sort="x", edge="love")

    assert len(page.error) == 1
    assert not page.exception
    assert "posts" in drawn(page)


def test_store_that_does_not_answer_is_told(
    planted: list[Post], visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dead Elasticsearch gives a message within seconds."""
    monkeypatch.setenv("RASAD_STORE_URL", "http://127.0.0.1:9")
    page = visit("posts", lang="en")

    assert "does not answer" in page.error[0].value
    assert not page.exception


def test_store_that_says_nothing_is_told(
    planted: list[Post], visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that takes the connection and never answers holds the page not as long as a request may."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("RASAD_STORE_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        page, began = visit("sources", lang="fa"), time.monotonic()
        page.run()

        assert time.monotonic() - began < 20  # a request may take 30; health is asked for 4
        assert len(page.error) == 1
        assert not page.exception


def test_typed_hashtag_meets_its_family(planted: list[Post], visit: Visit) -> None:
    """Any spelling that is typed leads to the page of its family."""
    page = visit("hashtag", lang="en")
    page.main.text_input[1].input("#هوش‌مصنوعی")  # AI
    page.button[0].click().run()

    assert drawn(page)["family"]["items"][0]["text"] == "#هوش_مصنوعی"  # AI


def test_empty_view_can_be_widened(planted: list[Post], visit: Visit) -> None:
    """Where there is nothing, one button shows thirty days, another takes the filters away."""
    page = visit("posts", lang="en", query="nowhere", period="1d")
    press(page, "dashboard.empty.widen")

    assert address(page)["period"] == "30d"
    press(page, "dashboard.empty.clear")

    assert "query" not in address(page)


def press(page: AppTest, key: str) -> None:
    """Press the button with the text of a key."""
    label = texts.text(key, "en")
    next(button for button in page.button if button.label == label).click().run()


def test_home_without_projects_says_what_to_do(home: Path, visit: Visit) -> None:
    """The first look at an empty home names the two commands that fill it."""
    page = visit(lang="en")

    assert "rasad demo" in page.code[0].value
    assert problems(page) == []


def address(page: AppTest) -> dict[str, str]:
    """What the browser is told to show as the address."""
    return dict(drawn(page)["address_said"]["params"])


def test_filters_are_mirrored_in_the_address(planted: list[Post], visit: Visit) -> None:
    """What the bar says stands in the address with keys that no language changes."""
    page = visit("posts", lang="fa")
    page.selectbox(key="bar_language").select("en").run()
    page.text_input(key="bar_query").input("tea").run()

    assert address(page) == {
        "lang": "fa", "project": "tea", "period": "7d", "language": "en", "query": "tea",
    }  # fmt: skip


def test_language_can_be_switched(planted: list[Post], visit: Visit) -> None:
    """The switch changes the page and its address, and keeps what was asked for."""
    page = visit("posts", lang="en", query="tea", period="30d")
    page.sidebar.button_group(key="language_choice").set_value("fa").run()

    assert page.title[0].value == TITLES["fa"][VIEWS.index("posts")]
    assert address(page) == {"lang": "fa", "project": "tea", "period": "30d", "query": "tea"}


def test_the_first_switch_counts(planted: list[Post], visit: Visit) -> None:
    """A visitor who came without parts in the address can switch at once: what the page wrote is older."""
    page = visit("overview")
    page.query_params.update(lang="en", project="tea", period="7d")  # as the browser says it by then
    page.sidebar.button_group(key="language_choice").set_value("fa").run()

    assert page.title[0].value == TITLES["fa"][VIEWS.index("overview")]


def test_filters_stay_from_view_to_view(planted: list[Post], visit: Visit) -> None:
    """Going on by the menu, whose links name no filter, keeps the bar and forgets what one link narrowed."""
    page = visit("posts", lang="en", query="tea", period="30d", author="mastodon:tea.example:sara")
    page.query_params.clear()
    page.switch_page("views/rising.py").run()

    assert address(page) == {"lang": "en", "project": "tea", "period": "30d", "query": "tea"}
