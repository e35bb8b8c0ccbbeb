"""What differs between two dossiers: numbers, and the posts behind them, each named by its id."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec

from answers.dossier import Dossier, Mark, Question, TagSection
from answers.dossier_posts import PARTS
from posts.post import METRICS
from posts.selection import from_params
from trends.rates import differ

Value = int | float | str | None
TESTED: Final = ("posts", "authors")
"""Numbers that are held against chance."""
_SIGNS: Final = 8
_UNTOLD: Final = frozenset({"key", "name", "posts_digest", "samples", "unit"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A number that differs: ``tag`` is a family key (empty for the whole), ``number`` the way to it.

    ``None`` on a side means that it is not there (told by nobody, or not listed). ``chance`` is how likely
    chance gives as much (``trends.rates.differ``), where that can be told.
    """

    tag: str
    number: str
    before: Value
    after: Value
    chance: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A post that is in both but not the same: of each part that changed what it was and is.

    Digests say only that a text, the hashtags, the author or a reading is another: they stand as ``None``.
    """

    id: str
    what: dict[str, tuple[int | None, int | None] | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """All that differs. ``coverage`` is how long sources were heard, which changes no post."""

    numbers: tuple[Difference, ...]
    coverage: tuple[Difference, ...]
    new: tuple[str, ...]
    gone: tuple[str, ...]
    changed: tuple[Changed, ...]

    @property
    def same(self) -> bool:
        """Whether numbers and posts are the same."""
        return not (self.numbers or self.new or self.gone or self.changed)


def changes(before: Dossier, after: Dossier) -> Changes:
    """What differs in the second from the first."""
    old, new = ({each.id: each for each in one.posts} for one in (before, after))
    altered = ((key, _altered(old[key], new[key])) for key in sorted(old.keys() & new.keys()))
    return Changes(
        numbers=tuple(_numbers(before, after)),
        coverage=tuple(_listed("", _coverage(before), _coverage(after))),
        new=tuple(sorted(new.keys() - old.keys())), gone=tuple(sorted(old.keys() - new.keys())),
        changed=tuple(Changed(id=key, what=what) for key, what in altered if what),
    )  # fmt: skip


def span(question: Question) -> tuple[datetime, datetime]:
    """The window of a question."""
    found = from_params(question.selection)
    assert found.since is not None
    assert found.until is not None
    return found.since, found.until


def overlap(before: Dossier, after: Dossier) -> bool:
    """Whether the two windows have time in common."""
    (a, b), (c, d) = span(before.question), span(after.question)
    return max(a, c) < min(b, d)


def alike(before: Dossier, after: Dossier) -> bool:
    """Whether both asked the same but for the window, by the same formulas."""

    def asked(one: Dossier) -> tuple[Any, ...]:
        rest = {
            name: value for name, value in one.question.selection.items() if name not in ("since", "until")
        }
        return rest, one.question.time_zone, one.versions.formulas

    return asked(before) == asked(after)


def _numbers(before: Dossier, after: Dossier) -> Iterator[Difference]:
    chance = _chance(before, after)
    yield from _listed("", {"window_posts": before.window_posts}, {"window_posts": after.window_posts})
    old, new = ({tag.key: tag for tag in one.tags} for one in (before, after))
    same_window = span(before.question) == span(after.question)
    for key in sorted(old.keys() | new.keys()):
        flat = [_flat(each[key]) if key in each else {} for each in (old, new)]
        if not same_window:
            # Bars of other times are no bars of these.
            flat = [{k: v for k, v in each.items() if not k.startswith("bars.")} for each in flat]
        yield from _listed(key, flat[0], flat[1], chance if key in old and key in new else None)


def _chance(before: Dossier, after: Dossier) -> Callable[[str, Value, Value], float | None]:
    """How likely a difference is chance: only of separate windows, of people only of equal ones."""
    (a, b), (c, d) = span(before.question), span(after.question)
    exposure, apart = (d - c) / (b - a), not overlap(before, after)

    def told(number: str, old: Value, new: Value) -> float | None:
        tested = number in TESTED and apart and (number == "posts" or exposure == 1.0)
        if not tested or not isinstance(old, int) or not isinstance(new, int):
            return None
        return round(differ(old, new, exposure=exposure), 6)

    return told


def _listed(
    tag: str,
    old: Mapping[str, Value],
    new: Mapping[str, Value],
    chance: Callable[[str, Value, Value], float | None] | None = None,
) -> Iterator[Difference]:
    for number in dict.fromkeys((*old, *new)):
        one, other = old.get(number), new.get(number)
        if one != other:
            told = chance(number, one, other) if chance else None
            yield Difference(tag=tag, number=number, before=one, after=other, chance=told)


def _coverage(one: Dossier) -> dict[str, Value]:
    return {
        f"{each.source}.{name}": getattr(each, name)
        for each in one.coverage
        for name in ("heard_s", "missing_s")
    }


def _flat(section: TagSection) -> dict[str, Value]:
    """Every number of a hashtag under the way to it: ``languages.fa``, ``related.tea.both``."""
    plain: dict[str, Any] = msgspec.to_builtins(section)
    found: dict[str, Value] = {}
    _gather(found, "", {**plain["numbers"], "habit": plain["habit"], "advice": plain["advice"]})
    return found


def _gather(found: dict[str, Value], way: str, value: Any) -> None:
    if isinstance(value, dict):
        for name, part in value.items():
            if name not in _UNTOLD:
                _gather(found, f"{way}.{name}" if way else name, part)
    elif isinstance(value, list | tuple):
        for place, part in enumerate(value):
            if isinstance(part, dict):
                _gather(found, f"{way}.{part['key']}", {k: v for k, v in part.items() if k != "handle"})
            elif isinstance(part, list | tuple):
                found[f"{way}.{part[0]}"] = part[1]
            else:
                found[f"{way}.{place}"] = part
    else:
        found[way] = value


def _altered(old: Mark, new: Mark) -> dict[str, tuple[int | None, int | None] | None]:
    """The parts of a post that are others now."""
    found: dict[str, tuple[int | None, int | None] | None] = {}
    for place, name in enumerate(PARTS):
        signs = slice(place * _SIGNS, (place + 1) * _SIGNS)
        if old.digests[signs] != new.digests[signs]:
            found[name] = None
    pairs = [
        ("created_at", old.created_at, new.created_at),
        *zip(METRICS, old.counts, new.counts, strict=True),
        ("followers", old.followers, new.followers),
    ]
    return found | {name: (a, b) for name, a, b in pairs if a != b}
