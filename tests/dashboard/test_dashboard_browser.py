"""In a real browser: numbers lead to their posts, nothing leaves the machine, hostile posts stay text."""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error, Page, expect, sync_playwright

from posts.post import Post

pytestmark = pytest.mark.browser
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or "/usr/bin/chromium"
WAIT_MS = 60_000


@pytest.fixture(scope="module")
def address(
    filled: tuple[Path, list[Post]],
    tmp_path_factory: pytest.TempPathFactory,
    free_port: Callable[[], int],
) -> Iterator[str]:
    """A dashboard over the thirty posts."""
    home = tmp_path_factory.mktemp("served") / "home"
    shutil.copytree(filled[0], home)
    port = free_port()
    environ = {name: value for name, value in os.environ.items() if not name.startswith("RASAD_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "dashboard", "--port", str(port)],
        env={**environ, "RASAD_HOME": str(home)}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait_until_it_answers(f"http://127.0.0.1:{port}/_stcore/health", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(60)


def _wait_until_it_answers(url: str, process: subprocess.Popen[bytes], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(url, timeout=20).close()
            return
        except OSError:
            assert process.poll() is None, "the dashboard ended"
            assert time.monotonic() < end, "the dashboard does not answer"
            time.sleep(0.2)


@pytest.fixture
def page(address: str) -> Iterator[tuple[Page, list[str]]]:
    """A page, and the requests that it made to anywhere but this machine."""
    foreign: list[str] = []

    def note(request: Any) -> None:
        if not request.url.startswith(("http://127.0.0.1:", "data:", "blob:")):
            foreign.append(request.url)

    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(
                executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
            )
        except Error as error:
            if os.environ.get("CI") == "true":
                raise
            pytest.skip(f"no Chromium: {error.message.splitlines()[0]}")
        opened = browser.new_page(locale="fa-IR")
        opened.set_default_timeout(WAIT_MS)
        expect.set_options(timeout=WAIT_MS)
        opened.on("request", note)
        yield opened, foreign
        browser.close()


def open_view(shown: Page, url: str) -> None:
    """Open a page and wait until it is drawn: its script has ended and its fonts have come."""
    shown.goto(url)
    wait_until_drawn(shown)


def wait_until_drawn(shown: Page) -> None:
    shown.locator("[data-testid=stMain] h1").first.wait_for()
    shown.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    shown.evaluate("document.fonts.ready.then(() => true)")


def test_number_leads_to_its_posts_and_back(page: tuple[Page, list[str]], address: str) -> None:
    """In Persian: a click on the thirty posts shows thirty posts, and the way back is one step."""
    shown, foreign = page
    open_view(shown, f"{address}/?lang=fa")
    number = shown.locator("a.number.large").first

    expect(number).to_have_text("۳۰")  # 30
    expect(shown.locator("html")).to_have_attribute("dir", "rtl")
    expect(shown.locator("html")).to_have_attribute("lang", "fa")

    number.click()

    expect(shown).to_have_url(re.compile("/posts[?]lang=fa&project=tea"))
    shown.locator("article.card").first.wait_for()
    expect(shown.locator(".root .strong").first).to_contain_text("۳۰")  # 30

    shown.go_back()
    shown.locator("a.number.large").first.wait_for()

    expect(shown).not_to_have_url(re.compile("/posts"))
    assert foreign == []


def test_hostile_post_stays_text(page: tuple[Page, list[str]], address: str) -> None:
    """A post made of HTML and Markdown is read as it was written; nothing runs and nothing is fetched."""
    shown, foreign = page
    dialogs: list[str] = []
    shown.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    open_view(shown, f"{address}/posts?lang=en")
    first = shown.locator("article.card").first

    expect(first).to_contain_text("<img src=x onerror=alert(1)> ![](http://leak.example/p.png)")
    shown.wait_for_timeout(1000)  # what runs or is fetched would have begun by then
    assert first.locator("img").count() == 0
    assert first.locator('a[href^="javascript"]').count() == 0
    assert dialogs == []
    assert foreign == []


def test_bar_of_the_chart_opens_its_posts(page: tuple[Page, list[str]], address: str) -> None:
    """A click on the last bar with posts leads to the posts of that bar, under its own time."""
    shown, foreign = page
    shown.set_viewport_size({"width": 1280, "height": 1000})
    open_view(shown, f"{address}/?lang=en")
    # Just after midnight in Tehran the bar of the new day has no height yet.
    bars = shown.locator(
        "[data-testid=stVegaLiteChart] [aria-roledescription='rect mark']:not([aria-label$='Posts: 0'])"
    )
    end = time.monotonic() + WAIT_MS / 1000
    # A chart is drawn a moment before it listens, and nothing in the page tells when it does.
    while "/posts" not in shown.url:
        assert time.monotonic() < end, "a click on a bar leads nowhere"
        with suppress(Error):
            bars.last.click(timeout=2_000)
            shown.wait_for_url("**/posts?**", timeout=5_000)
    shown.locator("article.card").first.wait_for()

    expect(shown).to_have_url(re.compile("/posts[?].*since="))
    assert foreign == []


def test_list_of_posts_comes_as_a_file(page: tuple[Page, list[str]], address: str) -> None:
    """The CSV holds all thirty posts under its heading, marked for Excel, and starts no formula."""
    shown, _ = page
    open_view(shown, f"{address}/posts?lang=en")
    shown.locator("article.card").first.wait_for()
    shown.get_by_role("button", name="Download").click()
    with shown.expect_download() as download:
        shown.get_by_role("button", name="CSV").click()
    content = download.value.path().read_bytes()
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))

    assert content.startswith(b"\xef\xbb\xbf")
    assert download.value.suggested_filename == "tea-posts.csv"
    assert len(rows) == 31
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "@"))]


@pytest.mark.parametrize(
    ("language", "told", "says"),
    [
        ("en", "This quotation is never closed.", "Posts that contain “good #AI”."),
        ("fa", "این گیومه بسته نشده است.", "پست‌هایی که «good #AI» را دارند."),
    ],
)
def test_mistake_in_a_query_is_pointed_at_and_mended(
    page: tuple[Page, list[str]], address: str, language: str, told: str, says: str
) -> None:
    """A pointer stands under the letter; a click on what was meant shows its posts and what it says."""
    shown, foreign = page
    shown.goto(f"{address}/posts?lang={language}&query=%22good+%23AI")
    pointed = shown.locator("mark.point")
    pointed.wait_for()

    assert pointed.inner_text() == '"'
    assert pointed.evaluate("mark => getComputedStyle(mark, '::after').content") == '"▲"'
    assert shown.get_by_text(told).count() == 1

    shown.locator("a.word", has_text='"good #AI"').click()
    shown.locator("article.card").first.wait_for()

    shown.get_by_text(says).wait_for()
    pointed.wait_for(state="detached")

    assert shown.get_by_role("textbox").first.input_value() == '"good #AI"'
    assert foreign == []


@pytest.mark.parametrize(
    "view",
    ["", "trends", "backtest", "hashtag", "research", "compare", "posts", "influencers", "labels", "sources"],
)
def test_view_fits_a_phone_and_asks_nobody(page: tuple[Page, list[str]], address: str, view: str) -> None:
    """At 400 points wide no view runs over the side, and none asks another machine for anything."""
    shown, foreign = page
    shown.set_viewport_size({"width": 400, "height": 800})
    open_view(shown, f"{address}/{view}?lang=fa&hashtag=ai")
    shown.locator("[data-testid=stMain] .root").first.wait_for(state="attached")
    widths = _widths(shown)

    assert widths[0] <= widths[1]
    assert foreign == []


def test_a_pasted_text_stays_text_and_fits_a_phone(page: tuple[Page, list[str]], address: str) -> None:
    """HTML in it is shown as it was typed, its mood is marked, and nothing runs over the side."""
    shown, foreign = page
    shown.set_viewport_size({"width": 400, "height": 800})
    open_view(shown, f"{address}/labels?lang=fa")
    written = (
        "از این چای متنفرم <img src=x onerror=alert(1)> #هوش_مصنوعی_ایران"  # I hate this tea; AI of Iran
    )
    shown.locator("textarea").fill(written)
    shown.locator("[data-testid=stFormSubmitButton] button").click()
    marked = shown.locator(".marked")
    marked.wait_for()

    expect(marked).to_have_text(written)
    expect(marked.locator("mark.is-bad").first).to_contain_text("متنفرم")  # I hate
    assert marked.locator("img").count() == 0
    widths = _widths(shown)
    assert widths[0] <= widths[1]
    assert foreign == []


def _widths(shown: Page) -> tuple[int, int]:
    """How wide the view is and how much of it is seen, once it has stood still for a second."""
    main = "document.querySelector('[data-testid=stMain]')"
    found: list[tuple[int, int, int]] = []
    end = time.monotonic() + WAIT_MS / 1000
    while len(found) < 5 or len(set(found[-5:])) > 1:
        assert time.monotonic() < end, "the view does not come to rest"
        shown.wait_for_timeout(250)
        found.append(tuple(shown.evaluate(f"[{main}.scrollWidth, {main}.clientWidth, {main}.scrollHeight]")))
    return found[-1][:2]
