"""What do they say? Exactly the posts behind a number, or those that a query finds."""

from __future__ import annotations

import streamlit as st

from dashboard import (
    ask,
    cards,
    correcting,
    facets,
    files,
    filters,
    frame,
    hearing,
    pages,
    people,
    starting,
    watching,
    wording,
)
from dashboard.address import NARROW
from dashboard.empty import stop_empty

visit = frame.current()
st.title(visit.text("posts.title"))

asked = filters.ask(visit, narrow=NARROW, more=True, all_time=True)
pages.draw_narrowing(visit, asked)
people.draw_machine(visit, asked)
starting.draw_told(visit)
watching.draw_failed(visit)
watching.draw_list(visit)
with st.container(horizontal=True, vertical_alignment="center", key="posts_controls"):
    turned = pages.turn(visit, asked)
    count = st.container(width="stretch")
    with st.container(horizontal=True, width="content", key="posts_buttons"):
        watching.draw_saving(visit, asked)
        download = st.container(width="content")
answer = ask.posts(visit, asked.selection, size=pages.SIZE, offset=turned.offset, sort=turned.sort)
found = answer.value

if not found.total:
    stop_empty(visit, asked)

with count:
    pages.draw_count(visit, found.total, turned)
with download:
    files.draw_downloads(visit, asked.selection, found.total)
single = len(asked.selection.ids) == 1
if not single:
    facets.draw_facets(visit, asked, ask.facets(visit, asked.selection).value)
    wording.draw_words(visit, asked.selection, key="posts")
originals = ask.originals(visit, found.posts)
copied = ask.copies(visit, [*found.posts, *originals.values()])
place = st.container()
if single:
    shown = found.posts[0]
    correcting.draw_reading(visit, originals.get(shown.repost_of or "", shown))
# Drawn last: what the form below has just been told counts in the card above it.
with place:
    cards.draw_cards(visit, found.posts, key="posts", originals=originals, copied=copied)
pages.draw_turning(visit, asked, found.total, turned)
if asked.selection.since is not None:
    heard = ask.heard(visit, asked.selection).value
    hearing.draw_strip(visit, heard, key="posts_heard")
    hearing.draw_behind(visit, heard, key="posts_heard")
