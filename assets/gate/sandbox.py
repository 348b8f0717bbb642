"""Locks the worker in before it looks at a stranger's file: memory, time, no network, no programs, no files but its own.

Three layers of the Linux kernel that need no privileges. Where one is missing (another system, an old kernel) the others
stay, and `enter` says which hold.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import sys
from collections.abc import Iterable
from pathlib import Path

ADDRESS_SPACE_BYTES = 1024**3
USD_ADDRESS_SPACE_BYTES = 2 * 1024**3  # Pixar's library reserves 1.1 GiB before it opens anything; it uses 0.15
CPU_S = 10
FILE_BYTES = 256 * 1024**2
_NO_NEW_PRIVS, _SET_SECCOMP, _FILTER = 38, 22, 2
_DENY, _ALLOW = 0x00050000 | 1, 0x7FFF0000  # EPERM; go on
# Machine -> (audit number, socket, connect, execve, execveat, ptrace, io_uring_setup, bind, sendto).
_CALLS = {
    "x86_64": (0xC000003E, 41, 42, 59, 322, 101, 425, 49, 44),
    "aarch64": (0xC00000B7, 198, 203, 221, 281, 117, 425, 200, 206),
}
_X32 = 0x40000000  # x86-64's second numbering of the same calls
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_READ = 1 << 2 | 1 << 3  # files and folders
_ALL_V1 = (1 << 13) - 1  # everything the first version of Landlock can forbid
_TRUNCATE = 1 << 14  # since its third
_WRITE = 1 << 1 | 1 << 5 | 1 << 8  # files: write, remove, make


class _Instruction(ctypes.Structure):
    _fields_ = [("code", ctypes.c_ushort), ("true", ctypes.c_ubyte), ("false", ctypes.c_ubyte), ("k", ctypes.c_uint32)]


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.POINTER(_Instruction))]


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32)]


def enter(readable: Iterable[Path], address_space_bytes: int = ADDRESS_SPACE_BYTES, cpu_s: int = CPU_S,
          writable: Path | None = None) -> tuple[str, ...]:
    """Lock this process in for good. readable: files and folders it may still read, besides Python's own; writable: a folder
    in which it may make and change files, too.

    Gives the layers that hold, of "limits", "files", "calls".
    """
    limits(address_space_bytes, cpu_s)
    held = ["limits"]
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0)
        if _only_files(libc, [*readable, *_library_folders()], writable):
            held.append("files")
        if _no_calls(libc):
            held.append("calls")
    return tuple(held)


def limits(address_space_bytes: int = ADDRESS_SPACE_BYTES, cpu_s: int = CPU_S) -> None:
    """Hard limits on memory, processor time, written bytes and open files; no core dump."""
    for what, most in ((resource.RLIMIT_AS, address_space_bytes), (resource.RLIMIT_CPU, cpu_s),
                       (resource.RLIMIT_FSIZE, FILE_BYTES), (resource.RLIMIT_NOFILE, 64), (resource.RLIMIT_CORE, 0)):
        hard = resource.getrlimit(what)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        # A second more for time: the soft limit's signal says what happened, the hard one's only kills.
        resource.setrlimit(what, (most, most + 1 if what == resource.RLIMIT_CPU and most < hard else most))


def _library_folders() -> list[Path]:
    """Where modules and shared libraries lie. The folder that holds this program gives only its package."""
    package = Path(__file__).resolve().parents[1]
    folders = [Path(p).resolve() for p in (*sys.path, sys.prefix, sys.base_prefix) if p]
    found = [f for f in folders if f != package.parent]
    found.append(package)
    found += [Path(p) for p in ("/usr/lib", "/lib", "/lib64", "/usr/local/lib", "/etc/ld.so.cache", "/dev/urandom")]
    return found


def _only_files(libc: ctypes.CDLL, paths: list[Path], writable: Path | None) -> bool:
    version = libc.syscall(_CREATE_RULESET, None, 0, 1)
    if version < 1:
        return False
    handled = ctypes.c_uint64(_ALL_V1 | (_TRUNCATE if version >= 3 else 0))
    rules = libc.syscall(_CREATE_RULESET, ctypes.byref(handled), 8, 0)
    if rules < 0:
        return False
    try:
        more = _WRITE | (_TRUNCATE if version >= 3 else 0)
        for path in [*paths, *([writable] if writable else [])]:
            try:
                folder = os.open(path, os.O_PATH | os.O_CLOEXEC)
            except OSError:
                continue
            allowed = (_READ if path.is_dir() else 1 << 2) | (more if path == writable else 0)
            libc.syscall(_ADD_RULE, rules, 1, ctypes.byref(_Beneath(allowed, folder)), 0)
            os.close(folder)
        return bool(libc.syscall(_RESTRICT_SELF, rules, 0) == 0)
    finally:
        os.close(rules)


def _no_calls(libc: ctypes.CDLL) -> bool:
    """Sockets, programs, tracing: refused by the kernel with "not permitted"."""
    known = _CALLS.get(platform.machine())
    if known is None:
        return False
    audit, *denied = known
    load, equal, at_least, give = 0x20, 0x15, 0x35, 0x06
    steps = [(load, 0, 0, 4), (equal, 1, 0, audit), (give, 0, 0, _DENY), (load, 0, 0, 0)]
    steps += [(at_least, 0, 1, _X32), (give, 0, 0, _DENY)]
    for call in denied:
        steps += [(equal, 0, 1, call), (give, 0, 0, _DENY)]
    steps.append((give, 0, 0, _ALLOW))
    listing = (_Instruction * len(steps))(*(_Instruction(*s) for s in steps))
    program = _Program(len(steps), listing)
    return bool(libc.prctl(_SET_SECCOMP, _FILTER, ctypes.byref(program), 0, 0) == 0)
