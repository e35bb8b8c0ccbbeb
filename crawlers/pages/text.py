"""Text of pages: HTML to plain text with its links, and texts that every store can hold.

Nothing that people wrote is changed but what no store takes (`posts.clean`), and letters are composed
(NFC). Half-spaces and marks of direction stay.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml import etree

import posts.clean

_SURROGATE_REFERENCE = re.compile(
    r"&#(?:[xX]0*[dD][89a-fA-F][0-9a-fA-F]{2}"
    r"|0*5(?:529[6-9]|5[3-9]\d\d|6\d{3}|7[0-2]\d\d|73[0-3]\d|734[0-3]));?"
)
_BLANKS = re.compile(r"[ \t\n\f\r]+")
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_PARAGRAPHS = _HEADINGS | {"p", "div", "ul", "ol", "dl", "blockquote", "pre", "table", "figure", "hr"}
_LINES = frozenset({"br", "li", "tr", "dt", "dd", "figcaption", "summary"})
_HIDDEN = frozenset({"script", "style", "template", "head", "noscript", "iframe", "object"})
_NO_CLASS: frozenset[str] = frozenset()
_SHORT = 2_000
"""Markup up to this length is remembered: what an account says of itself stands beside each of its posts."""


@dataclass(frozen=True, slots=True)
class Plain:
    """A text without markup, and the addresses it links to with the classes of each link."""

    text: str
    links: tuple[tuple[str, frozenset[str]], ...] = ()


def clean(text: str) -> str:
    """The text as every store can hold it, its letters composed."""
    if text.isascii() and text.isprintable():
        return text
    return unicodedata.normalize("NFC", posts.clean.clean_text(text))


def clean_name(text: str) -> str:
    """A name or tag on one line, without characters that turn the text around it."""
    return _BLANKS.sub(" ", posts.clean.clean_name(clean(text))).strip()


def web_address(url: object) -> str | None:
    """The address if it is one of http or https that is safe to keep, else ``None``."""
    if not isinstance(url, str):
        return None
    url = clean(url).strip()
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme.lower() not in {"http", "https"} or not parts.netloc or len(url) > 4000:
        return None
    return url


def plain(markup: str, *, without: frozenset[str] = frozenset(), base: str = "") -> Plain:
    """What a reader sees of an HTML fragment; elements with a class in ``without`` are left out.

    Addresses are taken as seen from ``base``; without one only whole addresses count.

    A link whose beginning or end is hidden (class ``invisible``: Mastodon shortens addresses so) is
    written out as its whole address, as its author typed it.
    """
    if "<" not in markup and "&" not in markup:
        return Plain(clean(markup).strip())
    return (_remembered if len(markup) <= _SHORT else _plain)(markup, without, base)


def _plain(markup: str, without: frozenset[str], base: str) -> Plain:
    source = _SURROGATE_REFERENCE.sub("\ufffd", clean(markup))
    try:
        # Not lxml.html: its elements, a class for each tag, took a sixth of the time.
        parser = etree.HTMLParser(encoding="utf-8", huge_tree=False, remove_comments=True, remove_pis=True)
        root = etree.fromstring(f"<div>{source}</div>".encode(), parser)
        return _Reader(without, base).read(root)
    except (etree.LxmlError, ValueError):
        return Plain(clean(re.sub(r"<[^<>]{0,2000}>", " ", source)).strip())


_remembered = lru_cache(maxsize=1_000)(_plain)


class _Reader:
    """Walks a tree without recursion and writes text with its line ends."""

    def __init__(self, without: frozenset[str], base: str) -> None:
        self._without = without
        self._base = base
        self._parts: list[str] = []
        self._links: list[tuple[str, frozenset[str]]] = []
        self._line_ends = 0

    def read(self, root: Any) -> Plain:
        skipping: Any | None = None
        for event, element in etree.iterwalk(root, events=("start", "end")):
            if event == "start":
                if skipping is None and self._opens(element):
                    skipping = element
            else:
                if skipping is element:
                    skipping = None
                elif skipping is None and element.tag in _PARAGRAPHS:
                    self._end_line(2)
                if skipping is None and element is not root:
                    self._write(element.tail, element.getparent())
        text = "".join(self._parts)
        text = re.sub(r" *\n *", "\n", text)
        return Plain(clean(text).strip(), tuple(self._links))

    def _opens(self, element: Any) -> bool:
        """Write what stands at the beginning of an element; true if its inside is to be left out."""
        tag = element.tag
        written = element.get("class")
        classes = frozenset(written.split()) if written else _NO_CLASS
        if tag in _HIDDEN or classes & self._without:
            return True
        if tag in _PARAGRAPHS:
            self._end_line(2)
        elif tag in _LINES:
            self._end_line(1, always=tag == "br")
        if tag == "a":
            address = self._address(element.get("href"))
            if address is not None:
                self._links.append((address, classes))
                if any("invisible" in (span.get("class") or "").split() for span in element.iter("span")):
                    self._write(address, None)
                    return True
        self._write(element.text, element)
        return False

    def _address(self, href: str | None) -> str | None:
        if not href or not self._base or href.startswith("#"):
            return web_address(href)
        try:
            return web_address(urljoin(self._base, href))
        except ValueError:
            return None

    def _write(self, text: str | None, inside: Any | None) -> None:
        if not text:
            return
        if inside is None or inside.tag != "pre":
            text = _BLANKS.sub(" ", text)
        if self._line_ends or not self._parts:
            text = text.lstrip(" ")
        if text:
            self._parts.append(text)
            self._line_ends = 0

    def _end_line(self, ends: int, *, always: bool = False) -> None:
        """At least ``ends`` line ends, or one more if ``always``; none at the very beginning."""
        if not self._parts:
            return
        missing = 1 if always and self._line_ends < 2 else ends - self._line_ends
        if missing > 0:
            self._parts.append("\n" * missing)
            self._line_ends += missing
