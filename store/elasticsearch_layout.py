"""How a collection is spread over indices, and where that is noted: in the template that makes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from elasticsearch import Elasticsearch, NotFoundError

from store.mapping import elasticsearch_mapping
from store.protocol import Collection

_MONTHLY_FROM: Final = "2025"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The generation that the names of indices carry, and since when one holds a month.

    Older years have one index each, so that a feed's whole archive does not make hundreds of shards.
    ``store.elasticsearch_rebuild`` moves the bound, nothing else does, for an upsert has to meet its
    older copy.
    """

    generation: str = ""
    monthly_from: str = _MONTHLY_FROM

    def index(self, alias: str, when: str) -> str:
        """The index of a document of this date."""
        period = when[:7].replace("-", ".") if when >= self.monthly_from else when[:4]
        return "-".join(part for part in (alias, self.generation, period) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """What the template of a collection says of its indices."""

    schema: int
    layout: Layout


def noted(client: Elasticsearch, alias: str) -> Noted | None:
    """What is noted of a collection; ``None`` if it is not made yet."""
    try:
        answer = client.indices.get_index_template(name=alias)
    except NotFoundError:
        return None
    found = answer["index_templates"][0]["index_template"]["template"]
    meta = found.get("mappings", {}).get("_meta", {})
    layout = Layout(
        generation=meta.get("generation") or "", monthly_from=meta.get("monthly_from") or _MONTHLY_FROM
    )
    return Noted(schema=int(meta.get("schema") or 0), layout=layout)


def template(collection: Collection, layout: Layout) -> dict[str, Any]:
    """Settings and mapping of new indices of a collection, with the note of how it lies."""
    mapping = elasticsearch_mapping(collection)
    mapping["_meta"] |= {"generation": layout.generation, "monthly_from": layout.monthly_from}
    return {"settings": {"number_of_shards": 1, "auto_expand_replicas": "0-1"}, "mappings": mapping}
