"""Runs a command that dies with the process that started it, also when that one is killed with -9.

Run as a file by a bare interpreter, so it imports nothing of Rasad: it ties itself to its parent and
then becomes the command. Linux has this in the kernel (PR_SET_PDEATHSIG, which outlives an exec);
elsewhere the loops of the children look at their parent themselves.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def hold(parent: int) -> None:
    """Tie this process to ``parent``; ends at once if that has died already."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(1)


if __name__ == "__main__":
    hold(int(sys.argv[1]))
    os.execv(sys.argv[2], sys.argv[2:])
