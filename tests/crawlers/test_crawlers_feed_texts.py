"""What one entry of a feed may hold costs at most that entry."""

from datetime import UTC, datetime

import pytest

from crawlers.pages.entries import Feed
from crawlers.pages.feeds import read_feed

AT = datetime(2026, 11, 1, tzinfo=UTC)
FEED = Feed(url="https://n.example/f", source="s", at=AT)
WHOLE = '<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>{items}</channel></rss>'
ITEM = "<item><guid>{guid}</guid><title>{title}</title><description>{text}</description></item>"


@pytest.mark.parametrize("at", ["</item><item><guid>2", "<description>second", "second", "</description>"])
def test_half_an_entry_is_none(at: str) -> None:
    """A feed that breaks off in an entry gives those before it: half a text would pass for an edit."""
    items = ITEM.format(guid="1", title="a", text="first") + ITEM.format(guid="2", title="b", text="second")
    whole = WHOLE.format(items=items)

    reading = read_feed(whole[: whole.rindex(at) + len(at) - 3].encode(), FEED)

    assert [(post.title, post.text) for post in reading.posts] == [("a", "first")]
    assert "not well-formed" in reading.remarks[0]


def test_a_feed_with_a_fault_inside_is_read_to_its_end() -> None:
    """A stray sign costs no entry where the feed has its end."""
    items = ITEM.format(guid="1", title="a & b", text="first") + ITEM.format(
        guid="2", title="c", text="second"
    )

    reading = read_feed(WHOLE.format(items=items).encode(), FEED)

    assert [post.text for post in reading.posts] == ["first", "second"]


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
