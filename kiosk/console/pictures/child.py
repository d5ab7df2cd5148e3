"""A process of its own that makes one picture anew: what a decoder can be made to do, it does here, and to nobody.

It begins with an empty environment, reads the picture from its standard input, and shuts itself in before it decodes:
no file, no socket and no process can be opened any more, memory and processor are counted. The standard output is then
a plain JPEG (baseline, at most ``LONGEST`` a side, no remarks), or nothing. It knows nothing else of ours, and no key.
"""

import ctypes
import io
import os
import platform
import resource
import signal
import struct
import sys

from PIL import Image

LONGEST = 2400  # pixels of a side as shown
MOST_PIXELS = 40_000_000
MOST_BYTES = 2 * 1024 * 1024  # of what comes in
MOST_MADE = 4 * 1024 * 1024
MEMORY = 200 * 1024 * 1024
SECONDS = 0.8  # of a processor, once it is shut in
CANNOT_SHUT, CANNOT = 2, 3  # how it ends when it makes none; Python itself says 1

# What a decoder needs, by the kernel's numbers: read, write, memory, signals, time, chance, the end.
_CALLS = {
    "x86_64": (
        0xC000003E,
        (0, 1, 3, 5, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 28, 60, 96, 131, 202, 219, 228, 231, 318),
    ),
    "aarch64": (
        0xC00000B7,
        (57, 62, 63, 64, 80, 93, 94, 98, 113, 124, 128, 132, 134, 135, 139, 169, 214, 215, 216, 222, 226, 233, 278),
    ),
}
_LOAD, _JUMP_IF_EQUAL, _GIVE = 0x20, 0x15, 0x06  # of the kernel's own small language (BPF)
_ALLOWED, _REFUSED = 0x7FFF0000, 0x00050001  # refused: EPERM
_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2


def plain(data: bytes) -> bytes:
    """The picture as a baseline JPEG without anything beside it. OSError or ValueError when it cannot be made."""
    with Image.open(io.BytesIO(data), formats=("JPEG",)) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise ValueError("larger than any camera's here")
        opened.draft("RGB", (LONGEST, LONGEST))
        picture = opened.convert("RGB")
    picture.info = {}
    picture.thumbnail((LONGEST, LONGEST))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=88, progressive=False, optimize=False)
    return out.getvalue()


def shut_in() -> None:
    """From here on: memory, the processor, and what came in. OSError where the kernel does not let us."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, MOST_MADE),
        (resource.RLIMIT_CPU, 3),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(what, (most, most))
    signal.setitimer(signal.ITIMER_PROF, SECONDS)  # nobody handles it: the kernel ends us
    machine, calls = _CALLS[platform.machine()]
    rules = [(_LOAD, 0, 0, 4), (_JUMP_IF_EQUAL, 1, 0, machine), (_GIVE, 0, 0, _REFUSED), (_LOAD, 0, 0, 0)]
    left = len(calls)
    for call in calls:
        rules.append((_JUMP_IF_EQUAL, left, 0, call))
        left -= 1
    rules += [(_GIVE, 0, 0, _REFUSED), (_GIVE, 0, 0, _ALLOWED)]
    words = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *rule) for rule in rules))
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(rules), ctypes.addressof(words)))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl.argtypes = (ctypes.c_int, ctypes.c_ulong, ctypes.c_void_p, ctypes.c_ulong, ctypes.c_ulong)
    for said in ((_NO_NEW_PRIVILEGES, 1, None, 0, 0), (_SECCOMP, _FILTER, program, 0, 0)):
        if libc.prctl(*said) != 0:
            raise OSError(ctypes.get_errno(), "prctl")


def main() -> int:
    plain(_tried())  # what is read when it is first needed is read now
    data = sys.stdin.buffer.read(MOST_BYTES + 1)
    try:
        shut_in()
    except (OSError, KeyError, ValueError):
        return CANNOT_SHUT
    sys.excepthook = lambda *_: os._exit(CANNOT)  # whatever else a decoder says, it is this picture's doing
    try:
        made = plain(data) if len(data) <= MOST_BYTES else b""
    except (OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError):
        return CANNOT
    os.write(sys.stdout.fileno(), made)
    return 0 if made else CANNOT


def _tried() -> bytes:
    out, remarks = io.BytesIO(), Image.Exif()
    remarks[0x0112] = 1  # an orientation: reading remarks is another module's
    Image.new("CMYK", (8, 8)).save(out, "JPEG", exif=remarks.tobytes())
    return out.getvalue()


if __name__ == "__main__":
    os._exit(main())  # nothing is tidied up: what was decoded may have left anything behind
