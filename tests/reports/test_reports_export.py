"""Exports, opened with other programs' readers: what was written comes back, and nothing runs."""

import csv
import io
import json
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pytest

from posts.post import Annotations, Author, Link, Metrics, Post, Tag
from reports.export import COLUMNS, record, safe_cell, write_csv, write_jsonl, write_xlsx
from words.texts import text

AT = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
DANGERS = [
    "=1+1",
    "+1",
    "-2",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "'x",
    ' "=1',
    "“=1”",
    "\u200f=1",
    "＝1",
    "\ufeff@a",
]


def build(
    number: int = 1, text: str = "سلام #هوش_مصنوعی", **parts: Any
) -> Post:  # hello #artificial_intelligence
    values: dict[str, Any] = {
        "id": f"mastodon:example.org:{number}", "platform": "mastodon", "kind": "text", "source": "home",
        "created_at": AT, "collected_at": AT, "text": text,
        "author": Author(key="mastodon:example.org:sara", handle="sara@example.org", followers=7),
        "metrics": Metrics(likes=3, shares=0),
        "annotations": Annotations(hashtags=(Tag("هوش_مصنوعی", "هوشمصنوعی", 5, 16),), language="fa"),
    }  # fmt: skip
    return Post(**(values | parts))


def as_csv(*posts: Post) -> list[list[str]]:
    out = io.BytesIO()
    assert write_csv(posts, out) == len(posts)
    raw = out.getvalue()
    assert raw.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def as_workbook(*posts: Post, **options: Any) -> openpyxl.Workbook:
    out = io.BytesIO()
    assert write_xlsx(posts, out, **options) == len(posts)
    return openpyxl.load_workbook(io.BytesIO(out.getvalue()))


def test_a_record_has_the_names_that_others_rely_on() -> None:
    """Id, source, platform, the handle, the time, the text, hashtags as written; the unknown is null."""
    found = record(build())

    assert found["id"] == "mastodon:example.org:1"
    assert (found["source"], found["platform"], found["author"]) == ("home", "mastodon", "sara@example.org")
    assert found["created_at"] == "2026-11-20T08:30:00Z"
    assert found["text"] == "سلام #هوش_مصنوعی"  # hello #artificial_intelligence
    assert found["hashtags"] == ["هوش_مصنوعی"]
    assert (found["likes"], found["shares"], found["views"]) == (3, 0, None)
    assert record(build(author=None))["author"] is None


def test_jsonl_is_one_object_a_line() -> None:
    """Line breaks in a text stay inside its line; Persian is written as it is."""
    out = io.BytesIO()
    posts = [build(1, "one\ntwo"), build(2)]

    assert write_jsonl(iter(posts), out) == 2
    lines = out.getvalue().decode().splitlines()
    assert [json.loads(line) for line in lines] == [record(post) for post in posts]
    assert "سلام" in lines[1]  # hello


def test_csv_comes_back_as_it_was_written() -> None:
    """Commas, quotes, line breaks and Persian survive; counts are plain, the unknown is empty."""
    text = 'a,b "c"\nd؛ سلام'  # hello
    head, row = as_csv(build(1, text, links=(Link(url="https://a.example/1"),)))

    found = dict(zip(head, row, strict=True))
    assert head == list(COLUMNS)
    assert found["text"] == text
    assert (found["likes"], found["shares"], found["views"]) == ("3", "0", "")
    assert found["hashtags"] == "#هوش_مصنوعی"
    assert found["links"] == "https://a.example/1"


@pytest.mark.parametrize("text", DANGERS)
def test_no_cell_of_a_csv_can_run(text: str) -> None:
    """Whatever a spreadsheet takes for a formula, behind whatever it passes over, gets an apostrophe."""
    name = Author(key="k", handle=text, name=text)
    head, row = as_csv(build(1, text, author=name, title=text))

    found = dict(zip(head, row, strict=True))
    assert found["text"] == found["author"] == found["author_name"] == found["title"] == "'" + text


@pytest.mark.parametrize(
    "text", ["a=b", "سلام", "#tag", "", "  ", '"quoted"', "3-2", "نیم‌فاصله"]
)  # hello, half-space
def test_harmless_cells_stay_as_they_are(text: str) -> None:
    """No apostrophe where none is needed."""
    assert safe_cell(text) == text


@pytest.mark.parametrize("text", [*DANGERS, "https://a.example", "12345", "{=A1}"])
def test_excel_gets_texts_and_no_formulas(text: str) -> None:
    """Each text is a string cell with exactly its characters: no formula, number or link."""
    sheet = as_workbook(build(1, text)).worksheets[0]
    cell = sheet.cell(2, COLUMNS.index("text") + 1)

    assert cell.data_type == "s"
    assert cell.value.replace("_x000D_", "\r") == text
    assert cell.hyperlink is None


def test_excel_counts_are_numbers_and_the_unknown_is_empty() -> None:
    """Likes can be added up; views that were not told are no 0."""
    sheet = as_workbook(build()).worksheets[0]
    row = {head.value: cell.value for head, cell in zip(sheet[1], sheet[2], strict=True)}

    assert (row["Likes"], row["Shares"], row["Views"]) == (3, 0, None)
    assert row["Followers"] == 7


def test_a_persian_workbook_runs_from_right_to_left() -> None:
    """Sheets and headings are Persian; an English one runs from left to right."""
    persian = as_workbook(build(), language="fa", about={"بازه": "هفته"})  # window: week
    english = as_workbook(build(), about={"query": "=1+1"})

    assert all(sheet.sheet_view.rightToLeft for sheet in persian.worksheets)
    assert persian.worksheets[0].cell(1, 1).value == text("export.column.id", "fa")
    assert not english.worksheets[0].sheet_view.rightToLeft
    assert english.worksheets[1]["B1"].value == "=1+1"
    assert english.worksheets[1]["B1"].data_type == "s"


def test_a_text_longer_than_a_cell_is_cut_with_an_ellipsis() -> None:
    """32,767 units fit a cell, counted as Excel does: an emoji is two."""
    sheet = as_workbook(build(1, "🌱" * 20_000)).worksheets[0]
    value = sheet.cell(2, COLUMNS.index("text") + 1).value

    assert value.endswith("🌱…")
    assert len(value.encode("utf-16-le")) // 2 <= 32_767


def test_no_posts_make_files_with_headings_only() -> None:
    """Nothing selected is an empty table, not an error."""
    assert as_csv() == [list(COLUMNS)]
    assert as_workbook().worksheets[0].max_row == 1
    assert write_jsonl([], io.BytesIO()) == 0
