"""Crawls of feeds and sitemaps with the pages behind them, against a server of our own."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from typing import Any

from crawlers import job as jobs
from crawlers.run import _child, _running
from crawlers.ways.articles import A_CRAWL
from posts.post import Post
from store import heard
from store.batch import date_edit
from store.merge import merge

NOW = datetime.now(UTC).replace(microsecond=0)
TEXT = (
    "قیمت قهوه بالا رفت و فروشنده‌ها می‌گویند که کمبود دانه دلیل آن است؛ خریداران اما ناراضی‌اند و کم‌تر "
    "می‌خرند. واردکننده‌ها می‌گویند تا پایان سال ارزان نمی‌شود."
)  # the price of coffee rose, sellers say beans are scarce
HEADS = '<link rel="canonical" href="{path}"><meta property="article:published_time" content="{at}">'


def page(number: int, *, head: str = "", text: str = TEXT) -> str:
    at = (NOW - timedelta(hours=number)).isoformat()
    heads = HEADS.format(path=f"/news/{number}", at=at)
    return (
        f'<!DOCTYPE html><html lang="fa"><head><meta charset="utf-8"><title>خبر {number}</title>'
        f"{heads}{head}</head><body><nav><a href='/'>خانه</a></nav>"
        f"<article><h1>خبر {number}</h1><p>{text}</p></article></body></html>"
    )


def feed(web: Any, numbers: Iterable[int], *, channel: str = "", date: str | None = None) -> str:
    """A feed of entries, each an hour older than the one before."""
    items = "".join(
        f"<item><guid isPermaLink='false'>n{number}</guid><title>خبر {number}</title>"
        f"<link>{web.url}/news/{number}?utm_source=rss</link><description>خلاصهٔ {number}</description>"
        f"<pubDate>{date or format_datetime(NOW - timedelta(hours=number), usegmt=True)}</pubDate></item>"
        for number in numbers
    )
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>{channel}{items}</channel></rss>'
    )


def whole_feed(web: Any, numbers: Iterable[int], **more: Any) -> None:
    """The feed and all pages that it links to."""
    numbers = list(numbers)
    web.says("/feed", feed(web, numbers, **more), Content_Type="application/rss+xml")
    for number in numbers:
        web.says(f"/news/{number}", page(number), Content_Type="text/html; charset=utf-8")


def pages(web: Any) -> list[str]:
    return [path.split("?")[0] for path in web.paths() if path.startswith("/news/")]


def merged(posts: list[Post]) -> dict[str, Post]:
    """The posts as intake keeps them, by the end of their ids."""
    kept: dict[str, Post] = {}
    for post in posts:
        had = kept.get(post.id)
        kept[post.id] = merge(post) if had is None else merge(had, date_edit(post, had))
    return {post_id.rpartition("#")[2].rpartition("/")[2]: post for post_id, post in kept.items()}


def stretches(project: Any) -> list[tuple[str, str, int | None]]:
    with project.state() as state:
        return [(part.what, part.why, part.posts) for part in heard.stretches(state, source="source")]


def test_posts_have_the_text_of_their_pages_and_no_page_is_asked_for_twice(project: Any, web: Any) -> None:
    """What can be read replaces the summary; opted out, gone, short, forbidden and paid for keep it."""
    whole_feed(web, range(1, 7))
    web.says("/news/2", page(2, head='<meta name="robots" content="noindex">'))
    web.says("/news/3", "gone", 404)
    web.says("/news/4", page(4, text="ثبت‌نام کنید"))  # "sign up"
    web.says("/news/5", page(5), X_Robots_Tag="noarchive")
    web.says("/news/6", page(6))
    web.says("/robots.txt", "User-agent: *\nDisallow: /news/6\n")
    web.says("/", page(9))
    web.says("/news/7", "", 302, Location="/")
    web.says("/feed", feed(web, range(1, 8)))
    project.allow_hosts = (web.host,)

    run = project.crawl(url=f"{web.url}/feed", articles=True)
    posts = merged(project.posts(run))
    web.says("/feed", feed(web, range(0, 8)))
    web.says("/news/0", page(0))
    again = project.crawl(url=f"{web.url}/feed", articles=True)

    assert (run.outcome, run.got, len(posts)) == ("ok", 7, 7)
    assert run.reason == (
        "articles: 1 HTTP 404, 1 leads to the front page, 2 opted out, 1 read, 1 robots.txt forbids it, "
        "1 too little text"
    )
    assert run.details["passed_over"] == {"articles that asked not to be kept": 2}
    assert {name: post.text for name, post in posts.items()} == {
        "n1": TEXT, **{f"n{number}": f"خلاصهٔ {number}" for number in range(2, 8)}
    }  # fmt: skip
    assert posts["n1"].url == f"{web.url}/news/1"
    assert posts["n2"].url == f"{web.url}/news/2?utm_source=rss"
    assert (posts["n1"].language, posts["n2"].language) == ("fa", None)
    assert all(post.edited_at is None for post in posts.values())
    assert (again.got, [post.text for post in project.posts(again)]) == (1, [TEXT])
    assert pages(web) == [f"/news/{number}" for number in (1, 2, 3, 4, 5, 7, 0)]


def test_what_one_crawl_does_not_get_to_the_next_one_reads(project: Any, web: Any) -> None:
    """Its post is there at once with its summary; its text is an edit, and no page is asked for twice."""
    numbers = range(1, A_CRAWL + 4)
    whole_feed(web, numbers)
    web.says("/feed", feed(web, numbers), ETag='"one"')
    project.allow_hosts = (web.host,)

    first = project.crawl(url=f"{web.url}/feed", articles=True)
    web.says("/feed", "", 304)
    second = project.crawl(url=f"{web.url}/feed", articles=True)
    posts = merged(project.posts())

    assert (first.outcome, first.got) == ("ok", len(numbers))
    assert first.reason == f"articles: {A_CRAWL} read, 3 wait for the next crawl"
    assert sum(post.text != TEXT for post in project.posts(first)) == 3
    assert (second.got, second.reason) == (3, "nothing new since the last crawl; articles: 3 read")
    assert {post.text for post in posts.values()} == {TEXT}
    assert all(post.author and post.author.name == "T" for post in posts.values())
    assert sorted(name for name, post in posts.items() if post.edited_at) == ["n41", "n42", "n43"]
    assert sorted(pages(web)) == sorted(f"/news/{number}" for number in numbers)


def test_a_busy_host_of_articles_puts_nothing_off(project: Any, web: Any, canary: Any) -> None:
    """Its pages wait until it may be asked, pages elsewhere are read, and the source goes on as ever."""
    body = feed(web, [1]).replace("</channel></rss>", "") + feed(canary, [2, 3]).split("</title>", 1)[1]
    web.says("/feed", body)
    web.says("/news/1", page(1))
    for number in (2, 3):
        canary.says(f"/news/{number}", "busy", 429, Retry_After="500")
    project.allow_hosts = (web.host, canary.host)

    first = project.crawl(url=f"{web.url}/feed", articles=True)
    for number in (2, 3):
        canary.says(f"/news/{number}", page(number))
    early = project.crawl(url=f"{web.url}/feed", articles=True)
    with project.state() as state:
        assert state.control("source").put_off_until is None
        state.move_cursors("source", {"busy": None}, at=NOW)
    second = project.crawl(url=f"{web.url}/feed", articles=True)
    posts = merged(project.posts())

    assert (first.outcome, first.got, early.got) == ("ok", 3, 0)
    assert first.reason == "articles: 1 read, 1 to be tried again: no answer, 1 wait for the next crawl"
    assert (second.outcome, second.got) == ("ok", 2)
    assert {name: post.text for name, post in posts.items()} == dict.fromkeys(["n1", "n2", "n3"], TEXT)


def _reads(project: Any) -> dict[str, str]:
    """The pages that the crawl which runs has read and kept."""
    with project.state() as state:
        found: dict[str, str] = state.cursors("source", "read:")
        return found


def test_a_crawl_that_is_killed_at_an_article_loses_nothing(project: Any, web: Any) -> None:
    """The next one reads the feed again and has every post; no page is asked for twice, neither one that was
    read nor the one that may have been the end of the crawl, whose post keeps its summary."""
    whole_feed(web, range(1, 5))
    left = [True]

    def kill(handler: BaseHTTPRequestHandler) -> None:
        if left:
            left.pop()
            # What was read before is written behind the crawl's back: a moment later, on a busy machine.
            end = time.monotonic() + 30
            while len(_reads(project)) < 2 and time.monotonic() < end:
                time.sleep(0.02)
            for process in tuple(_running):
                process.kill()
        web_answer(handler)

    web_answer = web.answers["/news/3"]
    web.answers["/news/3"] = kill
    project.allow_hosts = (web.host,)
    job = project.job(url=f"{web.url}/feed", articles=True)
    code, _ = _child(jobs.decode(jobs.encode(job)), ["--job", "-"], stderr=2)
    kept = {post.id for post in project.posts()}
    second = project.crawl(url=f"{web.url}/feed", articles=True)
    posts = merged(project.posts())

    assert code < 0
    assert kept <= {post.id for post in posts.values()}
    assert second.outcome == "ok"
    assert second.reason == "articles: 1 ended the last crawl, 1 read"
    assert {name: post.text for name, post in posts.items()} == {
        "n1": TEXT, "n2": TEXT, "n3": "خلاصهٔ 3", "n4": TEXT
    }  # fmt: skip
    asked = pages(web)
    assert [asked.count(f"/news/{number}") for number in range(1, 5)] == [1, 1, 1, 1]
    assert project.cursor("known") is not None
    with project.state() as state:
        assert state.cursors("source", "read:") == state.cursors("source", "article:") == {}


def test_a_feed_is_not_asked_before_it_is_renewed(project: Any, web: Any) -> None:
    """ttl, and max-age of a 304, are kept; a person may ask all the same."""
    web.says("/feed", feed(web, [1], channel="<ttl>60</ttl>"), ETag='"one"')
    project.allow_hosts = (web.host,)

    project.crawl(url=f"{web.url}/feed")
    until = datetime.fromisoformat(project.cursor("not_before"))
    waited = project.crawl(url=f"{web.url}/feed")
    with project.state() as state:
        state.move_cursors("source", {"not_before": None}, at=NOW)
    web.says("/feed", "", 304, Cache_Control="max-age=7200")
    asked = project.crawl(url=f"{web.url}/feed")

    assert timedelta(minutes=58) < until - datetime.now(UTC) < timedelta(minutes=60)
    assert (waited.outcome, waited.asked) == ("ok", 0)
    assert waited.reason == f"not asked: the feed is renewed at {until:%Y-%m-%d %H:%M} UTC"
    assert asked.reason == "nothing new since the last crawl"
    assert web.paths() == ["/feed", "/feed"]
    assert datetime.fromisoformat(project.cursor("not_before")) > until + timedelta(minutes=58)


def test_the_ledger_says_what_a_feed_has_let_fall(project: Any, web: Any) -> None:
    """Heard while a known entry is there; missing when none is; broken when all entries lose their dates."""
    project.allow_hosts = (web.host,)
    seen = []
    for numbers, date in (([5, 6], None), ([4, 5], None), ([1, 2], None), ([0, 1], ""), ([], None)):
        web.says("/feed", feed(web, numbers, date=date))
        if date == "":
            web.says("/feed", feed(web, numbers, date="X").replace("<pubDate>X</pubDate>", ""))
        run = project.crawl(url=f"{web.url}/feed")
        seen.append((run.outcome, run.reason))

    assert [outcome for outcome, _ in seen] == ["ok", "ok", "ok", "partial", "partial"]
    assert seen[2][1] == "no entry of the last crawl is there any more: some may be missing"
    assert seen[3][1] == "no entry has a date any more, as they had before"
    assert seen[4][1] == "no entries, where there were some before"
    told = stretches(project)
    assert [part for part in told if part[0] == "missing"].count(("missing", "paging", None)) == 1
    assert [part for part in told if part[0] == "missing"].count(("missing", "shape", None)) == 2
    assert sorted(part[2] for part in told if part[0] == "collected") == [1, 1, 2, 2]


def test_what_a_site_takes_back_is_deleted(project: Any, web: Any) -> None:
    """Gone from between others and its page gone too; one that only moved, or fell off the end, stays."""
    web.says("/feed", feed(web, range(1, 7)))
    for number in range(1, 7):
        web.says(f"/news/{number}", page(number))
    project.allow_hosts = (web.host,)

    project.crawl(url=f"{web.url}/feed")
    web.says("/news/2", "gone", 410)
    web.says("/news/4", "broken", 500)
    web.says("/news/6", "gone", 404)
    web.says("/feed", feed(web, [0, 1, 5]))
    second = project.crawl(url=f"{web.url}/feed")
    posts = merged(project.posts())

    assert (second.outcome, second.got) == ("ok", 4)
    assert [name for name, post in posts.items() if post.deleted_at is not None] == ["n2"]
    assert (posts["n2"].title, posts["n2"].text, posts["n3"].title) == (None, "", "خبر 3")
    assert sorted(pages(web)) == ["/news/2", "/news/3", "/news/4"]
    assert ("deleted", "deleted", 1) in stretches(project)


def test_a_page_that_is_not_found_is_believed_a_day_later(project: Any, web: Any) -> None:
    """A site that is being changed answers 404 for a while: only one that still does after a day is gone."""
    web.says("/feed", feed(web, range(1, 7)))
    project.allow_hosts = (web.host,)
    project.crawl(url=f"{web.url}/feed")
    web.says("/news/2", "gone", 404)
    web.says("/news/4", "gone", 404)
    web.says("/feed", feed(web, [0, 1, 3, 5]))
    first = project.crawl(url=f"{web.url}/feed")
    doubts = project.cursors("doubt:")
    web.says("/feed", feed(web, [0, 1, 2, 3, 5]))
    project.crawl(url=f"{web.url}/feed")
    left = project.cursors("doubt:")
    project.backdate("doubt:")
    web.says("/feed", feed(web, [0, 1, 2, 3]))
    project.crawl(url=f"{web.url}/feed")
    deleted = [name for name, post in merged(project.posts()).items() if post.deleted_at is not None]

    assert (first.outcome, len(doubts), len(left), project.cursors("doubt:")) == ("ok", 2, 1, {})
    assert deleted == ["n4"]


def hostile(web: Any, canary: Any) -> None:
    """Pages that want too much, lie about themselves, or lead elsewhere."""
    web.says("/news/1", "<html><body><p>" + "word, " * 2**20, Content_Type="text/html")
    web.says("/news/2", gzip.compress(b"<html>" + b"x" * 64 * 2**20), Content_Encoding="gzip")
    web.says("/news/3", "", 302, Location=f"{canary.url}/secret")
    web.says("/news/4", "<html><body>" + "<div>" * 100_000, Content_Type="text/html")
    web.says("/news/5", b"%PDF-1.7", Content_Type="application/pdf")
    arabic = page(6).replace("ی", "ي").replace("ک", "ك").replace("utf-8", "ascii")
    web.says("/news/6", arabic.encode("windows-1256"), Content_Type="text/html; charset=windows-1256")
    attributes = " ".join(f"a{number}" for number in range(100_000))
    web.says("/news/7", f"<html><body><p {attributes}>", Content_Type="text/html")


def test_hostile_pages_cost_no_more_than_their_text(project: Any, web: Any, canary: Any) -> None:
    """Size, bombs, redirects to private places, depth and wrong types keep the summary and are named."""
    web.says("/feed", feed(web, range(1, 8)))
    hostile(web, canary)
    project.allow_hosts = (web.host,)

    run = project.crawl(url=f"{web.url}/feed", articles=True)
    posts = merged(project.posts(run))

    assert (run.outcome, run.got) == ("ok", 7), run.reason
    assert run.reason == (
        "articles: 2 larger than 2 MiB, 1 must not be asked, 1 no HTML page, 1 read, "
        "1 too many attributes, 1 too many elements"
    )
    assert posts["n6"].text == TEXT.replace("ی", "ي").replace("ک", "ك")
    assert {name for name, post in posts.items() if post.text.startswith("خلاصه")} == {
        f"n{number}" for number in (1, 2, 3, 4, 5, 7)
    }
    assert canary.asked == []


SITEMAP = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
NEWS_MAP = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'


def addresses(web: Any, numbers: Iterable[int], *, titled: bool = False) -> str:
    places = "".join(
        f"<url><loc>{web.url}/news/{number}</loc>"
        + (
            f"<news:news><news:publication_date>{(NOW - timedelta(hours=number)).isoformat()}"
            f"</news:publication_date><news:title>خبر {number}</news:title></news:news>"
            if titled
            else f"<lastmod>{(NOW - timedelta(hours=number)).isoformat()}</lastmod>"
        )
        + "</url>"
        for number in numbers
    )
    return f'<?xml version="1.0"?><urlset {SITEMAP} {NEWS_MAP}>{places}</urlset>'


def test_an_index_of_sitemaps_leads_to_articles(project: Any, web: Any, canary: Any) -> None:
    """Packed or not, nested, of this site only; what did not change is not read again, what is no article
    is no post."""
    changed = [(f"{web.url}/a.xml.gz", "2026-10-01"), (f"{web.url}/b.xml", ""), (f"{canary.url}/c.xml", ""),
               (f"{web.url}/gone.xml", ""), (f"{web.url}/index.xml", "")]  # fmt: skip
    children = "".join(
        f"<sitemap><loc>{url}</loc>{f'<lastmod>{at}</lastmod>' if at else ''}</sitemap>"
        for url, at in changed
    )
    web.says("/index.xml", f"<sitemapindex {SITEMAP}>{children}</sitemapindex>")
    web.says("/a.xml.gz", gzip.compress(addresses(web, [1, 2]).encode()), Content_Type="application/x-gzip")
    web.says("/b.xml", addresses(web, [3]).replace("</urlset>", f"<url><loc>{web.url}/</loc></url></urlset>"))
    for number in (1, 2, 3, 4):
        web.says(f"/news/{number}", page(number))
    web.says("/news/2", page(2).replace("article:published_time", "x"))
    project.allow_hosts = (web.host,)

    first = project.crawl(url=f"{web.url}/index.xml", articles=True)
    web.says("/b.xml", addresses(web, [4, 3]))
    second = project.crawl(url=f"{web.url}/index.xml", articles=True)
    posts = merged(project.posts())

    assert (first.outcome, first.got, second.got) == ("partial", 2, 1)
    assert "a sitemap of the index could not be read: nothing is at this address" in first.reason
    assert first.details["passed_over"] == {"addresses of another site": 1, "pages that are no articles": 1}
    assert {name: (post.title, post.text, post.url) for name, post in posts.items()} == {
        str(number): (f"خبر {number}", TEXT, f"{web.url}/news/{number}") for number in (1, 3, 4)
    }
    assert posts["1"].created_at == NOW - timedelta(hours=1)
    assert canary.asked == []
    assert web.paths().count("/a.xml.gz") == 1
    assert sorted(pages(web)) == [f"/news/{number}" for number in (1, 2, 3, 4)]


def test_a_news_sitemap_gives_posts_by_itself_and_an_ordinary_one_says_what_it_needs(
    project: Any, web: Any
) -> None:
    """Titles are posts; addresses without any are passed over, with the setting that would help."""
    web.says("/news.xml", addresses(web, [1, 2], titled=True))
    web.says("/plain.xml", addresses(web, [3]))
    project.allow_hosts = (web.host,)

    news = project.crawl(url=f"{web.url}/news.xml")
    plain = project.crawl("plain", url=f"{web.url}/plain.xml")

    assert [(post.title, post.created_at) for post in project.posts(news)] == [
        (f"خبر {number}", NOW - timedelta(hours=number)) for number in (1, 2)
    ]
    assert (plain.got, plain.outcome) == (0, "ok")
    assert (
        plain.reason == "a sitemap without titles is of use only with articles = true, which reads its pages"
    )
    assert plain.details["passed_over"] == {"addresses without a title": 1}
