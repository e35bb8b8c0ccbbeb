"""What a platform tells of an account at one moment: how many follow it, apart from anything it wrote."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from posts.clean import clean_name
from posts.errors import RecordError
from posts.post import EARLIEST, LATEST_AHEAD, MAX_COUNT, MAX_ID_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """An account as it was looked at; ``key`` is that of the author of its posts.

    Counts are ``None`` where the platform does not tell them; ``posts`` is how many it has written.
    """

    key: str
    platform: str
    source: str
    at: datetime
    handle: str | None = None
    name: str | None = None
    followers: int | None = None
    following: int | None = None
    posts: int | None = None
    verified: bool | None = None
    run_id: str | None = None


def check(profile: Profile, *, now: datetime) -> Profile:
    """The profile with clean names and possible counts; ``RecordError`` if it may not enter the store."""
    subject = clean_name(profile.key)[:80]
    for name, text in (("key", profile.key), ("platform", profile.platform), ("source", profile.source)):
        if not text.strip() or "\n" in text or len(text.encode("utf-8", "replace")) > MAX_ID_BYTES:
            raise RecordError(f"{name}: must be one line of 1 to {MAX_ID_BYTES} bytes", subject=subject)
    if profile.at.tzinfo is None:
        raise RecordError(f"at: {profile.at.isoformat()} has no time zone", subject=subject)
    if not EARLIEST <= profile.at <= now + LATEST_AHEAD:
        raise RecordError(
            f"at: {profile.at.isoformat()} is not between 2000-01-01 and tomorrow", subject=subject
        )
    return replace(
        profile,
        key=clean_name(profile.key),
        handle=None if profile.handle is None else clean_name(profile.handle),
        name=None if profile.name is None else clean_name(profile.name),
        followers=_count(profile.followers),
        following=_count(profile.following),
        posts=_count(profile.posts),
    )


def _count(number: int | None) -> int | None:
    """The number, unknown where it cannot be a count."""
    return number if number is not None and 0 <= number <= MAX_COUNT else None


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Profile)


def encode(profile: Profile) -> bytes:
    """The profile as one line of JSON."""
    return _encoder.encode(profile)


def decode(line: bytes | str) -> Profile:
    """The profile that ``encode`` wrote; ``RecordError`` names what does not fit."""
    try:
        return _decoder.decode(line)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise RecordError(str(error)) from error
