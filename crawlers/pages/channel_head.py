"""The head of a channel's page: who the channel is, and what a page without any message means."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from lxml.html import HtmlElement

from crawlers.pages.channel_counts import count
from crawlers.pages.channel_dialect import Dialect, classes, line
from posts.errors import NotUnderstood, Refused
from posts.post import Kind
from posts.profile import Profile

_FOLLOWERS: Final = re.compile(r"subscriber|member|follower|مشترک|عضو|اعضا|دنبال", re.IGNORECASE)
"""Words beside the number of those who follow: the Persian ones are subscriber, member(s), follow."""
_OPT_OUT: Final = re.compile(r"#(?:nobot|noindex)\b", re.IGNORECASE)
_BIG: Final = 20_000
"""Bytes of a page that must hold messages, if it is what it was asked for as."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """The channel that was asked for, the source it is for, and when.

    ``known`` is who it is by an earlier page: further pages may have no head.
    """

    dialect: Dialect
    name: str
    source: str
    at: datetime
    kind: Kind = "messenger"
    run_id: str | None = None
    known: Profile | None = None


def explain(root: HtmlElement, body: bytes, channel: Channel) -> None:
    """Raise what a page without a message means; nothing for a channel that has none."""
    names = Counter(name for element in root.iter() for name in classes(element))
    shorts = {channel.dialect.short(name) for name in names if name.startswith(f"{channel.dialect.prefix}_")}
    history = "channel_history" in shorts
    if history and sum(1 for _ in root.iter()) < 200:
        return
    landing = any(short == "page" or short.startswith(("page_", "action_button")) for short in shorts)
    if not history and (landing or len(body) < _BIG):
        raise Refused(
            f"the channel {channel.name} shows no preview: it is private, a group, restricted, or not there",
            subject=channel.source,
        )
    most = ", ".join(name[:40] for name, _ in names.most_common(5)) or "none"
    raise NotUnderstood(
        f"a page of {len(body):,} bytes without any message: its form has changed (classes: {most})",
        subject=channel.source,
    )


def read_profile(root: HtmlElement, channel: Channel) -> tuple[Profile | None, bool]:
    """The channel as the head of the page tells it, and whether it asks not to be collected."""
    head: dict[str, list[HtmlElement]] = {}
    for element in root.iter():
        for name in classes(element):
            short = channel.dialect.short(name)
            if short.startswith(("channel_info", "header_counter", "counter_", "verified")):
                head.setdefault(short, []).append(element)
    titles = head.get("channel_info_header_title", [])
    if not titles:
        return None, False
    handle = line(next(iter(head.get("channel_info_header_username", [])), None)).lstrip("@")
    about = " ".join(line(element) for element in head.get("channel_info_description", []))
    name = handle if re.fullmatch(r"[A-Za-z0-9_]{1,64}", handle) else channel.name
    profile = Profile(
        key=channel.dialect.key(name),
        platform=channel.dialect.platform,
        source=channel.source,
        at=channel.at,
        handle=name,
        name=line(titles[0])[:300] or None,
        followers=_followers(head),
        verified="verified-icon" in head,
        run_id=channel.run_id,
    )
    return profile, _OPT_OUT.search(f"{profile.name or ''} {about}") is not None


def _followers(head: dict[str, list[HtmlElement]]) -> int | None:
    counters = [*head.get("channel_info_counter", []), *head.get("header_counter", [])]
    for counter in counters:
        told = line(counter)
        if _FOLLOWERS.search(told) and (found := count(told, labelled=True)) is not None:
            return found
    return None
