"""No word of a post can become HTML, Markdown or a request: the code has no way for it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOM = Path(__file__).parents[2] / "dashboard"
SOURCES = sorted(path for path in ROOM.rglob("*.py"))
SCRIPTS = sorted((ROOM / "browser").glob("*.js"))
# What reads Markdown: it would fetch a picture that a post names. Only fixed texts may go there.
READS_MARKDOWN = {
    "title", "header", "subheader", "caption", "markdown", "write", "info", "success", "warning", "error",
    "toast", "metric", "badge",
}  # fmt: skip
FIXED = {"text", "common", "counted", "rules"}
"""Functions that give a text of ``words`` or a constant."""


def calls(path: Path) -> list[ast.Call]:
    return [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]


def of_streamlit(call: ast.Call) -> str:
    """The name of a call of Streamlit's, else nothing."""
    func = call.func
    if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name) and func.value.id == "st":
        return func.attr
    return ""


def is_fixed(node: ast.expr) -> bool:
    """Whether the argument is a constant, or a text of ``words`` (or one of two)."""
    if isinstance(node, ast.Constant):
        return True
    if isinstance(node, ast.BoolOp):
        return all(is_fixed(value) for value in node.values)
    if isinstance(node, ast.Name):
        return node.id in {"fixed_text"}
    func = node.func if isinstance(node, ast.Call) else None
    return isinstance(func, ast.Attribute) and func.attr in FIXED


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOM)))
def test_code_lets_no_html_through(path: Path) -> None:
    """Nothing allows unsafe HTML, and the old components, which run scripts, are not used."""
    for call in calls(path):
        names = {keyword.arg for keyword in call.keywords}

        assert not names & {"unsafe_allow_html", "unsafe_allow_javascript"}
        assert of_streamlit(call) not in {"iframe", "write", "metric", "table"}
    assert "components.v1" not in path.read_text("utf-8")
    assert "components.html" not in path.read_text("utf-8")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOM)))
def test_markdown_gets_fixed_texts_only(path: Path) -> None:
    """Headings, captions and messages are texts of ours; data goes through components and plain text."""
    for call in calls(path):
        if of_streamlit(call) in READS_MARKDOWN | {"html"} and call.args:
            assert is_fixed(call.args[0]), f"{path.name}:{call.lineno}"


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_set_text_only(path: Path) -> None:
    """No script parses HTML, evaluates a text or fetches anything."""
    text = path.read_text("utf-8")

    for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "fetch(",
                "XMLHttp", "new Function", "import(", ".src ="):  # fmt: skip
        assert way not in text


def test_no_view_hides_a_room() -> None:
    """A file named like a room would be imported in its place; ``pages`` wakes Streamlit's old mode."""
    rooms = {path.parent.name for path in ROOM.parent.glob("*/__init__.py")}
    names = {path.stem for path in SOURCES if path.stem != "__init__"}
    views = {path.stem for path in (ROOM / "views").glob("*.py")}

    assert not (names - views) & rooms
    assert not (ROOM / "pages").exists()
