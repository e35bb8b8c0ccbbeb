"""Who uses this hashtag, how much, and beside which others?"""

from __future__ import annotations

import streamlit as st

from dashboard import ask, cards, filters, frame, hearing, kinship, parts, people, tags, tallies, wording
from dashboard.empty import stop_empty

NEWEST = 5

visit = frame.current()
st.title(visit.text("hashtag.title"))

asked = filters.ask(visit, narrow=("hashtag",))
tags.draw_choice(visit, asked)
if not asked.selection.hashtag:
    st.info(visit.text("hashtag.choose"), icon=":material/tag:")
    tags.draw_rising_short(visit, asked, ask.overview(visit, asked.selection).value.rising)
    st.stop()
answer = ask.hashtag(visit, asked.selection)
found = answer.value

if not found.posts.value:
    stop_empty(visit, asked, key="hashtag.empty")

tags.draw_family(visit, found)
kinship.draw_kinship(visit, ask.family(visit, asked.selection))
headline = (("posts", found.posts), ("authors", found.authors), ("engagement", found.engagement))
tallies.draw_cards_of(visit, headline, key="hashtag_cards")
parts.draw_definitions(visit, answer.definition, "authors", "engagement")
st.subheader(visit.text("hashtag.volume"))
hearing.draw_volume(visit, found.series, ask.heard(visit, asked.selection).value, key="hashtag_volume")

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
