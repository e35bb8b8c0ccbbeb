"""People named in a text by ``@``."""

from __future__ import annotations

from nlp.signs import HANDLE, MENTION, scan
from posts.post import Tag


def find(text: str, *, federated: bool = False) -> list[Tag]:
    """The mentions of a text, in order, ``text`` without the ``@`` and ``normal`` in lower case.

    ``federated`` also takes ``@name@server``, which elsewhere than on federated platforms is a mistyped
    mail address.
    """
    kinds = (MENTION, HANDLE) if federated else (MENTION,)
    return [
        Tag(text[start + 1 : end], text[start + 1 : end].lower(), start, end)
        for kind, start, end in scan(text)
        if kind in kinds
    ]
