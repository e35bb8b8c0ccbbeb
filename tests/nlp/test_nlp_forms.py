"""The shape of posts: each step of the order, and words in both languages."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.forms import LONG, read
from nlp.text import prepare
from posts.post import FORMATS, Link, Media, Poll, PollOption, Post

NOW = datetime(2026, 11, 26, tzinfo=UTC)
IMAGE, VIDEO, GIF, SOUND = (
    (Media(kind="image"),),
    (Media(kind="video"),),
    (Media(kind="gif"),),
    (Media(kind="audio"),),
)
LINK = (Link(url="https://example.com/"),)
POLL = Poll(options=(PollOption(title="a"), PollOption(title="b")))


def form(text: str = "", **parts: Any) -> str | None:
    made = Post(
        **{
            "id": "x:y:1", "platform": "mastodon", "kind": "text", "source": "s", "created_at": NOW,
            "collected_at": NOW, "text": text, **parts,
        }
    )  # fmt: skip
    return read(made, prepare(text))[0]


@pytest.mark.parametrize(
    ("text", "parts", "expected"),
    [
        # 1. what the platform tells
        ("how to bake bread", {"format": "story"}, "story"),
        ("", {"format": "live", "media": VIDEO}, "live"),
        ("long read", {"format": "article", "kind": "news"}, "article"),
        ("hello", {"format": "infographic", "media": IMAGE}, "infographic"),
        ("hello", {"format": "text"}, "text"),
        ("how to bake bread", {"format": "text"}, "how-to"),
        ("hello", {"format": "video"}, "video"),
        ("hello", {"format": "poll", "poll": POLL}, "interactive"),
        ("hello", {"format": "link", "links": LINK}, "post"),
        # 2. polls and moving pictures
        ("tea or coffee", {"poll": POLL}, "interactive"),
        ("look", {"media": GIF}, "gif"),
        ("look", {"media": (*IMAGE, *GIF)}, "gif"),
        # 3. words
        ("Giveaway! Follow us to win a bike", {"media": IMAGE}, "contest"),
        ("مسابقه داریم، جایزه ببرید", {"media": IMAGE}, "contest"),
        ("قرعه‌کشی یلدا", {}, "contest"),
        ("Tell us in the comments: tea or coffee?", {"media": IMAGE}, "interactive"),
        ("نظرتون رو کامنت کنید", {}, "interactive"),
        ("حدس بزنید اینجا کجاست", {"media": IMAGE}, "interactive"),
        ("How to fix a flat tyre, step by step", {"media": VIDEO}, "how-to"),
        ("آموزش پخت قرمه‌سبزی", {"media": VIDEO}, "how-to"),
        ("گام به گام تا نصب", {}, "how-to"),
        ("راهنمای خرید لپ‌تاپ", {"links": LINK}, "how-to"),
        ("5 tips for better sleep", {}, "tip"),
        ("۵ نکته برای خواب بهتر", {"media": IMAGE}, "tip"),
        ("ترفندهای آیفون", {}, "tip"),
        ("Infographic: where our water goes", {"media": IMAGE}, "infographic"),
        ("اینفوگرافیک مصرف آب", {"media": IMAGE}, "infographic"),
        ("I hate every infographic", {}, "text"),
        ("We're live now from the square", {"media": VIDEO}, "live"),
        ("پخش زنده از ورزشگاه", {"media": VIDEO}, "live"),
        ("New poster for the festival", {"media": IMAGE}, "graphic"),
        ("پوستر جدید جشنواره", {"media": IMAGE}, "graphic"),
        ("Breaking: bank raises rates", {}, "news"),
        ("به گزارش رسانه‌ها، مدارس تعطیل شد", {"media": IMAGE}, "news"),
        ("New blog post about bread", {"links": LINK}, "blog"),
        # 4. where it was published
        ("Mayor resigns", {"kind": "news", "title": "Mayor resigns"}, "news"),
        ("My week", {"kind": "blog", "title": "My week"}, "blog"),
        # 5. what carries it
        ("hello", {"media": (*IMAGE, *VIDEO)}, "video"),
        ("hello", {"media": IMAGE, "links": LINK}, "image"),
        ("x" * LONG, {}, "article"),
        ("short", {"title": "With a title"}, "article"),
        ("short", {"title": "With a title", "kind": "forum"}, "post"),
        ("see", {"links": LINK}, "post"),
        ("listen", {"media": SOUND}, "post"),
        ("passed on", {"forwarded_from": "telegram:t.me:x"}, "post"),
        ("hello", {}, "text"),
        ("سلام", {}, "text"),
        ("", {}, None),
        ("", {"media": IMAGE}, "image"),
    ],
)  # fmt: skip
def test_the_first_that_holds_decides(text: str, parts: dict[str, Any], expected: str | None) -> None:
    """Told, then polls and gifs, then words, then the place, then the carrier."""
    assert form(text, **parts) == expected


@pytest.mark.parametrize(
    "text", ["قرعه‌کشی", "قرعه کشی", "قرعهکشی", "قرعه‌كشي", "قرعه‌کشیییی", "#قرعه_کشی"]
)  # a draw
def test_spellings_read_alike(text: str) -> None:
    """Half-space, space, joined, Arabic letters, drawn out, a hashtag."""
    assert form(text) == "contest"


def test_cues_are_the_words_that_told() -> None:
    """The words stand where they say; what is told by media has none."""
    text = "🎁 Quick tip: dry your pan"
    post = Post(id="x", platform="p", kind="text", source="s", created_at=NOW, collected_at=NOW, text=text)
    found, cues = read(post, prepare(text))

    assert found == "tip"
    assert [text[cue.start : cue.end] for cue in cues] == ["Quick tip"]
    assert read(Post(id="x", platform="p", kind="text", source="s", created_at=NOW, collected_at=NOW,
                     media=IMAGE), prepare("")) == ("image", ())  # fmt: skip


@given(
    st.text(max_size=40),
    st.sampled_from([None, "story", "link", "nonsense", "text"]),
    st.sampled_from([(), IMAGE, VIDEO, GIF, SOUND]),
)
def test_nothing_raises(text: str, told: str | None, media: tuple[Media, ...]) -> None:
    """Whatever a post is, its shape is of the list or unknown."""
    assert form(text, format=told, media=media) in {None, *FORMATS}
