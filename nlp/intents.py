"""What a text is there for: intents, purposes of content, and what it calls its readers to do.

Rules over phrase lists (``data/intents_en.toml``, ``data/intents_fa.toml``; Persian also as it is spoken and
in Latin letters). Each phrase says something with a weight, weights of one saying add up, and a saying counts
from ``ENOUGH`` on. How well that works is measured in ``cards/intents.json``; it is experimental.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from nlp.patterns import Lists, Place, Sentence, joined, longest
from nlp.text import Cue, Text, Word
from posts.post import ACTIONS, INTENTS, PURPOSES

VERSION: Final = "1"
ENOUGH: Final = 1.0
"""From this weight on, a saying is taken."""
LISTED: Final = frozenset(("en", "fa", "und", "az"))
"""Languages whose phrases are listed; of others only signs are read. Short Persian may come as ``az``."""
GLOOMY: Final = -0.35
"""A mood (-1 to 1) from which a text is taken to judge badly."""
CHEERFUL: Final = 0.5

_WHY: Final = "intents.why."
_COMMENT: Final = "comment"
_SELLING: Final = {"buy": 1.0, "download": 1.0, "visit": 0.5, "sign-up": 0.5, "contact": 0.5}
"""Calls that sellers make, and how much each says that something is sold."""
_LEADS: Final = {
    "mishap": "complaint", "mine": "complaint", "thing": "complaint", "pleased": "praise", "hook": "promote",
}  # fmt: skip
"""What hints lead to."""
_NOT_ASKED: Final = ("praise", "promote", "buy", "visit", "educate")
"""What is only talked of in a question, not said."""
_NOT_PROPOSED: Final = ("promote", "buy")
_NO_ADVICE: Final = frozenset(ACTIONS) - {"visit", "watch"}
"""Calls that are no advice beside: "call us" is no suggestion, "go and see it" is."""
_DIGIT: Final = re.compile(r"\d")
_PHONE: Final = re.compile(r"(?<![\w.,/])(?:\+|00)?\d(?:[\s\-–()]{0,2}\d){7,14}(?![\w/])")
_PRICE: Final = re.compile(r"[$€£]\s?\d|\d\s?[€£]")
_AMUSED: Final = frozenset("😂🤣😹💀😆")
_PLEASED: Final = frozenset("😍❤👏🔥🙌🥰💯👑💙💛💚🧡💜🌹🙏💐")
# Words that deny a judgement: before it in English, behind it in Persian (is not, was not, did not become,
# has not, are not).
_DENY_BEFORE: Final = frozenset(
    (
        "not", "never", "no", "hardly", "without", "isnt", "arent", "wasnt", "dont", "doesnt", "didnt", 
        "wont", "cant", "couldnt", "t", "nothing", "neither",
    )
)  # fmt: skip
_DENY_BEHIND: Final = ("نیست", "نبود", "نشد", "نمیشه", "نداره", "ندارد", "نداشت", "نیس")
_REACH: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Aims:
    """What a text is there for, each a part of the list of its name in ``posts.post``, in that order.

    ``intents`` is never empty: a text that is for nothing else is a ``comment``. ``"misinformation"`` means
    that somebody says that something is untrue or a rumour, not that it is.
    """

    intents: tuple[str, ...]
    purposes: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    cues: tuple[Cue, ...] = ()


def read(text: Text, mood: float | None = None) -> Aims:
    """The aims of a text; ``mood`` is how its mood was read elsewhere, from -1 to 1.

    Without a listed language only question marks, telephone numbers and emoji tell.
    """
    words = joined(text.words)
    sentences = lists().sentences(text, words)
    cues: list[Cue] = []
    if text.language in LISTED:
        cues.extend(_cue(place, words) for place in longest(lists().find(words, sentences)))
    cues.extend(_signs(text))
    says = _weigh(cues)
    _take_back(("suggestion",), _beside(cues, "suggestion", _NO_ADVICE), says)
    _ask(sentences, words, cues, says)
    _judge(says, mood)
    _sell(says)
    return _taken(says, cues)


@lru_cache(maxsize=1)
def lists() -> Lists:
    """The phrases of all languages together: posts mix them."""
    read = [_table("intents_en.toml"), _table("intents_fa.toml")]
    return Lists({"classes": _classes(read), "list": [listed for table in read for listed in table["list"]]})


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((files("nlp") / "data" / name).read_text(encoding="utf-8"))


def _classes(tables: Sequence[dict[str, Any]]) -> dict[str, str]:
    """The classes of all languages; those of one name together."""
    found: dict[str, str] = {}
    for table in tables:
        for name, words in table.get("classes", {}).items():
            found[name] = f"{found[name]} {words}" if name in found else words
    return found


def _cue(place: Place, words: Sequence[Word]) -> Cue:
    """What a phrase says where it stands; a judgement that is denied says the contrary, or nothing."""
    listed = place.list
    says, weight = listed.says, listed.weight
    if listed.polar and _denied(place, words):
        says, weight = ("criticism", weight) if says == "praise" else ("denied", 0.0)
    elif says in ACTIONS and place.first and words[place.first - 1].folded in _DENY_BEFORE:
        says, weight = "denied", 0.0
    return Cue(words[place.first].start, words[place.last - 1].end, says, weight, _WHY + listed.why)


def _denied(place: Place, words: Sequence[Word]) -> bool:
    before = words[max(0, place.first - _REACH) : place.first]
    if any(word.folded in _DENY_BEFORE for word in before):
        return True
    behind = words[place.last : place.last + _REACH]
    return any(word.folded.startswith(_DENY_BEHIND) for word in behind)


def _signs(text: Text) -> Iterator[Cue]:
    """What telephone numbers, prices and emoji say."""
    for emoji, start, end in text.emoji:
        if emoji in _AMUSED:
            yield Cue(start, end, "entertain", 0.5, _WHY + "emoji")
        elif emoji in _PLEASED:
            yield Cue(start, end, "pleased", 0.5, _WHY + "emoji")
    if _DIGIT.search(text.written) is None:
        return
    for match in _PRICE.finditer(text.written):
        yield Cue(*match.span(), "promote", 0.5, _WHY + "price")
    for match in _PHONE.finditer(text.written):
        if is_phone(match[0]):
            yield Cue(*match.span(), "contact", 1.0, _WHY + "phone")


def is_phone(written: str) -> bool:
    """Whether digits, of any script, are a telephone number: 10 or 11 behind a 0, or international.

    >>> is_phone("۰۹۱۲ ۳۴۵ ۶۷۸۹"), is_phone("1404/05/06")
    (True, False)
    """
    digits = "".join(str(unicodedata.decimal(sign)) for sign in written if sign.isdecimal())
    if written.lstrip().startswith("+") or digits.startswith("00"):
        return 9 <= len(digits.lstrip("0")) <= 15
    return digits.startswith("0") and 10 <= len(digits) <= 11


def _weigh(cues: Iterable[Cue]) -> dict[str, float]:
    says: dict[str, float] = {}
    for cue in cues:
        says[cue.says] = says.get(cue.says, 0.0) + cue.weight
    return says


def _ask(
    sentences: Sequence[Sentence], words: Sequence[Word], cues: list[Cue], says: dict[str, float]
) -> None:
    """Add questions that marks tell; take back those that want no answer, and praise that is asked for."""
    selling = any(says.get(name) for name in ("promote", "educate", "inform"))
    for sentence in sentences:
        start = words[sentence.first].start if sentence.first < sentence.last else sentence.asked[0]
        end = sentence.asked[1] or words[sentence.last - 1].end
        inside = [cue for cue in cues if start <= cue.start < end]
        hints = {cue.says for cue in inside}
        if "rhetoric" in hints or ("hook" in hints and selling):
            _take_back(("question",), inside, says)
            continue
        _take_back(("question",), _beside(inside, "question", ("suggestion",)), says)
        if sentence.asked[1] or "question" in hints:
            _take_back(_NOT_ASKED, inside, says)
        elif "suggestion" in hints:
            _take_back(_NOT_PROPOSED, inside, says)
        if sentence.asked[1] and "suggestion" not in hints:
            cues.append(Cue(*sentence.asked, "question", 1.0, _WHY + "mark"))
            says["question"] = says.get("question", 0.0) + 1.0


def _beside(cues: Sequence[Cue], says: str, others: Collection[str]) -> Iterator[Cue]:
    """Cues of one saying that share words with one of others: "have you considered" proposes."""
    stronger = [cue for cue in cues if cue.says in others]
    for cue in cues:
        if cue.says == says and any(other.start < cue.end and cue.start < other.end for other in stronger):
            yield cue


def _take_back(names: Collection[str], inside: Iterable[Cue], says: dict[str, float]) -> None:
    for cue in inside:
        if cue.says in names:
            says[cue.says] -= cue.weight


def _judge(says: dict[str, float], mood: float | None) -> None:
    """Tell complaints (what happened to the writer) from criticism, and both from praise."""
    own, thing = says.get("mine", 0.0) > 0, says.get("thing", 0.0) > 0
    mishap, blame = says.get("mishap", 0.0), says.get("criticism", 0.0)
    gloomy, cheerful = mood is not None and mood <= GLOOMY, mood is not None and mood >= CHEERFUL
    complaint = says.get("complaint", 0.0)
    if own and thing and (mishap >= ENOUGH or blame >= ENOUGH or (mishap and gloomy)):
        complaint = max(complaint, ENOUGH)
    untrue = says.get("misinformation", 0.0) >= ENOUGH
    if says.get("solved") or untrue or (cheerful and complaint < 2 * ENOUGH):
        complaint -= ENOUGH
    says["complaint"] = complaint
    praise = says.get("praise", 0.0)
    if praise and says.get("pleased", 0.0):
        praise += 0.5
    if complaint >= ENOUGH or gloomy:
        praise -= ENOUGH
    says["praise"] = praise
    if complaint >= ENOUGH and blame < 2 * ENOUGH:
        says["criticism"] = 0.0
    elif gloomy and blame:
        says["criticism"] = blame + 0.5


def _sell(says: dict[str, float]) -> None:
    """Who sells, promotes; what sellers say of their own goods is no praise."""
    calls = sum(worth for action, worth in _SELLING.items() if says.get(action, 0.0) >= ENOUGH)
    promote = says.get("promote", 0.0) + calls
    if promote:
        promote += says.get("hook", 0.0)
    says["promote"] = promote
    if says.get("inform", 0.0) < 2 * ENOUGH and max(promote, says.get("challenge", 0.0)) >= ENOUGH:
        says["inform"] = 0.0
    if promote >= ENOUGH:
        says["praise"] = says.get("praise", 0.0) - 2 * ENOUGH


def _taken(says: dict[str, float], cues: Iterable[Cue]) -> Aims:
    intents = tuple(name for name in INTENTS if says.get(name, 0.0) >= ENOUGH and name != _COMMENT)
    purposes = tuple(name for name in PURPOSES if says.get(name, 0.0) >= ENOUGH)
    actions = tuple(name for name in ACTIONS if says.get(name, 0.0) >= ENOUGH)
    return Aims(
        intents=intents or (_COMMENT,),
        purposes=purposes,
        actions=actions,
        cues=tuple(_spoken(cues, {*intents, *purposes, *actions})),
    )


def _spoken(cues: Iterable[Cue], taken: Collection[str]) -> list[Cue]:
    """The cues that spoke for what was taken, in order; hints say what they led to."""
    found: list[Cue] = []
    for cue in cues:
        says = _LEADS.get(cue.says, cue.says)
        if says in taken:
            found.append(cue if says == cue.says else replace(cue, says=says))
    return sorted(found, key=lambda cue: (cue.start, cue.end, cue.says))
