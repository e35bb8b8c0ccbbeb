"""``python -m tests.hostile --port N``: every behaviour on a port of its own, until it is interrupted."""

from __future__ import annotations

import argparse
import asyncio
import sys

from tests.hostile.server import Hostile, load


async def main(first_port: int) -> None:
    hostile = Hostile()
    load()
    await hostile.open(first_port=first_port)
    sys.stdout.write(f"the canary, which nobody may reach: http://127.0.0.1:{hostile.canary_port}/\n")
    for (name, platform), port in hostile.ports.items():
        sys.stdout.write(f"http://127.0.0.1:{port}/  {platform:10} {name}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.hostile", description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="the first of the ports")
    asyncio.run(main(parser.parse_args().port))
