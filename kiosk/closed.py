"""A process that may hold keys or a patient keeps its memory to itself: no core file, no debugger of its own account.

Also where the machine hands crashes to a program (``core_pattern`` with a pipe), which a limit on core files does not
stop. Whoever rules the machine (root) reads it all the same.
"""

import ctypes
import resource
import sys

_SET_DUMPABLE = 4  # prctl(2)


def keep_closed() -> None:
    """Close this process; its forks are closed too, a program it executes has to close itself."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux" and ctypes.CDLL(None, use_errno=True).prctl(_SET_DUMPABLE, 0, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_DUMPABLE)")
