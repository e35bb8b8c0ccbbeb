"""What is wrong in a project file, all of it at once, each with its place and the nearest right name."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

from pydantic_core import ErrorDetails

from config.fields import nearest
from config.project import (
    Brand,
    Crawl,
    Intake,
    Project,
    Reading,
    Retention,
    Section,
    Sections,
    Source,
    StoreSection,
    Tokens,
    Topic,
)  # fmt: skip
from posts.errors import Mistake

Place = tuple[int | str, ...]

MODELS: Final[dict[str, type[Section]]] = {
    "project": Project,
    "brand": Brand,
    "rivals": Brand,
    "topics": Topic,
    "sources": Source,
    "crawl": Crawl,
    "intake": Intake,
    "reading": Reading,
    "retention": Retention,
    "store": StoreSection,
    "tokens": Tokens,
}

_SENTENCES: Final = {
    "missing": "is missing",
    "extra_forbidden": "is not known here",
    "string_type": "must be a text in quotation marks",
    "tuple_type": "must be a list in square brackets",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a number",
    "string_too_short": "must not be empty",
    "path_type": "must be the path of a file",
}
_SECRET: Final = re.compile(r"api_?key|token|passw|secret", re.IGNORECASE)
_SHORT: Final = {
    ("store", "api_key"): "RASAD_STORE_API_KEY",
    ("tokens", "mastodon"): "RASAD_MASTODON_TOKENS",
    ("tokens", "bluesky_identifier"): "RASAD_BLUESKY_IDENTIFIER",
    ("tokens", "bluesky_password"): "RASAD_BLUESKY_PASSWORD",
    ("tokens", "bluesky_pds"): "RASAD_BLUESKY_PDS",
}
"""The variables of the environment that are not called after their table."""
_AT: Final = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)")
_HEADER: Final = re.compile(r"\s*\[\s*(\[?)\s*([^\]]+?)\s*\]")
_BARE_END: Final = re.compile(r"=\s*[^\s\"'\]}#][^\"'\]}#\r\n]*\Z")

FIRST_LINE: Final = '# Rasad project. Whole only with the line "# end" at its end.'
LAST_LINE: Final = "# end"


def dotted(place: Place) -> str:
    """The place as people write it: ``sources[2].platform``."""
    written = ""
    for part in place:
        written += f"[{part}]" if isinstance(part, int) else f".{part}" if written else str(part)
    return written


def shown(value: object) -> str:
    """The value as it stands in the file, short enough for a message."""
    if value is None or isinstance(value, (dict, list, tuple)):
        return ""
    written = repr(str(value)) if isinstance(value, str) else str(value)
    return written if len(written) <= 80 else written[:77] + "..."


def syntax(error: ValueError | RecursionError, text: str, file: str) -> Mistake:
    """The mistake that keeps the file from being TOML at all, with its line."""
    if isinstance(error, RecursionError):
        return Mistake(file=file, key="", value="", message="is nested too deeply")
    message = str(error)
    found = _AT.search(message)
    line = text.count("\n") + 1
    if found and found[1]:
        line = int(found[1])
    column = f", column {found[2]}" if found and found[2] else ""
    return Mistake(
        file=file,
        key=f"line {line}{column}",
        value="",
        message=f"is not TOML: {_AT.sub('', message)[:200]}",
        line=line,
    )


def cut(text: str, file: str) -> Mistake | None:
    """The mistake that the file was written only in part, as far as that can be told.

    A file that Rasad wrote says in its first line how it ends. In any other, a last line that stops
    inside a bare number may be the beginning of a longer one.
    """
    last = text.count("\n") + 1
    if text.startswith(FIRST_LINE) and LAST_LINE not in (line.strip() for line in text.splitlines()):
        message = f'was cut: its last line "{LAST_LINE}" is missing'
        return Mistake(file=file, key=f"line {last}", value="", message=message, line=last)
    if _BARE_END.search(text.rsplit("\n", 1)[-1]):
        message = "may be cut: its last line has no end; put a line break after it"
        return Mistake(file=file, key=f"line {last}", value="", message=message, line=last)
    return None


def secrets(data: dict[str, Any], text: str, file: str) -> list[Mistake]:
    """A mistake for each secret that stands in the file; its value is taken out of ``data`` and not shown."""
    found = []
    for section, table in data.items():
        if not isinstance(table, dict):
            continue
        for key in [key for key in table if section == "tokens" or _SECRET.search(key)]:
            del table[key]
            variable = _SHORT.get((section, key), f"RASAD_{section}_{key}".upper())
            message = f"is a secret and does not belong in a file: set it in the environment as {variable}"
            place = (section, key)
            found.append(
                Mistake(file=file, key=dotted(place), value="", message=message, line=line_of(text, place))
            )
    return found


def refused(errors: Iterable[ErrorDetails], text: str, file: str, origins: dict[str, str]) -> list[Mistake]:
    """A mistake for each value that a field refused."""
    return [_refused(error, text, file, origins) for error in errors]


def _refused(error: ErrorDetails, text: str, file: str, origins: dict[str, str]) -> Mistake:
    place: Place = tuple(error["loc"])
    variable = _variable(place, origins)
    key = variable or dotted(place)
    value = "" if _SECRET.search(key) or error["type"] == "missing" else shown(error["input"])
    # The name and password before an @ are secrets of the same kind.
    value = re.sub(r"//[^/@]*@", "//…@", value)
    return Mistake(
        file="environment" if variable else file,
        key=key,
        value=value,
        message=_sentence(error),
        nearest=_nearest(error, place),
        line=None if variable else line_of(text, place),
    )


def _variable(place: Place, origins: dict[str, str]) -> str | None:
    for length in range(len(place), 0, -1):
        variable = origins.get(dotted(place[:length]))
        if variable:
            return variable
    return None


def _sentence(error: ErrorDetails) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind == "literal_error":
        return "must be " + str(context.get("expected", "")).replace("'", '"')
    if kind == "string_too_long":
        return f"must have at most {context.get('max_length')} characters"
    if kind in ("greater_than_equal", "less_than_equal"):
        bound = "least" if kind == "greater_than_equal" else "most"
        return f"must be at {bound} {context.get('ge', context.get('le'))}"
    return _SENTENCES.get(kind, error["msg"])


def _nearest(error: ErrorDetails, place: Place) -> str | None:
    context = error.get("ctx", {})
    if error["type"] == "literal_error":
        return nearest(error["input"], re.findall(r"'([^']+)'", str(context.get("expected", ""))))
    if error["type"] == "extra_forbidden":
        model = MODELS.get(str(place[0])) if len(place) > 1 else Sections
        return (
            nearest(place[-1], [name for name in model.model_fields if name != "api_key"]) if model else None
        )
    meant = context.get("nearest")
    return meant if isinstance(meant, str) else None


def doubles(data: dict[str, Any], text: str, file: str) -> list[Mistake]:
    """A mistake for each name that is given twice among sources, topics, or brand and rivals."""
    found = []
    for sections in (("sources",), ("topics",), ("brand", "rivals")):
        seen: Counter[str] = Counter()
        for place, name in _names(data, sections):
            folded = " ".join(name.lower().split())
            seen[folded] += 1
            if seen[folded] > 1:
                found.append(
                    Mistake(
                        file=file,
                        key=dotted(place),
                        value=shown(name),
                        message="is given twice",
                        line=line_of(text, place),
                    )
                )
    return found


def _names(data: dict[str, Any], sections: tuple[str, ...]) -> Iterable[tuple[Place, str]]:
    for section in sections:
        value = data.get(section)
        tables = enumerate(value) if isinstance(value, list) else [(None, value)]
        for number, table in tables:
            if isinstance(table, dict) and isinstance(table.get("name"), str):
                yield (section, "name") if number is None else (section, number, "name"), table["name"]


def line_of(text: str, place: Place) -> int | None:
    """The line in which the place stands, or in which its table begins; ``None`` if neither is found."""
    section = str(place[0]) if place else ""
    rest = place[1:]
    number = rest[0] if rest and isinstance(rest[0], int) else 0
    key = next((part for part in rest if isinstance(part, str)), None)
    wanted = re.compile(rf"\s*[\"']?{re.escape(key or section)}[\"']?\s*=")
    count, table_line, inside = -1, None, key is None
    for line_number, line in enumerate(text.split("\n"), 1):
        header = _HEADER.match(line)
        if header:
            count += header[2] == section
            inside = header[2] == section and count == number
            if inside:
                table_line = line_number
        elif inside and wanted.match(line):
            return line_number
    return table_line


def parse(text: str) -> dict[str, Any]:
    """The tables of the file; ``ValueError`` or ``RecursionError`` if it is not TOML."""
    return tomllib.loads(text)
