"""A hashtag now: how much, where, by whom, in which words, and its newest posts."""

from __future__ import annotations

from typing import Final

import streamlit as st

from answers.bursts import bursts
from answers.hashtag import Hashtag
from dashboard import ask, cards, dossiers, hearing, kinship, parts, people, tags, tallies, wording
from dashboard.filters import Asked
from dashboard.visit import Visit
from posts.answer import Answer

NEWEST: Final = 5


def draw(visit: Visit, asked: Asked, answer: Answer[Hashtag]) -> None:
    """The numbers of the period, their curve, and what they are made up of."""
    found = answer.value
    kinship.draw_kinship(visit, ask.family(visit, asked.selection))
    headline = (("posts", found.posts), ("authors", found.authors), ("engagement", found.engagement))
    tallies.draw_cards_of(visit, headline, key="hashtag_cards")
    parts.draw_definitions(visit, answer.definition, "authors", "engagement", "bursts")
    st.subheader(visit.text("hashtag.volume"))
    heard, high = ask.heard(visit, asked.selection).value, ask.of(bursts, visit, asked.selection).value
    hearing.draw_volume(visit, found.series, heard, key="hashtag_volume", bursts=high)
    left, right = st.columns(2, gap="medium")
    with left:
        st.subheader(visit.text("hashtag.related"))
        tags.draw_related(visit, asked, found.related)
        for kind, figures in (("platform", found.platforms), ("language", found.languages)):
            st.subheader(visit.common(f"label.{kind}"))
            tallies.draw_parts(visit, kind, figures, key="hashtag")
    with right:
        st.subheader(visit.text("hashtag.authors"))
        people.draw_authors(visit, found.authors_by_posts)
    wording.draw_words(visit, asked.selection, key="hashtag")
    st.subheader(visit.text("hashtag.newest"))
    newest = found.newest[:NEWEST]
    cards.draw_cards(visit, newest, key="hashtag_newest", originals=ask.originals(visit, newest))
    with st.container(horizontal=True, vertical_alignment="center", key="hashtag_foot"):
        dossiers.draw_download(visit, asked.selection, (found.key,), key="hashtag")
        parts.draw_line([_way_to_compare(visit, asked, found)], key="hashtag_compare")


def _way_to_compare(visit: Visit, asked: Asked, found: Hashtag) -> parts.Item:
    """This hashtag beside the one that stands with it most often, or beside one still to be named."""
    names = [found.key, *(other.key for other in found.related[:1])]
    link = asked.to("compare", visit, tags=", ".join(f"#{name}" for name in names))
    return {"text": visit.text("compare.with"), "link": parts.way(link)}
