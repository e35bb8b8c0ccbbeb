"""How pages of channels are written: the classes of a platform, and where links of it lead.

Classes are told apart by what stands behind the prefix of the platform: ``tgme_widget_message_text`` is
``text`` here, and so is that of any platform whose pages are a copy of Telegram's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

from lxml.html import HtmlElement

from crawlers.pages.text import clean_name
from posts.people import author_key

READ: Final = frozenset(
    {
        "wrap", "text", "date", "views", "meta", "forwarded_from", "forwarded_from_name", "reply",
        "photo_wrap", "video_player", "video_duration", "roundvideo_player", "grouped_wrap", "voice_player",
        "document_wrap", "document_title", "document_icon", "sticker_wrap", "location_wrap", "location_title",
        "link_preview", "link_preview_title", "inline_button", "poll", "poll_question", "poll_option",
        "poll_option_text", "poll_option_percent", "voters", "reactions", "reaction", "reaction_paid",
        "media_not_supported", "media_not_supported_wrap", "widget_message",
    }
)  # fmt: skip
IGNORED: Final = frozenset(
    {
        # The frame around the message, and what is drawn beside it.
        "user", "user_photo", "bubble", "bubble_tail", "bubble_logo", "author", "author_name", "owner_name",
        "owner_labels", "footer", "info", "metatext", "reply_thumb", "forwarded_from_author", "via_bot",
        "error", "error_wrap", "centered", "copyright", "inline_keyboard", "inline_row",
        "inline_button_text", "service_date", "service_date_wrap", "media_not_supported_label",
        "media_view_in_telegram",
        # Which editor signed it: a person beside the channel, for whom a post has no place.
        "from_author",
        # The insides of media that are read by what is around them.
        "photo", "video", "video_thumb", "video_wrap", "video_play", "grouped", "grouped_layer", "voice",
        "voice_duration", "voice_progress_wrap", "voice_progress", "document", "document_extra", "sticker",
        "tgsticker", "videosticker", "roundvideo", "roundvideo_wrap", "roundvideo_thumb",
        "roundvideo_border", "roundvideo_play", "roundvideo_progress", "roundvideo_shadow",
        "roundvideo_duration", "location", "location_address", "location_source", "venue", "venue_wrap",
        "contact", "contact_wrap", "contact_name", "contact_phone", "game", "game_wrap", "invoice",
        "invoice_wrap", "poll_type", "poll_options", "poll_option_value", "poll_option_bar",
        "poll_explanation", "poll_solution",
        "link_preview_site_name", "link_preview_description", "link_preview_image",
        "link_preview_right_image", "link_preview_video_player", "link_preview_video_wrap",
        "link_preview_video", "link_preview_video_thumb", "link_preview_video_duration",
        "link_preview_video_play", "link_preview_wrap", "link_preview_author",
    }
)  # fmt: skip
"""Classes that are known and tell nothing that Rasad keeps. Whatever else nobody reads is reported."""

_NO_NAME: Final = frozenset({"joinchat", "c", "s", "share", "addstickers", "proxy", "iv"})
_CHANNEL: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{2,63}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """A platform whose channels are pages of this kind: the prefix of its classes, and its hosts.

    Its ids and keys name the first host; links to the others lead to its channels too.
    """

    platform: str
    prefix: str
    hosts: tuple[str, ...]

    @property
    def host(self) -> str:
        return self.hosts[0]

    def short(self, name: str) -> str:
        """A class without its prefix."""
        for prefix in (f"{self.prefix}_widget_message_", f"{self.prefix}_", "message_"):
            if name.startswith(prefix):
                return name[len(prefix) :]
        return name

    def key(self, channel: str) -> str:
        """The key of a channel as an author."""
        return author_key(self.platform, self.host, channel)

    def id(self, channel: str, number: int) -> str:
        """The id of a post."""
        return f"{self.key(channel)}/{number}"

    def target(self, href: str | None) -> tuple[str, int | None] | None:
        """The channel, and the message if there is one, that an address leads to."""
        try:
            parts = urlsplit(href or "")
            host = (parts.hostname or "").removeprefix("www.")
        except ValueError:
            return None
        segments = [unquote(part) for part in parts.path.split("/") if part]
        if segments[:1] == ["s"]:
            segments = segments[1:]
        if host not in self.hosts or not segments or segments[0].lower() in _NO_NAME:
            return None
        if not _CHANNEL.fullmatch(segments[0]):
            return None
        last = segments[1] if len(segments) == 2 else ""
        return segments[0], int(last) if last.isascii() and last.isdigit() and len(last) < 16 else None


def classes(element: HtmlElement) -> list[str]:
    """The classes of an element."""
    return (element.get("class") or "").split() if isinstance(element.tag, str) else []


def line(element: HtmlElement | None) -> str:
    """The text of an element on one line."""
    return "" if element is None else clean_name("".join(map(str, element.itertext())))


TELEGRAM: Final = Dialect(platform="telegram", prefix="tgme", hosts=("t.me", "telegram.me", "telegram.dog"))
EITAA: Final = Dialect(platform="eitaa", prefix="etme", hosts=("eitaa.com", "eitaa.ir"))
