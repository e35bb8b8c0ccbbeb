"""The command line: which verbs there are, and with which code each way to fail ends.

0 is well, 1 failed, 2 wrong use (also a project file or a query that cannot be read). Nobody is shown
a traceback; the one that nobody expected is kept in `RASAD_HOME/logs`.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from typing import Annotated

import typer

from rasad import __version__
from rasad.commands import (
    adding,
    asking,
    audience,
    basket,
    bursts,
    checking,
    collecting,
    comparing,
    crossings,
    foretelling,
    forgetting,
    gaining,
    hashtags,
    judging,
    labelling,
    letters,
    machine,
    mood,
    moving,
    projects,
    queries,
    reading,
    reporting,
    sources,
    tags,
    trends,
    why,
    wording,
)  # fmt: skip
from rasad.escapes import visible_lines
from rasad.usage import Asks, WrongUse

app = typer.Typer(
    name="rasad",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Rasad listens to public posts and shows what rises, who carries it and how; Persian and English.",
    epilog="Exit codes: 0 well, 1 failed, 2 wrong use. Projects live in RASAD_HOME.",
)


def _version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"rasad {__version__}\n")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and end.")
    ] = False,
) -> None:
    pass


app.command()(projects.run)
app.command()(projects.demo)
app.command()(projects.init)
sources.app.command()(adding.add)
sources.app.command()(adding.backfill)
app.add_typer(sources.app, name="sources")
app.add_typer(queries.app, name="queries")
app.command()(collecting.collect)
app.command("import")(collecting.import_file)
app.command(cls=Asks)(asking.search)
app.command(cls=Asks)(asking.count)
app.command(cls=Asks)(foretelling.forecast)
app.command(cls=Asks)(judging.backtest)
app.command(cls=Asks)(trends.trends)
app.command(cls=Asks)(asking.influencers)
app.command(cls=Asks)(basket.related)
app.command()(basket.basket)
app.command()(basket.draft)
app.command(cls=Asks)(asking.export)
app.command()(tags.families)
app.command()(hashtags.hashtags)
app.command(cls=Asks)(bursts.bursts)
app.command()(comparing.compare)
app.command(cls=Asks)(wording.words)
app.command(cls=Asks)(why.why)
app.command(cls=Asks)(audience.audience)
app.command(cls=Asks)(crossings.crossings)
app.command(cls=Asks)(mood.mood)
app.command()(machine.machine)
labelling.app.command()(mood.train)
app.command(cls=Asks)(gaining.movers)
app.command(cls=Asks)(gaining.accounts)
app.command()(reading.read)
app.add_typer(reporting.app, name="report")
app.command()(reporting.verify)
app.command()(labelling.label)
app.add_typer(labelling.app, name="labels")
app.add_typer(letters.app, name="deadletters")
app.command()(forgetting.forget)
app.command()(forgetting.retention)
app.command()(moving.backup)
app.command()(moving.restore)
app.command()(moving.move)
app.command()(moving.rebuild)
app.command()(checking.check)


def main() -> None:
    """Carry out the command line of this process and end with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        # Persian also where the locale says ASCII; what no encoding can write is written out.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        app()
    except KeyboardInterrupt:
        _end("Stopped.", 130)
    except BrokenPipeError:
        # Whoever read us has had enough (`| head`): no message, and none at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:  # noqa: BLE001 - the outer edge: every failure becomes a message and a code
        _end(*_told(error))


def _told(error: Exception) -> tuple[str, int]:
    """The message and the exit code for what went wrong."""
    from posts.errors import ConfigError, QueryError, RasadError

    if isinstance(error, (ConfigError, QueryError, WrongUse)):
        return str(error), 2
    if isinstance(error, RasadError):
        return str(error), 1
    if isinstance(error, sqlite3.Error):
        return f"The project's state file cannot be used: {error}.", 1
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror}.", 1
    return f"{type(error).__name__}: {error}. This is a fault of Rasad's; {_kept(error)}", 1


def _kept(error: Exception) -> str:
    """Where the traceback of a fault stands."""
    from config.load import home
    from rasad.logs import open_log

    folder = home(os.environ) / "logs"
    try:
        open_log(folder, "faults").error("%s", " ".join(sys.argv[1:2]), exc_info=error)
    except OSError:
        return "its details could not be kept."
    return f"its details are in {folder / 'faults.log'}."


def _end(message: str, code: int) -> None:
    sys.stderr.write(visible_lines(message) + "\n")
    sys.exit(code)


if __name__ == "__main__":
    main()
