"""Kinds of values in a project file, each with the sentence that refuses a wrong one.

TOML has types, so ``paused = "yes"`` is a mistake there; the environment has only text, so a value from
it comes as ``EnvText`` and is read as what the field needs.
"""

from __future__ import annotations

import re
from datetime import timedelta
from difflib import get_close_matches
from typing import Annotated, Any, Final
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer
from pydantic_core import PydanticCustomError

_DURATION: Final = re.compile(r"(\d{1,6})\s*([smhd])", re.ASCII)
_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_SLUG: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
_PREFIX: Final = re.compile(r"[a-z0-9][a-z0-9_.-]{0,100}")
_HOST: Final = r"[\w-]+(?:\.[\w-]+)*(?::\d{1,5})?"
_ACCOUNT: Final = re.compile(rf"@([\w.-]+)@({_HOST})")
_DID: Final = r"did:[a-z]+:[\w.:%-]{1,200}"
_ELSEWHERE: Final = re.compile(rf"(telegram|eitaa):@?([A-Za-z0-9_]{{3,64}})|(bluesky):({_DID})")
_HOSTS: Final = {"telegram": "t.me", "eitaa": "eitaa.com", "bluesky": "bsky.app"}
_HANDLE: Final = re.compile(rf"@?[\w.-]+(?:@{_HOST})?|{_DID}")
_AT_URI: Final = re.compile(rf"at://(?:{_DID}|[\w.-]+)/app\.bsky\.feed\.post/[\w.~:-]{{1,512}}", re.ASCII)
_HOST_PORT: Final = re.compile(r"(?:[\w-]+(?:\.[\w-]+)*|\[[0-9a-fA-F:.]+\]):(\d{1,5})")
_TAG: Final = re.compile(r"[\w\u200c]{1,100}")
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class EnvText(str):
    """A value that came from the environment, where everything is text."""

    __slots__ = ()


def refuse(message: str, *, nearest: str | None = None) -> PydanticCustomError:
    """The error that a field raises: a sentence, and what was probably meant."""
    escaped = message.replace("{", "{{").replace("}", "}}")
    return PydanticCustomError("refused", escaped, {"nearest": nearest})


def nearest(value: object, names: list[str] | tuple[str, ...]) -> str | None:
    """The name that is probably meant by ``value``, if one is near enough."""
    if not isinstance(value, str):
        return None
    folded = {name.lower(): name for name in names}
    close = get_close_matches(value.lower()[:100], list(folded), n=1, cutoff=0.6)
    return folded[close[0]] if close else None


def _typed(wanted: str) -> BeforeValidator:
    def no_text(value: Any) -> Any:
        # Pydantic would read "yes" as true and "5" as 5: in TOML that is a mistake that hides another.
        if isinstance(value, str) and not isinstance(value, EnvText):
            raise refuse(f"must be {wanted}, without quotation marks")
        # Python counts true as 1, and pydantic 1 as true.
        if isinstance(value, bool) != (wanted == "true or false") and not isinstance(value, EnvText):
            raise refuse(f"must be {wanted}")
        return value

    return BeforeValidator(no_text)


def _one_line(value: str) -> str:
    if _CONTROLS.search(value):
        raise refuse("must be one line without control characters")
    if value != value.strip():
        raise refuse("must not begin or end with a space")
    return value


def _duration(value: Any) -> timedelta:
    if isinstance(value, timedelta):
        length = value
    else:
        match = _DURATION.fullmatch(value) if isinstance(value, str) else None
        if not match:
            raise refuse('must be a length of time such as "15m", "2h" or "1d"')
        length = timedelta(seconds=int(match[1]) * _UNITS[match[2]])
    if not timedelta(seconds=1) <= length <= timedelta(days=31):
        raise refuse('must be between "1s" and "31d"')
    return length


def written(length: timedelta) -> str:
    """The length as the file has it: "15m"."""
    seconds = int(length.total_seconds())
    for unit in "dhm":
        if seconds % _UNITS[unit] == 0:
            return f"{seconds // _UNITS[unit]}{unit}"
    return f"{seconds}s"


def _language(value: str) -> str:
    if re.fullmatch(r"[a-z]{2,3}", value) is None:
        raise refuse("is the code of a language in small letters, such as fa or en")
    return value


def _slug(value: str) -> str:
    if not _SLUG.fullmatch(value):
        proposal = re.sub(r"[^a-z0-9]+", "-", value.lower())[:64].strip("-")
        raise refuse("must be 1 to 64 of a-z, 0-9 and -", nearest=proposal or None)
    return value


def _prefix(value: str) -> str:
    if not _PREFIX.fullmatch(value):
        raise refuse("must be 1 to 100 of a-z, 0-9, - and _")
    return value


def _zone(value: str) -> str:
    zones = available_timezones()
    if value not in zones:
        raise refuse("is no time zone", nearest=_nearest_zone(value, sorted(zones)))
    return value


def _nearest_zone(value: str, zones: list[str]) -> str | None:
    # People write the city alone: "Tehran" means Asia/Tehran.
    city = value.rsplit("/", 1)[-1].replace(" ", "_").lower()
    for zone in zones:
        if city and "/" in zone and zone.rsplit("/", 1)[-1].lower() == city:
            return zone
    return nearest(value, zones)


def _web_address(value: str) -> str:
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise refuse("is no web address") from None
    if parts.scheme not in ("http", "https"):
        proposal = f"https://{value}" if not parts.scheme and "." in value.split("/")[0] else None
        raise refuse("must be a web address that begins with http:// or https://", nearest=proposal)
    if not host or re.search(r"\s", value):
        raise refuse("is no web address: the server's name is missing or has a space in it")
    if parts.username is not None or parts.password is not None:
        raise refuse("must not carry a name and password")
    return value


def _post_address(value: str) -> str:
    """A web address, or the one that Bluesky gives a post."""
    return value if _AT_URI.fullmatch(value) else _web_address(value)


def _account(value: str) -> str:
    if _ACCOUNT.fullmatch(value) or _ELSEWHERE.fullmatch(value):
        return value
    if value.startswith("bluesky:"):
        raise refuse('must be an account of Bluesky by its DID, such as "bluesky:did:plc:ab12"')
    proposal = f"@{value}" if _ACCOUNT.fullmatch(f"@{value}") else None
    raise refuse(
        'must be an account with its server, such as "@sara@example.org", or "telegram:sara", "eitaa:sara"',
        nearest=proposal,
    )


def _handle(value: str) -> str:
    if not _HANDLE.fullmatch(value):
        raise refuse('must be an account such as "sara" or "@sara@example.org"')
    return value


def _tag(value: str) -> str:
    if value.startswith(("#", "＃")):
        raise refuse("must be without the #", nearest=value[1:])
    if not _TAG.fullmatch(value):
        raise refuse("must be one hashtag: letters, digits and _ only", nearest=re.sub(r"\s+", "_", value))
    return value


def _host_port(value: str) -> str:
    match = _HOST_PORT.fullmatch(value)
    if not match or not 0 < int(match[1]) < 65536:
        raise refuse('must be a host with its port, such as "127.0.0.1:8000"')
    return value


def account_parts(account: str) -> tuple[str, str, str]:
    """Platform, host and name of ``"@sara@example.org"`` or ``"telegram:sara"``."""
    if match := _ACCOUNT.fullmatch(account):
        return "mastodon", match[2], match[1]
    if match := _ELSEWHERE.fullmatch(account):
        platform, name = (match[1], match[2]) if match[1] else (match[3], match[4])
        return platform, _HOSTS[platform], name
    raise ValueError(f"{account} is no account")


Line = Annotated[str, Field(max_length=300), AfterValidator(_one_line)]
Name = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_one_line)]
Slug = Annotated[str, AfterValidator(_slug)]
Prefix = Annotated[str, AfterValidator(_prefix)]
LanguageCode = Annotated[str, AfterValidator(_language)]
TimeZone = Annotated[str, AfterValidator(_zone)]
WebAddress = Annotated[str, AfterValidator(_one_line), AfterValidator(_web_address)]
PostAddress = Annotated[str, AfterValidator(_one_line), AfterValidator(_post_address)]
Account = Annotated[str, AfterValidator(_account)]
Handle = Annotated[str, AfterValidator(_handle)]
TagName = Annotated[str, AfterValidator(_tag)]
HostPort = Annotated[str, AfterValidator(_host_port)]
Duration = Annotated[timedelta, BeforeValidator(_duration), PlainSerializer(written)]
Flag = Annotated[bool, _typed("true or false")]
Whole = Annotated[int, _typed("a whole number")]
Number = Annotated[float, _typed("a number")]
