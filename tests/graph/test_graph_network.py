"""Networks and influence on graphs small enough to check by hand."""

import networkx as nx
import numpy as np
import pytest

from graph.influence import influence, most_influential
from graph.network import KINDS, build_network


def network_of(*acts: tuple[int, int, str]) -> nx.DiGraph:
    columns = np.array([(src, dst, KINDS[kind]) for src, dst, kind in acts], dtype=np.int64).reshape(-1, 3)
    return build_network(columns[:, 0], columns[:, 1], columns[:, 2])


def two_cliques_and_a_bridge() -> nx.DiGraph:
    left = [(a, b, "reply") for a in range(4) for b in range(4) if a != b]
    right = [(a + 4, b + 4, "reply") for a, b, _ in left]
    return network_of(*left, *right, (3, 4, "mention"))


def test_acts_between_two_authors_become_one_edge_with_a_count_a_kind() -> None:
    """Weights count acts, kinds are counted apart, and direction is from the one who turns to another."""
    network = network_of((1, 2, "repost"), (1, 2, "repost"), (1, 2, "quote"), (2, 1, "reply"))

    assert network.edges[1, 2] == {"weight": 3, "repost": 2, "reply": 0, "mention": 0, "quote": 1}
    assert network.edges[2, 1] == {"weight": 1, "repost": 0, "reply": 1, "mention": 0, "quote": 0}


def test_acts_towards_oneself_or_nobody_are_left_out() -> None:
    """Replying to oneself, or an end that is not known (-1), makes neither an edge nor a node."""
    network = network_of((1, 1, "reply"), (1, -1, "reply"), (-1, 2, "repost"), (3, 4, "reply"))

    assert list(network.edges) == [(3, 4)]
    assert list(network) == [3, 4]


def test_keys_of_63_bits_stay_whole() -> None:
    """Author numbers are as large as the store's and come out as they went in."""
    big = 2**63 - 1

    assert list(network_of((big, big - 1, "repost")).edges) == [(big, big - 1)]


def test_an_empty_network_has_no_influence() -> None:
    """No acts, no nodes, no ranking."""
    network = network_of()

    assert len(network) == 0
    assert influence(network) == {}
    assert most_influential(network, size=5) == []


def test_influence_of_a_star_lies_in_its_middle() -> None:
    """Three who repost one: base share b for each leaf, b + 0.85 x 3 b (and the middle's share) for it."""
    network = network_of((1, 0, "repost"), (2, 0, "repost"), (3, 0, "repost"))

    shares = influence(network)

    # c = b + 0.85 * 3b and 3b + c = 1, so b = 1 / 6.55
    assert shares[0] == pytest.approx(3.55 / 6.55, abs=1e-8)
    assert shares[1] == shares[2] == shares[3] == pytest.approx(1 / 6.55, abs=1e-8)


def test_influence_grows_along_a_path() -> None:
    """1 replies to 2, 2 to 3: attention ends at 3, and the shares sum to 1."""
    shares = influence(network_of((1, 2, "reply"), (2, 3, "reply")))

    assert shares[1] < shares[2] < shares[3]
    assert shares[2] / shares[1] == pytest.approx(1.85, abs=1e-6)
    assert sum(shares.values()) == pytest.approx(1)


def test_weights_count() -> None:
    """Of two whom one author reposts, the one reposted more often has more influence."""
    shares = influence(network_of((1, 2, "repost"), (1, 2, "repost"), (1, 3, "repost")))

    assert shares[2] > shares[3]


def test_the_side_to_which_the_bridge_leads_has_more() -> None:
    """Two cliques of four, one mention from the first to the second: the one mentioned leads."""
    network = two_cliques_and_a_bridge()

    shares = influence(network)

    assert max(shares, key=lambda node: shares[node]) == 4
    assert sum(shares[node] for node in range(4, 8)) > sum(shares[node] for node in range(4))
    assert shares == pytest.approx(nx.pagerank(network, tol=1e-12, max_iter=500), abs=1e-6)


def test_equal_influence_is_ordered_by_key() -> None:
    """Ties are broken by the key, whatever the order in which acts came."""
    forth = network_of((9, 1, "repost"), (8, 2, "repost"), (7, 3, "repost"))
    back = network_of((7, 3, "repost"), (8, 2, "repost"), (9, 1, "repost"))

    ranked = [node for node, _ in most_influential(forth, size=6)]

    assert ranked == [1, 2, 3, 7, 8, 9]
    assert ranked == [node for node, _ in most_influential(back, size=6)]
