"""The arrows between the rooms of src/: who may include whom, who may talk to the kernel, and complete READMEs.

A room includes only rooms below it. Only host includes the system's headers and makes system calls. Windows' own types
begin at nt. These are the rules that keep a change in one room from surprising another.
"""

import pathlib
import re

from .source import Finding, code_only, lines_of

# A higher number is a higher room. Equal numbers are neighbours, who do not know each other.
RANK = {
    "base": 0,
    "host": 1,
    **{"vm": 2, "object": 2},
    "exception": 3,
    **{"section": 4, "heap": 4, "sync": 4, "file": 4, "process": 4, "text": 4},
    "nt": 5,
    **{"win32": 6, "crt": 6},
    "exports": 7,
}
FIRST_WITH_WINDOWS_TYPES = RANK["nt"]
WITH_WINDOWS_TYPES = {"exception"}  # its trade: signals become EXCEPTION_RECORDs

# <...> outside host: the language's own headers, the processor's, and the intrusive containers that were chosen for
# this. Not among them: what needs the C++ library at run time (thread, iostream, string), allocates, or sees errno.
LANGUAGE_HEADERS = frozenset(
    "algorithm array atomic bit cassert cfloat climits compare concepts cstdarg cstddef cstdint cstring functional "
    "initializer_list iterator limits memory new numeric optional ranges span string_view tuple type_traits utility "
    "variant version stdarg.h stddef.h stdint.h immintrin.h x86intrin.h cpuid.h".split()
)
LIBRARY_PREFIX = "boost/intrusive/"

# Calls into the kernel by libc's names. The second set are ordinary words as well, so only `::read(` counts.
SYSTEM_CALLS = (
    "syscall mmap mmap64 mremap munmap mprotect pkey_mprotect madvise process_madvise mincore mlock mlock2 "
    "munlock mlockall "
    "munlockall msync brk sbrk ioctl futex membarrier userfaultfd memfd_create memfd_secret ftruncate fallocate "
    "posix_fallocate flock fcntl pread pwrite preadv pwritev readv writev process_vm_readv process_vm_writev openat "
    "sigaction sigprocmask pthread_sigmask sigaltstack fork vfork clone execve prctl arch_prctl getrlimit setrlimit "
    "sched_yield sched_getaffinity sched_setaffinity nanosleep clock_gettime epoll_wait eventfd shm_open dup3 "
    "getpid gettid getauxval sysconf dlopen dlsym dladdr dl_iterate_phdr pthread_create pthread_atfork "
    "pthread_mutex_lock".split()
)
AMBIGUOUS_CALLS = "open read write close dup poll select kill raise abort exit malloc free calloc realloc".split()

_CALL = re.compile(r"(?<![\w.>:])(?:::\s*)?\b(" + "|".join(SYSTEM_CALLS) + r")\s*\(")
_GLOBAL_CALL = re.compile(r"(?<![\w>])::\s*(" + "|".join(AMBIGUOUS_CALLS) + r")\s*\(")
_INCLUDE = re.compile(r'^\s*#\s*(?:include|include_next)\s*(["<])([^">]+)[">]')
_SYSCALL_INSTRUCTION = re.compile(r"\b(__asm__|asm|__asm)\b.*\bsyscall\b")


def check(top):
    """Everything about src/, as a list of findings."""
    src = top / "src"
    sdk = {path.name for path in (top / "include").glob("*.h")}
    findings = []
    for room in sorted(path for path in src.iterdir() if path.is_dir()) if src.is_dir() else []:
        if room.name not in RANK:
            findings.append(Finding(room, 0, f"unknown room; give it a place in {pathlib.Path(__file__).name}'s RANK"))
            continue
        files = sorted(path for path in room.rglob("*") if path.is_file() and path.name != "README.md")
        for path in files:
            if path.suffix in (".h", ".cpp", ".inc", ".S", ".c"):
                findings += _check_source(src, room.name, path, sdk)
        findings += _check_readme(room, files)
    return findings


def _check_source(src, room, path, sdk):
    for number, line in enumerate(lines_of(path), start=1):
        include = _INCLUDE.match(line)
        if include:
            text = _wrong_include(src, room, path, include[1] == '"', include[2], sdk)
            if text:
                yield Finding(path, number, text)
    if room == "host":
        return
    for number, line in enumerate(code_only(path), start=1):
        call = _GLOBAL_CALL.search(line) or _CALL.search(line)
        if call:
            yield Finding(path, number, f"{call[1]}() outside src/host: ask host for it")
    for number, line in enumerate(lines_of(path), start=1):
        if _SYSCALL_INSTRUCTION.search(line):
            yield Finding(path, number, "a syscall instruction outside src/host")


def _wrong_include(src, room, path, quoted, name, sdk):
    """What is wrong with an #include, or None."""
    if quoted:
        target = _room_of(src, path, name)
        if target is None:
            if name in sdk:
                return f'"{name}" is an SDK header: include it with <>'
            return f'cannot tell which room "{name}" belongs to'
        if target == room:
            return None
        if target not in RANK:
            return f'"{name}" is in an unknown room'
        if RANK[target] >= RANK[room]:
            return f'"{name}": {room} may not know {target} (arrows point down: {" < ".join(_order())})'
        return None
    if name in sdk or name.startswith("winnt/"):
        if RANK[room] < FIRST_WITH_WINDOWS_TYPES and room not in WITH_WINDOWS_TYPES:
            return f"<{name}>: Windows' types begin at nt; below it the words are ours"
        return None
    if room == "host" or name in LANGUAGE_HEADERS or name.startswith(LIBRARY_PREFIX):
        return None
    return f"<{name}> outside src/host: system headers and what needs libstdc++ stay out of the other rooms"


def _room_of(src, path, name):
    """The room of a file included by a path relative to the including file or to src/."""
    for base in (path.parent, src):
        target = (base / name).resolve()
        if target.is_relative_to(src.resolve()) and target.exists():
            return target.relative_to(src.resolve()).parts[0]
    return None


def _order():
    by_rank = {}
    for room, rank in RANK.items():
        by_rank.setdefault(rank, []).append(room)
    return [",".join(rooms) for _, rooms in sorted(by_rank.items())]


def _check_readme(room, files):
    readme = room / "README.md"
    if not files:
        return
    if not readme.exists():
        yield Finding(room, 0, "no README.md")
        return
    text = readme.read_text(encoding="utf-8")
    for path in files:
        if "__pycache__" in path.parts:
            continue
        # Its name, its pair's (pool.h names pool.cpp as well), or the stem alone in backticks.
        stem = re.escape(path.stem)
        if not re.search(rf"\b{re.escape(path.name)}\b|\b{stem}\.(h|cpp|\*|\{{)|`{stem}`", text):
            yield Finding(readme, 0, f"does not name {path.name}")
