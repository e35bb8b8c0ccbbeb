"""Posts as cards: every word of a post reaches the page as a text node, every link is http(s) or ours."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from unicodedata import bidirectional
from urllib.parse import urlsplit

from answers.copies import Copies
from dashboard import ask
from dashboard.address import Link, link_to
from dashboard.facets import kind_name, value_name
from dashboard.parts import Item, build_component, mount, way
from dashboard.visit import Visit
from posts.labels import corrected
from posts.post import Post, Tag
from posts.selection import Selection
from store import labels
from words import digits, texts
from words.bidi import isolate_left, stripped

_cards = build_component("cards")

_METRICS: Final = (
    ("likes", "like"),
    ("shares", "share"),
    ("comments", "comment"),
    ("quotes", "quote"),
    ("views", "view"),
)
_TONES: Final = {"negative": "bad", "positive": "good"}
_NAMES: Final = re.compile(r"https?://\S+|@[\w.\-]+(@[\w.\-]+)?")
_LANGUAGE_CODE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def draw_cards(
    visit: Visit,
    posts: Sequence[Post],
    *,
    key: str,
    originals: Mapping[str, Post] | None = None,
    copied: Mapping[str, Copies] | None = None,
    kept: bool = True,
    readings: bool = True,
) -> None:
    """The posts one below the other; ``originals`` are the posts that reposts among them pass on, by id,
    ``copied`` those that say nearly the same as others, by the id of the first.

    Without ``readings`` nothing is told that could sway who labels them. Posts that are not ``kept`` in the
    store (a preview) have no links into it.
    """
    words = {name: visit.text(f"card.{name}") for name in ("more", "less", "open", "permalink")}
    passed_on = originals or {}
    if kept and readings:
        said = _labelled(visit, [*posts, *passed_on.values()])
        posts = [said[post.id] for post in posts]
        passed_on = {key: said[post.id] for key, post in passed_on.items()}
    items = [build_card(visit, post, originals=passed_on, copied=copied or {}) for post in posts]
    for item in items if not readings else ():
        item["readings"] = []
    if not kept:
        for item in items:
            item["permalink"] = item["author"]["link"] = item["context"] = None
            item["parts"] = [{"text": "".join(part["text"] for part in item["parts"])}]
            item["tags"] = []
    mount(_cards, {"posts": items, "words": words}, key=key)


def _labelled(visit: Visit, posts: Iterable[Post]) -> dict[str, Post]:
    """The posts by id, as people say they are: labels that wait to be written count at once."""
    by_id = {post.id: post for post in posts}
    for key, given in labels.of(ask.state_of(visit), list(by_id)).items():
        read = by_id[key].annotations
        if read is not None:
            by_id[key] = replace(by_id[key], annotations=corrected(read, given))
    return by_id


def build_card(
    visit: Visit, post: Post, *, originals: Mapping[str, Post], copied: Mapping[str, Copies]
) -> Item:
    """What the card of a post shows, as texts and links."""
    original = originals.get(post.repost_of or "")
    shown = original if original is not None else post
    parts, in_text = text_parts(visit, shown)
    return {
        "author": _author(visit, post),
        "marks": _marks(visit, post),
        "time": {
            "text": visit.ago(post.created_at),
            "hint": visit.moment(post.created_at),
            "iso": post.created_at.isoformat(),
        },
        "context": _context(visit, post, original),
        "title": stripped(shown.title) if shown.title else None,
        "parts": parts,
        "language": _language(shown),
        "direction": direction(shown.text),
        "tags": _other_tags(visit, shown, in_text),
        "readings": _readings(visit, shown),
        "copies": _copies(visit, shown, copied),
        "metrics": _metrics(visit, shown),
        "where": f"{visit.name_of('platform', post.platform)} · {post.source}",
        "url": safe_url(post.url),
        "permalink": _opened(visit, Selection(ids=(post.id,))),
    }


def safe_url(address: str | None) -> str | None:
    """The address if a browser may be sent there: http or https with a host; else ``None``."""
    if not address:
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return address if parts.scheme in ("http", "https") and parts.netloc else None


def text_parts(visit: Visit, post: Post) -> tuple[list[Item], set[str]]:
    """The text cut into words, hashtags and addresses; and the keys of the hashtags in it."""
    found: list[tuple[int, int, Item]] = []
    keys: set[str] = set()
    notes = post.annotations
    for tag in notes.hashtags if notes else ():
        if _stands(post.text, tag, "#\N{FULLWIDTH NUMBER SIGN}"):
            keys.add(tag.normal)
            link = _hashtag(visit, tag.normal)
            found.append((tag.start, tag.end, {"text": post.text[tag.start : tag.end], "link": link}))
    for link_ in notes.links if notes else ():
        written = post.text[max(link_.start, 0) : max(link_.end, 0)]
        if written and written == link_.text and safe_url(written):
            found.append((link_.start, link_.end, {"text": written, "url": written}))
    for name in _NAMES.finditer(post.text):
        if name[0].startswith("@") and not post.text[: name.start()][-1:].isalnum():
            # By itself its sign would stand at the wrong end of it in a line from right to left.
            found.append((*name.span(), {"text": isolate_left(name[0])}))
    parts: list[Item] = []
    place = 0
    for start, end, item in sorted(found, key=lambda piece: piece[:2]):
        if start < place:
            continue
        if start > place:
            parts.append({"text": post.text[place:start]})
        parts.append(item)
        place = end
    if place < len(post.text):
        parts.append({"text": post.text[place:]})
    return parts, keys


def isolated(text: str) -> str:
    """The text with its mentions set left to right, wherever in a line they stand."""
    return _NAMES.sub(lambda name: isolate_left(name[0]) if name[0].startswith("@") else name[0], text)


def direction(text: str) -> str:
    """Which way the text runs, by its first letter after the names it begins with and its addresses."""
    for letter in _NAMES.sub(" ", text):
        kind = bidirectional(letter)
        if kind in ("R", "AL"):
            return "rtl"
        if kind == "L":
            return "ltr"
    return "auto"


def _stands(text: str, tag: Tag, signs: str) -> bool:
    """Whether the tag really stands at its place: titles and old notes count from elsewhere."""
    return (
        0 <= tag.start < tag.end <= len(text)
        and text[tag.start] in signs
        and text[tag.start + 1 : tag.end] == tag.text
    )


def _author(visit: Visit, post: Post) -> Item:
    author = post.author
    if author is None:
        return {"name": visit.text("card.no_author"), "handle": "", "link": None}
    pseudonym = author.key.rsplit(":", 1)[-1]
    name = stripped(author.name or author.handle or pseudonym).strip() or pseudonym
    handle = f"@{stripped(author.handle)}" if author.handle else ""
    return {"name": name, "handle": handle, "link": _opened(visit, Selection(author=author.key))}


def _marks(visit: Visit, post: Post) -> list[str]:
    marks = []
    if post.repost_of:
        marks.append(visit.common("edge.repost"))
    if post.reply_to or post.reply_to_author:
        marks.append(visit.common("edge.reply"))
    if post.quote_of:
        marks.append(visit.common("edge.quote"))
    if post.edited_at:
        marks.append(visit.common("edited"))
    if post.author and post.author.bot:
        marks.append(visit.text("card.bot"))
    return marks


def _context(visit: Visit, post: Post, original: Post | None) -> Item | None:
    """What the post answers or passes on, as a way to that post."""
    target, kind = post.repost_of or post.reply_to or post.quote_of, "quoted"
    if post.repost_of:
        kind = "reposted"
    elif post.reply_to:
        kind = "replied"
    if target is None:
        return None
    whom = original.author.name or original.author.handle if original and original.author else None
    words = (
        visit.text(f"card.{kind}_whom", whom=f"\u2068{stripped(whom)}\u2069")
        if whom
        else visit.text(f"card.{kind}")
    )
    return {"text": words, "link": _opened(visit, Selection(ids=(target,)))}


def _language(post: Post) -> str | None:
    """A code for the ``lang`` of the text, so that a screen reader takes the right voice."""
    code = (post.annotations.language if post.annotations else None) or post.language or ""
    return code if code != "und" and _LANGUAGE_CODE.fullmatch(code) else None


def _other_tags(visit: Visit, post: Post, in_text: set[str]) -> list[Item]:
    """Hashtags that the platform names beside the text."""
    tags: dict[str, str] = {}
    for tag in post.annotations.hashtags if post.annotations else ():
        if tag.normal not in in_text:
            tags.setdefault(tag.normal, tag.text)
    return [{"text": f"#{stripped(text)}", "link": _hashtag(visit, key)} for key, text in tags.items()]


def _readings(visit: Visit, post: Post) -> list[Item]:
    """What models and people say of the post; that it is neutral, or a mere comment, is not worth a word."""
    read = post.annotations
    if read is None:
        return []
    found = {
        "sentiment": (read.sentiment.label,) if read.sentiment is not None else (),
        "emotion": read.emotions,
        "intent": read.intents,
        "noise": read.noise,
    }
    return [
        {
            "label": f"{kind_name(visit, kind)}:",
            "text": value_name(visit, kind, value),
            "tone": _TONES.get(value, "muted" if kind == "noise" else ""),
        }
        for kind, values in found.items()
        for value in values
        if value not in ("neutral", "comment")
    ]


def _copies(visit: Visit, post: Post, copied: Mapping[str, Copies]) -> Item | None:
    """How many posts say nearly the same, and by how many people: a way to all of them."""
    found = copied.get(first_of(post))
    if found is None:
        return None
    counts = {
        "posts": visit.counted("post", found.posts.value or 0),
        "authors": visit.counted("author", found.authors.value or 0),
    }
    return {"text": visit.text("copies.told", **counts), "link": _opened(visit, found.posts.selection)}


def first_of(post: Post) -> str:
    """The id of the post that said first what this one says; its own if nobody did before."""
    return (post.annotations.copy_of if post.annotations else None) or post.id


def _metrics(visit: Visit, post: Post) -> list[dict[str, Any]]:
    """What the platform counted; what it does not tell is left out."""
    found = []
    for name, unit in _METRICS:
        count = getattr(post.metrics, name)
        if count is not None:
            words = texts.counted(f"common.unit.{unit}", count, visit.language)
            found.append({"text": words, "hint": digits.number(count, visit.language)})
    return found


def _hashtag(visit: Visit, key: str) -> Item:
    """The way to a hashtag's own page; the period stays the visitor's."""
    return way(Link(view="hashtag", params={**visit.base, "hashtag": key}))


def _opened(visit: Visit, selection: Selection) -> Item:
    return way(link_to("posts", selection, base=visit.base))
