"""Posts as files that other programs open: JSON lines, CSV, Excel.

Whatever somebody wrote in a post stays text: no cell is ever taken for a formula, a number or a link.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, BinaryIO, Final

import msgspec
import xlsxwriter

from posts.post import METRICS, Annotations, Author, Post
from words import texts

_STARTS: Final = frozenset("=+-@\t\r\n'＝＋－＠")
_QUOTES: Final = frozenset('"“”«»‘’`')
_CELL = 32_767
_ROWS = 1_048_576
_COUNTS: Final = (*METRICS, "followers")
_BESIDE: Final = (
    "aliases", "also_in", "edits", "mentioned", "media", "poll", "format", "forwarded_from", "conversation",
    "reply_to_author", "repost_of_author", "quote_of_author", "other_references",
)  # fmt: skip


def record(post: Post) -> dict[str, Any]:
    """A post as one flat object: ``author`` is the handle, hashtags are as written, times end in Z.

    What is not known is ``None``. These names stay.
    """
    author = post.author
    return {
        "id": post.id,
        "source": post.source,
        "platform": post.platform,
        "kind": post.kind,
        "author": None if author is None else author.handle,
        "author_key": None if author is None else author.key,
        "author_name": None if author is None else author.name,
        "followers": None if author is None else author.followers,
        "created_at": _moment(post.created_at),
        "collected_at": _moment(post.collected_at),
        "edited_at": _moment(post.edited_at),
        "url": post.url,
        "title": post.title,
        "text": post.text,
        "language": post.annotations.language if post.annotations else post.language,
        "hashtags": hashtags_written(post),
        "links": list(dict.fromkeys(link.url for link in post.links)),
        "reply_to": post.reply_to,
        "repost_of": post.repost_of,
        "quote_of": post.quote_of,
        **{name: getattr(post.metrics, name) for name in METRICS},
        **_readings(post.annotations or Annotations()),
    }


def _readings(read: Annotations) -> dict[str, Any]:
    """What lists, models and people say of a post."""
    return {
        "sentiment": None if read.sentiment is None else read.sentiment.label,
        "sentiment_score": None if read.sentiment is None else read.sentiment.score,
        "emotions": list(read.emotions),
        "intents": list(read.intents),
        "purposes": list(read.purposes),
        "actions": list(read.actions),
        "names": list(dict.fromkeys(name.text for name in read.entities)),
        "noise": list(read.noise),
        "copy_of": read.copy_of,
    }


def whole(post: Post) -> dict[str, Any]:
    """``record`` and after it all that a project needs to have the same post, where there is something."""
    author = post.author or Author(key="")
    more = {
        "author_url": author.url,
        "verified": author.verified,
        "bot": author.bot,
        "first_seen_at": _moment(post.first_seen_at),
        "reactions": post.metrics.reactions,
        "link_titles": {link.url: link.title for link in post.links if link.title},
        **{name: getattr(post, name) for name in _BESIDE},
    }
    return record(post) | {name: value for name, value in more.items() if value not in (None, (), {})}


def hashtags_written(post: Post) -> list[str]:
    """The hashtags of a post as they were written, without ``#``, each spelling once."""
    found = [tag.text for tag in post.annotations.hashtags] if post.annotations else []
    return list(dict.fromkeys(found or post.hashtags))


def write_jsonl(posts: Iterable[Post], out: BinaryIO) -> int:
    """Write one JSON object a line in UTF-8, from which `rasad import` makes the same posts; how many."""
    encoder, written = msgspec.json.Encoder(), 0
    for post in posts:
        out.write(encoder.encode(whole(post)) + b"\n")
        written += 1
    return written


def write_csv(posts: Iterable[Post], out: BinaryIO) -> int:
    """Write a table in UTF-8 with the mark that Excel needs, ends of lines CR LF; how many posts.

    A cell that a spreadsheet might run begins with an apostrophe, as does one that begins with one.
    """
    return write_table(COLUMNS, map(_cells, posts), out)


def write_xlsx(
    posts: Iterable[Post], out: BinaryIO, *, language: str = "en", about: Mapping[str, str] | None = None
) -> int:
    """Write a workbook; how many posts. Persian sheets run from right to left.

    Texts are written as texts, counts as numbers. More posts than a sheet has rows go on in the next.
    ``about`` (query, filters, window) stands on a sheet of its own at the end.
    """
    options = {
        "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
        "strings_to_numbers": False,
    }  # fmt: skip
    with xlsxwriter.Workbook(out, options) as workbook:
        bold = workbook.add_format({"bold": True})
        sheet, row, written = _sheet(workbook, bold, 1, language), 1, 0
        for post in posts:
            if row == _ROWS:
                sheet, row = _sheet(workbook, bold, written // (_ROWS - 1) + 1, language), 1
            for column, value in enumerate(_cells(post)):
                if isinstance(value, int | float):
                    sheet.write_number(row, column, value)
                elif value:
                    sheet.write_string(row, column, _fitting(value))
            row, written = row + 1, written + 1
        if about:
            _write_about(workbook, bold, about, language)
    return written


def safe_cell(text: str) -> str:
    """The text, behind an apostrophe where a spreadsheet might take it for a formula.

    What counts is the first character that is neither a space, a quotation mark nor invisible.

    >>> safe_cell("=1+1"), safe_cell(' "@SUM(A1)'), safe_cell("a=b")
    ("'=1+1", '\\' "@SUM(A1)', 'a=b')
    """
    for character in text:
        if character in _STARTS:
            return "'" + text
        if not (character in _QUOTES or character.isspace() or unicodedata.category(character) in _HIDDEN):
            return text
    return text


_HIDDEN: Final = frozenset({"Cf", "Cc", "Zs", "Mn"})


def _cells(post: Post) -> list[str | int | float | None]:
    """The cells of a post's row, in the order of ``COLUMNS``; lists joined by spaces."""
    fields = record(post)
    fields["hashtags"] = " ".join(f"#{tag}" for tag in fields["hashtags"])
    fields["links"] = " ".join(fields["links"])
    fields["names"] = "; ".join(fields["names"])
    for name in ("emotions", "intents", "purposes", "actions", "noise"):
        fields[name] = " ".join(fields[name])
    return [fields[name] for name in COLUMNS]


def write_table(head: Sequence[str], rows: Iterable[Sequence[str | float | None]], out: BinaryIO) -> int:
    """Write any table as ``write_csv`` does posts: no cell of it is ever run. How many rows."""
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=True)
    try:
        writer, written = csv.writer(text), 0
        writer.writerow(head)
        for row in rows:
            writer.writerow([_plain(value) for value in row])
            written += 1
        text.flush()
        return written
    finally:
        text.detach()


def _plain(value: str | float | None) -> str | float:
    return safe_cell(value) if isinstance(value, str) else "" if value is None else value


def _fitting(text: str) -> str:
    """The text, cut with an ellipsis at what a cell holds (counted in UTF-16 as Excel does)."""
    if len(text) * 2 <= _CELL or len(text.encode("utf-16-le", "replace")) // 2 <= _CELL:
        return text
    return text.encode("utf-16-le", "replace")[: 2 * (_CELL - 1)].decode("utf-16-le", "ignore") + "…"


def _sheet(workbook: Any, bold: Any, number: int, language: str) -> Any:
    name = texts.text("export.posts", language)
    sheet = workbook.add_worksheet(name if number == 1 else f"{name} {number}")
    if language == "fa":
        sheet.right_to_left()
    sheet.freeze_panes(1, 0)
    for column, key in enumerate(COLUMNS):
        sheet.set_column(column, column, 60 if key == "text" else 12 if key in _COUNTS else 20)
        sheet.write_string(0, column, texts.text(f"export.column.{key}", language), bold)
    return sheet


def _write_about(workbook: Any, bold: Any, about: Mapping[str, str], language: str) -> None:
    sheet = workbook.add_worksheet(texts.text("export.about", language))
    if language == "fa":
        sheet.right_to_left()
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 80)
    for row, (key, value) in enumerate(about.items()):
        sheet.write_string(row, 0, _fitting(key), bold)
        sheet.write_string(row, 1, _fitting(value))


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


COLUMNS: Final = (
    "id", "source", "platform", "kind", "author", "author_key", "author_name", "followers", "created_at",
    "collected_at", "edited_at", "url", "title", "text", "language", "hashtags", "links", "reply_to",
    "repost_of", "quote_of", *METRICS, "sentiment", "sentiment_score", "emotions", "intents", "purposes",
    "actions", "names", "noise", "copy_of",
)  # fmt: skip
"""The columns of a table, which are the names of ``record`` in their order."""
