"""The queries of ``cases/queries.toml``, and the documents that they are asked of."""

from __future__ import annotations

import re
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from nlp import hashtags, links, mentions
from nlp.fold import tokens
from posts.post import (
    METRICS,
    Annotations,
    Author,
    Entity,
    Media,
    Mentioned,
    Metrics,
    Poll,
    Post,
    Sentiment,
)
from store.documents import documents
from store.protocol import Document

CASES = Path(__file__).parent / "cases"


def _table(name: str) -> dict[str, Any]:
    with (CASES / name).open("rb") as file:
        return tomllib.load(file)


def _document(name: str, parts: dict[str, Any]) -> Document:
    """What a store holds of a post of ``cases/query_posts.toml``."""
    written = parts["text"]
    language = parts.get("language") or ("fa" if re.search("[\u0600-\u06ff]", written) else "en")
    read = Annotations(
        tokens=tuple(tokens(written)), language=language, intents=tuple(parts.get("intents", ())),
        hashtags=tuple(hashtags.find(written)), mentions=tuple(mentions.find(written)),
        links=tuple(links.find(written)),
        entities=tuple(Entity("", "ORG", 0, 0, known) for known in parts.get("entities", ())),
        sentiment=Sentiment(parts["sentiment"], 0.9) if "sentiment" in parts else None,
    )  # fmt: skip
    author = None
    if "author" in parts:
        user, _, host = parts["author"].partition("@")
        author = Author(
            key=f"mastodon:{host}:{user}", handle=parts["author"], followers=parts.get("followers")
        )
    at = datetime.fromisoformat(parts.get("created_at", "2026-11-20T08:00:00Z"))
    post = Post(
        id=name, platform=parts.get("platform", "mastodon"), kind=parts.get("kind", "text"),
        source=parts.get("source", "chatra"), created_at=at, collected_at=at, author=author, text=written,
        format=parts.get("format"), annotations=read,
        metrics=Metrics(**{count: parts[count] for count in METRICS if count in parts}),
        media=(Media(kind="image"),) if parts.get("media") else (),
        mentioned=tuple(
            Mentioned(key=f"mastodon:{handle.partition('@')[2]}:{handle.partition('@')[0]}", handle=handle)
            for handle in parts.get("mentioned", ())
        ),
        poll=Poll(options=()) if parts.get("poll") else None,
        edited_at=at if parts.get("edited") else None, deleted_at=at if parts.get("deleted") else None,
        **{kind: parts[kind] for kind in ("reply_to", "repost_of", "quote_of") if kind in parts},
    )  # fmt: skip
    return documents(post).post


def documents_by_id() -> dict[str, Document]:
    """What a store holds of the posts of ``cases/query_posts.toml``, by id."""
    return {name: _document(name, parts) for name, parts in _table("query_posts.toml").items()}


def cases() -> list[dict[str, Any]]:
    """The queries with the ``ids`` that they find, as sets."""
    alive = {name for name, found in documents_by_id().items() if found.get("is") != ["deleted"]}
    return [
        {**case, "ids": set(case["ids"].split()) if "ids" in case else alive - set(case["not"].split())}
        for case in _table("queries.toml")["case"]
    ]


NOW = datetime.fromisoformat(_table("queries.toml")["now"])
ZONE = ZoneInfo(_table("queries.toml")["zone"])
