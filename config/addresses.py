"""What a person pastes becomes a source: an address of a channel, account, tag or thread, a handle, a feed.

Nothing is asked of the network: the form of the address decides, and a preview shows whether it was meant so.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from posts.errors import NotUnderstood, Refused

_AROUND: Final = (
    " \t\r\n\ufeff<>\"'«»،"
    "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
"""What comes along when text of either direction is copied."""
_CHANNEL: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{2,63}")
_FEDERATED: Final = re.compile(r"@?([\w.-]+)@([\w-]+(?:\.[\w-]+)+(?::\d{1,5})?)")
_BLUESKY_NAME: Final = re.compile(r"[\w-]+(?:\.[\w-]+)+|did:[a-z]+:[\w.:%-]+", re.ASCII)
_PREFIXED: Final = re.compile(r"(telegram|eitaa|bluesky):@?(\S+)")
_FILE: Final = re.compile(r"\.(?:rss|atom|xml|json|rdf)$", re.IGNORECASE)
_PRIVATE: Final = frozenset({"joinchat", "c", "addlist"})
_NO_CHANNEL: Final = frozenset(
    {
        "addemoji", "addstickers", "addtheme", "apps", "blog", "boost", "confirmphone", "contact", "faq",
        "giftcode", "invoice", "login", "msg", "proxy", "setlanguage", "share", "socks", "stickers",
    }
)  # fmt: skip
_NOT_YET: Final[Mapping[str, str]] = MappingProxyType(
    {
        "x.com": "X", "twitter.com": "X", "instagram.com": "Instagram", "facebook.com": "Facebook",
        "tiktok.com": "TikTok", "threads.net": "Threads", "threads.com": "Threads", "ble.ir": "Bale",
        "linkedin.com": "LinkedIn", "rubika.ir": "Rubika", "splus.ir": "Soroush", "virasty.com": "Virasty",
        "youtube.com": "YouTube", "youtu.be": "YouTube", "aparat.com": "Aparat", "medium.com": "Medium",
        "pinterest.com": "Pinterest", "pin.it": "Pinterest", "substack.com": "Substack",
        "github.com": "GitHub", "reddit.com": "Reddit", "redd.it": "Reddit", "twitch.tv": "Twitch",
        "flickr.com": "Flickr", "vk.com": "VK", "vk.ru": "VK", "quora.com": "Quora",
    }
)  # fmt: skip
_FEEDS_OF: Final[Mapping[str, re.Pattern[str]]] = MappingProxyType(
    {
        "YouTube": re.compile(r"/feeds/videos\.xml"),
        "Aparat": re.compile(r"/rss(?:/|$)"),
        "Medium": re.compile(r"/feed(?:/|$)"),
        "Substack": re.compile(r"/feed/?$"),
        "Pinterest": re.compile(r"\.rss$"),
        "GitHub": re.compile(r"\.(?:atom|rss|xml)$"),
        "Reddit": re.compile(r"\.rss$"),
        "Flickr": re.compile(r"/services/feeds/"),
        "Quora": re.compile(r"/rss/?$"),
    }
)
"""The paths of the feeds that some of them have: those are read as any feed is."""


def source_of(pasted: str) -> dict[str, str]:
    """The keys of a source (without name and rhythm) that what was pasted means.

    ``url`` is left out where the platform has one address. ``Refused`` for what is private or not
    collected, ``NotUnderstood`` for what is no address at all; both say what would be one.

    >>> source_of("t.me/s/durov")
    {'platform': 'telegram', 'timeline': 'account', 'account': 'durov'}
    """
    text = pasted.strip(_AROUND)
    found = _handle(text) or _address(text)
    if found is None:
        raise NotUnderstood(
            "is no address of a source",
            subject=text[:200],
            remedy="Paste the address of a channel, an account, a tag, a thread or a feed, "
            'such as "https://t.me/example" or "@sara@mastodon.example".',
        )
    return found


def _handle(text: str) -> dict[str, str] | None:
    """A name without an address. Of the platforms that are collected only Telegram's names stand alone."""
    if match := _PREFIXED.fullmatch(text):
        platform, name = match[1], match[2]
        form = _BLUESKY_NAME if platform == "bluesky" else _CHANNEL
        return _account(platform, name) if form.fullmatch(name) else None
    if match := _FEDERATED.fullmatch(text):
        server = match[2].lower()
        _refuse_known(server.partition(":")[0], text)
        return {"platform": "mastodon", "url": f"{_scheme(server)}://{server}", **_account("", match[1])}
    if text.startswith("did:") and _BLUESKY_NAME.fullmatch(text):
        return _account("bluesky", text)
    if not text.startswith("@"):
        return None
    if _CHANNEL.fullmatch(text[1:]):
        return _account("telegram", text[1:])
    return _account("bluesky", text[1:]) if _BLUESKY_NAME.fullmatch(text[1:]) else None


def _account(platform: str, name: str) -> dict[str, str]:
    named = {"platform": platform} if platform else {}
    return {**named, "timeline": "account", "account": name}


def _address(text: str) -> dict[str, str] | None:
    """The source at an address, with or without its scheme."""
    if re.search(r"\s", text) or not text:
        return None
    whole = text if re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", text) else f"{_scheme(text)}://{text}"
    try:
        parts = urlsplit(whole)
        host, _ = (parts.hostname or "").removeprefix("www."), parts.port
    except ValueError:
        return None
    if parts.scheme == "tg":
        return _telegram(parts._replace(path=parse_qs(parts.query).get("domain", [""])[0]), host)
    if parts.scheme not in ("http", "https") or not ("." in host or parts.port or host == "localhost"):
        return None
    for names, read in _READERS:
        if host in names or any(host.endswith(f".{name}") for name in names):
            return read(parts, host)
    feed = {"platform": "feed", "url": whole}
    if _refuse_known(host, text, path=parts.path):
        return feed
    return _federated(parts) or feed


def _scheme(place: str) -> str:
    """The scheme of an address that was written without: ``http`` on this machine and in its network."""
    try:
        host = urlsplit(f"//{place}").hostname or ""
        private = host == "localhost" or ipaddress.ip_address(host).is_private
    except ValueError:
        private = False
    return "http" if private else "https"


def _refuse_known(host: str, pasted: str, path: str = "") -> bool:
    """``Refused`` by its name for a host that is known and not collected; true for a feed on one."""
    for name, platform in _NOT_YET.items():
        if host == name or host.endswith(f".{name}"):
            feeds = _FEEDS_OF.get(platform)
            if feeds is not None and feeds.search(path):
                return True
            remedy = "Where it has a feed, paste the address of that." if feeds else ""
            raise Refused(f"{platform} is not collected yet", subject=pasted[:200], remedy=remedy)
    return False


def platform_alone(pasted: str) -> str | None:
    """The platform of one address whose front page was pasted, without an account or tag of it.

    >>> platform_alone("https://bsky.app/profile"), platform_alone("https://t.me/durov")
    ('bluesky', None)
    """
    text = pasted.strip(_AROUND)
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return None
    if parts.query or parts.fragment or _segments(parts) not in ([], ["profile"], ["search"], ["hashtag"]):
        return None
    fronts = {"bsky.app": "bluesky", "t.me": "telegram", "telegram.me": "telegram", "eitaa.com": "eitaa"}
    return fronts.get(host)


def _segments(parts: SplitResult) -> list[str]:
    return [unquote(part) for part in parts.path.split("/") if part]


def _telegram(parts: SplitResult, host: str) -> dict[str, str]:
    """A channel, or the channel of a message; names may stand before the host too (``durov.t.me``)."""
    before = host.removesuffix("t.me").rstrip(".") if host.endswith(".t.me") else ""
    segments = [before] if before else _segments(parts)
    return _channel("telegram", segments[1:] if segments[:1] == ["s"] else segments, parts)


def _eitaa(parts: SplitResult, host: str) -> dict[str, str]:
    """A channel; the web client has its name behind the ``#``."""
    return _channel("eitaa", _segments(parts) or [parts.fragment], parts)


def _channel(platform: str, segments: list[str], parts: SplitResult) -> dict[str, str]:
    name = segments[0].removeprefix("@") if segments else ""
    if name.lower() in _PRIVATE or name.startswith("+"):
        raise Refused(
            "is an invitation or a private place: only public channels are collected", subject=parts.geturl()
        )
    if name.lower() in _NO_CHANNEL or not _CHANNEL.fullmatch(name):
        raise NotUnderstood("names no channel", subject=parts.geturl()[:200])
    return _account(platform, name)


def _bluesky(parts: SplitResult, host: str) -> dict[str, str]:
    segments = _segments(parts)
    match segments:
        case ["profile", name, "post", *_] if len(segments) >= 4:
            address = f"https://bsky.app/profile/{name}/post/{segments[3]}"
            return {"platform": "bluesky", "timeline": "thread", "thread": address}
        case ["profile", name, *_]:
            return _account("bluesky", name.removeprefix("@"))
        case ["hashtag", tag, *_]:
            return {"platform": "bluesky", "timeline": "tag", "tag": tag.lstrip("#")}
        case ["search", *_] if query := parse_qs(parts.query).get("q", [""])[0]:
            return {"platform": "bluesky", "timeline": "search", "query": query}
        case [] if host.endswith(".bsky.social"):
            return _account("bluesky", host)
    raise NotUnderstood("names no account, tag or thread of Bluesky", subject=parts.geturl()[:200])


def _federated(parts: SplitResult) -> dict[str, str] | None:
    """What Mastodon's paths mean on any server; ``None`` for other paths."""
    server = {"platform": "mastodon", "url": f"{parts.scheme}://{parts.netloc.lower()}"}
    segments = _segments(parts)
    if segments[:1] == ["web"]:  # older servers
        segments = segments[1:]
    if not segments or _FILE.search(segments[-1]):
        return None
    match segments:
        case [name, post] if name.startswith("@") and post.isalnum():
            return {**server, "timeline": "thread", "thread": parts._replace(query="", fragment="").geturl()}
        case ["users", _, "statuses", _]:
            return {**server, "timeline": "thread", "thread": parts._replace(query="", fragment="").geturl()}
        case [name] | [name, "with_replies" | "media"] if name.startswith("@") and len(name) > 1:
            return {**server, **_account("", name[1:])}
        case ["users", name]:
            return {**server, **_account("", name)}
        case ["tags", tag] | ["timelines", "tag", tag]:
            return {**server, "timeline": "tag", "tag": tag.lstrip("#")}
        case ["public"] | ["public", "local" | "remote"]:
            return {**server, "timeline": "public"}
        case ["explore"]:
            return {**server, "timeline": "trends"}
    return None


_READERS: Final[tuple[tuple[tuple[str, ...], Callable[[SplitResult, str], dict[str, str]]], ...]] = (
    (("t.me", "telegram.me", "telegram.dog"), _telegram),
    (("eitaa.com", "eitaa.ir"), _eitaa),
    (("bsky.app", "bsky.social"), _bluesky),
)
