"""From a plan to posts: who writes what when, under which id, and what the platform then counts."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final

from config.demo.people import Person
from posts.post import Link, Media, Mentioned, Metrics, Post

_DAY: Final = timedelta(days=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_ARABIC_LETTERS: Final = re.compile("[\u0621-\u064a]")


@dataclass(eq=False, slots=True)
class Draft:
    """A post that is being made up."""

    id: str
    at: datetime
    person: Person
    text: str = ""
    title: str | None = None
    tags: tuple[str, ...] = ()
    reply_to: Draft | None = None
    repost_of: Draft | None = None
    quote_of: Draft | None = None
    mentioned: tuple[Person, ...] = ()
    link: str | None = None
    picture: str | None = None
    conversation: str = ""


@dataclass(slots=True)
class Stage:
    """Where drafts are gathered; it gives each an id that no other has."""

    rng: Random
    drafts: list[Draft] = field(default_factory=list)
    first: int = 0

    def post(self, at: datetime, person: Person, text: str = "", **parts: object) -> Draft:
        """A new draft on this stage, with its tags, mentions and link written into its text."""
        draft = Draft(id="", at=at.replace(microsecond=0), person=person, text=text, **parts)  # type: ignore[arg-type]
        draft.id = self._id(draft)
        if draft.reply_to is not None:
            first = draft.reply_to.person
            draft.mentioned = (first, *(who for who in draft.mentioned if who is not first))
        draft.conversation = draft.reply_to.conversation if draft.reply_to else draft.id
        if draft.repost_of is None and person.source in ("chatra", "teapot"):
            names = [f"@{who.author.handle}" for who in draft.mentioned]
            draft.text = " ".join([*names, draft.text, *(f"#{tag}" for tag in draft.tags)]).strip()
        self.drafts.append(draft)
        return draft

    def _id(self, draft: Draft) -> str:
        number = self.first + len(self.drafts)
        if draft.person.source not in ("chatra", "teapot"):
            return f"feed:{draft.person.host}:{draft.at:%Y/%m/%d}/{number}"
        # Mastodon's own numbers: milliseconds in the upper bits, a counter below.
        milliseconds = int((draft.at - _EPOCH).total_seconds()) * 1000
        status = (milliseconds << 16) + number
        tail = "/activity" if draft.repost_of is not None else ""
        return f"mastodon:{draft.person.host}:users/{draft.person.name}/statuses/{status}{tail}"


def finished(drafts: list[Draft], *, seed: str, now: datetime) -> list[Post]:
    """The posts of the drafts, oldest first, as a crawl shortly before ``now`` would have brought them."""
    shares = Counter(draft.repost_of.id for draft in drafts if draft.repost_of)
    replies = Counter(draft.reply_to.id for draft in drafts if draft.reply_to)
    quotes = Counter(draft.quote_of.id for draft in drafts if draft.quote_of)
    rng = Random(f"metrics {seed}")
    posts = []
    for draft in sorted(drafts, key=lambda draft: (draft.at, draft.id)):
        metrics = Metrics()
        if draft.id.startswith("mastodon:") and draft.repost_of is None:
            seen = shares[draft.id]
            known = (draft.person.author.followers or 0) * rng.random() / 400
            metrics = Metrics(
                likes=int(rng.paretovariate(1.3) - 1 + seen * (1.5 + 2 * rng.random()) + known),
                comments=replies[draft.id] + (rng.random() < 0.1),
                shares=seen + (rng.random() < 0.2),
                quotes=quotes[draft.id],
            )
        lag = timedelta(seconds=rng.randint(5, 900))
        posts.append(_finished(draft, metrics, min(draft.at + lag, max(now, draft.at)), now))
    return posts


def followers_at(person: Person, moment: datetime, now: datetime) -> int | None:
    """How many follow somebody at a moment: as many as the cast says now, some more or fewer before."""
    followers = person.author.followers
    if followers is None:
        return None
    growth = 0.008 * (Random(f"growth {person.key}").random() - 0.15)
    return max(0, round(followers * (1 - growth * (now - moment) / _DAY)))


def _finished(draft: Draft, metrics: Metrics, collected_at: datetime, now: datetime) -> Post:
    person = draft.person
    platform = draft.id.split(":", 1)[0]
    path = draft.id.split(":", 2)[2]
    status = path.removesuffix("/activity").rsplit("/", 1)[-1]
    kind = "text" if platform == "mastodon" else "news" if person.speech == "fa" else "blog"
    server = f"{person.source}.example"
    parent, passed_on, quoted = draft.reply_to, draft.repost_of, draft.quote_of
    return Post(
        id=draft.id,
        platform=platform,
        kind=kind,  # type: ignore[arg-type]
        source=person.source,
        created_at=draft.at,
        collected_at=collected_at,
        author=replace(person.author, followers=followers_at(person, collected_at, now)),
        aliases=(f"mastodon:{server}:{status}",) if platform == "mastodon" else (),
        url=f"https://{person.host}/{path}",
        title=draft.title,
        text=draft.text,
        language=_declared(passed_on or draft),
        hashtags=tuple(dict.fromkeys(tag.lower() for tag in draft.tags)),
        mentioned=tuple(Mentioned(key=who.key, handle=who.author.handle) for who in draft.mentioned),
        links=(Link(url=draft.link),) if draft.link else (),
        media=_media(draft),
        conversation=None if passed_on or platform == "feed" else draft.conversation,
        reply_to=parent.id if parent else None,
        reply_to_author=parent.person.key if parent else None,
        repost_of=passed_on.id if passed_on else None,
        repost_of_author=passed_on.person.key if passed_on else None,
        quote_of=quoted.id if quoted else None,
        quote_of_author=quoted.person.key if quoted else None,
        metrics=metrics,
    )


def _declared(draft: Draft) -> str:
    """The language that the writer's settings declare; those who write Arabic also write English."""
    if draft.person.speech == "ar":
        return "ar" if _ARABIC_LETTERS.search(draft.text) else "en"
    return "en" if draft.person.speech == "en" else "fa"


def _media(draft: Draft) -> tuple[Media, ...]:
    if draft.picture is None:
        return ()
    return (Media(kind="image", url=f"https://{draft.person.host}/media/{draft.picture}.jpg", alt=None),)


def looked_at_again(post: Post, *, at: datetime) -> tuple[Post, Post]:
    """The records of two looks at a post: the first tells a part of the counts that the second tells."""
    rng = Random(f"looks {post.id}")
    counts = post.metrics
    share = 0.15 + 0.5 * rng.random()
    early = Metrics(
        likes=int((counts.likes or 0) * share),
        comments=int((counts.comments or 0) * share),
        shares=int((counts.shares or 0) * share),
        quotes=int((counts.quotes or 0) * share),
    )
    return replace(post, metrics=early), replace(post, collected_at=at)


def edited(post: Post, text: str, *, at: datetime) -> Post:
    """The later record of a post whose author changed its text."""
    return replace(post, text=text, edited_at=at, collected_at=at + timedelta(minutes=4))


def deleted(post: Post, *, at: datetime) -> Post:
    """The later record that a post is gone: its id stays, its content does not."""
    return Post(
        id=post.id,
        platform=post.platform,
        kind=post.kind,
        source=post.source,
        created_at=post.created_at,
        collected_at=at + timedelta(minutes=4),
        deleted_at=at,
    )
