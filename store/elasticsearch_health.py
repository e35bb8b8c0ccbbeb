"""How an Elasticsearch fares: whether it answers, what a project takes of it, and what will be short."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from elasticsearch import AuthenticationException, AuthorizationException, Elasticsearch

from posts.errors import StoreError
from store.elasticsearch_errors import told
from store.protocol import Health

WARN_OWN_SHARDS: Final = 300
WARN_SHARDS: Final = 600
WARN_FREE: Final = 0.15
"""The share of a node's disk below which it is told: at 5 % Elasticsearch takes no more posts."""


def health_of(client: Elasticsearch, url: str, aliases: Sequence[str]) -> Health:
    """State, size and warnings of the indices behind the aliases, the first of which has the posts."""
    try:
        with told(url):
            cluster = client.cluster.health().body
            stats = client.indices.stats(index=[f"{alias}-*" for alias in aliases], metric="store").body
            posts = client.count(index=aliases[0], ignore_unavailable=True)["count"]
            nodes = _nodes(client)
    except StoreError as error:
        return Health(engine="elasticsearch", ok=False, posts=0, bytes=None, warnings=(str(error),))
    return Health(
        engine="elasticsearch",
        ok=cluster["status"] != "red",
        posts=int(posts),
        bytes=int(stats["_all"]["total"].get("store", {}).get("size_in_bytes", 0)),
        warnings=tuple(_warnings(cluster, len(stats.get("indices", {})), nodes)),
    )


def _nodes(client: Elasticsearch) -> dict[str, Any]:
    """The disks of the nodes; none where the key may not ask for them."""
    try:
        found: dict[str, Any] = client.nodes.stats(metric="fs").body["nodes"]
        return found
    except (AuthorizationException, AuthenticationException):
        return {}


def _warnings(cluster: dict[str, Any], indices: int, nodes: dict[str, Any]) -> Iterator[str]:
    if cluster["status"] == "red":
        yield "The cluster is red: some posts cannot be found now."
    disks = [found["fs"]["total"] for found in nodes.values() if found.get("fs", {}).get("total")]
    free = min((d["available_in_bytes"] / max(1, d["total_in_bytes"]) for d in disks), default=1.0)
    if free < WARN_FREE:
        yield f"Only {free:.0%} of a node's disk are free; at 5 % the cluster takes no more posts."
    if indices > WARN_OWN_SHARDS:
        yield f"The project has {indices:,} indices; `rasad rebuild` joins those of old months into years."
    if cluster["active_shards"] > WARN_SHARDS:
        yield (
            f"The cluster holds {cluster['active_shards']:,} shards; `rasad rebuild` joins old months into"
            " years, and retention drops them."
        )
