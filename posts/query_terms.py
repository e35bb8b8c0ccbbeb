"""The smallest parts of a query: words and their forms, tags, names, and fields with their values."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from posts.errors import QueryError
from posts.query_fields import (
    COUNTS,
    EXAMPLES,
    FIELDS,
    MARKS,
    TIMES,
    bounds,
    days,
    field_name,
    known_value,
    latin,
    misspelt,
    moment,
    nearest_bounds,
    nearest_field,
    nearest_time,
    nearest_value,
)
from posts.query_signs import CLOSING, QUOTES, UNSEEN, Signs
from posts.query_tree import Field, Fuzzy, Hashtag, Mention, Part, Pattern, Range, Word

_MAX_STARS: Final = 4
_MAX_SIGNS: Final = 8
_MAX_BEHIND: Final = 3
_LEAST_LETTERS: Final = 2
_LEAST_FUZZY: Final = {1: 3, 2: 5}
_FIELD: Final = re.compile(r"([A-Za-z_]+|[\u0620-\u06ff\u200c]+):")
_ADDRESS: Final = re.compile(r"(?:https?|ftp)://")
_HANDLE: Final = re.compile(r"[\w.\-]+(@[\w.\-]+)?")
_TILDE: Final = re.compile(r"(.*)~(\d*)", re.DOTALL)


class Terms(Signs):
    """Reads one term of a query, and passes over the space behind it."""

    def _term(self) -> Part:
        start = self._at
        if self._sign() in "#＃":
            tag = self._bare(1, "no_tag", start)
            if _is_pattern(tag):
                self._check_pattern(tag, start, start + 1)
            return Hashtag(tag, self._over(start))
        if self._sign() in "@＠":
            return self._mention(self._bare(1, "no_handle", start), start)
        address = _ADDRESS.match(self._text, self._at)
        if address is not None:
            value = self._bare(0, "no_word", start)
            raise self._error("address", at=start, repair=self._with(start, "link:"), value=value[:80])
        field = _FIELD.match(self._text, self._at)
        if field is not None:
            name = field_name(UNSEEN.sub("", field[1]))
            if name is not None:
                return self._field(name, field[1], start)
            self._check_slip(field[1], start)
        return self._word(self._bare(0, "no_word", start), start)

    def _check_slip(self, written: str, start: int) -> None:
        """``QueryError`` for a Persian field's name with a slip; other Persian words are text."""
        near = misspelt(UNSEEN.sub("", written))
        behind = self._text[start + len(written) + 1 : start + len(written) + 2]
        if near is not None and behind and not behind.isspace():
            mended = self._instead((start, start + len(written)), near)
            names = ", ".join(FIELDS)
            raise self._error("no_field_but", at=start, repair=mended, name=written, near=near, fields=names)

    def _word(self, word: str, start: int) -> Part:
        tilde = _TILDE.fullmatch(word)
        if tilde is not None:
            return self._fuzzy(tilde[1], latin(tilde[2]), start)
        if _is_pattern(word):
            self._check_pattern(word, start, start)
            return Pattern(word, self._over(start))
        return Word(word, self._over(start))

    def _fuzzy(self, word: str, edits: str, start: int) -> Fuzzy:
        plain = self._instead((start, self._at), word)
        if not word or _is_pattern(word) or not _is_one_word(word):
            raise self._error("fuzzy_word", at=start, repair=plain.replace("~", " "))
        wanted = int(edits or 1) if len(edits) < 3 else 99
        if not 1 <= wanted <= 2:
            mended = self._instead((start, self._at), f"{word}~2" if wanted else word)
            raise self._error("fuzzy_far", at=start, repair=mended, word=word)
        if sum(sign.isalnum() for sign in word) < _LEAST_FUZZY[wanted]:
            mended = self._instead((start, self._at), f"{word}~1" if wanted == 2 else word)
            raise self._error("fuzzy_short", at=start, repair=mended, word=word, edits=wanted)
        return Fuzzy(word, self._over(start), wanted)

    def _check_pattern(self, pattern: str, start: int, first: int) -> None:
        """``QueryError`` unless it begins with letters, has enough, and leaves not too much open."""
        letters = pattern.replace("*", "").replace("?", "")
        behind = pattern.partition("*")[2].count("?")
        fixed: str | None
        if pattern[0] in "*?":
            mended = self._instead((first, self._at), pattern.lstrip("*?"))
            raise self._error("wild_first", at=first, repair=mended)
        if not _is_one_word(letters.replace("_", "") if first > start else letters):
            spaced = re.sub(r"\s+", " ", re.sub(r"[^\w*?\u200c]|_", " ", pattern)).strip()
            fixed = self._instead((start, self._at), spaced) if first == start else None
            raise self._error("wild_sign", at=start, repair=fixed, word=pattern)
        if sum(sign.isalnum() for sign in letters) < _LEAST_LETTERS:
            fixed = self._instead((first, self._at), letters)
            raise self._error("wild_short", at=start, repair=fixed, word=pattern, least=_LEAST_LETTERS)
        if pattern.count("*") > _MAX_STARS or pattern.count("?") > _MAX_SIGNS or behind > _MAX_BEHIND:
            begin = pattern.partition("*")[0]
            fixed = self._instead((first, self._at), f"{begin}*") if begin.count("?") <= _MAX_SIGNS else None
            raise self._error(
                "wild_many", at=start, word=pattern, stars=_MAX_STARS, signs=_MAX_SIGNS, behind=_MAX_BEHIND,
                repair=fixed,
            )  # fmt: skip

    def _mention(self, handle: str, start: int) -> Mention:
        if not _HANDLE.fullmatch(handle):
            kept = re.sub(r"[^\w.\-@]", "", handle).strip("@")
            raise self._error(
                "not_a_name", at=start, name=handle,
                repair=self._instead((start, self._at), f"@{kept}" if kept else ""),
            )  # fmt: skip
        return Mention(handle, self._over(start))

    def _field(self, name: str, written: str, start: int) -> Part:
        if name not in FIELDS:
            raise self._no_field(written, start)
        self._at += len(written) + 1
        sign = self._sign()
        if not sign or sign.isspace() or sign in "()|" or sign in CLOSING - set(QUOTES):
            mended = self._without(start, self._at)
            raise self._error("no_value", at=start, repair=mended, name=name, example=EXAMPLES[name])
        value = self._quoted() if sign in QUOTES else self._bare(0, "no_word", start)
        try:
            return _READERS.get(name, Terms._any_value)(self, name, value, start)
        except QueryError as error:
            if error.repair is None and not written.isascii():
                # A Persian word with a colon may have been meant as text.
                whole = self._text[start : self._at].replace('"', "")
                error.repair = self._instead((start, self._at), f'"{whole}"')
            raise

    def _no_field(self, written: str, start: int) -> QueryError:
        near = nearest_field(written.lower())
        names = ", ".join(FIELDS)
        if near:
            mended = self._instead((start, start + len(written)), near)
            return self._error("no_field_but", at=start, repair=mended, name=written, near=near, fields=names)
        self._at += len(written) + 1
        if self._sign() and self._sign() not in QUOTES and not self._sign().isspace():
            with_value = self._at
            while (sign := self._sign()) and not self._ends_word(sign):
                self._at += 1
            whole = self._text[start : max(self._at, with_value)]
        else:
            whole = self._text[start : self._at]
        mended = self._instead((start, self._at), f'"{whole}"')
        return self._error("no_field", at=start, repair=mended, name=written, fields=names)

    def _any_value(self, name: str, value: str, start: int) -> Part:
        if name == "mention":
            return self._mention(value.lstrip("@"), start)
        value = value.lower() if name in ("platform", "format") else value
        return Field(name, value, self._over(start))

    def _one_of(self, name: str, value: str, start: int) -> Part:
        found = known_value(name, value)
        if found is not None:
            return Field(name, found, self._over(start))
        near = nearest_value(name, value)
        mended = self._instead((start, self._at), f"{name}:{near}") if near else None
        if name == "lang":
            raise self._error("no_language", at=start, repair=mended, value=value)
        known = ", ".join(MARKS[name])
        raise self._error("not_known", at=start, repair=mended, name=name, value=value, known=known)

    def _time(self, name: str, value: str, start: int) -> Part:
        value = latin(value).replace("…", "..")  # ۷d is 7d
        try:
            if name == "date":
                days(value)
            else:
                moment(value, now=datetime(2020, 1, 1, tzinfo=UTC))
        except (ValueError, OverflowError):
            near = nearest_time(value)
            mended = self._instead((start, self._at), f"{name}:{near}") if near else None
            key = "no_days" if name == "date" else "no_time"
            raise self._error(key, at=start, repair=mended, name=name, value=value) from None
        return Field(name, value, self._over(start))

    def _count(self, name: str, value: str, start: int) -> Part:
        found = bounds(value)
        if found is None:
            near = nearest_bounds(value)
            mended = self._instead((start, self._at), f"{name}:{near}") if near else None
            raise self._error("no_count", at=start, repair=mended, name=name, value=value)
        low, high = found
        if low is not None and high is not None and low > high:
            mended = self._instead((start, self._at), f"{name}:{high}..{low}")
            raise self._error("empty_range", at=start, repair=mended, value=value)
        return Range(name, low, high, self._over(start))


_READERS: Final[dict[str, Callable[[Terms, str, str, int], Part]]] = {
    **dict.fromkeys(("lang", *MARKS), Terms._one_of),
    **dict.fromkeys(TIMES, Terms._time),
    **dict.fromkeys(COUNTS, Terms._count),
}


def _is_pattern(word: str) -> bool:
    return "*" in word or "?" in word


def _is_one_word(word: str) -> bool:
    """Whether it is made of letters, digits and what belongs to them: marks, half-spaces, tatweel."""
    return all(
        sign.isalnum() or unicodedata.category(sign)[0] == "M" or sign in "\u200c\u200dـ" for sign in word
    )
