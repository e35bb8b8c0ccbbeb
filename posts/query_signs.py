"""Going through a query sign by sign, and telling a mistake with its place and a repair."""

from __future__ import annotations

import re
from typing import Final

from posts.errors import QueryError
from posts.query_errors import query_error

QUOTES: Final = {'"': '"', "\u201c": "\u201d", "\u201e": "\u201c", "\u00ab": "\u00bb"}
CLOSING: Final = frozenset(QUOTES.values())
# Marks of reading direction come along with pasted texts and belong to no word.
UNSEEN: Final = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]")


class Signs:
    """The text of a query, and how far it is read."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def _bare(self, signs: int, missing: str, start: int) -> str:
        """What goes on to the next space, parenthesis or quotation mark, behind its first ``signs``."""
        self._at += signs
        begin = self._at
        while (sign := self._sign()) and not self._ends_word(sign):
            self._at += 1
        value = UNSEEN.sub("", self._text[begin : self._at])
        if not value:
            end = max(self._at, start + 1)
            raise self._error(missing, at=start, repair=self._without(start, end))
        return value

    def _ends_word(self, sign: str) -> bool:
        return sign.isspace() or sign in "()|" or sign in QUOTES or sign in CLOSING

    def _quoted(self) -> str:
        opened = self._at
        mark = QUOTES[self._sign()]
        closing = self._text.find(mark, opened + 1)
        if closing < 0:
            rest = self._text[opened + 1 :].rstrip()
            mended = self._text[: opened + 1] + rest + mark if rest else self._text[:opened]
            raise self._error("open_quote", repair=mended, mark=mark)
        inside = UNSEEN.sub("", self._text[opened + 1 : closing]).strip()
        if not inside:
            raise self._error("empty_quote", repair=self._without(opened, closing + 1))
        self._at = closing + 1
        return inside

    def _over(self, start: int) -> int:
        """``start``, and on to what comes next."""
        self._skip()
        return start

    def _sign(self) -> str:
        return self._text[self._at : self._at + 1]

    def _behind(self) -> str:
        """The sign behind this one; a space where nothing is."""
        return self._text[self._at + 1 : self._at + 2] or " "

    def _behind_is_word(self) -> bool:
        sign = self._sign()
        return bool(sign) and not self._ends_word(sign) and sign not in "=-−!"

    def _skip(self) -> None:
        while (sign := self._sign()) and (sign.isspace() or UNSEEN.match(sign)):
            self._at += 1

    def _pass(self, word: str) -> None:
        self._at += len(word)
        self._skip()

    def _sees(self, word: str) -> bool:
        behind = self._text[self._at + len(word) : self._at + len(word) + 1]
        ends = not behind or behind.isspace() or behind in "()" or behind in QUOTES or UNSEEN.match(behind)
        return bool(ends) and self._text.startswith(word, self._at)

    def _operator(self, word: str) -> bool:
        """Whether the operator stands here; it is passed over then."""
        if not self._sees(word):
            return False
        self._pass(word)
        return True

    def _without(self, begin: int, end: int) -> str:
        return self._instead((begin, end), "")

    def _with(self, at: int, more: str) -> str:
        return self._instead((at, at), more)

    def _instead(self, span: tuple[int, int], other: str) -> str:
        """The text with another part in the place of this one."""
        return self._text[: span[0]] + other + self._text[span[1] :]

    def _error(
        self, key: str, *, at: int | None = None, repair: str | None = None, **values: object
    ) -> QueryError:
        position = self._at if at is None else at
        return query_error(key, self._text, position, repair=repair, **values)
