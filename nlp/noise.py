"""What one post alone tells of being noise: spam, a giveaway, a post made by a program.

No single word makes noise: a mark needs several signs whose weights together reach its threshold, one of
them at the heart of the matter, and a giveaway one that says what readers are to do. Signs, weights and
phrases stand in ``data/noise.toml`` and are published in ``docs/scores-noise.md``. It is meant to be right
where it speaks: what is unclear is left unmarked, news are never marked, and accounts that are verified or
widely followed need more to be.

A mark says what a post looks like; nothing is deleted for it. Copies are ``nlp.copies``, what the user finds
beside the point is ``nlp.topic``, and how an account behaves over time ``trends.botlike``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from nlp.emoji import normal
from nlp.fold import words
from nlp.signs import HANDLE, HASHTAG, LINK, MENTION
from nlp.text import Cue, Text, Word
from posts.post import Author, Post

VERSION: Final = "1"
MARKS: Final = ("spam", "giveaway", "bot")
"""The marks that one post alone can tell, of ``posts.post.NOISE``."""

AGAIN: Final = 0.5
"""What another phrase of the same sign adds, once, where the sign is at the heart of the matter."""

LONG: Final = 100
"""In a text of more words signs meet by chance: each further so many words raise the thresholds by one."""

_HALF_SPACE: Final = "\u200c"
_NUMBER: Final = "#"
_CORE: Final = "core"
_PREFIX: Final = 3
_FOLLOWED: Final = 20_000
"""Accounts with more followers are known: what they write is read by many and seldom spam."""
_UNKNOWN: Final = 20

_MANY_TAGS, _VERY_MANY_TAGS, _MANY_MENTIONS, _MANY_LINKS, _FEW_WORDS = 8, 12, 6, 3, 5
_LOUD_EMOJI, _LOUD_MARKS = 3, 3
_TABLE_NUMBERS, _TABLE_SHARE, _TABLE_LINES = 3, 0.3, 3
_OPENING_WORDS: Final = 2

# Letters kept apart by signs that are not seen: nobody types so but to get past filters.
_HIDDEN: Final = re.compile(r"(?:[^\W\d_][\u00ad\u200b-\u200f\u2060-\u2064\ufeff]){4,}[^\W\d_]")
_FIGURE: Final = re.compile(r"\d[\d.,٬٫،/:]*")
_CLOCK: Final = re.compile(r"(?<!\d)\d{1,2}:\d\d(?!\d)")
_SHAPED: Final = re.compile(r"[:|#]| - |\d|http")
_PHONE: Final = re.compile(r"(?:0|98|1)\d{8,12}")
_BOT_NAME: Final = re.compile(r"(?:^|[_.\d-])[bB][oO][tT](?:$|[_.\d-])|[a-z]Bot$")
_MADE_NAME: Final = re.compile(r"[a-z]+_?\d{6,}")
_TURNS: Final = re.compile(r"(?<=\d)(?=[a-z])|(?<=[a-z])(?=\d)")
_MADE_TURNS: Final = 4


@dataclass(frozen=True, slots=True)
class Sign:
    """Something that speaks for a mark (or against it, if it weighs less than 0).

    ``part`` is what it is of the matter: ``"core"`` (what is offered), ``"demand"`` (what readers are to do)
    or ``""`` for what only adds to these.
    """

    mark: str
    name: str
    weight: float
    part: str

    @property
    def why(self) -> str:
        """The key of ``words`` under which people are told what this is."""
        return f"noise.{self.mark}.{self.name}"


@dataclass(frozen=True, slots=True)
class _Phrase:
    """Words that give a sign; ``parts`` tell of each word behind the first whether it is the right one."""

    sign: Sign
    parts: tuple[Callable[[str], bool], ...]


class _Lists:
    """The file of signs, ready to be looked up."""

    def __init__(self) -> None:
        with (Path(__file__).parent / "data" / "noise.toml").open("rb") as file:
            read: dict[str, Any] = tomllib.load(file)
        self.thresholds: dict[str, float] = {mark: read[mark].pop("threshold") for mark in MARKS}
        self.needs = {mark: frozenset(read[mark].pop("needs")) for mark in MARKS}
        self.signs: dict[tuple[str, str], Sign] = {}
        self.exact: dict[str, list[_Phrase]] = {}
        self.begun: dict[str, list[tuple[str, _Phrase]]] = {}
        for mark in MARKS:
            for name, told in read[mark].items():
                sign = Sign(mark, name, told["weight"], told.get("part", ""))
                self.signs[mark, name] = sign
                for phrase in told.get("phrases", ()):
                    for written in {phrase, phrase.replace(_HALF_SPACE, " ")}:
                        self._add(sign, _pieces(written))
        spam, bot = read["spam"], read["bot"]
        self.loud = frozenset(map(normal, spam["loud"]["emoji"]))
        self.arrows = frozenset(map(normal, bot["trend_arrows"]["emoji"]))
        self.drawn = re.compile(f"[{re.escape(bot['trend_arrows']['signs'])}]")
        self.hosts = {
            host: self.signs["spam", name]
            for name in ("short_link", "channel_link")
            for host in spam[name]["hosts"]
        }
        self.endings = tuple(spam["odd_link"]["endings"])

    def _add(self, sign: Sign, pieces: list[str]) -> None:
        first, parts = pieces[0], tuple(map(_test, pieces[1:]))
        if first.endswith("*"):
            self.begun.setdefault(first[:_PREFIX], []).append((first[:-1], _Phrase(sign, parts)))
        else:
            self.exact.setdefault(first, []).append(_Phrase(sign, parts))


def _pieces(phrase: str) -> list[str]:
    """The folded words of a phrase of the list, stars and number signs kept."""
    pieces: list[str] = []
    for part in phrase.split():
        if part == _NUMBER:
            pieces.append(part)
            continue
        folded = words(part.rstrip("*"))
        pieces.extend(folded)
        if part.endswith("*"):
            pieces[-1] += "*"
    return pieces


def _test(piece: str) -> Callable[[str], bool]:
    if piece == _NUMBER:
        return _is_number
    if piece.endswith("*"):
        begin = piece[:-1]
        return lambda word: word.startswith(begin)
    return piece.__eq__


def _is_number(word: str) -> bool:
    return word[0].isdigit()


_LISTS: Final = _Lists()
SIGNS: Final[Mapping[tuple[str, str], Sign]] = _LISTS.signs
THRESHOLDS: Final[Mapping[str, float]] = _LISTS.thresholds
# An account that says what it is says so however much it writes.
_SAYS_SO: Final = {
    "spam": frozenset[Sign](),
    "giveaway": frozenset[Sign](),
    "bot": frozenset((_LISTS.signs["bot", "declared"], _LISTS.signs["bot", "named"])),
}


@dataclass(frozen=True, slots=True)
class _Found:
    """Where a sign stands, as offsets of the text and as places of words (-1: of no word).

    ``again`` is where another phrase of the same sign stands, if one does.
    """

    start: int
    end: int
    word: int = -1
    last: int = -1
    again: tuple[int, int] | None = None


def read(post: Post, text: Text) -> tuple[tuple[str, ...], tuple[Cue, ...]]:
    """The marks of the post (of ``MARKS``, in that order) and the signs that gave them with their weights.

    ``text`` is the post's own text made ready. Signs of the account (its name, followers, being verified)
    stand at 0 to 0.
    """
    if post.kind == "news":
        return (), ()
    found = _phrases(text.words)
    _shape(text, found)
    if post.author is not None:
        _account(post.author, found)
    if not found:
        return (), ()
    return _marked(found, max(0.0, len(text.words) / LONG - 1))


def _marked(found: dict[Sign, _Found], rise: float) -> tuple[tuple[str, ...], tuple[Cue, ...]]:
    """The marks that are reached, where what is written must reach so much more."""
    sums = dict.fromkeys(MARKS, 0.0)
    parts: dict[str, set[str]] = {mark: set() for mark in MARKS}
    for sign, each in found.items():
        sums[sign.mark] += sign.weight if each.again is None else sign.weight + AGAIN
        parts[sign.mark].add(sign.part)
    marks = tuple(
        mark
        for mark in MARKS
        if parts[mark] >= _LISTS.needs[mark]
        and sums[mark] >= _LISTS.thresholds[mark] + (0.0 if _SAYS_SO[mark] & found.keys() else rise)
    )
    if not marks:
        return (), ()
    cues = []
    for sign, each in found.items():
        if sign.mark in marks:
            cues.append(Cue(each.start, each.end, sign.mark, sign.weight, sign.why))
            if each.again is not None:
                cues.append(Cue(*each.again, sign.mark, AGAIN, sign.why))
    return marks, tuple(cues)


@lru_cache(maxsize=65_536)
def _begun_by(word: str) -> tuple[_Phrase, ...]:
    """The phrases whose first word this is."""
    found = list(_LISTS.exact.get(word, ()))
    found += [phrase for begin, phrase in _LISTS.begun.get(word[:_PREFIX], ()) if word.startswith(begin)]
    if _is_number(word):
        found += _LISTS.exact.get(_NUMBER, ())
    return tuple(found)


def _phrases(of: Sequence[Word]) -> dict[Sign, _Found]:
    """The places of each sign that phrases give; what speaks against counts outside what speaks for."""
    found: dict[Sign, _Found] = {}
    taken: dict[str, int] = {}
    for place, word in enumerate(of):
        for phrase in _begun_by(word.folded):
            sign, last = phrase.sign, place + 1 + len(phrase.parts)
            if last > len(of) or (sign.weight < 0 and place < taken.get(sign.mark, 0)):
                continue
            if not all(test(of[at].folded) for at, test in enumerate(phrase.parts, place + 1)):
                continue
            before = found.get(sign)
            if before is None:
                found[sign] = _Found(word.start, of[last - 1].end, place, last)
            elif sign.part == _CORE and before.again is None and place >= before.last:
                found[sign] = replace(before, again=(word.start, of[last - 1].end))
            if sign.weight > 0:
                taken[sign.mark] = max(last, taken.get(sign.mark, 0))
    return found


def _shape(text: Text, found: dict[Sign, _Found]) -> None:
    """Add what the form of the text tells."""
    counts = {HASHTAG: 0, MENTION: 0, LINK: 0}
    for kind, start, end in text.signs:
        if kind == HANDLE:
            kind = MENTION
        if kind in counts:
            counts[kind] += 1
        if kind == LINK:
            _link(text.written[start:end], start, end, len(text.words), found)
    for name in _walls(text, counts):
        _note(found, "spam", name, 0, len(text.written))
    if text.emoji:
        _pictures(text, found)
    written = text.written
    if written.count("!") >= _LOUD_MARKS:
        _note(found, "spam", "loud", 0, 0)
    if not written.isascii() and (hidden := _HIDDEN.search(written)):
        _note(found, "spam", "hidden", *hidden.span())
    if "?" in written or "؟" in written:
        _note(found, "spam", "asks", 0, 0)
    _figures(text, counts[LINK], found)
    _opening(text, found)


def _note(found: dict[Sign, _Found], mark: str, name: str, start: int, end: int) -> None:
    sign = _LISTS.signs[mark, name]
    found.setdefault(sign, _Found(start, end))


def _walls(text: Text, counts: dict[str, int]) -> Iterator[str]:
    tags, mentions, addresses = counts[HASHTAG], counts[MENTION], counts[LINK]
    if tags < _MANY_TAGS and mentions < _MANY_MENTIONS and addresses < _MANY_LINKS:
        return
    spoken = sum(not word.tag for word in text.words)
    if tags >= _MANY_TAGS and spoken <= 2 * tags:
        yield "tag_wall"
        if tags >= _VERY_MANY_TAGS and spoken <= tags:
            yield "high_tag_wall"
    if mentions >= _MANY_MENTIONS and spoken <= 2 * mentions:
        yield "mention_wall"
    if addresses >= _MANY_LINKS and spoken <= 2 * addresses:
        yield "many_links"


def _link(written: str, start: int, end: int, spoken: int, found: dict[Sign, _Found]) -> None:
    host = written.lower().removeprefix("https://").removeprefix("http://").removeprefix("www.")
    host = re.split(r"[/:?#]", host, maxsplit=1)[0]
    short = _LISTS.hosts.get(host)
    if short is not None:
        found.setdefault(short, _Found(start, end))
        if spoken <= _FEW_WORDS:
            _note(found, "spam", "bare_link", start, end)
    elif host.endswith(_LISTS.endings):
        _note(found, "spam", "odd_link", start, end)


def _pictures(text: Text, found: dict[Sign, _Found]) -> None:
    loud = [place for place in text.emoji if place[0] in _LISTS.loud]
    if len(loud) >= _LOUD_EMOJI:
        _note(found, "spam", "loud", loud[0][1], loud[0][2])
    for picture, start, end in text.emoji:
        if picture in _LISTS.arrows:
            _note(found, "bot", "trend_arrows", start, end)
            break


def _figures(text: Text, links: int, found: dict[Sign, _Found]) -> None:
    """Numbers in rows, arrows beside them, the time of day."""
    numbers = 0
    for word in text.words:
        if word.folded[0].isdigit():
            numbers += 1
            if _PHONE.fullmatch(word.folded):
                _note(found, "spam", "phone", word.start, word.end)
    if not text.written.isascii() and (drawn := _LISTS.drawn.search(text.written)):
        _note(found, "bot", "trend_arrows", *drawn.span())
    if not numbers:
        return
    if clock := _CLOCK.search(text.written):
        _note(found, "bot", "clock", *clock.span())
        if links and len(text.words) - numbers <= _FEW_WORDS:
            _note(found, "bot", "bare_stamp", *clock.span())
    if numbers >= _TABLE_NUMBERS:
        figures = len(_FIGURE.findall(text.written))
        others = len(text.words) - numbers
        if figures >= _TABLE_NUMBERS and figures >= _TABLE_SHARE * (figures + others):
            _note(found, "bot", "table", 0, len(text.written))
            if text.written.count("\n") >= _TABLE_LINES:
                _note(found, "bot", "lines", 0, 0)


def _opening(text: Text, found: dict[Sign, _Found]) -> None:
    """Whether a template's own words stand at the beginning, and a list, a number or a link follows."""
    for sign, each in found.items():
        if sign.mark == "bot" and sign.part == _CORE and 0 <= each.word < _OPENING_WORDS:
            if _SHAPED.search(text.written, each.end):
                _note(found, "bot", "opening", each.start, each.end)
            return


def _account(author: Author, found: dict[Sign, _Found]) -> None:
    """Add what the account tells."""
    if author.bot:
        _note(found, "bot", "declared", 0, 0)
    if author.verified or (author.followers or 0) >= _FOLLOWED:
        for mark in MARKS:
            _note(found, mark, "known_account", 0, 0)
    if author.followers == 0:
        _note(found, "spam", "nobody", 0, 0)
    if author.handle:
        _handle(author.handle.lstrip("@").partition("@")[0], author.followers, found)


def _handle(name: str, followers: int | None, found: dict[Sign, _Found]) -> None:
    if _BOT_NAME.search(name):
        _note(found, "bot", "named", 0, 0)
    if followers is not None and followers > _UNKNOWN:
        return
    plain = name.lower()
    if _MADE_NAME.fullmatch(plain) or len(_TURNS.findall(plain)) >= _MADE_TURNS:
        _note(found, "spam", "handle", 0, 0)
        _note(found, "bot", "handle", 0, 0)
