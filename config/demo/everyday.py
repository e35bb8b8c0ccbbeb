"""The everyday talk of the demo: what people write, answer and pass on when nothing happens."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from random import Random
from typing import Final

from config.demo import rhythm
from config.demo.drafts import Draft, Stage
from config.demo.people import Cast, Person
from config.demo.sentences import NOTICE, OURS, brand_name, everyday_tags, sentence, speech

DAYS: Final = 30
NEGATIVE: Final = 0.18
"""The share of negative posts about our brand before anything happens."""
NEWS_A_DAY: Final = 13
JOURNAL_A_DAY: Final = 5
JOURNAL_SILENT: Final = timedelta(hours=60)
"""Longer than half as long again as its longest gap (a weekend), so that it counts as silent at any hour."""
_TONES: Final = ("positive", "neutral", "negative")
_FRESH: Final = timedelta(hours=14)


class Tones:
    """Deals out tones so that the share of negative ones is kept, not only near on average."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._owed = 0.5

    def next(self, negative: float) -> str:
        """The tone of the next post, negative with this share over a run of posts."""
        self._owed += negative
        if self._owed >= 1:
            self._owed -= 1
            return "negative"
        return self._rng.choice(("positive", "neutral"))


def everyday(stage: Stage, cast: Cast, now: datetime, number: int, tones: Tones) -> list[tuple[Draft, str]]:
    """So many posts of thirty days; gives those about our brand with their tones."""
    rng, start = stage.rng, now - timedelta(days=DAYS)
    feeds = _feeds(stage, cast, now)
    number -= feeds
    persian = round(number * 0.535)
    moments = [(at, "fa") for at in rhythm.times(rng, "fa", start, now, persian)]
    moments += [(at, "en") for at in rhythm.times(rng, "en", start, now, number - persian)]
    recent: dict[str, deque[Draft]] = {"fa": deque(maxlen=120), "en": deque(maxlen=120)}
    about_us: list[tuple[Draft, str]] = []
    for at, language in sorted(moments):
        person = cast.draw(rng, language)
        draft = _reaction(stage, at, person, recent[language]) if rng.random() < 0.42 else None
        if draft is None:
            draft, tone = _original(stage, cast, at, person, tones)
            if tone is not None:
                about_us.append((draft, tone))
        if draft.repost_of is None:
            recent[language].append(draft)
    return about_us


def _reaction(stage: Stage, at: datetime, person: Person, recent: deque[Draft]) -> Draft | None:
    """A repost, reply or quote of something fresh; ``None`` if there is nothing fresh."""
    rng = stage.rng
    target = _target(rng, at, person, recent)
    if target is None:
        return None
    luck = rng.random()
    if luck < 0.40:
        return stage.post(at, person, repost_of=target)
    if luck < 0.94:
        also = (target.reply_to.person,) if target.reply_to and rng.random() < 0.3 else ()
        text = speech(rng, person, "everyday", "reply")
        others = tuple(who for who in also if who is not person)
        return stage.post(at, person, text, reply_to=target, mentioned=others)
    return stage.post(at, person, speech(rng, person, "everyday", "quote"), quote_of=target)


def _target(rng: Random, at: datetime, person: Person, recent: deque[Draft]) -> Draft | None:
    """Something fresh by somebody else; of a few seen, the one by the most followed."""
    if len(recent) < 5:
        return None
    seen = [recent[int(len(recent) * (1 - rng.random() ** 2))] for _ in range(3)]
    fit = [draft for draft in seen if draft.person is not person and at - draft.at < _FRESH]
    return max(fit, key=lambda draft: draft.person.author.followers or 0, default=None)


def _original(
    stage: Stage, cast: Cast, at: datetime, person: Person, tones: Tones
) -> tuple[Draft, str | None]:
    """A post of one's own: about a brand now and then; with its tone if it is about ours."""
    rng = stage.rng
    language = "fa" if person.speech in ("fa", "finglish") else "en"
    tags = everyday_tags(rng, language)
    picture = f"{rng.randrange(16**8):08x}" if rng.random() < 0.12 else None
    if rng.random() >= 0.15 or person.speech in ("ar", "finglish"):
        text = speech(rng, person, "everyday", "say")
        return stage.post(at, person, text, tags=tags, picture=picture), None
    entity = rng.choices((OURS, "brand:golbarg", "brand:sahand-leaf"), weights=(48, 31, 21))[0]
    tone = tones.next(NEGATIVE) if entity == OURS else rng.choices(_TONES, weights=(40, 42, 18))[0]
    slots = {} if entity == OURS else {"brand": brand_name(rng, entity, language)}
    text = sentence(rng, person, "brand", tone, **slots)
    account = {OURS: cast.ours, "brand:golbarg": cast.golbarg, "brand:sahand-leaf": cast.sahand}[entity]
    mentioned = (account,) if rng.random() < 0.25 else ()
    draft = stage.post(at, person, text, tags=tags[:1], mentioned=mentioned, picture=picture)
    if entity == OURS and tone != "positive" and rng.random() < 0.35:
        _answer(stage, cast.ours, draft)
    return draft, tone if entity == OURS else None


def _answer(stage: Stage, account: Person, draft: Draft) -> None:
    at = draft.at + timedelta(minutes=stage.rng.randint(4, 240))
    stage.post(at, account, sentence(stage.rng, account, "brand", "answer"), reply_to=draft)


def _feeds(stage: Stage, cast: Cast, now: datetime) -> int:
    """The brands' own posts and the two feeds, one of which fell silent; gives how many there are."""
    rng, start, before = stage.rng, now - timedelta(days=DAYS), len(stage.drafts)
    for at in rhythm.times(rng, "fa", start, now, NEWS_A_DAY * DAYS):
        article(stage, at, cast.newsroom)
    silent_from = now - JOURNAL_SILENT
    for at in rhythm.times(rng, "en", start, silent_from, JOURNAL_A_DAY * DAYS):
        article(stage, at, cast.journal)
    for account, entity in (
        (cast.ours, OURS),
        (cast.golbarg, "brand:golbarg"),
        (cast.sahand, "brand:sahand-leaf"),
    ):
        for at in rhythm.times(rng, account.speech, start, now, 2 * DAYS):
            name = brand_name(rng, entity, account.speech)
            slots = {"brand": name, "link": NOTICE.replace("recall", "faq")}
            text = sentence(rng, account, "brand", "account", **slots)
            stage.post(at, account, text, tags=everyday_tags(rng, account.speech)[:1])
    return len(stage.drafts) - before


def article(stage: Stage, at: datetime, newsroom: Person, kind: str = "title", **slots: str) -> Draft:
    """An article of a feed under a headline of this kind."""
    rng = stage.rng
    title = sentence(rng, newsroom, "news", kind, **slots)
    return stage.post(at, newsroom, sentence(rng, newsroom, "news", "body"), title=title)
