"""The parts of one message on a channel's page: its text, links, media, poll and reactions."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qs, urljoin, urlsplit

from lxml import etree
from lxml.html import HtmlElement

from crawlers.pages.channel_counts import count
from crawlers.pages.channel_dialect import IGNORED, READ, Dialect, classes, line
from crawlers.pages.text import clean_name, plain, web_address
from posts.post import Link, Media, Mentioned, Poll, PollOption

_MEDIA: Final = {
    "photo_wrap": "image",
    "video_player": "video",
    "roundvideo_player": "video",
    "voice_player": "audio",
    "document_wrap": "document",
    "sticker_wrap": "image",
    "location_wrap": "unknown",
}
_QUOTED: Final = frozenset({"reply", "js-message_reply_text", "link_preview"})
"""What stands in a message and belongs to another one, or to a page that it links to."""
_MOST: Final = 100
"""Reactions, options, links and mentions of one post that are kept."""


@dataclass(slots=True)
class Parts:
    """The elements of a message by class, apart from what it quotes: of a quote only its frame is there."""

    dialect: Dialect
    unread: Counter[str] = field(default_factory=Counter)
    _found: dict[str, list[HtmlElement]] = field(default_factory=lambda: defaultdict(list))

    def read(self, message: HtmlElement) -> Parts:
        """Find the parts of a message."""
        walk = etree.iterwalk(message, events=("start",))
        for _, element in walk:
            names = [(name, self.dialect.short(name)) for name in classes(element)]
            if element is not message and any(short == "widget_message" for _, short in names):
                walk.skip_subtree()
                continue
            for name, short in names:
                self._found[short].append(element)
                told = name != short or short.startswith("link_preview")
                if told and short not in READ and short not in IGNORED:
                    self.unread[f"message.{short[:60]}"] += 1
            if any(short in _QUOTED for _, short in names):
                walk.skip_subtree()
        return self

    def all(self, short: str) -> list[HtmlElement]:
        return self._found.get(short, [])

    def first(self, short: str) -> HtmlElement | None:
        return next(iter(self.all(short)), None)

    def line(self, short: str) -> str:
        """What stands in the first element of a class, on one line."""
        return line(self.first(short))

    def inside(self, element: HtmlElement, short: str) -> HtmlElement | None:
        """The first element of a class in another one."""
        for found in element.iter():
            if any(self.dialect.short(name) == short for name in classes(found)):
                return found
        return None


def read_text(parts: Parts) -> tuple[str, list[HtmlElement]]:
    """The text and the links in it. With albums the class is nested in itself: the innermost holds it."""
    found = parts.all("text")
    outer = {above for element in found for above in element.iterancestors()}
    inner = [element for element in found if element not in outer]
    texts = dict.fromkeys(_plain(element) for element in inner)
    anchors = [anchor for element in inner for anchor in element.iter("a")]
    return "\n\n".join(text for text in texts if text), anchors


def _plain(element: HtmlElement) -> str:
    return plain(etree.tostring(element, encoding="unicode", method="html", with_tail=False)).text


def read_anchors(
    anchors: Iterable[HtmlElement], dialect: Dialect, page: str, own: str
) -> tuple[list[str], list[Mentioned], list[str]]:
    """What a text links to: hashtags, channels and people, and other addresses.

    A channel's own name is no mention: many sign each post with it.
    """
    tags: dict[str, None] = {}
    people: dict[str, Mentioned] = {}
    links: dict[str, None] = {}
    for anchor in anchors:
        href, written = (anchor.get("href") or "").strip(), line(anchor)
        address = _absolute(href, page)
        asked = _asked(address, dialect)
        if asked is not None:
            tag = _tag(asked, written)
            tags.update({tag: None} if tag else {})
            continue
        target = dialect.target(address)
        if target is not None and dialect.key(target[0]) != dialect.key(own):
            key = dialect.key(target[0])
            people.setdefault(key, Mentioned(key=key, handle=target[0]))
        if address is not None and not (target and written.startswith("@")):
            links[address] = None
    return list(tags)[:_MOST], list(people.values())[:_MOST], list(links)[:_MOST]


def _asked(address: str | None, dialect: Dialect) -> str | None:
    """What a link searches a channel for: a tag, a cashtag; ``None`` for a link to anywhere else."""
    try:
        parts = urlsplit(address or "")
        if (parts.hostname or "") not in dialect.hosts:
            return None
        return parse_qs(parts.query).get("q", [None])[0]
    except ValueError:
        return None


def _tag(asked: str, written: str) -> str | None:
    """The tag of a search as it is written; ``#tag@channel`` names one too."""
    if not asked.startswith(("#", "＃")):
        return None
    name = written if written.startswith(("#", "＃")) else clean_name(asked)
    name = name.lstrip("#＃").partition("@")[0]
    return name if 0 < len(name) <= 100 else None


def _absolute(href: str, page: str) -> str | None:
    try:
        return web_address(urljoin(page, href)) if href and not href.startswith("#") else None
    except ValueError:
        return None


def read_links(parts: Parts, addresses: list[str], page: str) -> tuple[Link, ...]:
    """Addresses of the text, of buttons below it, and of the page that is shown, with its title."""
    links = {address: Link(url=address) for address in addresses}
    for button in parts.all("inline_button"):
        if (address := _absolute(button.get("href") or "", page)) is not None:
            links.setdefault(address, Link(url=address, title=line(button) or None))
    for preview in parts.all("link_preview"):
        if (address := _absolute(preview.get("href") or "", page)) is not None:
            title = line(parts.inside(preview, "link_preview_title"))[:1000] or None
            links[address] = Link(url=address, title=title)
    return tuple(links.values())[:_MOST]


def read_media(parts: Parts, own: str) -> tuple[Media, ...]:
    """Pictures, films, sounds and files, each at the address of its message.

    The address of the file itself ends after hours, and is not kept.
    """
    found: list[Media] = []
    for short, kind in _MEDIA.items():
        for element in parts.all(short):
            href = web_address(element.get("href"))
            url = href if href is not None and urlsplit(href).netloc == urlsplit(own).netloc else own
            found.append(Media(kind=_kind(parts, element, kind), url=url, alt=_alt(parts, element)))  # type: ignore[arg-type]
    if not found and parts.all("media_not_supported"):
        found.append(Media(kind="unknown", url=own))
    return tuple(found[:_MOST])


def _kind(parts: Parts, element: HtmlElement, kind: str) -> str:
    if kind == "video":
        silent = any(video.get("loop") is not None for video in element.iter("video"))
        return "gif" if silent and parts.inside(element, "video_duration") is None else "video"
    if kind == "document":
        icon = parts.inside(element, "document_icon")
        return "audio" if icon is not None and "audio" in classes(icon) else "document"
    return kind


def _alt(parts: Parts, element: HtmlElement) -> str | None:
    for short in ("document_title", "location_title"):
        if told := line(parts.inside(element, short)):
            return told[:1000]
    return None


def read_poll(parts: Parts) -> tuple[Poll | None, str]:
    """The poll and its question. Shares of its votes are told, not their numbers."""
    if parts.first("poll") is None:
        return None, ""
    options = []
    for option in parts.all("poll_option")[:_MOST]:
        share = count(line(parts.inside(option, "poll_option_percent")).rstrip("%٪"))
        title = line(parts.inside(option, "poll_option_text"))
        options.append(PollOption(title=title, percent=share if share is not None and share <= 100 else None))
    votes = count(parts.line("voters"), labelled=True)
    return Poll(options=tuple(options), votes=votes), parts.line("poll_question")


def read_reactions(parts: Parts) -> dict[str, int] | None:
    """How often each reaction was given; ``None`` where none is shown, which is not the same as none.

    A picture of the platform's own stands under ``custom:`` and its id, a paid star under ``⭐``.
    """
    found: Counter[str] = Counter()
    for element in parts.all("reaction")[:_MOST]:
        given = count("".join(_own_text(element)))
        name = "⭐" if "reaction_paid" in map(parts.dialect.short, classes(element)) else _emoji(element)
        if given is None or not name:
            parts.unread["message.reaction"] += 1
        else:
            found[name] += given
    return dict(found) or None


def _own_text(element: HtmlElement) -> Iterator[str]:
    """The text of an element without that of the elements in it."""
    yield element.text or ""
    for child in element:
        yield child.tail or ""


def _emoji(element: HtmlElement) -> str:
    for child in element.iter("i", "tg-emoji"):
        if told := line(child):
            return told[:32]
    number = next((child.get("emoji-id") for child in element.iter("tg-emoji")), None)
    return f"custom:{clean_name(number)[:32]}" if number else ""
