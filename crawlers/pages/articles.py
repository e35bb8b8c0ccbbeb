"""The text of an article's page, taken by trafilatura from bytes that were downloaded already.

trafilatura is Python on other people's HTML: what it is given is bounded before, and whatever it raises is
a page that could not be read. It drops characters that Python does not print, and with them every
half-space of Persian: they stand as letters of a dead script while it reads.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field
from typing import Final

from lxml import etree, html

from crawlers.pages.article_facts import Facts, facts_of
from crawlers.pages.text import clean

MAX_BYTES: Final = 2 * 2**20
"""A larger page is not read: an article of a whole book has one."""
MAX_TAGS: Final = 20_000
MAX_ATTRIBUTES: Final = 2_000
"""Of one tag: the parser's time grows with their square, and no deadline reaches into it."""
SHORTEST: Final = 140
"""Letters below which what was found is no article: a notice, a cookie wall, a teaser."""
LONGEST: Final = 200_000

_CHARSET_IN_HEADER = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{2,40})", re.IGNORECASE)
_CHARSET_IN_PAGE = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_ARABIC_SCRIPT: Final = frozenset({"fa", "ar", "ckb", "ur", "ps", "azb"})
_BROKEN_SHARE: Final = 200
"""One letter in so many may be broken before the encoding that is named is taken for a mistake."""
_KEPT_SIGNS: Final = "\u200c\u200d\u200e\u200f\u061c"
"""Half-space, its opposite, and marks of direction."""
_SURROGATES = re.compile("[\ud800-\udfff]")
_NO_XML: Final = {code: None for code in (*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF)}
_TAG = re.compile(
    rb"<[A-Za-z][^\s/>]*+(?:[\s/]++|[^\s/>][^\s/>=]*+"
    rb"(?:\s*+=\s*+(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)|[^\s>\"'][^\s>]*+)?+)?+)*+"
)
"""An opening tag with its attributes, as HTML's own rules take it apart."""
_STAND_INS: Final = range(0x10600, 0x10700)
"""Letters of Linear A, which nobody writes: as many as needed that the page itself does not hold."""

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A page's text and what it tells of itself; ``why`` says why there is no text that may be used."""

    text: str = ""
    facts: Facts = field(default_factory=Facts)
    why: str = ""


def read_article(
    body: bytes, *, url: str, content_type: str = "", robots: str = "", language: str | None = None
) -> Article:
    """The article of a page; one without a text that may be used says why, and nothing is raised."""
    if len(body) > MAX_BYTES:
        return Article(why="larger than 2 MiB")
    kind = content_type.partition(";")[0].strip().lower()
    if kind and "html" not in kind and kind != "text/plain":
        return Article(why="no HTML page")
    if body.count(b"<") > MAX_TAGS:
        return Article(why="too many elements")
    if any(_attributes(tag[0]) > MAX_ATTRIBUTES for tag in _TAG.finditer(body)):
        return Article(why="too many attributes")
    page = decoded(body, content_type, language)
    try:
        root = _tree(page)
    except (etree.LxmlError, ValueError, RecursionError):
        return Article(why="no HTML page")
    if root is None:
        return Article(why="no HTML page")
    facts = facts_of(root, url=url, robots=robots)
    if facts.opted_out:
        return Article(facts=facts, why="opted out")
    if facts.paywalled:
        return Article(facts=facts, why="for subscribers only")
    heads = {facts.title, *(" ".join("".join(head.itertext()).split()) for head in root.iter("h1"))}
    text = _without_title(_text(root, page), heads)
    if len(text) < SHORTEST:
        return Article(facts=facts, why="too little text")
    return Article(text=text[:LONGEST], facts=facts)


def decoded(body: bytes, content_type: str = "", language: str | None = None) -> str:
    """The page's letters, also where it names another encoding than it has.

    Bytes that are UTF-8 are that, whatever is said. Of others the header's word counts, then the page's;
    where neither can be right a page in Arabic script is taken for windows-1256, as old sites are.
    """
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return body.decode("utf-16", "replace")
    header, page = _CHARSET_IN_HEADER.search(content_type), _CHARSET_IN_PAGE.search(body[:4096])
    named = [header[1] if header else "", page[1].decode("ascii") if page else ""]
    for name in [*named, "windows-1256" if language in _ARABIC_SCRIPT else "windows-1252"]:
        try:
            text = body.decode(name, "replace") if name else ""
        except (LookupError, ValueError):
            continue
        if text and text.count("\ufffd") * _BROKEN_SHARE <= len(text):
            return text
    return body.decode("utf-8", "replace")


def _attributes(tag: bytes) -> int:
    """At least as many as the tag has; spaces inside of values are counted where there are many."""
    return 0 if len(tag) < MAX_ATTRIBUTES else len(re.sub(rb"\"[^\"]*+\"|'[^']*+'", b" ", tag).split())


def _tree(page: str) -> html.HtmlElement | None:
    parser = html.HTMLParser(encoding="utf-8", huge_tree=False, remove_comments=True, remove_pis=True)
    cleaned = _SURROGATES.sub("\ufffd", page).translate(_NO_XML)
    root = html.document_fromstring(cleaned.encode(), parser=parser)
    return root if len(root) else None


def _text(root: html.HtmlElement, page: str) -> str:
    """What trafilatura takes for the article, its half-spaces kept."""
    # Its imports take half a second, which a crawl without articles need not pay.
    from trafilatura import bare_extraction

    there = set(page)
    free = (chr(code) for code in _STAND_INS if chr(code) not in there)
    signs = dict(zip(_KEPT_SIGNS, free, strict=False))
    away, back = (
        _NO_XML | str.maketrans(signs),
        str.maketrans({letter: sign for sign, letter in signs.items()}),
    )
    for element in root.iter():
        if element.text:
            element.text = element.text.translate(away)
        if element.tail:
            element.tail = element.tail.translate(away)
    try:
        found = bare_extraction(root, include_comments=False, include_tables=False, with_metadata=False)
    except Exception:  # noqa: BLE001 - whatever a stranger's page makes it raise, it is a page without text
        return ""
    text = None if found is None or isinstance(found, dict) else found.text
    return clean((text or "").translate(back)).strip()


def _without_title(text: str, heads: set[str | None]) -> str:
    """The text without its headline, which stands above it."""
    first, _, rest = text.partition("\n")
    return rest.strip() if rest and " ".join(first.split()) in heads else text
