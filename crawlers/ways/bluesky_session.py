"""Signed in at Bluesky: a token that outlives the crawl, because a person may sign in a few times a day only.

It is kept in the project's folder, readable by its owner alone; whoever has it can read what the account
can, as with the app password that it was given for.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from crawlers.job import Job, host_and_port
from crawlers.pages.fields import read_json
from posts.errors import NotSetUp, NotUnderstood

FILE: Final = "bluesky-session.json"
HOW: Final = (
    "Make an app password (Settings, Privacy and security, App passwords; it costs nothing) and set "
    "RASAD_BLUESKY_IDENTIFIER to your handle and RASAD_BLUESKY_PASSWORD to it."
)
_EXPIRED: Final = frozenset({"ExpiredToken", "InvalidToken"})


class Session:
    """The tokens of an account at its server; empty until it has signed in."""

    def __init__(self, job: Job) -> None:
        """Read what an earlier crawl kept; ``NotSetUp`` where there is nothing to sign in with."""
        tokens = job.tokens
        if not tokens.get("identifier") or not tokens.get("password"):
            raise NotSetUp(
                "Bluesky answers searches to signed-in users only.", subject=job.source, remedy=HOW
            )
        self.pds = tokens["pds"].rstrip("/")
        if not _may_carry(self.pds, job):
            raise NotSetUp(
                f"the app password would go unencrypted to {urlsplit(self.pds).netloc}.",
                subject=job.source,
                remedy="Give RASAD_BLUESKY_PDS an address that begins with https://.",
            )
        self._identifier, self._password = tokens["identifier"], tokens["password"]
        self._file = job.folder / FILE
        self._kept = job.limit is None
        self._access, self._refresh = self._load()

    @property
    def open(self) -> bool:
        return bool(self._access)

    @property
    def can_refresh(self) -> bool:
        return bool(self._refresh)

    def headers(self) -> dict[str, str]:
        """What a request of the signed-in account carries."""
        return {"Authorization": f"Bearer {self._access}"}

    def sign_in(self) -> tuple[str, dict[str, str], str]:
        """Address, headers and body of the request for new tokens by the app password."""
        body = json.dumps({"identifier": self._identifier, "password": self._password})
        return self._address("createSession"), {"Content-Type": "application/json"}, body

    def renew(self) -> tuple[str, dict[str, str], str]:
        """Address, headers and body of the request for new tokens by the old ones."""
        return self._address("refreshSession"), {"Authorization": f"Bearer {self._refresh}"}, ""

    def take(self, body: bytes, *, subject: str) -> None:
        """Take the tokens of an answer and keep them."""
        answer = read_json(body, subject=subject)
        access, refresh = (
            answer.get(name) if isinstance(answer, dict) else None for name in ("accessJwt", "refreshJwt")
        )
        if not _is_token(access) or not _is_token(refresh):
            raise NotUnderstood("the answer to signing in holds no tokens", subject=subject)
        self._access, self._refresh = str(access), str(refresh)
        self._save()

    def forget(self) -> None:
        """Let go of tokens that are not taken any more."""
        self._access = self._refresh = ""
        with suppress(OSError):
            self._file.unlink()

    def _address(self, method: str) -> str:
        return f"{self.pds}/xrpc/com.atproto.server.{method}"

    def _whose(self) -> str:
        """Which account the tokens are of, so that those of another one are not used."""
        return hashlib.sha256(f"{self.pds}\n{self._identifier}".encode()).hexdigest()

    def _load(self) -> tuple[str, str]:
        try:
            kept: Any = json.loads(self._file.read_bytes())
        except (OSError, ValueError):
            return "", ""
        if not isinstance(kept, dict) or kept.get("whose") != self._whose():
            return "", ""
        access, refresh = kept.get("access"), kept.get("refresh")
        return (str(access), str(refresh)) if _is_token(access) and _is_token(refresh) else ("", "")

    def _save(self) -> None:
        """Written beside and put in place, so that no reader sees half of it; a preview keeps nothing."""
        if not self._kept:
            return
        kept: Mapping[str, str] = {"whose": self._whose(), "access": self._access, "refresh": self._refresh}
        beside = self._file.with_name(f"{FILE}.{os.getpid()}")
        with suppress(OSError):  # without it the next crawl signs in anew
            _write(beside, json.dumps(kept))
            beside.replace(self._file)


def is_expired(code: str) -> bool:
    """Whether a server says that a token has had its time."""
    return code in _EXPIRED


def _write(path: Path, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _is_token(value: object) -> bool:
    """Whether it can stand in a header: anything else a server sends would forge another."""
    return isinstance(value, str) and value.isascii() and value.isprintable() and 0 < len(value) <= 8_000


def _may_carry(pds: str, job: Job) -> bool:
    return pds.startswith("https://") or host_and_port(pds) in {host.lower() for host in job.allow_hosts}
