"""What is planted in the demo, to be found again: nine stories that people tell each other.

Each adds its posts to the stage and gives what is true about it. All times hang on ``now``, so that
the crisis always began yesterday and the weekly gathering always met today.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from config.demo import rhythm
from config.demo.drafts import Draft, Stage
from config.demo.everyday import DAYS, Tones, article
from config.demo.people import Cast, Person
from config.demo.sentences import BATCH, NOTICE, filled, sentence, speech, tag_variant, texts

RECALL: Final = "فراخوان_رستا"  # recall of Rasta
CAMPAIGN: Final = "یک_فنجان_آرامش"  # a cup of calm
HIJACKED: Final = "با_گلبرگ"  # with Golbarg
SLOW: Final = "چای_سرد"  # cold tea
WEEKLY: Final = "قرار_چای"  # tea date
RAIN: Final = "روز_بارانی"  # rainy day
NATIVE: Final = "چای_ایرانی"  # tea of Iran
DISCOUNT: Final = "تخفیف_سهندبرگ"  # discount at Sahand Leaf
GIFT: Final = "هدیه_عصرانه"  # afternoon gift
GOODNESS: Final = "چای_مهربانی"  # tea of kindness

CRISIS_HOURS: Final = 20
CRISIS_RAMP: Final = 6
NEGATIVE_BEFORE: Final = 0.18
NEGATIVE_AFTER: Final = 0.55

Truth = dict[str, Any]


def crisis(stage: Stage, cast: Cast, now: datetime, tones: Tones) -> Truth:
    """A product recall: in six hours the negative share of the talk about us goes from 18 to 55 %."""
    rng, start = stage.rng, now - timedelta(hours=CRISIS_HOURS)
    drafts: list[Draft] = []
    toned: list[tuple[Draft, str]] = []
    for hour in range(CRISIS_HOURS):
        share = crisis_share(hour)
        for at in sorted(
            start + timedelta(hours=hour, seconds=rng.randrange(3600)) for _ in range(_volume(hour))
        ):
            person = cast.draw(rng, "fa" if rng.random() < 0.8 else "en")
            tone = tones.next(share)
            draft = complaint(stage, at, person, tone)
            toned.append((draft, tone))
            drafts.append(draft)
            if rng.random() < 0.35 and len(drafts) > 5:
                later = at + timedelta(seconds=rng.randint(20, 1500))
                who = cast.draw(rng, "fa")
                written = [one for one in drafts if one.repost_of is None]
                target = max(rng.sample(written, 3), key=lambda one: one.person.author.followers or 0)
                if later < now and who is not target.person:
                    drafts.append(stage.post(later, who, repost_of=target))
    for hours in (3, 5, 11):
        at = start + timedelta(hours=hours, minutes=rng.randint(1, 50))
        text = sentence(rng, cast.ours, "crisis", "official", batch=BATCH, link=NOTICE)
        drafts.append(stage.post(at, cast.ours, text, tags=(RECALL,), link=NOTICE))
        article(stage, at + timedelta(minutes=9), cast.newsroom, "recall_title", batch=BATCH)
    return {
        "entity": "brand:rasta-tea",
        "tags": [RECALL, "RastaRecall"],
        "start": start,
        "ramp_until": start + timedelta(hours=CRISIS_RAMP),
        "drafts": drafts,
        "toned": toned,
    }


def crisis_share(hour: int) -> float:
    """The negative share in that hour of the crisis."""
    ramp = min(1.0, hour / CRISIS_RAMP)
    return NEGATIVE_BEFORE + (NEGATIVE_AFTER - NEGATIVE_BEFORE) * ramp


def _volume(hour: int) -> int:
    if hour < CRISIS_RAMP:
        return 12 + 6 * hour
    return round(46 * 0.97 ** (hour - CRISIS_RAMP))


def complaint(stage: Stage, at: datetime, person: Person, tone: str) -> Draft:
    """A post about the recall in that tone."""
    rng = stage.rng
    persian = person.speech in ("fa", "finglish")
    tags: tuple[str, ...] = ()
    if rng.random() < 0.75:
        tags = (tag_variant(rng, RECALL),) if persian else ("RastaRecall",)
    text = speech(rng, person, "crisis", tone, batch=BATCH, link=NOTICE)
    return stage.post(at, person, text, tags=tags, link=NOTICE if NOTICE in text else None)


def cascade(stage: Stage, cast: Cast, now: datetime) -> Truth:
    """One kind post that goes round: passed on, quoted and answered for a day and a half."""
    rng = stage.rng
    start = now - timedelta(days=5)
    crowd = cast.several(rng, "fa", 330) + cast.several(rng, "en", 60)
    rng.shuffle(crowd)
    author = cast.persians[40]
    crowd = [author, *(person for person in crowd if person is not author)]
    text = sentence(rng, author, "stories", "cascade_root")
    root = stage.post(start, author, text, tags=(GOODNESS,), picture=f"{rng.randrange(16**8):08x}")
    carriers, chain, parents, depth = [root], root, {}, {root.id: 0}
    # Quickly at first, then ever slower.
    for number, at in enumerate(
        rhythm.growing(rng, start, start + timedelta(hours=36), len(crowd) - 1, 0.45)
    ):
        person = crowd[number + 1]
        at = max(at, chain.at + timedelta(seconds=40))
        older = [draft for draft in carriers if draft.at < at and draft.person is not person] or [root]
        parent = root if rng.random() < 0.4 else rng.choice(older)
        luck = rng.random()
        if luck < 0.16 or number in _CHAIN:
            parent = chain if number in _CHAIN else parent
            quote = sentence(rng, person, "stories", "cascade_quote")
            child = stage.post(at, person, quote, quote_of=parent, tags=(GOODNESS,))
            carriers.append(child)
            chain = child if number in _CHAIN else chain
        elif luck < 0.36:
            child = stage.post(at, person, speech(rng, person, "stories", "cascade_reply"), reply_to=parent)
        else:
            child = stage.post(at, person, repost_of=parent)
        parents[child.id] = parent.id
        depth[child.id] = depth[parent.id] + 1
    return {
        "root": root.id,
        "tags": [GOODNESS],
        "start": start,
        "ids": [root.id, *parents],
        "parents": parents,
        "depth": max(depth.values()),
    }


# Each of these is a quote of the one before: so the story goes seven steps deep.
_CHAIN: Final = (3, 9, 18, 30, 45, 62, 80)


def burst(stage: Stage, cast: Cast, now: datetime) -> Truth:
    """Twelve accounts say the same within ninety seconds."""
    rng, start = stage.rng, now - timedelta(days=3, hours=2)
    text = filled(rng, texts()["fa"]["stories"]["burst"], "fa", link="https://takhfif.example/sahandleaf")
    seconds = sorted(rng.sample(range(89), len(cast.shams)))
    drafts = [
        stage.post(start + timedelta(seconds=at), sham, text, tags=(DISCOUNT,))
        for at, sham in zip(seconds, cast.shams, strict=True)
    ]
    return {
        "tags": [DISCOUNT],
        "start": start,
        "authors": [sham.key for sham in cast.shams],
        "drafts": drafts,
    }


def campaign(stage: Stage, cast: Cast, now: datetime) -> Truth:
    """Our campaign of six days: people join, and the talk about us rises."""
    start, end = now - timedelta(days=14), now - timedelta(days=8)
    drafts = _told(stage, cast, rhythm.times(stage.rng, "fa", start, end, 300), "campaign", CAMPAIGN)
    drafts += _told(stage, cast, rhythm.times(stage.rng, "en", start, end, 60), "campaign", "CupOfCalm", "en")
    return {"tags": [CAMPAIGN, "CupOfCalm"], "start": start, "end": end, "drafts": drafts}


def hijack(stage: Stage, cast: Cast, now: datetime) -> Truth:
    """A rival's own hashtag, taken over by people with something to complain of."""
    rng = stage.rng
    start, first = now - timedelta(days=4), now - timedelta(days=24)
    fans, critics = cast.several(rng, "fa", 45), cast.several(rng, "fa", 400)
    critics = [one for one in critics if one not in fans]
    fond = _told(
        stage, cast, rhythm.times(rng, "fa", first, start, 140), "hijack_before", HIJACKED, people=fans
    )
    until = start + timedelta(hours=10)
    angry = _told(
        stage, cast, rhythm.growing(rng, start, until, 150, 0.8), "hijack_after", HIJACKED, people=critics
    )
    return {
        "tags": [HIJACKED],
        "rival": "brand:golbarg",
        "start": start,
        "until": until,
        "before": fond,
        "drafts": angry,
    }


def slow_riser(stage: Stage, cast: Cast, now: datetime) -> Truth:
    """A hashtag that grows day by day over the whole month."""
    moments = rhythm.growing(stage.rng, now - timedelta(days=DAYS), now, 230, 2.0)
    drafts = _told(stage, cast, moments, "slow", SLOW)
    return {"tags": [SLOW], "start": now - timedelta(days=DAYS), "drafts": drafts}


def weekly(stage: Stage, cast: Cast, now: datetime) -> Truth:
    """A gathering that meets every week at the same hour, the last time today: no reason for alarm."""
    rng = stage.rng
    regulars = cast.several(rng, "fa", 150)
    peaks = [now - timedelta(hours=4) - timedelta(weeks=week) for week in range(5)]
    drafts: list[Draft] = []
    for peak in reversed(peaks):
        shifts = [max(-4.0, min(3.9, rng.gauss(0, 1.2))) for _ in range(rng.randint(52, 60))]
        moments = sorted(peak + timedelta(hours=shift) for shift in shifts)
        people = rng.sample(regulars, 70)
        drafts += _told(stage, cast, moments, "weekly", WEEKLY, people=people)
    return {"tags": [WEEKLY], "peaks": peaks, "drafts": drafts}


def rain(stage: Stage, cast: Cast, now: datetime) -> Truth:
    """A hashtag that rises today, and by many people."""
    start = now - timedelta(hours=14)
    before = _told(
        stage, cast, rhythm.times(stage.rng, "fa", now - timedelta(days=DAYS), start, 14), "rain", RAIN
    )
    people = cast.several(stage.rng, "fa", 140)
    drafts = _told(stage, cast, rhythm.growing(stage.rng, start, now, 120, 1.6), "rain", RAIN, people=people)
    return {"tags": [RAIN], "start": start, "before": before, "drafts": drafts}


def copies(stage: Stage, cast: Cast, now: datetime) -> Truth:
    """Nearly the same text by many hands: an emoji more, another address, a changed mark."""
    rng, start = stage.rng, now - timedelta(days=6)
    template = texts()["fa"]["stories"]["copies"]
    drafts = []
    people = cast.several(rng, "fa", 36)
    for number, at in enumerate(rhythm.times(rng, "fa", start, start + timedelta(hours=36), len(people))):
        text = template.format(link=f"https://hedieh.example/g/{rng.randint(100, 999)}")
        text = rng.choice(("", "🎁 ", "سلام. ")) + text + rng.choice((".", "!", " 🌿", "…"))  # Hello
        drafts.append(stage.post(at, people[number], text, tags=(GIFT,)))
    return {"tags": [GIFT], "start": start, "drafts": drafts}


def native(stage: Stage, cast: Cast, now: datetime) -> Truth:
    """One hashtag in four spellings: underscore, half-space, joined, Arabic letters."""
    rng = stage.rng
    drafts = []
    for at in rhythm.times(rng, "fa", now - timedelta(days=DAYS), now, 110):
        person = cast.draw(rng, "fa")
        text = sentence(rng, person, "stories", "native")
        drafts.append(stage.post(at, person, text, tags=(tag_variant(rng, NATIVE),)))
    written = sorted({draft.tags[0] for draft in drafts})
    return {"tags": written, "drafts": drafts}


def _told(
    stage: Stage,
    cast: Cast,
    moments: list[datetime],
    story: str,
    tag: str,
    language: str = "fa",
    people: list[Person] | None = None,
) -> list[Draft]:
    """A post of the story at each moment, under its hashtag, by people in turn or by anybody."""
    rng = stage.rng
    drafts = []
    for number, at in enumerate(moments):
        person = people[number % len(people)] if people else cast.draw(rng, language)
        text = speech(rng, person, "stories", story)
        drafts.append(stage.post(at, person, text, tags=(tag,)))
    return drafts


STORIES: Final[dict[str, Callable[[Stage, Cast, datetime], Truth]]] = {
    "cascade": cascade,
    "burst": burst,
    "campaign": campaign,
    "hijack": hijack,
    "slow": slow_riser,
    "weekly": weekly,
    "rising": rain,
    "copies": copies,
    "family": native,
}


def lone_posts(stage: Stage, cast: Cast, now: datetime) -> dict[str, Draft]:
    """The article that is corrected and the post that is taken back."""
    rng: Random = stage.rng
    city = rng.choice(texts()["fa"]["slots"]["city"])
    before = texts()["fa"]["stories"]["edited_before"].format(city=city)
    article_draft = stage.post(now - timedelta(hours=7), cast.newsroom, before, title=before)
    gone = stage.post(now - timedelta(hours=26), cast.persians[200], texts()["fa"]["stories"]["deleted"])
    return {"edited": article_draft, "deleted": gone}
