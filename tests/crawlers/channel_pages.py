"""A server of channels that is ours: it writes pages as t.me does, of messages that tests put there."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import escape
from http.server import BaseHTTPRequestHandler
from threading import Event
from urllib.parse import parse_qsl, urlsplit

BEGIN = datetime(2026, 10, 1, tzinfo=UTC)


@dataclass
class Message:
    """A message: ``parts`` more numbers belong to its album; a service message has no text of anybody."""

    number: int
    text: str = ""
    views: str = "882"
    parts: int = 0
    service: bool = False
    at: datetime | None = None


@dataclass
class Channel:
    """A channel on the server, as pages of ``size`` messages; ``reads`` is every number it was asked for."""

    name: str = "parscoffee"
    title: str = "قهوهٔ پارس"  # a brand of coffee
    prefix: str = "tgme"
    host: str = "t.me"
    messages: dict[int, Message] = field(default_factory=dict)
    size: int = 20
    subscribers: str = "110K"
    about: str = ""
    deaf: bool = False
    more_as_json: bool = False
    asked: list[int | None] = field(default_factory=list)
    hold: Event | None = None
    """Where set, answers from the third on wait for it."""

    def write(self, numbers: Iterable[int], **more: object) -> None:
        for number in numbers:
            self.messages[number] = Message(number, **{"text": f"tea {number}", **more})  # type: ignore[arg-type]

    def __call__(self, handler: BaseHTTPRequestHandler) -> None:
        query = dict(parse_qsl(urlsplit(handler.path).query))
        before = int(query["before"]) if "before" in query else None
        self.asked.append(before)
        if self.hold is not None and len(self.asked) > 2:
            self.hold.wait(30)
        page = self.page(None if self.deaf else before)
        if self.more_as_json and before is not None:
            page = json.dumps("".join(map(self.frame, self.shown(before))))
        body = page.encode()
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html; charset=utf-8")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def page(self, before: int | None) -> str:
        """A whole page: the newest messages below a number, oldest first."""
        p = self.prefix
        head = (
            f'<div class="{p}_channel_info"><div class="{p}_channel_info_header_title">{self.title}</div>'
            f'<div class="{p}_channel_info_header_username"><a href="/{self.name}">@{self.name}</a></div>'
            f'<div class="{p}_channel_info_counter"><span class="counter_value">{self.subscribers}</span> '
            f'<span class="counter_type">subscribers</span></div>'
            f'<div class="{p}_channel_info_description">{escape(self.about)}</div></div>'
        )
        shown = self.shown(before)
        lowest = min((m.number for m in shown), default=0)
        older = any(number < lowest for number in self.messages)
        more = f'<a class="tme_messages_more js-messages_more" data-before="{lowest}"></a>' if older else ""
        frames = more + "".join(map(self.frame, shown))
        return (
            f'<!DOCTYPE html><html><head><meta charset="utf-8"></head><body>{head}<main class="{p}_main">'
            f'<section class="{p}_channel_history js-message_history">{frames}</section></main></body></html>'
        )

    def shown(self, before: int | None) -> list[Message]:
        """The newest messages below a number, oldest first."""
        return [m for n, m in sorted(self.messages.items()) if before is None or n < before][-self.size :]

    def frame(self, m: Message) -> str:
        p, channel = self.prefix, f"https://{self.host}/{self.name}"
        at = m.at or BEGIN + timedelta(minutes=m.number)
        album = "".join(
            f'<a class="{p}_widget_message_photo_wrap" href="{channel}/{m.number + part}?single"></a>'
            for part in range(m.parts + 1)
        )
        grouped = f'<div class="{p}_widget_message_grouped_wrap">{album}</div>' if m.parts else ""
        service = " service_message" if m.service else ""
        return (
            f'<div class="{p}_widget_message_wrap" id="{m.number}"><div class="{p}_widget_message{service}" '
            f'data-post="{self.name}/{m.number}"><div class="{p}_widget_message_bubble">{grouped}'
            f'<div class="{p}_widget_message_text js-message_text" dir="auto">{escape(m.text)}</div>'
            f'<span class="{p}_widget_message_views">{m.views}</span>'
            f'<span class="{p}_widget_message_meta">'
            f'<a class="{p}_widget_message_date" href="{channel}/{m.number}">'
            f'<time datetime="{at.isoformat()}" class="time">10:00</time></a></span></div></div></div>'
        )
