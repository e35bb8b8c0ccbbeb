"""Why a table is empty, and what can be done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from posts.selection import Selection

if TYPE_CHECKING:
    from rasad.project import Opened
    from rasad.screen import Screen


def reason(
    at: Opened, meant: Selection, screen: Screen, *, lacks: Literal["hashtags", "links"], days: int
) -> str:
    """The first thing that is missing: posts at all, posts that match, posts in the window, or signs in them.

    ``meant`` is what was asked, ``days`` the window that was meant where it names none, ``lacks`` what
    the posts would need to hold.
    """
    from answers.asking import bounded
    from answers.posts import count, page

    asking = at.asking()
    newest = page(asking, Selection(), size=1).value
    if not newest.total:
        return screen.text("empty.project", name=at.settings.project.name)
    if not count(asking, meant.narrowed(since=None, until=None)):
        return screen.text("empty.query")
    posts = count(asking, bounded(asking, meant, days=days))
    if not posts:
        last = page(asking, meant.narrowed(since=None, until=None), size=1).value.posts[0]
        return screen.text("empty.window", newest=screen.moment(last.created_at))
    return screen.text(f"empty.{lacks}", posts=screen.number(posts))
