"""Addresses in a text, with or without a scheme, and the domain that an address belongs to."""

from __future__ import annotations

from functools import lru_cache

import regex

from nlp.signs import LINK, scan
from posts.post import Tag

_SCHEME = regex.compile(r"^[A-Za-z][A-Za-z0-9+.\-]*://|^//")
_HOST_END = regex.compile(r"[/?#\\]")
# Parameters that say where a reader came from, not what is read.
_TRACKING = regex.compile(r"^(?:utm_[a-z]+|fbclid|gclid|igshid|igsh|mc_cid|mc_eid|ref_src|si)$")


def find(text: str) -> list[Tag]:
    """The links of a text, in order: ``text`` is the address as written, ``normal`` its ``key``."""
    return [
        Tag(text[start:end], key(text[start:end]), start, end)
        for kind, start, end in scan(text)
        if kind == LINK
    ]


@lru_cache(maxsize=16_384)
def domain(url: str) -> str:
    """The host of an address in lower case and Unicode, without ``www.`` and port; empty where none is."""
    rest = _SCHEME.sub("", url.strip())
    host = _HOST_END.split(rest, maxsplit=1)[0].rpartition("@")[2].lower()
    if not host.startswith("["):
        host = host.partition(":")[0]
    host = ".".join(_unicode_label(label) for label in host.rstrip(".").split("."))
    return host.removeprefix("www.")


def _unicode_label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label


@lru_cache(maxsize=16_384)
def key(url: str) -> str:
    """Host, path and query of an address, under which its spellings meet.

    The scheme, ``www.``, the fragment, a slash at the end and parameters of tracking are left out.
    """
    rest = _SCHEME.sub("", url.strip()).partition("#")[0]
    at = _HOST_END.search(rest)
    path, _, query = (rest[at.start() :] if at else "").partition("?")
    kept = "&".join(part for part in query.split("&") if part and not _TRACKING.match(part.partition("=")[0]))
    return domain(url) + path.rstrip("/") + (f"?{kept}" if kept else "")
