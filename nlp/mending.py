"""Families of hashtags as a project mends them: spellings that no rule joins, and merges taken apart."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import regex

from nlp import hashtags
from nlp.fold import CAMEL
from posts.errors import MendingError

_JOINTS: Final = regex.compile(r"[_\u200c\u00b7\u30fb\s]+")
# Vowel signs and what cannot be seen make no spelling of their own; a hamza does.
_UNSEEN: Final = regex.compile(
    r"[\u064b-\u0652\u0656-\u065f\u0670\u0640\u00ad\u061c\u200d-\u200f\u202a-\u202e\u2060-\u206f\ufe0e\ufe0f\ufeff]"
)
_SAME: Final = {ord("ي"): "ی", ord("ى"): "ی", ord("ك"): "ک"}
_MOST_KEPT: Final = 65_536


@dataclass(frozen=True, slots=True)
class Mending:
    """What a project changes: each tuple of ``join`` is one family, spellings of ``apart`` stand alone.

    Tags are written as people write them, with or without ``#``. A spelling of ``apart`` is known by its
    letters and the places where its words meet: ``now_here`` is ``#NowHere`` too, not ``#nowhere``.
    """

    join: tuple[tuple[str, ...], ...] = ()
    apart: tuple[str, ...] = ()


def spelling(written: str) -> str:
    """A written tag by what tells spellings apart: its letters, and ``_`` where its words meet.

    Case, digits, width, vowel signs and Arabic yeh and kaf make no difference.

    >>> spelling("#NowHere"), spelling("#nowhere")
    ('now_here', 'nowhere')
    """
    wide = unicodedata.normalize("NFKC", written.lstrip("#＃"))
    if not wide.islower():
        wide = CAMEL.sub("_", wide)
    plain = _UNSEEN.sub("", wide).casefold().translate(_SAME)
    digits = "".join(str(unicodedata.decimal(sign, sign)) for sign in plain)
    parted: str = _JOINTS.sub("_", unicodedata.normalize("NFC", digits)).strip("_")
    return parted


class Mended:
    """The families of a project: ``key`` in place of ``nlp.hashtags.key``, and what a change touches."""

    def __init__(self, mending: Mending | None = None) -> None:
        """Raises ``MendingError`` that names the tags, where the mending contradicts itself."""
        self.mending = mending or Mending()
        self._apart = frozenset(_apart(self.mending.apart))
        self._joined = dict(self._joins())
        self._keys: dict[str, str] = {}

    def key(self, written: str) -> str:
        """The family key of a tag under this mending; the key of a key is itself."""
        if not self._apart and not self._joined:
            return hashtags.key(written)
        found = self._keys.get(written)
        if found is None:
            if len(self._keys) >= _MOST_KEPT:
                self._keys.clear()
            alone = self._alone(written)
            found = self._keys[written] = self._joined.get(alone, alone)
        return found

    def version(self) -> str:
        """A short mark that changes when families do; empty where nothing is mended."""
        if not self._apart and not self._joined:
            return ""
        written = "\0".join(
            (*sorted(self._apart), "", *(f"{a}\1{b}" for a, b in sorted(self._joined.items())))
        )
        return hashlib.blake2b(written.encode(), digest_size=4).hexdigest()

    def named(self) -> Iterator[str]:
        """Every tag that the mending names, as written."""
        yield from self.mending.apart
        for group in self.mending.join:
            yield from group

    def joined_with(self, written: str) -> tuple[str, ...]:
        """The other tags that the project made one with this one, without ``#``; none of its own family."""
        key, own = self.key(written), hashtags.key(written)
        group = next((group for group in self.mending.join if self.key(group[0]) == key), ())
        return tuple(tag.lstrip("#＃") for tag in group if hashtags.key(tag) != own)

    def _alone(self, written: str) -> str:
        """The key of a tag before families are joined."""
        if self._apart and (apart := spelling(written)) in self._apart:
            return apart
        return hashtags.key(written)

    def _joins(self) -> Iterator[tuple[str, str]]:
        """The keys of each group to that of its first tag."""
        seen: dict[str, str] = {}
        for group in self.mending.join:
            keys = {self._checked(tag, group): tag for tag in group}
            for key, tag in keys.items():
                if key in seen:
                    raise MendingError(
                        "is in two groups of tags that are to be one family", tags=(seen[key], tag),
                        remedy="Write both groups as one, or take it out of one of them.",
                    )  # fmt: skip
            seen |= keys
            first, *others = keys
            yield from ((other, first) for other in others)

    def _checked(self, tag: str, group: tuple[str, ...]) -> str:
        key = self._alone(tag)
        if not key:
            raise MendingError("has no letter", tags=(tag,), remedy="Write the tag as people write it.")
        whole = hashtags.key(tag)
        if key != whole and any(self._alone(other) == whole for other in group):
            raise MendingError(
                "is to stand alone and to be joined with its own family", tags=(tag,),
                remedy="Take it out of apart_tags or out of that group of same_tags.",
            )  # fmt: skip
        return key


def _apart(written: tuple[str, ...]) -> Iterator[str]:
    for tag in written:
        found = spelling(tag)
        if not found:
            raise MendingError("has no letter", tags=(tag,), remedy="Write the tag as people write it.")
        if found == hashtags.key(tag):
            raise MendingError(
                "is what the whole family is called and cannot be taken out of it", tags=(tag,),
                remedy="Name the other spelling, such as the one with '_'.",
            )  # fmt: skip
        yield found


def mended_by(
    now: Mending, tag: str, *, join: Sequence[str] = (), apart: Sequence[str] = (), undo: bool = False
) -> Mending:
    """The mending after a person has joined others to a tag, set spellings apart, or taken both back.

    A spelling that stands apart takes along those whose words meet at the same places (``spelling``); what
    was joined by hand leaves its group with all its spellings. ``MendingError`` for one of another family.

    >>> mended_by(Mending(), "AI", join=["هوش_مصنوعی"]).join  # artificial intelligence
    (('AI', 'هوش_مصنوعی'),)
    """
    bare = [written.lstrip("#＃") for written in (tag, *join)]
    groups = list(now.join)
    apart_now = list(now.apart)
    if undo:
        keys = {hashtags.key(tag)}
        groups = [left for group in groups if len(left := _left(group, keys)) > 1]
        apart_now = [written for written in apart_now if hashtags.key(written) not in keys]
    if join:
        keys = {hashtags.key(written) for written in bare}
        met = [group for group in groups if any(hashtags.key(written) in keys for written in group)]
        known = [written for group in met for written in group]
        groups = [group for group in groups if group not in met]
        group_now = tuple(_first_of_each((*known, *bare)))
        # A tag that is joined with itself is one already.
        groups += [group_now] if len(group_now) > 1 else []
        apart_now = [written for written in apart_now if not _comes_back(written, bare)]
    for written in apart:
        keys = {_key_in_family(written, tag, groups)}
        if hashtags.key(tag) not in keys:
            groups = [left for group in groups if len(left := _left(group, keys)) > 1]
        elif spelling(written) not in map(spelling, apart_now):
            apart_now.append(written.lstrip("#＃"))
    return Mending(join=tuple(groups), apart=tuple(apart_now))


def _comes_back(apart: str, joined: Sequence[str]) -> bool:
    """Whether a spelling that stands alone is joined with another of its own family."""
    ways = {spelling(tag) for tag in joined if hashtags.key(tag) == hashtags.key(apart)}
    return spelling(apart) in ways and len(ways) > 1


def _key_in_family(written: str, tag: str, groups: Iterable[tuple[str, ...]]) -> str:
    """The usual key of a spelling that is to leave a tag's family; ``MendingError`` where it is not in it."""
    key, family = hashtags.key(written), {hashtags.key(tag)}
    for group in groups:
        keys = set(map(hashtags.key, group))
        family |= keys if keys & family else set()
    if not key:
        raise MendingError("has no letter", tags=(written,), remedy="Write the tag as people write it.")
    if key not in family:
        raise MendingError(
            f"is no spelling of #{tag.lstrip('#＃')}", tags=(written,),
            remedy="It is counted apart already.",
        )  # fmt: skip
    return key


def _left(group: tuple[str, ...], keys: set[str]) -> tuple[str, ...]:
    return tuple(written for written in group if hashtags.key(written) not in keys)


def _first_of_each(tags: Iterable[str]) -> Iterator[str]:
    """The tags, of each family the first."""
    seen: set[str] = set()
    for written in tags:
        if (key := hashtags.key(written)) not in seen:
            seen.add(key)
            yield written


def touched(old: Mended, new: Mended) -> frozenset[str]:
    """The keys under which posts stand now that have to be read again when ``old`` gives way to ``new``."""
    tags = {*old.named(), *new.named()}
    # A spelling that is taken apart, and the family that it leaves or comes back to.
    tags |= {hashtags.key(tag) for tag in tags}
    return frozenset(old.key(tag) for tag in tags if old.key(tag) != new.key(tag))
