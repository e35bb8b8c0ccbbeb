"""What goes wrong with an Elasticsearch, in the words of ``posts.errors``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import urlsplit

from elastic_transport import ApiResponse
from elasticsearch import ApiError, ConnectionTimeout, SSLError, TransportError, UnsupportedProductError

from posts.errors import StoreError, StoreReadOnly, StoreUnreachable, UnsupportedQuery

NOT_NOW: Final = frozenset({429, 502, 503, 504})
_NOT_OURS: Final = "This server is not Elasticsearch."
_OURS: Final = "Use Elasticsearch 8.19 or later, or unset RASAD_STORE_URL to keep posts in a folder."
_TRUST: Final = (
    "Name the file of its authority in RASAD_STORE_CA, or as `ca` under [store] in the project file."
)
_DISK: Final = "Free disk space on the cluster; it lifts the block by itself then."


@contextmanager
def told(url: str) -> Iterator[None]:
    """Errors of the client inside become ours."""
    try:
        yield
    except ApiError as error:
        raise _api_error(error, without_secrets(url)) from error
    except (TransportError, TypeError, ValueError, KeyError) as error:
        # The client raises TypeError where an answer of 200 is no JSON (a login page of a proxy).
        raise unreachable(error, url) from error


def whole(answer: ApiResponse[Any]) -> dict[str, Any]:
    """The answer as an object; ``ValueError`` where it is none, such as the login page of a proxy.

    The client looks whether a server is an Elasticsearch at its first answer alone.
    """
    if not isinstance(answer.body, dict):
        raise ValueError(f"{str(answer.body)[:40]!r} is no answer of an Elasticsearch")
    return answer.body


def unreachable(error: Exception, url: str) -> StoreUnreachable:
    """The error for a server that does not answer, or not as an Elasticsearch does."""
    if isinstance(error, SSLError) or "CERTIFICATE_VERIFY_FAILED" in str(error):
        return StoreUnreachable(
            f"The server's certificate cannot be verified: {_first_line(error)}.",
            subject=without_secrets(url),
            remedy=_TRUST,
        )
    if isinstance(error, ConnectionTimeout):
        return StoreUnreachable(
            "The server gave no answer in time.",
            subject=without_secrets(url),
            remedy="Check whether it hangs or is overloaded.",
        )
    return StoreUnreachable(
        f"No Elasticsearch answers: {_first_line(error)}.",
        subject=without_secrets(url),
        remedy="Check the address and that the server runs.",
    )


def is_block(reason: Any) -> bool:
    """Whether an error says that writing is blocked; the disk's flood stage comes as status 429."""
    return isinstance(reason, dict) and reason.get("type") == "cluster_block_exception"


def read_only(subject: str, reason: Any) -> StoreReadOnly:
    """The error for a cluster that blocks writing."""
    text = reason.get("reason", "") if isinstance(reason, dict) else reason
    return StoreReadOnly(f"The cluster blocks writing: {text}.", subject=subject, remedy=_DISK)


def without_secrets(url: str) -> str:
    """The address without a user and password in it."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=host, query="").geturl()


def cause(error: ApiError) -> dict[str, Any]:
    """The error object of an answer, empty if it has none."""
    body = error.body
    found = body.get("error") if isinstance(body, dict) else None
    return found if isinstance(found, dict) else {}


def _api_error(error: ApiError, subject: str) -> StoreError:
    status, why = error.status_code, cause(error)
    if isinstance(error, UnsupportedProductError):
        return StoreUnreachable(_NOT_OURS, subject=subject, remedy=_OURS)
    text = f"{error} {error.body}"
    # A 400 without a word is its answer to HEAD.
    if status == 406 or "media_type_header_exception" in text or (status == 400 and not error.body):
        return StoreUnreachable(
            "This server does not speak the protocol of the installed client.",
            subject=subject,
            remedy="For Elasticsearch 8 install 'elasticsearch<9'. " + _OURS,
        )
    if is_block(why):
        return read_only(subject, why)
    if status in (401, 403):
        return StoreUnreachable(
            "The server refuses the key.",
            subject=subject,
            remedy="Set RASAD_STORE_API_KEY to one that may write.",
        )
    if "too_many_buckets" in text or "too_many_clauses" in text or "too_many_nested_clauses" in text:
        return UnsupportedQuery("The answer would be too large.", subject="aggs", remedy="Narrow the query.")
    if status in NOT_NOW:
        return StoreUnreachable(
            f"The server is overloaded or starting ({status}).", subject=subject, remedy="Try again later."
        )
    if not why and not isinstance(error.body, dict):
        return StoreUnreachable(f"{_NOT_OURS} (status {status})", subject=subject, remedy=_OURS)
    return StoreError(f"The server answers {status}: {_reason(why) or text[:300]}", subject=subject)


def _reason(why: dict[str, Any]) -> str:
    deepest = (why.get("root_cause") or [why.get("caused_by") or why])[0]
    return f"{deepest.get('type')}: {deepest.get('reason')}" if why else ""


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
