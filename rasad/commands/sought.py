"""What a question was asked of, in one line: a hashtag or a search, and from when to when."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from answers.asking import Asking
    from posts.selection import Selection
    from rasad.screen import Screen


def tell_sought(selection: Selection, screen: Screen, hashtag: str | None) -> None:
    """The first line of an answer, ``hashtag`` as it was asked: a bare word is a search, no hashtag."""
    screen.say(
        screen.text(
            "sought.line", what=_what(selection, screen, hashtag), since=screen.moment(selection.since),
            until=screen.moment(selection.until),
        )
    )  # fmt: skip


def tell_nothing(asking: Asking, selection: Selection, screen: Screen) -> None:
    """That nothing was found: never, or not in this period."""
    from answers.asking import matching

    ever = asking.store.count("posts", matching(asking, selection.narrowed(since=None, until=None)))
    screen.news(screen.text("sought.not_now" if ever else "sought.never"))


def _what(selection: Selection, screen: Screen, hashtag: str | None) -> str:
    query, tag = selection.query.strip(), (hashtag or selection.hashtag or "").strip().removeprefix("#")
    if tag:
        both = "sought.hashtag_and" if query else "sought.hashtag"
        return screen.text(both, hashtag=f"#{tag}", query=query)
    if not query:
        return screen.text("sought.all")
    return screen.text("sought.word" if query.isalnum() else "sought.query", query=query)
