"""What a text is there for: intents, purposes of content, and what it calls its readers to do.

Rules over phrase lists (``data/intents_en.toml``, ``data/intents_fa.toml``; Persian also as it is spoken and
in Latin letters). Each phrase says something with a weight, weights of one saying add up, and a saying counts
from ``ENOUGH`` on. How well that works is measured in ``cards/intents.json``; it is experimental.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final, NamedTuple

from nlp.patterns import Lists, Place, Sentence, joined, longest
from nlp.text import Cue, Text, Word
from nlp.weighing import features, weigh
from posts.post import ACTIONS, INTENTS, PURPOSES

VERSION: Final = "1"
ENOUGH: Final = 1.0
"""From this weight on, a saying is taken."""
SURE: Final = 0.5
"""Log-odds from which the trained layer adds a label."""
LISTED: Final = frozenset(("en", "fa", "und", "az"))
"""Languages whose phrases are listed; of others only signs are read. Short Persian may come as ``az``."""
GLOOMY: Final = -0.35
"""A mood (-1 to 1) from which a text is taken to judge badly."""
CHEERFUL: Final = 0.5

_WHY: Final = "intents.why."
_COMMENT: Final = "comment"
_DENIED: Final = "denied"
_ACTIONS: Final = frozenset(ACTIONS)
_KNOWN: Final = frozenset((*INTENTS, *PURPOSES, *ACTIONS))
_TALKING: Final = frozenset(("question", "suggestion", "rhetoric", "hook"))
_MEANT: Final = ("question", "suggestion", "criticism", "complaint", "praise", "misinformation")
_SELLING: Final = {"buy": 1.0, "download": 1.0, "visit": 0.5, "sign-up": 0.5, "contact": 0.5}
"""Calls that sellers make, and how much each says that something is sold."""
_LEADS: Final = {
    "mishap": "complaint", "mine": "complaint", "thing": "complaint",
    "but": "criticism", "rhetoric": "criticism", "pleased": "praise", "advice": "suggestion",
    "hook": "promote", "offer": "promote", "formal": "inform", "schedule": "inform", "fun": "entertain",
}  # fmt: skip
"""What hints lead to."""
_SUFFICE: Final = frozenset(_LEADS) - {"mine", "thing"}
"""Hints on which the layer may add what they lead to."""
_SAID_SELLING: Final = frozenset(("inform", "educate"))
_NOT_ASKED: Final = ("praise", "promote", "buy", "visit", "educate")
"""What is only talked of in a question, not said."""
_NOT_PROPOSED: Final = ("promote", "buy")
_NO_ADVICE: Final = frozenset(ACTIONS) - {"visit", "watch"}
"""Calls that are no advice beside: "call us" is no suggestion, "go and see it" is."""
_DIGIT: Final = re.compile(r"\d")
_PHONE: Final = re.compile(r"(?<![\w.,/])(?:\+|00)?\d(?:[\s\-–()]{0,2}\d){7,14}(?![\w/])")
_PRICE: Final = re.compile(r"[$€£]\s?\d|\d\s?[€£]")
_AMUSED: Final = frozenset("😂🤣😹💀😆")
_PLEASED: Final = frozenset("😍❤👏🙌🥰💯👑💙💛💚🧡💜🌹🙏💐👍👌")
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


_NOTHING: Final = Aims(intents=(_COMMENT,))


class _Said(NamedTuple):
    """A cue in the making: where it stands, what it says, how much and who knew it."""

    start: int
    end: int
    says: str
    weight: float
    why: str


class _Weights(dict[str, float]):
    """Sayings to their weights; what is not said weighs nothing."""

    def __missing__(self, name: str) -> float:
        return 0.0


class _Reading:
    """What was said in a text, and how much each saying weighs by now."""

    __slots__ = ("said", "says")

    def __init__(self) -> None:
        self.said: list[_Said] = []
        self.says = _Weights()

    def add(self, said: _Said) -> None:
        self.said.append(said)
        self.says[said.says] += said.weight

    def drop(self, names: Collection[str], inside: Iterable[_Said]) -> None:
        """Take back those sayings that are told in a stretch."""
        for said in [said for said in inside if said.says in names]:
            self.said.remove(said)
            self.says[said.says] -= said.weight


def read(text: Text, mood: float | None = None) -> Aims:
    """The aims of a text; ``mood`` is how its mood was read elsewhere, from -1 to 1.

    Without a listed language only question marks, telephone numbers and emoji tell.
    """
    reading, sentences = _listen(text)
    if not reading.said and not any(sentence.asked[1] for sentence in sentences):
        return _NOTHING
    raw = dict(reading.says)
    taken = _decide(reading, sentences, text, mood)
    if text.language in LISTED:
        taken = _weighed(features(raw, taken, text, sentences, mood), taken, raw)
    return _aims(reading.said, taken)


def evidence(
    text: Text, mood: float | None
) -> tuple[dict[str, float], set[str], Text, list[Sentence], float | None]:
    """What the layer's features (``nlp.weighing.features``) are made of; for its training."""
    reading, sentences = _listen(text)
    raw = dict(reading.says)
    return raw, _decide(reading, sentences, text, mood), text, sentences, mood


def _listen(text: Text) -> tuple[_Reading, list[Sentence]]:
    """What phrases and signs say, before it is weighed, and the sentences."""
    words = joined(text.words)
    sentences = lists().sentences(text, words)
    reading = _Reading()
    if text.language in LISTED:
        for place in longest(lists().find(words, sentences)):
            reading.add(_said(place, words))
    for said in _signs(text):
        reading.add(said)
    return reading, sentences


def _decide(reading: _Reading, sentences: Sequence[Sentence], text: Text, mood: float | None) -> set[str]:
    """What the rules take."""
    if not text.words and reading.says["pleased"]:
        reading.says["praise"] += ENOUGH
    _ask(reading, sentences)
    _judge(reading.says, mood)
    _hint(reading.says)
    _sell(reading.says)
    return {name for name, weight in reading.says.items() if weight >= ENOUGH and name in _KNOWN}


def _weighed(found: Mapping[str, float], taken: Set[str], raw: Mapping[str, float]) -> set[str]:
    """What is taken in the end: what the rules took and what the layer adds.

    It adds only what at least one cue speaks for, so that it can be shown; no question, but it takes one back
    that it doubts; who sells or dares neither informs nor teaches.
    """
    odds = dict(weigh(found))
    led = {name if name in odds else _LEADS[name] for name in raw if name in odds or name in _SUFFICE}
    added = {name for name, value in odds.items() if value > SURE and name in led and name != "question"}
    if "promote" in taken or "challenge" in taken:
        added -= _SAID_SELLING
    return {*taken, *added} - ({"question"} if odds["question"] < 0.0 else set())


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


def _said(place: Place, words: Sequence[Word]) -> _Said:
    """What a phrase says where it stands; a judgement that is denied says the contrary, or nothing."""
    first, last, (says, why, weight, polar) = place
    if polar:
        if _denied(first, last, words):
            says = "criticism" if says == "praise" else _DENIED
    elif first and says in _ACTIONS and words[first - 1].folded in _DENY_BEFORE:
        says = _DENIED
    return _Said(words[first].start, words[last - 1].end, says, weight, why)


def _denied(first: int, last: int, words: Sequence[Word]) -> bool:
    for word in words[max(0, first - _REACH) : first]:
        if word.folded in _DENY_BEFORE:
            return True
    return any(word.folded.startswith(_DENY_BEHIND) for word in words[last : last + _REACH])


def _signs(text: Text) -> Iterator[_Said]:
    """What telephone numbers, prices and emoji say."""
    for emoji, start, end in text.emoji:
        if emoji in _AMUSED:
            yield _Said(start, end, "entertain", 0.5, "emoji")
        elif emoji in _PLEASED:
            yield _Said(start, end, "pleased", 0.5, "emoji")
    if _DIGIT.search(text.written) is None:
        return
    for match in _PRICE.finditer(text.written):
        yield _Said(*match.span(), "promote", 0.5, "price")
    for match in _PHONE.finditer(text.written):
        if is_phone(match[0]):
            yield _Said(*match.span(), "contact", 1.0, "phone")


def is_phone(written: str) -> bool:
    """Whether digits, of any script, are a telephone number: 10 or 11 behind a 0, or international.

    >>> is_phone("۰۹۱۲ ۳۴۵ ۶۷۸۹"), is_phone("1404/05/06")
    (True, False)
    """
    digits = "".join(str(unicodedata.decimal(sign)) for sign in written if sign.isdecimal())
    if written.lstrip().startswith("+") or digits.startswith("00"):
        return 9 <= len(digits.lstrip("0")) <= 15
    return digits.startswith("0") and 10 <= len(digits) <= 11


def _ask(reading: _Reading, sentences: Sequence[Sentence]) -> None:
    """Add questions that marks tell; take back those that want no answer, and praise that is asked for."""
    says = reading.says
    if _TALKING.isdisjoint(says) and not any(sentence.asked[1] for sentence in sentences):
        return
    if says["suggestion"]:
        reading.drop(("suggestion",), _beside(reading.said, "suggestion", _NO_ADVICE))
    selling = says["promote"] or says["educate"] or says["inform"]
    for sentence in sentences:
        inside = [said for said in reading.said if sentence.start <= said.start < sentence.end]
        told = {said.says for said in inside}
        if "rhetoric" in told or ("hook" in told and selling):
            reading.drop(("question",), inside)
            continue
        if "suggestion" in told:
            reading.drop(("question",), _beside(inside, "question", ("suggestion",)))
        if sentence.asked[1] or "question" in told:
            reading.drop(_NOT_ASKED, inside)
        elif "suggestion" in told:
            reading.drop(_NOT_PROPOSED, inside)
        if sentence.asked[1] and "suggestion" not in told:
            reading.add(_Said(*sentence.asked, "question", 1.0, "mark"))
    if says["question"] >= ENOUGH:
        reading.drop(("praise",), _thanked(reading.said))


def _thanked(said: Iterable[_Said]) -> list[_Said]:
    """Thanks, which are a courtesy beside a question."""
    return [one for one in said if one.why == "thanking"]


def _beside(said: Sequence[_Said], says: str, others: Collection[str]) -> list[_Said]:
    """Cues of one saying that share words with one of others: "have you considered" proposes."""
    stronger = [other for other in said if other.says in others]
    return [
        one
        for one in said
        if one.says == says and any(other.start < one.end and one.start < other.end for other in stronger)
    ]


def _judge(says: dict[str, float], mood: float | None) -> None:
    """Tell complaints (what happened to the writer) from criticism, and both from praise."""
    own = says["mine"] and says["thing"]
    mishap, blame, complaint = says["mishap"], says["criticism"], says["complaint"]
    gloomy, cheerful = mood is not None and mood <= GLOOMY, mood is not None and mood >= CHEERFUL
    if own and not cheerful and (mishap >= ENOUGH or blame >= ENOUGH or (mishap and gloomy)):
        complaint = max(complaint, ENOUGH)
    if says["solved"] or says["misinformation"] >= ENOUGH:
        complaint -= ENOUGH
    says["complaint"] = complaint
    if says["praise"] and says["pleased"]:
        says["praise"] += 0.5
    if says["praise"] >= ENOUGH and says["but"] and mishap:
        blame = says["criticism"] = blame + ENOUGH
    if complaint >= ENOUGH or gloomy:
        says["praise"] -= ENOUGH
    if complaint >= ENOUGH and blame < 2 * ENOUGH:
        says["criticism"] = 0.0
    elif gloomy and blame:
        says["criticism"] = blame + 0.5


def _hint(says: dict[str, float]) -> None:
    """What several weak signs say together where nothing else is said.

    Orders that call to nothing listed are advice; days and hours in formal verbs are a notice; offers beside
    a call advertise; somebody's words beside laughing emoji are a joke.
    """
    taken = {name for name, weight in says.items() if weight >= ENOUGH}
    if not taken.isdisjoint(_MEANT):
        return
    calls = not taken.isdisjoint(_ACTIONS)
    if says["offer"] and calls:
        says["promote"] += ENOUGH
    elif says["advice"] and not calls and says["promote"] < ENOUGH:
        says["suggestion"] += ENOUGH
    if says["formal"] and says["schedule"] and not says["mine"]:
        says["inform"] += ENOUGH
    if says["fun"] and says["entertain"]:
        says["entertain"] += 0.5


def _sell(says: dict[str, float]) -> None:
    """Who sells, promotes; what sellers say of their own goods is no praise."""
    for action in _SELLING.keys() & says.keys():
        if says[action] >= ENOUGH:
            says["promote"] += _SELLING[action]
    if says["promote"]:
        says["promote"] += says["hook"]
    if says["inform"] < 2 * ENOUGH and max(says["promote"], says["challenge"]) >= ENOUGH:
        says["inform"] = 0.0
    if says["promote"] >= ENOUGH:
        says["praise"] -= 2 * ENOUGH


def _aims(said: Iterable[_Said], taken: Collection[str]) -> Aims:
    if not taken:
        return _NOTHING
    return Aims(
        intents=tuple(name for name in INTENTS if name in taken) or (_COMMENT,),
        purposes=tuple(name for name in PURPOSES if name in taken),
        actions=tuple(name for name in ACTIONS if name in taken),
        cues=tuple(_cues(said, taken)),
    )


def _cues(said: Iterable[_Said], taken: Collection[str]) -> list[Cue]:
    """The cues that spoke for what was taken, in order; hints say what they led to."""
    return [
        Cue(start, end, leads, weight, _WHY + why)
        for start, end, says, weight, why in sorted(said)
        if (leads := _LEADS.get(says, says)) in taken
    ]
