"""Whom the store on an Elasticsearch trusts, and what of its secrets others could read."""

from __future__ import annotations

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from posts.errors import StoreError
from store.protocol import StoreSettings


def trust(settings: StoreSettings) -> dict[str, Any]:
    """What the client is told of certificates: they are always verified, if need be by a file.

    ``StoreError`` for a file that is not there.
    """
    if settings.ca is None or urlsplit(settings.url or "").scheme != "https":
        return {}
    if not settings.ca.is_file():
        raise StoreError(
            "There is no such file of certificates.",
            subject=str(settings.ca),
            remedy="Mend RASAD_STORE_CA, or `ca` under [store] in the project file.",
        )
    return {"ca_certs": str(settings.ca)}


def exposed(settings: StoreSettings) -> list[str]:
    """A warning where a key or password goes over the network for all to read; it is not in the words."""
    parts = urlsplit(settings.url or "")
    secret = "API key" if settings.api_key else "password" if parts.password else None
    if secret is None or parts.scheme != "http" or _is_loopback(parts.hostname or ""):
        return []
    return [f"The {secret} goes to {parts.hostname} over plain http, for all on the way to read: use https."]


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost" or host.lower().endswith(".localhost")
