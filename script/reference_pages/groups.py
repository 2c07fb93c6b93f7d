"""Which page of the reference a function stands on: by its header, and the heading above it there."""

# (file, title, what stands there). A header alone means all of it that no other page takes; with a heading's first
# words it means what stands below that heading.
PAGES = (
    ("virtual-memory", "Virtual memory", ("memoryapi.h: Regions",)),
    ("native-memory", "Virtual memory, native", ("winnt/native.h: Memory",)),
    ("giving-back", "Offers, prefetch, notifications", ("memoryapi.h: Types of the calls on whole regions",)),
    ("file-mappings", "Sections and views", ("memoryapi.h: File mappings", "winbase.h: File mappings")),
    ("native-sections", "Sections and views, native", ("winnt/native_section.h",)),
    ("query", "What is at an address", ("memoryapi.h: What is at", "psapi.h: Mapped files", "winbase.h: Pointers")),
    ("working-set", "Working sets and figures of the system",
     ("memoryapi.h: Limits of the working set", "psapi.h: Pages", "psapi.h: Counters", "sysinfoapi.h",
      "winbase.h: GlobalAlloc's flags")),
    ("numa", "NUMA nodes and processors", ("systemtopologyapi.h", "winbase.h: NUMA nodes")),
    ("heaps", "Heaps", ("heapapi.h",)),
    ("native-heaps", "Heaps, native", ("winnt/native_heap.h", "winnt/memory.h: Heaps")),
    ("global-local", "Global and local objects", ("winbase.h: Objects that may be fixed",)),
    ("c-memory", "malloc and its family",
     ("corecrt_malloc.h", "malloc.h", "new.h", "stdlib.h", "corecrt_wstdlib.h")),
    ("c-copying", "Bytes and texts of the C library",
     ("corecrt_memcpy_s.h", "corecrt_memory.h", "corecrt_wstdio.h", "corecrt_wstring.h", "mbstring.h", "string.h",
      "wchar.h", "stdio.h", "direct.h")),
    ("c-errors", "Error numbers and descriptors of the C library", ("corecrt.h", "errno.h", "io.h")),
    ("debug-heap", "The debug heap", ("crtdbg.h",)),
    ("com", "COM's memory and strings", ("combaseapi.h", "oleauto.h", "objbase.h")),
    ("copying", "Copying and filling", ("winnt/rtl_memory.h",)),
    ("exceptions", "Exceptions and the last error",
     ("errhandlingapi.h", "winnt/exception.h", "winnt/native_runtime.h: Exceptions",
      "winnt/native_runtime.h: Last error", "winternl.h: Status codes")),
    ("handles", "Handles", ("handleapi.h", "winternl.h: Handles", "winnt/native.h: Handles", "winbase.h: Handles")),
    ("files", "Files", ("fileapi.h", "winbase.h: Files", "processenv.h")),
    ("synchronization", "Events, mutexes, semaphores, waits", ("synchapi.h", "winbase.h: Events", "winbase.h: Waits")),
    ("processes", "The process, its modules and its token",
     ("processthreadsapi.h", "libloaderapi.h", "securitybaseapi.h", "winbase.h: Processes", "winbase.h: Privileges",
      "winnt/native_runtime.h", "winternl.h", "winnt/native.h")),
    ("interlocked", "Interlocked functions and intrinsics",
     ("winmem_interlocked.h", "winnt/interlocked.h", "intrin.h")),
    ("winmem", "winmem's own functions", ("winmem.h",)),
)

# Macros that are no functions to anyone, and functions of one line that other headers repeat.
NOT_SHOWN = ("minwindef.h", "windef.h", "winerror.h", "minwinbase.h", "basetsd.h", "winmem_compat.h", "winnt.h",
             "winnt/memory.h", "winnt/synchronize.h", "ntstatus.h", "winmem_abi.h", "excpt.h", "guiddef.h", "winbase.h",
             "wtypesbase.h", "wtypes.h")


class Unsorted(Exception):
    pass


def _page_of(function):
    whole = None
    for file, _, places in PAGES:
        for place in places:
            header, _, heading = place.partition(": ")
            if header != function.header:
                continue
            if heading and function.section.startswith(heading):
                return file
            if not heading:
                whole = file
    return whole


def sort_into_pages(functions):
    """Page -> its functions, all pages in order. An exported function without a page is an error."""
    pages = {file: [] for file, _, _ in PAGES}
    lost = []
    for function in functions:
        page = _page_of(function)
        if page:
            pages[page].append(function)
        elif function.exported or function.header not in NOT_SHOWN:
            lost.append(f"{function.name} ({function.header}: {function.section})")
    if lost:
        raise Unsorted(f"no page of script/reference_pages/groups.py takes {', '.join(lost)}")
    if empty := [page for page, found in pages.items() if not found]:
        raise Unsorted(f"nothing is on the page {', '.join(empty)}")
    return pages
