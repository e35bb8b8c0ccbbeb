"""What people paste, and the source that it means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.addresses import source_of
from config.project import Source
from posts.errors import NotUnderstood, RasadError, Refused

TOWN = {"platform": "mastodon", "url": "https://mastodon.example"}
THREAD = {"platform": "bluesky", "timeline": "thread"}


def account(name: str, platform: str = "telegram", **more: str) -> dict[str, str]:
    return {"platform": platform, "timeline": "account", "account": name, **more}


@pytest.mark.parametrize(
    ("pasted", "expected"),
    [
        ("https://t.me/s/durov", account("durov")),
        ("https://t.me/durov", account("durov")),
        ("t.me/durov", account("durov")),
        ("http://www.t.me/s/durov/?before=120", account("durov")),
        ("https://t.me/Durov/123?single", account("Durov")),
        ("https://telegram.me/durov", account("durov")),
        ("https://durov.t.me/12", account("durov")),
        ("tg://resolve?domain=durov&post=12", account("durov")),
        ("@durov", account("durov")),
        ("telegram:durov", account("durov")),
        ("\u200f t.me/khabar_fori\u200f\n", account("khabar_fori")),
        ("https://eitaa.com/farsna", account("farsna", "eitaa")),
        ("eitaa.com/farsna/88", account("farsna", "eitaa")),
        ("https://web.eitaa.com/#@farsna", account("farsna", "eitaa")),
        ("eitaa:@farsna", account("farsna", "eitaa")),
        ("https://bsky.app/profile/sara.bsky.social", account("sara.bsky.social", "bluesky")),
        ("bsky.app/profile/did:plc:ab12", account("did:plc:ab12", "bluesky")),
        ("@sara.bsky.social", account("sara.bsky.social", "bluesky")),
        ("sara.bsky.social", account("sara.bsky.social", "bluesky")),
        ("bluesky:did:plc:ab12", account("did:plc:ab12", "bluesky")),
        (
            "https://bsky.app/profile/sara.example/post/3kab?ref=x",
            {**THREAD, "thread": "https://bsky.app/profile/sara.example/post/3kab"},
        ),
        (
            "https://bsky.app/hashtag/%D8%A7%DB%8C%D8%B1%D8%A7%D9%86",
            {"platform": "bluesky", "timeline": "tag", "tag": "ایران"},  # Iran
        ),
        (
            "https://bsky.app/search?q=tea+time",
            {"platform": "bluesky", "timeline": "search", "query": "tea time"},
        ),
        ("https://mastodon.example/@sara", {**TOWN, "timeline": "account", "account": "sara"}),
        ("https://Mastodon.Example/@sara/with_replies", {**TOWN, "timeline": "account", "account": "sara"}),
        (
            "https://mastodon.example/@reza@other.example",
            {**TOWN, "timeline": "account", "account": "reza@other.example"},
        ),
        ("@sara@mastodon.example", {**TOWN, "timeline": "account", "account": "sara"}),
        ("sara@mastodon.example", {**TOWN, "timeline": "account", "account": "sara"}),
        (
            "https://mastodon.example/@sara/123?x=1#y",
            {**TOWN, "timeline": "thread", "thread": "https://mastodon.example/@sara/123"},
        ),
        (
            "https://mastodon.example/users/sara/statuses/1",
            {**TOWN, "timeline": "thread", "thread": "https://mastodon.example/users/sara/statuses/1"},
        ),
        ("mastodon.example/tags/iran", {**TOWN, "timeline": "tag", "tag": "iran"}),
        (
            "https://mastodon.example/tags/%D9%82%D9%87%D9%88%D9%87_%D9%BE%D8%A7%D8%B1%D8%B3",
            {**TOWN, "timeline": "tag", "tag": "قهوه_پارس"},  # a brand of coffee
        ),
        ("https://mastodon.example/public/local", {**TOWN, "timeline": "public"}),
        ("https://mastodon.example/explore", {**TOWN, "timeline": "trends"}),
        (
            "https://mastodon.example/@sara.rss",
            {"platform": "feed", "url": "https://mastodon.example/@sara.rss"},
        ),
        ("https://www.isna.ir/rss?x=1", {"platform": "feed", "url": "https://www.isna.ir/rss?x=1"}),
        ("digiato.com/feed", {"platform": "feed", "url": "https://digiato.com/feed"}),
        ("http://127.0.0.1:8000/feed", {"platform": "feed", "url": "http://127.0.0.1:8000/feed"}),
        ("127.0.0.1:8123/feed.xml", {"platform": "feed", "url": "http://127.0.0.1:8123/feed.xml"}),
        ("localhost:8123/rss", {"platform": "feed", "url": "http://localhost:8123/rss"}),
        ("192.168.1.9/rss", {"platform": "feed", "url": "http://192.168.1.9/rss"}),
        ("8.8.8.8/rss", {"platform": "feed", "url": "https://8.8.8.8/rss"}),
        (
            "@sara@10.0.0.7:3000",
            {"platform": "mastodon", "url": "http://10.0.0.7:3000", "timeline": "account", "account": "sara"},
        ),
        *[
            (f"https://{place}", {"platform": "feed", "url": f"https://{place}"})
            for place in (
                "www.youtube.com/feeds/videos.xml?channel_id=UC1",
                "www.aparat.com/rss/khabar",
                "medium.com/feed/@sara",
                "sara.medium.com/feed",
                "sara.substack.com/feed",
                "www.reddit.com/r/iran/.rss",
                "github.com/a/b/releases.atom",
                "www.pinterest.com/sara/feed.rss",
                "api.flickr.com/services/feeds/photos_public.gne",
                "www.quora.com/topic/Tea/rss",
            )
        ],
    ],
)
def test_what_is_pasted_becomes_a_source(pasted: str, expected: dict[str, str]) -> None:
    """Each form gives its keys, and with a name they are a source that a project takes."""
    found = source_of(pasted)

    assert found == expected
    assert Source.model_validate({"name": "pasted", **found}).platform == expected["platform"]


@pytest.mark.parametrize(
    ("pasted", "why"),
    [
        ("https://t.me/+AbCdEf", "private place"),
        ("https://t.me/joinchat/AbCdEf", "private place"),
        ("https://t.me/c/12345/6", "private place"),
        ("https://eitaa.com/joinchat/123", "private place"),
        ("https://x.com/sara", "X is not collected yet"),
        ("https://www.instagram.com/sara/", "Instagram is not collected yet"),
        ("https://ble.ir/khabar", "Bale is not collected yet"),
        ("https://www.youtube.com/@foo", "YouTube is not collected yet"),
        ("https://www.youtube.com/feed/history", "YouTube is not collected yet"),
        ("youtu.be/abc", "YouTube is not collected yet"),
        ("https://www.aparat.com/khabar", "Aparat is not collected yet"),
        ("https://medium.com/@sara", "Medium is not collected yet"),
        ("https://sara.substack.com/", "Substack is not collected yet"),
        ("https://www.tiktok.com/@sara", "TikTok is not collected yet"),
        ("https://www.threads.net/@sara", "Threads is not collected yet"),
        ("@sara@threads.net", "Threads is not collected yet"),
        ("https://www.linkedin.com/in/sara", "LinkedIn is not collected yet"),
        ("https://www.pinterest.com/sara", "Pinterest is not collected yet"),
        ("https://github.com/a", "GitHub is not collected yet"),
        ("https://old.reddit.com/r/iran", "Reddit is not collected yet"),
        ("https://www.twitch.tv/sara", "Twitch is not collected yet"),
        ("https://www.flickr.com/explore", "Flickr is not collected yet"),
        ("https://vk.com/public", "VK is not collected yet"),
        ("https://www.quora.com/topic/Tea", "Quora is not collected yet"),
    ],
)
def test_what_is_not_collected_is_refused(pasted: str, why: str) -> None:
    """Private places and platforms that have no spider are named as that."""
    with pytest.raises(Refused, match=why):
        source_of(pasted)


@pytest.mark.parametrize(
    "pasted",
    ["", "  ", "tea", "#tea", "two words", "https://", "ftp://example.org/feed", "https://t.me/", "https://t.me/s",
     "https://t.me/share/url?url=x", "https://eitaa.com", "https://bsky.app/", "http://[half", "@a", "@",
     "https://example.org:99999999/", "javascript:alert(1)", "مهر"],
)  # fmt: skip
def test_what_is_no_source_is_said(pasted: str) -> None:
    """Nothing is guessed from what names no place."""
    with pytest.raises(NotUnderstood):
        source_of(pasted)


@given(
    st.text(max_size=40)
    | st.builds(
        "https://{}/{}".format,
        st.sampled_from(["t.me", "eitaa.com", "bsky.app", "a.example"]),
        st.text(max_size=30),
    )
)
def test_anything_pasted_is_a_source_or_named(pasted: str) -> None:
    """Whatever is pasted, nothing else is raised."""
    try:
        found = source_of(pasted)
    except RasadError:
        return
    assert found["platform"] in {"telegram", "eitaa", "bluesky", "mastodon", "feed"}
