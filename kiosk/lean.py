"""A process that serves for months gives back what it no longer needs: the C library's own ways keep it, in holes.

Its allocator opens a heap for every few threads, and takes large buffers from them once it has seen a few come and go.
"""

import ctypes

# glibc's mallopt(3)
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8


def keep_lean(*, heaps: int, large: int, kept: int) -> None:
    """At most so many heaps; a buffer of ``large`` bytes has pages of its own; ``kept`` free bytes end a heap.

    To be called before there are threads. Another C library does as it does.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        for what, value in ((_ARENA_MAX, heaps), (_MMAP_THRESHOLD, large), (_TRIM_THRESHOLD, kept)):
            mallopt(what, value)
