"""The key that a project's pseudonyms are made with; without it nobody can tell who was meant."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from posts.errors import ConfigError, Mistake
from posts.people import pseudonymise
from posts.post import Post

FILE: Final = "pseudonym.key"
_VEIL: Final = "veil:"


def hiding(folder: Path, *, keep: Iterable[str] = ()) -> Callable[[Post], Post]:
    """What gives a post without names, for a project that wants pseudonyms; ``keep`` are author keys.

    Every way in has to go through it: crawls do, and whoever imports a file has to.
    """
    secret, kept = key_of(folder), frozenset(keep)
    return lambda post: pseudonymise(post, secret=secret, keep=kept)


def veiled(text: str, secret: bytes) -> str:
    """The text so that only who has the key can read it; the same text gives the same each time.

    For what a crawl has to send to a server again (the address of a post names its author) and must keep
    until then. Where the key is deleted it is noise.
    """
    plain = text.encode("utf-8", "surrogatepass")
    mark = hmac.new(secret, b"veil " + plain, hashlib.sha256).digest()[:12]
    return _VEIL + base64.urlsafe_b64encode(mark + _mixed(plain, mark, secret)).decode()


def unveiled(text: str, secret: bytes) -> str:
    """What ``veiled`` hid; a text that was never veiled is the same."""
    if not text.startswith(_VEIL):
        return text
    try:
        raw = base64.urlsafe_b64decode(text[len(_VEIL) :])
        return _mixed(raw[12:], raw[:12], secret).decode("utf-8", "surrogatepass")
    except (ValueError, UnicodeDecodeError):
        return ""  # made with another key


def _mixed(data: bytes, mark: bytes, secret: bytes) -> bytes:
    """The bytes under a stream of the key and the mark; done twice, the bytes again."""
    stream = hashlib.shake_256(b"veil" + secret + mark).digest(len(data))
    return bytes(one ^ other for one, other in zip(data, stream, strict=True))


def key_of(folder: Path) -> bytes:
    """The project's key, made (readable by its owner only) when there is none."""
    path = folder / FILE
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read(path)
    with os.fdopen(handle, "w") as file:
        key = secrets.token_hex(32)
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    return bytes.fromhex(key)


def _read(path: Path) -> bytes:
    try:
        key = bytes.fromhex(path.read_text().strip())
    except ValueError:
        key = b""
    if len(key) < 16:
        mistake = Mistake(
            file=str(path), key=FILE, value="", message="is not a key of at least 32 hex digits"
        )
        raise ConfigError((mistake,), subject=str(path))
    return key
