"""Runs a piece of Python and kills itself with SIGKILL at the so-many-th call inside Rasad's own rooms.

python dying.py AT CODE ARGUMENTS...   (AT 0: to its end, then writes how many calls there were)
"""

import os
import signal
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
ROOMS = tuple(f"{ROOT}/{room}/" for room in ("store", "rasad", "posts"))


def main(at: int, code: str, arguments: list[str]) -> None:
    seen = 0

    def count(frame: Any, event: str, _argument: Any) -> None:
        nonlocal seen
        if event == "call" and frame.f_code.co_filename.startswith(ROOMS):
            seen += 1
            if seen == at:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.argv = ["dying", *arguments]
    compiled = compile(code, "child", "exec")
    sys.setprofile(count)
    exec(compiled, {"__name__": "__main__"})
    sys.setprofile(None)
    sys.stdout.write(f"{seen}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3:])
