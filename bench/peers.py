"""The allocators that winmem is compared with, as Debian packages them, and winmem's own to preload."""

import glob
import os

FOLDERS = ["/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib"]
LIBRARIES = {
    "mimalloc": "libmimalloc.so.2",
    "jemalloc": "libjemalloc.so.2",
    "tcmalloc": "libtcmalloc_minimal.so.4",
}


def find_library(name):
    return next((path for path in (os.path.join(folder, name) for folder in FOLDERS) if os.path.exists(path)), None)


def find_peers():
    """{allocator: what to preload}. Of glibc it is libc itself: so its malloc also goes before one that a program is
    linked with, as Debian's redis-server is with jemalloc."""
    found = {"glibc": find_library("libc.so.6")}
    found.update({name: find_library(library) for name, library in LIBRARIES.items()})
    missing = [name for name, library in found.items() if library is None]
    if missing:
        raise SystemExit(f"bench: not installed: {' '.join(missing)} (script/setup bench)")
    return found


def find_winmem_malloc(build):
    """The library of the build, or None if it makes none."""
    found = sorted(glob.glob(os.path.join(os.path.abspath(build), "libwinmem-malloc.so")))
    return found[0] if found else None
