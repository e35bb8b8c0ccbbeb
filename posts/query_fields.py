"""The fields of a query: their names in both languages, and the one form of their values."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta, tzinfo
from difflib import get_close_matches
from functools import cache
from typing import Any, Final

from persiantools.jdatetime import JalaliDate

from posts.post import ACTIONS, EMOTIONS, INTENTS, METRICS, NOISE, PURPOSES

# The library is not typed; through this name mypy knows that.
_jalali: Any = JalaliDate

COUNTS: Final = (*METRICS, "followers")
"""Fields that are compared with a number."""
TIMES: Final = ("since", "until", "date")
MARKS: Final = {
    "is": (
        "reply",
        "repost",
        "quote",
        "edited",
        "question",
        "mixed",
        "copy",
        "noise",
        "labelled",
        "textless",
    ),
    "has": ("media", "link", "poll"),
    "sentiment": ("negative", "neutral", "positive"),
    "kind": ("messenger", "text", "image", "video", "audio", "news", "blog", "forum"),
    "emotion": EMOTIONS,
    "intent": INTENTS,
    "purpose": PURPOSES,
    "action": ACTIONS,
    "noise": NOISE,
    "spelling": ("exact",),
}
"""Fields that have one of a few values."""
FIELDS: Final = (
    "lang", "platform", "source", "author", "mention", "tag", "link", "domain", "entity", "format", "emoji",
    "copy", *MARKS, *TIMES, *COUNTS,
)  # fmt: skip
EXAMPLES: Final = {
    "lang": "fa", "platform": "mastodon", "source": "news", "author": "@sara", "mention": "@sara",
    "tag": "ai", "link": "example.org/news", "domain": "example.org", "entity": "brand:acme",
    "format": "article", "emoji": "❤", "copy": "mastodon:example.org:1",
    "emotion": "anger", "purpose": "inform",
    "action": "buy",
    "noise": "spam", "is": "reply", "has": "media", "sentiment": "negative", "kind": "news",
    "intent": "question", "spelling": "exact", "since": "7d", "until": "2026-11-01",
    "date": "2026-11-01", **dict.fromkeys(COUNTS, ">100"),
}  # fmt: skip

PERSIAN_FIELDS: Final = {
    "زبان": "lang", "پلتفرم": "platform", "منبع": "source", "نویسنده": "author", "اشاره": "mention",
    "هشتگ": "tag", "پیوند": "link", "لینک": "link", "دامنه": "domain", "احساس": "sentiment",
    "لحن": "sentiment",
    "لایک": "likes", "پسند": "likes", "نظر": "comments", "بازنشر": "shares", "بازدید": "views",
    "دنبال‌کننده": "followers", "از": "since", "تا": "until", "تاریخ": "date",
    "نوع": "kind", "املا": "spelling", "قالب": "format", "ایموجی": "emoji", "هیجان": "emotion",
    "نیت": "intent", "هدف": "purpose", "دعوت": "action", "نویز": "noise", "رونوشت": "copy",
}  # fmt: skip
"""language, platform, source, author, mention, hashtag, link (two words), domain, sentiment, mood, like
(two words), comment, repost, views, follower, from, to, date, kind, spelling, format, emoji, emotion, intent,
purpose, invitation, noise, copy."""

_PERSIAN_VALUES: Final[dict[str, dict[str, str]]] = {
    "lang": {
        "فارسی": "fa", "انگلیسی": "en", "عربی": "ar", "کردی": "ckb", "ترکی": "tr", "اردو": "ur",
    },
    "sentiment": {"مثبت": "positive", "منفی": "negative", "خنثی": "neutral"},
    "is": {
        "پاسخ": "reply", "بازنشر": "repost", "نقل": "quote", "ویرایش": "edited", "ویرایش‌شده": "edited",
        "پرسش": "question", "رونوشت": "copy", "نویز": "noise", "چندزبانه": "mixed",
        "برچسب‌خورده": "labelled", "بی‌متن": "textless",
    },
    "emotion": {"خشم": "anger", "توهین": "insult"},
    "intent": {
        "پرسش": "question", "پیشنهاد": "suggestion", "انتقاد": "criticism", "شکایت": "complaint",
        "ستایش": "praise", "تحسین": "praise", "اظهار نظر": "comment", "نظر": "comment",
        "گمان اطلاعات نادرست": "misinformation", "اطلاعات نادرست": "misinformation",
    },
    "purpose": {
        "آموزش": "educate", "سرگرمی": "entertain", "چالش": "challenge", "آگاهی‌رسانی": "inform",
        "تبلیغ": "promote",
    },
    "action": {
        "خرید": "buy", "بازدید": "visit", "ثبت‌نام": "sign-up", "تماس": "contact", "دنبال‌کردن": "follow",
        "بازنشر": "share", "پاسخ": "answer", "پیوستن": "join", "دانلود": "download", "تماشا": "watch",
    },
    "noise": {
        "رونوشت": "duplicate", "هرزنامه": "spam", "قرعه‌کشی": "giveaway", "رفتار ماشینی": "bot",
        "ربات": "bot", "بی‌ربط": "off-topic",
    },
    "has": {"رسانه": "media", "پیوند": "link", "لینک": "link", "نظرسنجی": "poll"},
    "kind": {"خبر": "news", "متن": "text", "تصویر": "image", "ویدئو": "video", "صدا": "audio",
             "وبلاگ": "blog"},
    "spelling": {"دقیق": "exact"},
}  # fmt: skip
"""Persian, English, Arabic, Kurdish, Turkish, Urdu; positive, negative, neutral; reply, repost, quote,
edit, edited, question, copy, noise, of several languages, labelled, without text; anger, insult; question,
suggestion, criticism, complaint, praise (two words), comment (two), misinformation suspected,
misinformation; education, entertainment, challenge, information, promotion; purchase, visit, sign-up,
contact, following, repost, answer, joining, download, watching; copy, spam, lottery, machine-like
behaviour, robot, off topic; media, link (two words), poll; news, text, picture, video, sound, weblog; exact.

The first of each value is what people are shown (``words``), as are those below."""
_ENGLISH_VALUES: Final[dict[str, dict[str, str]]] = {
    "intent": {"misinformation suspected": "misinformation"},
    "purpose": {
        "teaches": "educate", "entertains": "entertain", "challenges": "challenge", "informs": "inform",
        "promotes": "promote",
    },
    "noise": {"copy": "duplicate", "posts like a machine": "bot"},
}  # fmt: skip
_LANGUAGES: Final = {
    "persian": "fa", "farsi": "fa", "english": "en", "arabic": "ar", "kurdish": "ckb", "sorani": "ckb",
    "turkish": "tr", "urdu": "ur", "german": "de", "french": "fr", "spanish": "es",
}  # fmt: skip

_GAPS: Final = re.compile(r"[\s\u200c-]+")
_ARABIC: Final = str.maketrans("يك", "یک")  # Arabic yeh and kaf
_AGO: Final = re.compile(r"(\d{1,4})([mhdw])")
_AGO_UNIT: Final = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_LONG_AGO: Final = re.compile(r"(\d{1,4})\s*([mhdw])[a-z]*")
_DAY: Final = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})")
_JALALI: Final = range(1300, 1500)
"""Years that can only be Jalali: Gregorian ones of social media begin with 20."""
_NUMBER: Final = r"(\d{1,15}(?:\.\d{1,6})?)([km]?)"
_BOUND: Final = re.compile(rf"(>=|<=|>|<|=)?{_NUMBER}")
_BETWEEN: Final = re.compile(rf"(?:{_NUMBER})?\.\.(?:{_NUMBER})?")
_SIGNS: Final = str.maketrans({"≥": ">=", "≤": "<=", "…": "..", ",": None, "٬": None, "،": None, "٫": "."})
_LONG: Final = 6
"""Letters of a Persian field from which on a word that is nearly the same is taken for a slip."""
_TIMES: Final = {"": 1, "k": 1_000, "m": 1_000_000}
MAX_COUNT: Final = 2**53 - 1


def field_name(written: str) -> str | None:
    """The field that is called so in either language; ``None`` for a Persian word that is none."""
    return PERSIAN_FIELDS.get(written.translate(_ARABIC)) if not written.isascii() else written.lower()


def nearest_field(name: str) -> str | None:
    """The field that was probably meant."""
    return next(iter(get_close_matches(name, FIELDS, 1)), None)


def misspelt(written: str) -> str | None:
    """The Persian field that this is with one slip; ``None`` also for short words, which are near to many.

    >>> misspelt("نویسندهه")  # author, with a letter too many
    'نویسنده'
    """
    if written.isascii() or len(written) < _LONG:
        return None
    long = [name for name in PERSIAN_FIELDS if len(name) >= _LONG]
    return next(iter(get_close_matches(written, long, 1, 0.9)), None)


def latin(value: str) -> str:
    """The value with the digits of any script as Latin ones."""
    return "".join(str(unicodedata.digit(sign, sign)) for sign in value)


def known_value(name: str, value: str) -> str | None:
    """The one form of a value of a field that has few; ``None`` if it is none of them.

    It may be written as people are shown it, in either language; spaces, half-spaces and hyphens in it do
    not matter: ``off topic`` is ``off-topic``.
    """
    if name == "lang":
        value = _PERSIAN_VALUES["lang"].get(value, value.lower())
        value = _LANGUAGES.get(value, value)
        return value if re.fullmatch(r"[a-z]{2,3}", value) else None
    return _values(name).get(_bare(value))


@cache
def _values(name: str) -> dict[str, str]:
    """The values of a field by everything that they are called, in bare form."""
    called = {
        **{value: value for value in MARKS[name]},
        **_ENGLISH_VALUES.get(name, {}),
        **_PERSIAN_VALUES.get(name, {}),
    }
    return {_bare(written): value for written, value in called.items()}


def _bare(written: str) -> str:
    return _GAPS.sub("", written.translate(_ARABIC)).lower()


def nearest_value(name: str, value: str) -> str | None:
    """The value that was probably meant."""
    if name == "lang":
        near = get_close_matches(value.lower(), _LANGUAGES, 1)
        return _LANGUAGES[near[0]] if near else None
    return next(iter(get_close_matches(value.lower(), MARKS[name], 1, 0.5)), None)


def bounds(value: str) -> tuple[int | None, int | None] | None:
    """The lowest and highest count of ``>100``, ``<=2k``, ``10..50`` or ``7``; ``None`` for anything else."""
    plain = latin(value).translate(_SIGNS).lower()
    if single := _BOUND.fullmatch(plain):
        number = _count(single[2], single[3])
        low = {">": number + 1, ">=": number}.get(single[1], None if single[1] in ("<", "<=") else number)
        high = {"<": number - 1, "<=": number}.get(single[1], None if single[1] in (">", ">=") else number)
        return low, high
    both = _BETWEEN.fullmatch(plain)
    if both is None or plain == "..":
        return None
    return (
        None if both[1] is None else _count(both[1], both[2]),
        None if both[3] is None else _count(both[3], both[4]),
    )


def _count(number: str, unit: str) -> int:
    return min(round(float(number) * _TIMES[unit]), MAX_COUNT)


def nearest_bounds(value: str) -> str | None:
    """What was probably meant by a count that is none: ``100+`` is ``>=100``."""
    found = re.search(r"\d+", latin(value))
    if found is None:
        return None
    return f">={found[0]}" if "+" in value else found[0]


def nearest_time(value: str) -> str | None:
    """What was probably meant by a time that is none: ``7days`` is ``7d``."""
    if span := _LONG_AGO.fullmatch(value.lower()):
        return span[1] + span[2]
    if value.lower() in ("yesterday", "دیروز"):  # yesterday
        return "1d"
    dashed = value.replace(".", "-")
    return dashed if _DAY.fullmatch(dashed) else None


def moment(value: str, *, now: datetime, zone: tzinfo = UTC) -> datetime:
    """The time that ``since:`` or ``until:`` names: ``7d`` ago, the midnight of a day, or itself.

    Days are Gregorian or Jalali; ``ValueError`` for what is no time.
    """
    ago = _AGO.fullmatch(value)
    if ago is not None:
        return now - timedelta(**{_AGO_UNIT[ago[2]]: int(ago[1])})
    day = _DAY.fullmatch(value)
    if day is not None:
        year, month, number = (int(part) for part in day.groups())
        if year in _JALALI:
            gregorian = _jalali(year, month, number).to_gregorian()
            year, month, number = gregorian.year, gregorian.month, gregorian.day
        found = datetime(year, month, number, tzinfo=zone)
    else:
        found = datetime.fromisoformat(value)
    if not 2000 <= found.year < 9999:
        raise ValueError(value)
    return found if found.tzinfo else found.replace(tzinfo=zone)


def days(value: str, *, zone: tzinfo = UTC) -> tuple[datetime, datetime]:
    """From when to just before when the day, or the days, of ``date:`` go on."""
    first, _, last = value.partition("..")
    now = datetime(2020, 1, 1, tzinfo=UTC)
    for day in (first, last or first):
        if _DAY.fullmatch(day) is None:
            raise ValueError(value)
    begin, end = moment(first, now=now, zone=zone), moment(last or first, now=now, zone=zone)
    if end < begin:
        raise ValueError(value)
    # By the clock of the zone: a day in which its time changes has not 24 hours.
    return begin, end + timedelta(days=1)
