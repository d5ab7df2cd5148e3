"""What this process gives up before it sees a picture: network, other processes, files, memory without bound.

With what any process may do to itself: seccomp (through libseccomp), Landlock (through its three system calls, which
need no library), limits. A mount of its own, a user of its own and read-only disks are the image's.
"""

import ctypes
import os
import resource
import signal
import sys
from collections.abc import Iterable
from pathlib import Path

from kiosk.closed import keep_closed

_MEMORY = 1_200_000_000  # bytes of its own; models and a full film need half
_FILES = 256
_NO_NEW_PRIVILEGES, _DIES_WITH_PARENT = 38, 1  # prctl(2)

# seccomp(3): what is refused with EPERM; all else is allowed, as three large libraries and their drivers need much.
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | 1
_EQUAL, _OTHER = 4, 1  # SCMP_CMP_EQ, SCMP_CMP_NE
_REFUSED = (
    *("ptrace", "process_vm_readv", "process_vm_writev", "pidfd_getfd", "pidfd_send_signal", "kcmp"),
    *("rt_sigqueueinfo", "rt_tgsigqueueinfo", "keyctl", "add_key", "request_key", "bpf", "perf_event_open"),
    *("io_uring_setup", "userfaultfd", "mount", "umount2", "pivot_root", "chroot", "unshare", "setns", "open_tree"),
    *("move_mount", "fsopen", "init_module", "finit_module", "delete_module", "kexec_load", "open_by_handle_at"),
    *("swapon", "swapoff", "reboot", "sethostname", "settimeofday", "clock_settime"),
)
_STARTING = ("socket", "connect", "execve", "execveat", "kill")
# Families of sockets that leave the machine or reach the kernel's depths; the rest is what rpicam-vid finds cameras by.
_FAR = (2, 10, 17, 21, 29, 30, 31, 38, 40, 44)  # INET, INET6, PACKET, RDS, CAN, TIPC, BLUETOOTH, ALG, VSOCK, XDP

# landlock(7): what each version adds; the numbers of the system calls are the same on every architecture we run on.
_CREATE, _ADD, _RESTRICT = 444, 445, 446
_EXECUTE, _WRITE, _READ, _LIST, _IOCTL = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 15
_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
_SYSTEM = ("/usr", "/lib", "/lib64", "/bin", "/sys", "/etc/ld.so.cache", "/etc/localtime", "/run/udev")
_PROC = ("/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat")


class _Compared(ctypes.Structure):
    _fields_ = (("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64))


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("beyond", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def confine(*, reads: Iterable[Path], films_anything: bool, starts_programs: bool) -> list[str]:
    """Give it all up; say what holds. Before any thread is there: what Landlock takes, it takes from this one.

    ``films_anything``: a film of the demonstration lies anywhere; ``starts_programs``: a camera that a program reads.
    """
    keep_closed()
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_DIES_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
    for what, most in (("DATA", _MEMORY), ("FSIZE", 0), ("NOFILE", _FILES)):
        resource.setrlimit(getattr(resource, f"RLIMIT_{what}"), (most, most))
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        return ["memory"]
    holds = ["memory"]
    if not films_anything and _keeps_to(libc, [Path(one) for one in (*_SYSTEM, *_PROC)] + list(reads)):
        holds.append("files")
    if _is_alone(starts_programs=starts_programs):
        holds.append("network")
    return holds


def _is_alone(*, starts_programs: bool) -> bool:
    """No network, no other process, no program (seccomp). False where libseccomp is missing."""
    try:
        seccomp = ctypes.CDLL("libseccomp.so.2")
    except OSError:
        return False
    seccomp.seccomp_init.restype = ctypes.c_void_p
    rules = ctypes.c_void_p(seccomp.seccomp_init(ctypes.c_uint32(_ALLOW)))

    def refuse(name: str, *compared: _Compared) -> bool:
        number = seccomp.seccomp_syscall_resolve_name(name.encode())
        array = (_Compared * len(compared))(*compared)
        # One that this machine's architecture does not have needs no refusing.
        return number < 0 or not seccomp.seccomp_rule_add_array(rules, _REFUSE, number, len(compared), array)

    good = [refuse(name) for name in _REFUSED]
    good.append(refuse("prlimit64", _Compared(0, _OTHER, 0, 0)))
    if starts_programs:
        good += [refuse("socket", _Compared(0, _EQUAL, family, 0)) for family in _FAR]
    else:
        good += [refuse(name) for name in _STARTING]
        good.append(refuse("tgkill", _Compared(0, _OTHER, os.getpid(), 0)))
    return all(good) and seccomp.seccomp_load(rules) == 0


def _keeps_to(libc: ctypes.CDLL, reads: list[Path]) -> bool:
    """Read nothing but these, write nothing but devices (Landlock). False where the kernel has none."""
    version = libc.syscall(_CREATE, None, 0, 1)
    if sys.platform != "linux" or version < 1:
        return False
    rights = next(_RIGHTS[one] for one in sorted(_RIGHTS, reverse=True) if one <= version)
    ruleset = _Ruleset(rights, 0b11, 0b11)  # TCP; signals and abstract sockets of who is outside
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    handle = libc.syscall(_CREATE, ctypes.byref(ruleset), size, 0)
    if handle < 0:
        return False
    try:
        good = [_may(libc, handle, path, (_READ | _LIST | _EXECUTE) & rights) for path in reads]
        good.append(_may(libc, handle, Path("/dev"), (_READ | _LIST | _WRITE | _IOCTL) & rights))
        return all(good) and libc.syscall(_RESTRICT, handle, 0) == 0
    finally:
        os.close(handle)


def _may(libc: ctypes.CDLL, handle: int, path: Path, rights: int) -> bool:
    if not path.exists():
        return True
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if not path.is_dir():
            rights &= _EXECUTE | _WRITE | _READ | _IOCTL
        beneath = _Beneath(rights, place)
        return bool(libc.syscall(_ADD, handle, 1, ctypes.byref(beneath), 0) == 0)
    finally:
        os.close(place)
