"""Serves the dashboard on this machine alone: ``python -m dashboard --port 8501``, from any folder.

Every setting that keeps it safe is handed over as a flag, because flags win over any
``.streamlit/config.toml`` that lies in the working folder or the home folder. Left to itself Streamlit
listens on all addresses, shows tracebacks to visitors and reports usage to its makers.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from streamlit import config
from streamlit.web import bootstrap

from dashboard import theme

APP: Final = Path(__file__).resolve().parent / "app.py"
ADDRESS: Final = "127.0.0.1"
HOSTS: Final = ("localhost", ADDRESS)


def build_options(port: int) -> dict[str, Any]:
    """Streamlit's settings for a server that only this machine reaches and that asks nobody anything."""
    return theme.OPTIONS | {
        "server_address": ADDRESS,
        "server_port": port,
        "server_headless": True,
        "server_allowedHosts": list(HOSTS),
        "server_enableCORS": True,
        "server_enableXsrfProtection": True,
        "server_enableStaticServing": True,
        "server_fileWatcherType": "none",
        "server_runOnSave": False,
        "server_maxUploadSize": 5,
        "server_maxMessageSize": 50,
        "browser_serverAddress": ADDRESS,
        "browser_gatherUsageStats": False,
        "client_showErrorDetails": "none",
        "client_showErrorLinks": False,
        "client_toolbarMode": "minimal",
        "client_disableDataExport": True,
        "global_developmentMode": False,
        "logger_level": "warning",
    }


def serve(port: int, *, project: str | None = None) -> None:
    """Serve until a signal ends it; ``project`` is the one shown first."""
    options = build_options(port)
    config._main_script_path = str(APP)
    bootstrap.load_config_options(flag_options=options)
    bootstrap.run(str(APP), False, [project] if project else [], options)


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m dashboard", description="Serve the dashboard.")
    parser.add_argument("--port", type=int, default=8501, help="port on 127.0.0.1 (default: 8501)")
    parser.add_argument("--project", help="name of the project shown first")
    chosen = parser.parse_args(arguments)
    serve(chosen.port, project=chosen.project)


if __name__ == "__main__":
    main()
