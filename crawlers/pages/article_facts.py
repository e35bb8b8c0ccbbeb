"""What a page says of itself beside its text: address, language, date, author, and whether it may be read.

Only what is written in so many words counts: no date is guessed from an address or from the text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from lxml import html

from crawlers.pages.jalali import read_jalali
from crawlers.pages.text import clean_name, web_address

OPTED_OUT: Final = frozenset({"noindex", "noarchive", "none"})
AGENT: Final = "rasad"
_DATES: Final = (
    "article:published_time", "og:published_time", "datepublished", "dc.date.issued", "dcterms.issued",
    "dc.date", "date", "pubdate", "publish-date", "parsely-pub-date",
)  # fmt: skip
_AUTHORS: Final = ("author", "article:author", "dc.creator", "parsely-author", "byl")
_LANGUAGES: Final = ("og:locale", "content-language", "dc.language")
_TITLES: Final = ("og:title", "twitter:title")
_JSON_BYTES: Final = 200_000
_SCRIPTS: Final = 10
_DEPTH: Final = 6
_TAG_OF_AGENT = re.compile(r"^\s*([a-z][\w-]*)\s*:\s*(?!//)(.*)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a page tells of itself; each is ``None`` where it does not."""

    canonical: str | None = None
    title: str | None = None
    author: str | None = None
    language: str | None = None
    published_at: datetime | None = None
    opted_out: bool = False
    paywalled: bool = False


def facts_of(root: html.HtmlElement, *, url: str, robots: str = "") -> Facts:
    """The facts in a page's head and its JSON-LD; ``robots`` is what X-Robots-Tag said of it."""
    metas = _metas(root)
    said = list(_articles(root))
    return Facts(
        canonical=_canonical(root, metas, url),
        title=_first([*_named(metas, _TITLES), *_texts(root, "h1"), *_texts(root, "title")], longest=500),
        author=_author(said, metas),
        language=_first([*root.xpath("/html/@lang")[:1], *_named(metas, _LANGUAGES)], longest=20),
        published_at=_published(root, said, metas),
        opted_out=_opts_out(metas, robots),
        paywalled=any(str(part.get("isAccessibleForFree")).lower() == "false" for part in said),
    )


def _metas(root: html.HtmlElement) -> list[tuple[str, str]]:
    """Names and contents of the page's meta elements, in their order."""
    found = []
    for meta in root.iter("meta"):
        name = meta.get("name") or meta.get("property") or meta.get("http-equiv") or meta.get("itemprop")
        if name and meta.get("content"):
            found.append((name.strip().lower(), meta.get("content")[:4000]))
    return found[:500]


def _named(metas: list[tuple[str, str]], names: Iterable[str]) -> Iterator[str]:
    """The contents of these metas, the first name first."""
    return (content for wanted in names for name, content in metas if name == wanted)


def _texts(root: html.HtmlElement, tag: str) -> list[str]:
    return ["".join(element.itertext()) for element in list(root.iter(tag))[:3]]


def _first(values: Iterable[str], *, longest: int) -> str | None:
    """The first that says something and is no address."""
    for value in values:
        name = clean_name(str(value)[: 4 * longest])[:longest]
        if name and not name.startswith(("http://", "https://")):
            return name
    return None


def same_site(one: str, other: str) -> bool:
    """Whether two addresses are of one site: the same host, with or without www, or one below the other."""
    try:
        (first, port), (second, same_port) = map(_host, (one, other))
    except ValueError:
        return False
    below = first.endswith(f".{second}") or second.endswith(f".{first}")
    return bool(first and second) and port == same_port and (first == second or below)


def _host(address: str) -> tuple[str, int | None]:
    parts = urlsplit(address)
    host = (parts.hostname or "").lower().removeprefix("www.")
    return host, None if parts.port in (80, 443) else parts.port


def _canonical(root: html.HtmlElement, metas: list[tuple[str, str]], url: str) -> str | None:
    """The page's own name for its address; one of another site would make our post somebody else's."""
    links = [link.get("href") for link in root.iter("link") if "canonical" in _words(link.get("rel"))]
    for written in [*links, *_named(metas, ("og:url",))]:
        try:
            address = web_address(urljoin(url, written)) if written else None
            if address is not None and same_site(address, url):
                return address.partition("#")[0]
        except ValueError:
            continue
    return None


def _words(value: str | None) -> list[str]:
    return (value or "").lower().split()


def _opts_out(metas: list[tuple[str, str]], robots: str) -> bool:
    """Whether the page asks not to be kept, in its head or in X-Robots-Tag."""
    asked = {word for content in _named(metas, ("robots", AGENT)) for word in _rules(content)}
    for line in robots.split("\n"):
        of_one = _TAG_OF_AGENT.match(line)
        if of_one is None or of_one[1].lower() == "unavailable_after":
            asked.update(_rules(line))
        elif of_one[1].lower() == AGENT:
            asked.update(_rules(of_one[2]))
    return bool(asked & OPTED_OUT)


def _rules(content: str) -> Iterator[str]:
    return (word.strip().lower() for word in content.split(","))


def _articles(root: html.HtmlElement) -> Iterator[dict[str, Any]]:
    """The objects of the page's JSON-LD that describe an article."""
    scripts = root.xpath("//script[@type='application/ld+json']")[:_SCRIPTS]
    for script in scripts:
        text = (script.text or "")[:_JSON_BYTES]
        try:
            found = json.loads(text, parse_int=str, parse_float=str)
        except (ValueError, RecursionError):
            continue
        yield from _inside(found, _DEPTH)


def _inside(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth == 0:
        return
    if isinstance(value, list):
        for part in value[:50]:
            yield from _inside(part, depth - 1)
    elif isinstance(value, dict):
        kinds = value.get("@type")
        named = kinds if isinstance(kinds, list) else [kinds]
        if any(isinstance(kind, str) and kind.endswith(("Article", "Posting", "Report")) for kind in named):
            yield value
        yield from _inside(value.get("@graph"), depth - 1)
        yield from _inside(value.get("mainEntity"), depth - 1)


def _author(said: list[dict[str, Any]], metas: list[tuple[str, str]]) -> str | None:
    names: list[str] = []
    for part in said:
        written = part.get("author")
        for row in written if isinstance(written, list) else [written]:
            name = row.get("name") if isinstance(row, dict) else row
            if isinstance(name, str):
                names.append(name)
    return _first([*names, *_named(metas, _AUTHORS)], longest=200)


def _published(
    root: html.HtmlElement, said: list[dict[str, Any]], metas: list[tuple[str, str]]
) -> datetime | None:
    """When the page says it was published; of its clocks only one that is alone is taken for that."""
    told = [part.get("datePublished") for part in said]
    clocks = {time.get("datetime", "")[:64] for time in root.iter("time")} - {""}
    alone = clocks if len(clocks) == 1 else set()
    for written in [*told, *_named(metas, _DATES), *alone]:
        found = moment_of(written)
        if found is not None:
            return found
    return None


def moment_of(written: object) -> datetime | None:
    """A moment in UTC of a W3C date or a Jalali one; without a zone it is UTC, without a clock midnight."""
    if not isinstance(written, str) or len(written) > 64:
        return None
    jalali = read_jalali(written)
    if jalali is not None:
        return jalali
    try:
        found = datetime.fromisoformat(written.strip())
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
