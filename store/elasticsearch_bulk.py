"""Writes many documents to an Elasticsearch, and tells of each what became of it.

The client's own helpers raise on a lost answer and on item errors that would pass; here an item is
stored, tried again, or refused for good with its reason.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
from elasticsearch import ApiError, Elasticsearch, TransportError

from store.elasticsearch_errors import NOT_NOW, cause, is_block, read_only, told, unreachable, without_secrets
from store.protocol import Refusal

_encode: Final = msgspec.json.Encoder().encode
_CHUNK: Final = 2_000
_CHUNK_BYTES: Final = 4_000_000
_TRIES: Final = 7
_PROGRESS: Final = 0.9
_PAUSE_S: Final = 0.1
_LONGEST_PAUSE_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Action:
    """Store the JSON of a document in an index, or delete the one of this id where there is none."""

    index: str
    id: str
    document: bytes | None


@dataclass(slots=True)
class Bulk:
    """One writing of many actions."""

    client: Elasticsearch
    url: str
    sleep: Callable[[float], None]
    done: int = 0
    refused: list[Refusal] = field(default_factory=list)

    def send(self, actions: Iterable[Action]) -> None:
        """Carry out all actions; errors that concern all of them are raised, others collected."""
        for chunk in _chunks(actions):
            self._send(chunk)

    def _send(self, chunk: Sequence[Action]) -> None:
        attempt, reasons = 0, [""] * len(chunk)
        while attempt < _TRIES:
            if attempt:
                pause = min(_LONGEST_PAUSE_S, _PAUSE_S * 2**attempt)
                self.sleep(random.uniform(pause / 2, pause))
            attempt += 1
            try:
                answer = self._ask(chunk)
            except ApiError as error:
                if error.status_code in NOT_NOW and not is_block(cause(error)) and attempt < _TRIES:
                    continue
                if error.status_code in (400, 413) and "media_type" not in str(error):
                    self._halve(chunk, error)
                    return
                with told(self.url):
                    raise
            sent = len(chunk)
            chunk, reasons = self._sort_out(chunk, answer)
            if not chunk:
                return
            if len(chunk) < _PROGRESS * sent:
                attempt = 1  # it gets on: only tries that bring nothing are counted
        self.refused += [
            Refusal(id=action.id, reason=reason, retry=True)
            for action, reason in zip(chunk, reasons, strict=True)
        ]

    def _ask(self, chunk: Sequence[Action]) -> list[dict[str, Any]]:
        operations: list[Any] = []  # JSON as it is, which the client takes, though its types do not tell
        for action in chunk:
            target = {"_index": action.index, "_id": action.id}
            if action.document is None:
                operations.append(_encode({"delete": target}))
            else:
                operations += [_encode({"index": target}), action.document]
        try:
            answer = self.client.bulk(operations=operations)
            return [next(iter(item.values())) for item in answer["items"]]
        except (TransportError, TypeError, ValueError, KeyError) as error:
            raise unreachable(error, self.url) from error

    def _sort_out(
        self, chunk: Sequence[Action], items: Sequence[dict[str, Any]]
    ) -> tuple[list[Action], list[str]]:
        """The actions to be tried again, and why they failed this time."""
        again, reasons = [], []
        for action, item in zip(chunk, items, strict=True):
            status, why = item["status"], item.get("error")
            if status < 300 or (status == 404 and action.document is None):
                self.done += 1
            elif is_block(why):
                raise read_only(without_secrets(self.url), why)
            elif status in NOT_NOW:
                again.append(action)
                reasons.append(f"status {status}: {_text(why)}")
            else:
                self.refused.append(Refusal(id=action.id, reason=f"status {status}: {_text(why)}"))
        return again, reasons

    def _halve(self, chunk: Sequence[Action], error: ApiError) -> None:
        """One document that spoils a whole request is found and refused alone."""
        if len(chunk) == 1:
            self.refused.append(
                Refusal(id=chunk[0].id, reason=f"status {error.status_code}: {_text(cause(error))}")
            )
            return
        middle = len(chunk) // 2
        self._send(chunk[:middle])
        self._send(chunk[middle:])


def _chunks(actions: Iterable[Action]) -> Iterator[list[Action]]:
    chunk: list[Action] = []
    size = 0
    for action in actions:
        chunk.append(action)
        if action.document is not None:
            size += len(action.document)
        if len(chunk) == _CHUNK or size > _CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _text(why: Any) -> str:
    if not isinstance(why, dict):
        return str(why)
    inner = why.get("caused_by")
    behind = f" ({inner.get('reason')})" if isinstance(inner, dict) else ""
    return f"{why.get('type')}: {why.get('reason')}{behind}"
