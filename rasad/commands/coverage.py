"""`rasad sources coverage`: how much of what each source posted was heard, and why the rest was not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from rasad.commands.options import Json, Project, Quiet, Since, Until, screen_for
from rasad.usage import unknown

if TYPE_CHECKING:
    from answers.heard import Heard, SourceHeard
    from answers.listening import Reason
    from posts.selection import Selection
    from rasad.project import Opened
    from rasad.screen import Screen
    from trends.recapture import Amount, Share

LISTED = 20


def coverage(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="Name of a source; all without it.")] = None,
    project: Project = None,
    since: Since = None,
    until: Until = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Show how much of what was posted in the last 7 days was heard, what is missing, and why."""
    from answers.heard import heard
    from rasad.commands.options import selection
    from rasad.project import choose, opened

    settings = choose(project or context.obj)
    screen = screen_for(settings, json=json, quiet=quiet)
    names = [source.name for source in settings.sources]
    if name is not None and name not in names:
        raise unknown("source", name, names)
    with opened(settings) as at:
        meant = selection(settings, at.now, since=since, until=until, source=name)
        found = heard(at.asking(), meant).value
        if json:
            screen.rows(_rows(found, at, meant))
            return
    if not found.sources:
        screen.news(screen.text("empty.sources", name=settings.project.name))
        return
    _show(found, screen)


def _rows(found: Heard, at: Opened, meant: Selection) -> list[dict[str, Any]]:
    """One object a source, and one for all together where there are several."""
    rows = [_row(source) for source in found.sources]
    if meant.source is None and len(rows) != 1:
        rows.append(
            {
                "source": None,
                **_numbers(found.heard, found.missing),
                "posts": found.posts.value,
                "deleted": found.deleted,
                "untold": list(found.untold),
                "as_of": at.now,
            }
        )
    return rows


def _row(source: SourceHeard) -> dict[str, Any]:
    return {
        "source": source.source,
        **_numbers(source.heard, source.missing),
        "known": source.known,
        "posts": source.posts.value,
        "deleted": source.deleted,
        "reasons": [_reason(reason) for reason in source.reasons],
        "buckets": [
            {
                "start": cell.start,
                "end": cell.end,
                "posts": cell.posts.value,
                "missing": cell.missing,
                "deleted": cell.deleted,
                "share": {
                    "collected": cell.parts.collected,
                    "missing": cell.parts.missing,
                    "silent": cell.parts.silent,
                    "deleted": cell.parts.deleted,
                },
            }
            for cell in source.cells
        ],
    }


def _numbers(share: Share, missing: Amount | None) -> dict[str, Any]:
    return {
        "heard": share.share,
        "heard_low": share.low,
        "heard_high": share.high,
        "method": share.method,
        "missing": missing.value if missing else None,
        "missing_low": missing.low if missing else None,
        "missing_high": missing.high if missing else None,
    }


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "why": reason.why,
        "since": reason.since,
        "until": reason.until,
        "posts": reason.posts,
        "run": reason.run_id or None,
        "said": reason.said or None,
    }


def _show(found: Heard, screen: Screen) -> None:
    """A table of sources, and below it the longest reasons."""
    screen.table(
        ["source", "heard", "posts", "missing", "deleted", "method"],
        [
            [
                source.source,
                _share(source.heard, screen),
                screen.number(source.posts.value),
                screen.number(round(source.missing.value)) if source.missing and source.known else "-",
                screen.number(source.deleted),
                screen.common(f"heard.method.{source.heard.method}"),
            ]
            for source in found.sources
        ],
        right=(2, 3, 4),
    )
    reasons = [reason for source in found.sources for reason in source.reasons]
    longest = sorted(reasons, key=lambda each: each.since - each.until)[:LISTED]
    if longest:
        screen.say()
        screen.table(
            ["source", "from", "until", "reason"],
            [
                [
                    reason.source,
                    screen.moment(reason.since),
                    screen.moment(reason.until),
                    " ".join([screen.common(f"missing.{reason.why}"), reason.said]).strip(),
                ]
                for reason in sorted(longest, key=lambda each: each.since)
            ],
        )


def _share(share: Share, screen: Screen) -> str:
    from words import digits

    if share.share is None:
        if share.high is None:
            return screen.common("heard.unknown")
        return screen.common("heard.at_most", high=digits.part(share.high, screen.language))
    told = [digits.part(each, screen.language) for each in (share.share, share.low, share.high)]
    if share.low == share.high:
        return told[0]
    return screen.common("heard.between", share=told[0], low=told[1], high=told[2])
