"""The demo's world: thirty days of three invented tea brands, and what goes on arriving.

Everything is made from a seed: the same seed and ``now`` give the same posts, and every call for the
same minutes the same arrivals. What is planted is told by ``truth``, so that tests can look for it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from random import Random
from typing import Any, Final

from config.demo import stories
from config.demo.drafts import Draft, Stage, deleted, edited, finished, looked_at_again
from config.demo.everyday import JOURNAL_SILENT, NEGATIVE, Tones, everyday
from config.demo.people import Cast, cast
from config.demo.sentences import everyday_tags, sentence, speech, texts
from posts.post import Post

TOTAL: Final = 12000
_LOOKED_AT: Final = timedelta(days=3)
_MINUTE: Final = timedelta(minutes=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def posts(seed: int, now: datetime) -> list[Post]:
    """Some 12,000 posts of the thirty days before ``now``, by when they were collected.

    Some ids come twice: posts of the last days whose counts were looked at again (half of those that
    were liked), a corrected article, and a post that was deleted later.
    """
    return list(_world(seed, _second(now))[0])


def truth(seed: int, now: datetime) -> dict[str, Any]:
    """What is planted in ``posts(seed, now)``: ids, hashtags and times of each story."""
    return dict(_world(seed, _second(now))[1])


def arrivals(seed: int, since: datetime, until: datetime) -> list[Post]:
    """The posts written from ``since`` to just before ``until``: a few a minute, the crisis going on.

    A minute's posts depend on the seed and the minute alone, so two callers that share a minute agree.
    """
    minute = int((since - _EPOCH).total_seconds() // 60)
    found: list[Post] = []
    while _EPOCH + minute * _MINUTE < until:
        found += (post for post in _minute(seed, minute) if since <= post.created_at < until)
        minute += 1
    return found


@lru_cache(maxsize=2)
def _world(seed: int, now: datetime) -> tuple[list[Post], dict[str, Any]]:
    people = cast(seed)
    stage = Stage(rng=Random(f"world {seed}"))
    found = {name: story(stage, people, now) for name, story in stories.STORIES.items()}
    tones = Tones(Random(f"tones {seed}"))
    lone = stories.lone_posts(stage, people, now)
    found["crisis"] = stories.crisis(stage, people, now, Tones(Random(f"crisis {seed}")))
    about_us = everyday(stage, people, now, TOTAL - len(stage.drafts), tones)
    # An answer may be planned for a time that has not come yet; what hangs on it goes with it.
    drafts = _until(stage.drafts, now)
    made = finished(drafts, seed=str(seed), now=now)
    by_id = {post.id: post for post in made}
    alone = {lone["edited"].id, lone["deleted"].id}
    made = [copy for post in made for copy in _looks(post, now, apart=post.id in alone)]
    corrected = texts()["fa"]["stories"]["edited_after"].split("{city}")
    city = by_id[lone["edited"].id].text.split(" در ")[-1].split(" برگزار")[0]  # "in <city> is held"
    made.append(
        edited(by_id[lone["edited"].id], city.join(corrected), at=lone["edited"].at + timedelta(hours=2))
    )
    made.append(deleted(by_id[lone["deleted"].id], at=lone["deleted"].at + timedelta(hours=3)))
    made.sort(key=lambda post: (post.collected_at, post.created_at, post.id))
    return made, _told_truth(found, about_us, lone, people, now)


def _looks(post: Post, now: datetime, *, apart: bool) -> tuple[Post, ...]:
    """The records of a post: two where its counts were looked at again some hours later."""
    rng = Random(f"again {post.id}")
    later = post.collected_at + timedelta(hours=1 + 8 * rng.random())
    liked = (post.metrics.likes or 0) >= 3 and now - post.created_at < _LOOKED_AT
    if apart or not liked or later >= now or rng.random() > 0.5:
        return (post,)
    return looked_at_again(post, at=later)


def _until(drafts: list[Draft], now: datetime) -> list[Draft]:
    kept: dict[str, Draft] = {}
    for draft in sorted(drafts, key=lambda draft: draft.at):
        parents = (draft.reply_to, draft.repost_of, draft.quote_of)
        if draft.at < now and all(parent is None or parent.id in kept for parent in parents):
            kept[draft.id] = draft
    return list(kept.values())


def _told_truth(
    found: dict[str, dict[str, Any]],
    about_us: list[tuple[Draft, str]],
    lone: dict[str, Draft],
    people: Cast,
    now: datetime,
) -> dict[str, Any]:
    toned = [*about_us, *found["crisis"].pop("toned")]
    told: dict[str, Any] = {}
    for name, story in found.items():
        told[name] = {
            "ids" if key == "drafts" else key: [draft.id for draft in value] if _is_drafts(value) else value
            for key, value in story.items()
        }
    told["tones"] = {draft.id: tone for draft, tone in toned if draft.at < now}
    told["negative_share"] = {"before": NEGATIVE, "after": stories.NEGATIVE_AFTER}
    told["silent"] = {"source": "leaf-journal", "since": now - JOURNAL_SILENT}
    told["edited"] = {"id": lone["edited"].id}
    told["deleted"] = {"id": lone["deleted"].id}
    told["authors"] = [person.key for person in people.everyone]
    return told


def _is_drafts(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], Draft)


def _second(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(microsecond=0)


def _minute(seed: int, minute: int) -> list[Post]:
    """All posts of one minute: some of its own, and answers to those of the minute before."""
    people = cast(seed)
    own = _originals(seed, minute, people)
    before = _originals(seed, minute - 1, people)
    rng = own.rng
    start = _EPOCH + minute * _MINUTE
    earlier = set(map(id, before.drafts))
    own.drafts = [*before.drafts, *own.drafts]
    for _ in range(rng.choice((0, 1, 1, 2))):
        person = people.draw(rng, "fa")
        target = rng.choice(before.drafts)
        if person is target.person:
            continue
        at = start + timedelta(seconds=rng.randrange(60))
        if rng.random() < 0.6:
            own.post(at, person, repost_of=target)
        else:
            own.post(at, person, speech(rng, person, "everyday", "reply"), reply_to=target)
    drafts = [draft for draft in own.drafts if id(draft) not in earlier]
    made = finished(drafts, seed=f"{seed} {minute}", now=start + _MINUTE)
    return [post for post in made if start <= post.created_at < start + _MINUTE]


def _originals(seed: int, minute: int, people: Cast) -> Stage:
    rng = Random(f"minute {seed} {minute}")
    # The counter keeps the ids of a minute apart from those of the thirty days and of its neighbours.
    stage = Stage(rng=rng, first=20000 + minute % 400 * 100)
    start = _EPOCH + minute * _MINUTE
    for _ in range(rng.choice((1, 1, 2, 3))):
        at = start + timedelta(seconds=rng.randrange(60))
        luck = rng.random()
        person = people.draw(rng, "fa" if rng.random() < 0.7 else "en")
        if luck < 0.5:
            share = stories.NEGATIVE_AFTER
            tone = "negative" if rng.random() < share else rng.choice(("neutral", "positive"))
            stories.complaint(stage, at, person, tone)
        elif luck < 0.65:
            person = people.draw(rng, "fa")
            stage.post(at, person, sentence(rng, person, "stories", "rain"), tags=(stories.RAIN,))
        else:
            language = "fa" if person.speech in ("fa", "finglish") else "en"
            tags = everyday_tags(rng, language)
            stage.post(at, person, speech(rng, person, "everyday", "say"), tags=tags)
    return stage
