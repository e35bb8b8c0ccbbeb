"""What was pasted and said makes a source: its keys, its name, what it lacks, and whom nobody reads."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import edit
from config.adding import free_name, lacking, proposed, same_place, unheard
from config.load import load
from config.project import Brand, Settings, Source
from posts.errors import SourceError

Make = Callable[..., Settings]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """A project with these sources and rivals, and these variables."""

    def project(
        *sources: Source, rivals: tuple[Brand, ...] = (), environ: dict[str, str] | None = None
    ) -> Settings:
        edit.create(tmp_path / "tea", name="tea")
        for source in sources:
            edit.add_source(tmp_path / "tea", source)
        for rival in rivals:
            edit.add_rival(tmp_path / "tea", rival)
        return load(tmp_path / "tea", environ=environ or {})

    return project


@pytest.mark.parametrize(
    ("pasted", "said", "expected"),
    [
        ("https://t.me/isna94", {}, {"platform": "telegram", "timeline": "account", "account": "isna94"}),
        ("isna94", {"platform": "eitaa"}, {"platform": "eitaa", "timeline": "account", "account": "isna94"}),
        ("@isna94", {"platform": "eitaa"}, {"platform": "eitaa", "timeline": "account", "account": "isna94"}),
        ("https://eitaa.com/isna", {"platform": "eitaa"},
         {"platform": "eitaa", "timeline": "account", "account": "isna"}),
        ("https://social.example", {}, {"platform": "feed", "url": "https://social.example"}),
        ("https://social.example", {"tag": "#چای"},  # tea
         {"platform": "mastodon", "url": "https://social.example", "tag": "چای"}),
        ("https://social.example", {"platform": "mastodon"},
         {"platform": "mastodon", "url": "https://social.example"}),
        ("https://social.example/@sara", {"timeline": "public"},
         {"platform": "mastodon", "url": "https://social.example", "timeline": "public"}),
        ("https://social.example/@sara", {"platform": "feed"},
         {"platform": "feed", "url": "https://social.example/@sara"}),
        ("https://bsky.app", {"timeline": "stream", "query": "tea"},
         {"platform": "bluesky", "timeline": "stream", "query": "tea"}),
        ("bsky.app/profile", {"tag": "#tea"}, {"platform": "bluesky", "tag": "tea"}),
        ("https://bsky.app/", {"platform": "bluesky", "query": "tea"},
         {"platform": "bluesky", "query": "tea"}),
        ("https://t.me", {"account": "isna94"}, {"platform": "telegram", "account": "isna94"}),
        ("https://t.me/isna94", {"timeline": "account"},
         {"platform": "telegram", "timeline": "account", "account": "isna94"}),
        ("eitaa.com", {"account": "isna"}, {"platform": "eitaa", "account": "isna"}),
        ("", {"platform": "telegram", "account": "isna94", "tag": ""},
         {"platform": "telegram", "account": "isna94"}),
    ],
)  # fmt: skip
def test_what_was_said_counts_before_what_was_pasted(
    pasted: str, said: dict[str, Any], expected: dict[str, Any]
) -> None:
    """The address tells the rest."""
    assert proposed(pasted, said) == expected


@given(st.text(max_size=60), st.sampled_from([None, "feed", "mastodon", "bluesky", "telegram", "eitaa"]))
def test_whatever_is_pasted_is_a_proposal_or_told(pasted: str, platform: str | None) -> None:
    """Nothing else comes out of it."""
    with contextlib.suppress(SourceError):
        found = proposed(pasted, {"platform": platform})
        assert platform is None or found.get("platform") == platform
        assert free_name(found, set())


def test_the_same_place_is_noticed(make: Make) -> None:
    """However its account is written; another timeline of it is another place."""
    project = make(Source(name="isna", platform="telegram", url="https://t.me", account="isna94"))
    again = Source(name="x", platform="telegram", url="https://t.me/", account="@ISNA94")
    other = Source(name="x", platform="eitaa", url="https://eitaa.com", account="isna94")

    assert (found := same_place(project, again)) is not None
    assert found.name == "isna"
    assert same_place(project, other) is None


@pytest.mark.parametrize(
    ("values", "environ", "expected"),
    [
        ({"platform": "mastodon", "url": "https://a.example", "query": "tea"}, {}, "RASAD_MASTODON_TOKENS"),
        ({"platform": "mastodon", "url": "https://a.example", "query": "tea"},
         {"RASAD_MASTODON_TOKENS": '{"a.example": "t"}'}, None),
        ({"platform": "mastodon", "url": "https://b.example", "query": "tea"},
         {"RASAD_MASTODON_TOKENS": '{"a.example": "t"}'}, "RASAD_MASTODON_TOKENS"),
        ({"platform": "mastodon", "url": "https://a.example", "tag": "tea"}, {}, None),
        ({"platform": "bluesky", "tag": "tea"}, {}, "RASAD_BLUESKY_PASSWORD"),
        ({"platform": "bluesky", "tag": "tea"},
         {"RASAD_BLUESKY_IDENTIFIER": "sara.example", "RASAD_BLUESKY_PASSWORD": "p"}, None),
        ({"platform": "bluesky", "account": "sara.example"}, {}, None),
        ({"platform": "feed", "url": "https://a.example/rss"}, {}, None),
    ],
)  # fmt: skip
def test_what_a_source_lacks_is_named(
    make: Make, values: dict[str, Any], environ: dict[str, str], expected: str | None
) -> None:
    """Only where its timeline needs it and it is not set for its server."""
    source = Source.model_validate({"name": "s", **values})

    assert lacking(make(environ=environ), source) == expected


def test_accounts_without_a_source_are_found(make: Make) -> None:
    """One is read by its own source, also through another server; a tag of its server reads nobody."""
    rival = Brand(
        name="Golbarg",
        accounts=("@golbarg@a.example", "@sara@b.example", "telegram:golbarg_tea", "eitaa:golbarg"),
    )
    project = make(
        Source(name="one", platform="mastodon", url="https://c.example", account="@Golbarg@a.example"),
        Source(name="two", platform="telegram", url="https://t.me", account="Golbarg_Tea"),
        Source(name="three", platform="mastodon", url="https://b.example", tag="sara"),
        rivals=(rival,),
    )

    assert [(brand.name, account) for brand, account, _ in unheard(project)] == [
        ("Golbarg", "@sara@b.example"), ("Golbarg", "eitaa:golbarg"),
    ]  # fmt: skip
    for _, _, values in unheard(project):
        edit.add_source(project.folder, Source.model_validate({**values, "name": free_name(values, set())}))
    assert unheard(load(project.folder, environ={})) == []
