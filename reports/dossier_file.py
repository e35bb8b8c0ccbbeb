"""The file of a dossier: a page to read with its record in it, sealed by two digests.

One is over the record, one over the whole page, so that a change by hand is seen in either. They show a
mistake or a slip, not a forger, who could reckon them anew: against one, the record is counted again.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Final

import msgspec

from answers.dossier import EDITION, Dossier
from posts.errors import RasadError
from reports import dossier_page
from reports.dossier_reader import Reader
from reports.markup import Markup, page

_BEGIN: Final = '<script type="application/json" id="rasad-dossier">'
_END: Final = "</script>"
_SEAL: Final = re.compile(rb"<!-- sha256 ([0-9a-f]{64}) -->\n?\Z")
_DATA: Final = re.compile(r'<meta name="rasad-data" content="(\d{1,6}) ([0-9a-f]{64})">')
_UNSAFE: Final = str.maketrans(
    {c: f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029\u061c\u200e\u200f" + "\u202a\u202b\u202c\u202d\u202e"
     + "\u2066\u2067\u2068\u2069"}
)  # fmt: skip
MOST_BYTES: Final = 200 * 2**20


class NotADossier(RasadError):
    """A file that is none, or of which too much is lost to read it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What stands in a file: the record, and whether record and page are as they were sealed."""

    dossier: Dossier
    digest: str
    data_whole: bool
    page_whole: bool


def write(dossier: Dossier, *, language: str, calendar: str) -> bytes:
    """The file: the same record, language and calendar give the same bytes."""
    record = embedded(dossier)
    digest = hashlib.sha256(record.encode()).hexdigest()
    body = dossier_page.body(dossier, Reader.of(dossier, language, calendar), digest)
    whole = page(
        dossier_page.title(dossier, language),
        Markup(f"{body}\n{_BEGIN}{record}{_END}"),
        language=language,
        meta=(("generator", f"Rasad {dossier.versions.rasad}"), ("rasad-data", f"{EDITION} {digest}")),
    ).encode()
    return whole + f"<!-- sha256 {hashlib.sha256(whole).hexdigest()} -->\n".encode()


def embedded(dossier: Dossier) -> str:
    """The record as JSON that can stand in a page: no sign of it can end its element or turn a line."""
    return msgspec.json.encode(dossier).decode().translate(_UNSAFE)


def read(data: bytes, *, name: str = "") -> Opened:
    """What a file holds. ``NotADossier`` says what is missing or wrong in it."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise _refused("is no text in UTF-8", name) from error
    _, begun, rest = text.partition(_BEGIN)
    record, ended, _ = rest.partition(_END)
    sealed = _DATA.search(text)
    if not begun:
        raise _refused("holds no dossier", name)
    if not ended or sealed is None:
        raise _refused("is cut off or damaged: its data have no end or no digest", name)
    if int(sealed[1]) != EDITION:
        raise _refused(f"is of edition {sealed[1]}, and this Rasad reads edition {EDITION}", name)
    try:
        dossier = msgspec.json.decode(record, type=Dossier, strict=True)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise _refused(f"is damaged: its data cannot be read ({error})", name) from error
    digest, seal = hashlib.sha256(record.encode()).hexdigest(), _SEAL.search(data)
    whole = seal is not None and hashlib.sha256(data[: seal.start()]).hexdigest() == seal[1].decode()
    return Opened(dossier=dossier, digest=digest, data_whole=digest == sealed[2], page_whole=whole)


def _refused(what: str, name: str) -> NotADossier:
    return NotADossier(f"the file {what}", subject=name, remedy="`rasad report hashtags` makes one.")
