"""What one entry of a feed may hold costs at most that entry."""

from datetime import UTC, datetime

import pytest

from crawlers.pages.entries import Feed
from crawlers.pages.feeds import read_feed

AT = datetime(2026, 11, 1, tzinfo=UTC)
FEED = Feed(url="https://n.example/f", source="s", at=AT)
WHOLE = '<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>{items}</channel></rss>'
ITEM = "<item><guid>{guid}</guid><title>{title}</title><description>{text}</description></item>"


@pytest.mark.parametrize(
    "hostile",
    ["&#xD800;", "&#55296;", "&#xdfff;", "&amp;#xD83D;", "&#0;", "&#x1F;", "\u202eevil", "&#xFFFE;",
     "&amp;lt;script&amp;gt;", "]]&gt;", "\x0b", "&nbsp;"],
)  # fmt: skip
def test_other_entries_are_read_all_the_same(hostile: str) -> None:
    """Half surrogates, NUL, controls and marks of direction, raw or as references, in title and text."""
    good = ITEM.format(guid="1", title="tea", text="hot")
    bad = ITEM.format(guid="2", title=hostile, text=hostile)

    reading = read_feed(WHOLE.format(items=good + bad).encode(), FEED)

    assert reading.posts[0].title == "tea"
    assert reading.items == 2
    for post in reading.posts:
        f"{post.title}{post.text}".encode()
