"""A public post travels from a real server to the dashboard, on both engines with the same numbers."""

from __future__ import annotations

import contextlib
import json
import shutil
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect, sync_playwright

from store.protocol import StoreSettings

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
WAIT_MS = 90_000
pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

SEEN: dict[tuple[int, str], list[tuple[str, int, int]]] = {}
"""What each engine said of a world of so many posts, to be compared where both said it of the same."""


@pytest.fixture
def page() -> Iterator[Page]:
    if CHROMIUM is None:
        pytest.skip("no Chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context(viewport={"width": 1280, "height": 1000})
        context.set_default_timeout(WAIT_MS)
        expect.set_options(timeout=WAIT_MS)
        yield context.new_page()
        browser.close()


def trends(home: Any) -> dict[str, tuple[int, int]]:
    return {row["key"]: (row["posts"], row["authors"]) for row in home.json("trends", "--size", "100")}


def test_a_post_travels(
    world: Any,
    store_settings: StoreSettings,
    make_home: Callable[..., Any],
    serve: Callable[[Any], Any],
    page: Page,
) -> None:
    """Collected, counted, opened in the browser in both languages, and only new posts added later."""
    home = make_home(world, store_settings)

    runs = {row["source"]: row for row in home.json("collect")}

    assert {source: run["outcome"] for source, run in runs.items()} == dict.fromkeys(runs, "ok")
    assert {"everyone", "green-tea", "ada", "nima", "news"} == set(runs)
    assert home.json("count") == [{"count": world.posts}]
    assert home.json("count", "is:repost") == [{"count": world.boosts}]
    found = trends(home)
    assert {key: posts for key, (posts, _) in found.items()} == dict(world.tags)
    assert {key: found[key][1] for key in world.people} == {k: len(v) for k, v in world.people.items()}
    journal = (home.folder / "journal").read_text().split()
    assert len(journal) == len(set(journal)) == world.posts
    assert home.json("deadletters") == []

    service = serve(home)
    for language in ("en", "fa"):
        _read(page, service.url, world, language)
    _switch(page, service.url)

    SEEN[world.posts, "elasticsearch" if store_settings.url else "embedded"] = sorted(
        (key, posts, authors) for key, (posts, authors) in found.items()
    )
    said = [SEEN[who] for who in SEEN if who[0] == world.posts]
    assert said[0] == said[-1]


def test_only_new_posts_are_added(
    world: Any, store_settings: StoreSettings, make_home: Callable[..., Any]
) -> None:
    """A second crawl brings what is new and nothing twice."""
    home = make_home(world, store_settings)
    home.json("collect")
    before = world.posts
    world.say("alan", "Another #greentea, much later", "en", "greentea")
    world.say("leila", "باز هم #چای_سبز", "fa", "چایسبز")  # "again #green_tea"

    runs = {row["source"]: row for row in home.json("collect")}

    assert home.json("count") == [{"count": before + 2}]
    assert runs["everyone"]["new"] + runs["green-tea"]["new"] == 2
    assert runs["ada"]["got"] == runs["nima"]["got"] == runs["news"]["new"] == 0
    assert {key: posts for key, (posts, _) in trends(home).items()} == dict(world.tags)


def _written(number: int, language: str) -> str:
    return (
        str(number).translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")) if language == "fa" else str(number)
    )


def _open_until(page: Page, address: str, number: Locator, text: str) -> None:
    """Open a page until it tells the number: its window may end 15 seconds ago, so that links are exact."""
    for _ in range(6):
        page.goto(address)
        with contextlib.suppress(AssertionError):
            expect(number).to_have_text(text, timeout=8_000)
            return
    expect(number).to_have_text(text)


def _read(page: Page, url: str, world: Any, language: str) -> None:
    """Find two tags on the trends page, open each, count its posts, and follow one to its source."""
    for name, family in (("#greentea", "greentea"), ("#چای_سبز", "چایسبز")):  # the second: green tea
        row = page.locator("tbody tr").filter(has=page.get_by_text(name, exact=True))
        number = row.locator("a.number").first
        address = f"{url}/trends?project=tea&lang={language}"
        _open_until(page, address, number, _written(world.tags[family], language))
        row.get_by_text(name, exact=True).click()
        page.wait_for_url("**/hashtag?**")
        posts = page.locator("section.card a.number").first
        expect(posts).to_have_text(_written(world.tags[family], language))
        posts.click()
        page.wait_for_url("**/posts?**")
        cards = page.locator("article.card")
        expect(cards).to_have_count(world.tags[family])
    source = cards.first.locator("a[target=_blank]").last.get_attribute("href")
    assert source is not None
    status = source.rstrip("/").rsplit("/", 1)[1]
    with urllib.request.urlopen(f"{world.mastodon.url}/api/v1/statuses/{status}", timeout=60) as answer:
        told = json.load(answer)
    assert told["url"] == source
    assert told["account"]["display_name"] in cards.first.inner_text()


def _switch(page: Page, url: str) -> None:
    """The switch in the side bar turns the page to the other language and direction."""
    page.goto(f"{url}/trends?project=tea&lang=en")
    page.get_by_text("فارسی").first.click()  # "Persian"
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator("tbody:visible")).to_contain_text("۴")
