"""A source in the making: what was pasted and what was said about it, what it needs, and how it is called."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from config.addresses import platform_alone, source_of
from config.fields import account_parts
from config.platforms import NEEDS, PLATFORMS
from config.project import Brand, Settings, Source
from posts.errors import NotUnderstood

_NO_SLUG: Final = re.compile(r"[^a-z0-9]+")
_CHOOSES: Final = frozenset({"timeline", *NEEDS.values()})
"""The keys that say what of a place is read."""


def proposed(pasted: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of a source that was pasted as an address or a name; what is ``given`` counts before it.

    ``SourceError`` if it is neither, is private, or is of a platform that is not collected.

    >>> proposed("https://social.example", {"tag": "#tea"})
    {'platform': 'mastodon', 'url': 'https://social.example', 'tag': 'tea'}
    """
    said = {key: value for key, value in given.items() if value not in (None, "")}
    if "tag" in said:
        said["tag"] = said["tag"].lstrip("#＃")
    platform = said.get("platform")
    if not pasted.strip():
        return said
    if platform == "feed":
        return {"url": pasted.strip(), **said}
    chosen = _CHOOSES & said.keys()
    alone = platform_alone(pasted) if chosen or platform else None
    if alone is not None and platform in (None, alone):
        # What of the platform is read was said; its one address is known.
        return {"platform": alone, **said}
    found = _meant(pasted, platform)
    if chosen and found["platform"] == "feed":
        # The address of a server alone, of which a timeline was named.
        found = {"platform": "mastodon", "url": found["url"]}
    elif chosen and not (chosen == {"timeline"} and said["timeline"] == found.get("timeline")):
        found = {key: value for key, value in found.items() if key not in _CHOOSES}
    return {**found, **said}


def _meant(pasted: str, platform: str | None) -> dict[str, Any]:
    """What was pasted means, of the platform that was named."""
    text = pasted.strip()
    if platform is None:
        return dict(source_of(text))
    known = PLATFORMS.get(platform)
    if known is None:
        return {"platform": platform, "url": text}
    name = text.lstrip("@＠")
    if known.url and "/" not in name and not name.startswith(known.url):
        return {"platform": platform, "timeline": "account", "account": name}
    if _is_server(text):
        return {"platform": platform, "url": text}
    found = dict(source_of(text))
    if found["platform"] != platform:
        if found["platform"] == "feed":
            return {"platform": platform, "url": text}
        raise NotUnderstood(f"is of {found['platform']}, not of {platform}", subject=text[:200])
    return found


def _is_server(text: str) -> bool:
    parts = urlsplit(text)
    return bool(parts.netloc) and not parts.path.strip("/") and not parts.query and not parts.fragment


def free_name(values: Mapping[str, Any], taken: Collection[str]) -> str:
    """A name of its server and, in Latin letters, its tag or account, that no other source has.

    Where a platform has one address it is called after the platform.

    >>> free_name({"platform": "telegram", "account": "ISNA94"}, set())
    'telegram-isna94'
    """
    platform = PLATFORMS.get(values.get("platform", ""))
    host = urlsplit(values.get("url") or "").hostname or ""
    place = platform.name if platform is not None and platform.url else host.removeprefix("www.")
    what = [values.get(key) or "" for key in ("tag", "account", "query")]
    name = _NO_SLUG.sub("-", " ".join([place, *what]).lower())[:60].strip("-") or "source"
    return next(free for free in _numbered(name) if free not in taken)


def _numbered(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name}-{number}"
        number += 1


def same_place(settings: Settings, source: Source) -> Source | None:
    """The source of the project that reads the same already."""
    return next((other for other in settings.sources if _place(other) == _place(source)), None)


def _place(source: Source) -> tuple[str | None, ...]:
    account = source.account and source.account.lstrip("@").lower()
    return (
        source.platform, source.url.rstrip("/"), source.timeline, source.tag, account, source.query,
        source.thread,
    )  # fmt: skip


def lacking(settings: Settings, source: Source) -> str | None:
    """The variable without which a source cannot be asked, if it is not set: its name."""
    variable = PLATFORMS[source.platform].tokens.get(source.timeline) if source.timeline else None
    if variable is None:
        return None
    tokens = settings.tokens
    if source.platform == "mastodon":
        return None if urlsplit(source.url).netloc.lower() in tokens.mastodon else variable
    return None if tokens.bluesky_identifier and tokens.bluesky_password else variable


def unheard(settings: Settings) -> list[tuple[Brand, str, dict[str, str]]]:
    """The accounts of the brand and its rivals that no source reads, with the keys of one that would."""
    brands = [*([settings.brand] if settings.brand else []), *settings.rivals]
    heard = {_of(source) for source in settings.sources if source.timeline == "account" and source.account}
    found = []
    for brand in brands:
        for account in brand.accounts:
            platform, host, name = account_parts(account)
            if (platform, host.lower(), name.lower()) not in heard:
                found.append((brand, account, _keys(platform, host, name)))
    return found


def _of(source: Source) -> tuple[str, str, str]:
    """Platform, home server and name of the account that a source is of."""
    name, _, home = (source.account or "").lstrip("@").partition("@")
    host = {"telegram": "t.me", "eitaa": "eitaa.com", "bluesky": "bsky.app"}.get(source.platform)
    return source.platform, (host or home or urlsplit(source.url).netloc).lower(), name.lower()


def _keys(platform: str, host: str, name: str) -> dict[str, str]:
    server = {} if PLATFORMS[platform].url else {"url": f"https://{host}"}
    return {"platform": platform, **server, "timeline": "account", "account": name}
