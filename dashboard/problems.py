"""What a visitor is told when something fails: the thing, and the remedy. No traceback, no secret.

The only place where errors become words of the dashboard. Texts that came from outside (a query, an
address) are shown as plain text, because Markdown would fetch a picture that they name.
"""

from __future__ import annotations

import logging
import re
from typing import Final

import streamlit as st

from dashboard import filters, parts
from posts import errors
from words import queries, texts
from words.bidi import isolate_auto

_KINDS: Final[tuple[tuple[type[errors.RasadError], str], ...]] = (
    (errors.StoreUnreachable, "store_unreachable"),
    (errors.StoreReadOnly, "store_read_only"),
    (errors.StoreBusy, "store_busy"),
    (errors.SchemaChanged, "schema_changed"),
    (errors.UnsupportedQuery, "unsupported"),
    (errors.StoreError, "store"),
    (errors.QueryError, "query"),
    (errors.ConfigError, "config"),
    (errors.RateLimited, "rate_limited"),
    (errors.NotReachable, "not_reachable"),
    (errors.NotUnderstood, "not_understood"),
    (errors.Refused, "refused"),
    (errors.NotSetUp, "not_set_up"),
    (errors.SourceError, "source"),
)

_MARKED: Final = re.compile("`([^`]*)`")
"""What is to be typed, in the sentences of both languages."""

log = logging.getLogger(__name__)


def kind_of(error: Exception) -> str:
    """Which text tells of the error."""
    return next((kind for type_, kind in _KINDS if isinstance(error, type_)), "unknown")


def show(error: Exception, language: str) -> None:
    """Tell the visitor what failed and what mends it."""
    kind = kind_of(error)
    st.error(texts.text(f"dashboard.problem.{kind}", language), icon=":material/error:")
    if isinstance(error, errors.QueryError):
        _mark(error, language)
    elif isinstance(error, errors.RasadError):
        with st.expander(texts.text("dashboard.problem.details", language)):
            st.text(str(error))
    else:
        log.error("a view failed", exc_info=error)


def _mark(error: errors.QueryError, language: str) -> None:
    """The query with a pointer under the letter from which it could not be read, and the way on."""
    parts.draw_line([{"text": error.subject, "mark": error.position, "tone": "query"}], key="query_mark")
    st.text(_MARKED.sub(lambda found: isolate_auto(found[1]), queries.told(error, language)))
    link = filters.repaired(error)
    if link is not None:
        label = texts.text("dashboard.problem.repair", language)
        item = {"label": label, "text": error.repair, "link": parts.way(link)}
        parts.draw_line([item], key="query_repair")
