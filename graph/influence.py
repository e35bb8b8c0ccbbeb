"""Who carries a conversation: the authors at whom its attention ends."""

from __future__ import annotations

import networkx as nx


def influence(network: nx.DiGraph, *, damping: float = 0.85) -> dict[int, float]:
    """How much attention ends at each author: shares between 0 and 1 that sum to 1; empty for none.

    PageRank on the network of ``graph.network``: an edge runs from the one who reposts, replies,
    mentions or quotes to the one addressed, weighted by how often; attention follows edges with the
    probability ``damping`` and else begins anew at anyone. Authors to whom nobody turns keep the base
    share. Computed to 1e-10, so that the order does not hang on the number of rounds.
    Source: Brin and Page, The anatomy of a large-scale hypertextual web search engine, 1998.

    >>> star = nx.DiGraph([(1, 0, {"weight": 1}), (2, 0, {"weight": 1})])
    >>> {node: round(share, 4) for node, share in sorted(influence(star).items())}
    {0: 0.5745, 1: 0.2128, 2: 0.2128}
    """
    if not len(network):
        return {}
    tolerance = 1e-10 / len(network)
    return dict(nx.pagerank(network, alpha=damping, weight="weight", tol=tolerance, max_iter=1_000))


def most_influential(network: nx.DiGraph, *, size: int, damping: float = 0.85) -> list[tuple[int, float]]:
    """The ``size`` authors with the largest ``influence``, equal ones by their key."""
    shares = influence(network, damping=damping)
    # Nine digits: what is equal in truth may differ in the last ones.
    return sorted(shares.items(), key=lambda row: (-float(f"{row[1]:.9g}"), row[0]))[:size]
