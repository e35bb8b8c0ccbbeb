"""A real WordPress, what most Persian news sites run: feed, Atom, sitemap and articles come in exactly."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import platformdirs
import pytest

from posts.post import Post
from store import heard
from store.batch import date_edit
from store.merge import merge

RECIPE = Path(__file__).resolve().parents[1] / "wordpress"
CACHE = Path(platformdirs.user_cache_dir("rasad-tests")) / "wordpress-debian"
STARTS_IN_S = 300
FIRST_AT = datetime(2026, 10, 1, 8, 30, tzinfo=UTC)
# Coffee, tea and sugar; each with a half-space, Persian digits, and letters that Arabic does not have.
THINGS = ("قهوهٔ تلخ", "چای سیاه", "قند شکسته")
SLUG = "قند-شکسته-میخرند-2"
"""What WordPress makes of the third post's: its half-space goes."""
CATEGORIES = ("اقتصاد", "جامعه", "گزارش ویژه")  # economy, society, special report


@dataclass
class Site:
    """A WordPress on loopback and our way to write on it."""

    url: str
    php: Path
    written: dict[int, dict[str, Any]] = field(default_factory=dict)

    @property
    def host(self) -> str:
        return self.url.removeprefix("http://")

    def do(self, *orders: dict[str, Any]) -> list[dict[str, Any]]:
        """Have posts written, changed or deleted, in this order; ids and addresses of those written."""
        done = subprocess.run(
            [self.php, RECIPE / "posts.php"], input=json.dumps(orders).encode(), capture_output=True,
            timeout=240, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr.decode()
        found: list[dict[str, Any]] = json.loads(done.stdout)
        return found

    def write(self, numbers: range) -> None:
        """Posts of these numbers, each an hour later than the one before."""
        orders = [{"do": "write", **told(number)} for number in numbers]
        for number, made in zip(numbers, self.do(*orders), strict=True):
            self.written[number] = made


def told(number: int) -> dict[str, Any]:
    """What stands in a post: a Persian title, three paragraphs, a slug that is not Latin."""
    digits = str(number).translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    thing = THINGS[number % 3]
    return {
        "title": f"{thing} می‌خرند؛ شمارهٔ {digits}",
        "text": "\n\n".join(f"<p>{paragraph}</p>" for paragraph in paragraphs(number)),
        "summary": f"خلاصهٔ شمارهٔ {digits}",
        "date": f"{FIRST_AT + timedelta(hours=number):%Y-%m-%d %H:%M:%S}",
        "modified": f"{FIRST_AT + timedelta(hours=number):%Y-%m-%d %H:%M:%S}",
        "slug": f"{thing.replace(' ', '-')}-می‌خرند-{number}",
        "categories": [CATEGORIES[number % 3]],
        "draft": number % 2 == 1,
    }


def paragraphs(number: int, mark: str = "") -> list[str]:
    digits = str(number).translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    thing = THINGS[number % 3]
    return [
        f"{mark}در {digits} روز گذشته خریداران {thing} بیشتر شده‌اند و فروشنده‌ها می‌گویند که انبارها خالی است.",
        f"به گفتهٔ یکی از واردکننده‌ها، «{thing} تا پایان سال ۱۴۰۵ ارزان نمی‌شود»؛ او از پژوهشگران گله‌مند بود.",
        f"هم‌چنین گزارش‌ها نشان می‌دهند که ژرفای بحران {thing} در شهرهای کوچک‌تر کم‌تر است.",
    ]


@pytest.fixture(scope="module")
def wordpress(tmp_path_factory: pytest.TempPathFactory, free_port: Callable[[], int]) -> Iterator[Site]:
    """The site, started once; the tests are left out where it cannot be had."""
    home, port = tmp_path_factory.mktemp("wordpress"), free_port()
    log = home.with_name("wordpress.log")
    with log.open("wb") as errors:
        process = subprocess.Popen(
            ["bash", RECIPE / "start", CACHE, home, str(port)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, start_new_session=True,
        )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    late = threading.Timer(STARTS_IN_S, os.killpg, (process.pid, signal.SIGKILL))
    late.start()
    try:
        started = process.stdout.readline().strip() == b"started"
        late.cancel()
        if not started:
            code, why = process.wait(30), " ".join(log.read_text(errors="replace").split())[-300:]
            (pytest.skip if code == 3 else pytest.fail)(f"no WordPress for tests (exit code {code}): {why}")
        yield Site(f"http://127.0.0.1:{port}", home / "php")
    finally:
        late.cancel()
        process.stdin.close()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        process.stdout.close()


@pytest.fixture
def site(wordpress: Site, project: Any) -> Site:
    """The site without posts, and a project that may crawl it."""
    wordpress.do({"do": "empty"})
    wordpress.written.clear()
    project.allow_hosts = (wordpress.host,)
    return wordpress


def crawl(project: Any, site: Site, path: str, source: str = "source", **values: Any) -> Any:
    """A crawl as a person orders it: the feed says that it is renewed hourly, and is asked all the same."""
    with project.state() as state:
        state.move_cursors(source, {"not_before": None}, at=datetime.now(UTC))
    return project.crawl(source, url=site.url + path, timeout_s=240.0, **values)


def merged(posts: list[Post]) -> dict[str, Post]:
    """The posts as intake keeps them, by address."""
    kept: dict[str, Post] = {}
    for post in posts:
        had = kept.get(post.id)
        kept[post.id] = merge(post) if had is None else merge(had, date_edit(post, had))
    return {post.url or "": post for post in kept.values()}


def expected(site: Site, numbers: range, *, articles: bool) -> dict[str, tuple[Any, ...]]:
    return {
        site.written[number]["url"]: (
            told(number)["title"],
            "\n".join(paragraphs(number)) if articles else told(number)["summary"],
            FIRST_AT + timedelta(hours=number),
            "fa",
        )
        for number in numbers
    }


def seen(posts: dict[str, Post]) -> dict[str, tuple[Any, ...]]:
    return {url: (post.title, post.text, post.created_at, post.language) for url, post in posts.items()}


@pytest.mark.peer
def test_feed_and_atom_come_in_to_the_last_letter(project: Any, site: Site) -> None:
    """Ten posts with the text of their pages; the same ids by Atom; nothing new when nothing has changed."""
    site.write(range(12))

    rss = crawl(project, site, "/feed/", articles=True)
    atom = crawl(project, site, "/feed/atom/", "atom")
    again = crawl(project, site, "/feed/", articles=True)
    posts, others = merged(project.posts(rss)), merged(project.posts(atom))

    assert (rss.outcome, rss.reason) == ("ok", "articles: 10 read")
    assert seen(posts) == expected(site, range(2, 12), articles=True)
    assert seen(others) == expected(site, range(2, 12), articles=False)
    assert {post.id for post in posts.values()} == {post.id for post in others.values()}
    assert {post.author.name for post in posts.values() if post.author} == {"سارا محمدی"}
    assert posts[site.written[2]["url"]].url == f"{site.url}/{quote(SLUG).lower()}/"
    assert (again.outcome, again.got, again.reason) == ("ok", 0, "nothing new since the last crawl")
    assert again.details["answers"]["304"] == 1


@pytest.mark.peer
def test_edits_come_in_and_what_a_feed_lets_fall_is_told(project: Any, site: Site) -> None:
    """An edited post has its new text, one not found for a day is deleted, and fifteen overflow the feed."""
    site.write(range(15))
    crawl(project, site, "/feed/", articles=True)
    new = paragraphs(14, "ویرایش: ")  # "edited"
    edit = {"title": "عنوان تازه‌تر", "text": "\n\n".join(new), "modified": "2026-10-01 23:00:00"}
    site.do(
        {"do": "edit", "id": site.written[14]["id"], **edit},
        {"do": "delete", "id": site.written[13]["id"]},
    )

    edited = crawl(project, site, "/feed/", articles=True)
    doubts = project.cursors("doubt:")
    project.backdate("doubt:")
    site.write(range(15, 30))
    overflown = crawl(project, site, "/feed/", articles=True)
    posts = merged(project.posts())
    with project.state() as state:
        missing = [part for part in heard.stretches(state, source="source") if part.what == "missing"]

    (gone,) = [post for post in posts.values() if post.deleted_at is not None]
    assert (edited.outcome, edited.got, len(doubts)) == ("ok", 2, 1)
    assert gone.created_at == FIRST_AT + timedelta(hours=13)
    assert seen(posts)[site.written[14]["url"]][:2] == ("عنوان تازه‌تر", "\n".join(new))
    assert posts[site.written[14]["url"]].edited_at is not None
    assert site.written[4]["url"] in posts
    assert overflown.got == 11
    assert [(part.why, part.since, part.until) for part in missing] == [
        ("paging", FIRST_AT + timedelta(hours=14), FIRST_AT + timedelta(hours=20))
    ]


@pytest.mark.peer
def test_the_sitemap_leads_to_every_post_and_to_nothing_else(project: Any, site: Site) -> None:
    """Thirty posts of one site, neither its categories nor its people; under the ids that its feed gives
    where the guid is the address, which it is not for what was a draft first."""
    site.write(range(30))

    found = crawl(project, site, "/wp-sitemap.xml", articles=True)
    again = crawl(project, site, "/wp-sitemap.xml", articles=True)
    feed = crawl(project, site, "/feed/", "feed")
    posts = merged(project.posts(found))

    assert (found.outcome, found.got) == ("ok", 30)
    assert seen(posts) == expected(site, range(30), articles=True)
    assert [post.id for post in project.posts(feed) if post.id in {p.id for p in posts.values()}] == [
        f"feed:127.0.0.1:{site.written[number]['url']}" for number in (28, 26, 24, 22, 20)
    ]
    assert (again.outcome, again.got) == ("ok", 0)
