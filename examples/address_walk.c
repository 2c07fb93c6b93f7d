/* A walk over the whole address space, region by region, as debuggers, garbage collectors and leak finders do it.
   Addresses differ from run to run, so the program prints only its own allocation, by offset, and what it checked. */

#include <stdio.h>
#include <windows.h>

enum { PAGE = 4096 };

static const char* state_name(DWORD state) {
  return state == MEM_COMMIT ? "commit" : state == MEM_RESERVE ? "reserve" : "free";
}

static const char* protect_name(DWORD protect) {
  switch (protect) {
  case 0:
    return "-";
  case PAGE_NOACCESS:
    return "no access";
  case PAGE_READONLY:
    return "read";
  case PAGE_READWRITE:
    return "read, write";
  case PAGE_EXECUTE_READ:
    return "read, execute";
  default:
    return "other";
  }
}

int main(void) {
  MEMORY_BASIC_INFORMATION info;
  const char* address = NULL;
  unsigned gaps = 0, mine = 0, code = 0, stack = 0;
  DWORD before;

  /* Sixteen pages: four are committed, one of them is made read-only, and a fifth has no access. */
  char* base = VirtualAlloc(NULL, 16 * PAGE, MEM_RESERVE, PAGE_READWRITE);
  if (!base || !VirtualAlloc(base + 2 * PAGE, 4 * PAGE, MEM_COMMIT, PAGE_READWRITE) ||
      !VirtualAlloc(base + 10 * PAGE, PAGE, MEM_COMMIT, PAGE_NOACCESS) ||
      !VirtualProtect(base + 4 * PAGE, PAGE, PAGE_READONLY, &before))
    return 1;

  printf("  offset     size  state    protection\n");
  while (VirtualQuery(address, &info, sizeof info) == sizeof info) {
    const char* start = info.BaseAddress;
    if (start != address)
      ++gaps; /* regions follow each other without holes and without overlaps */
    if (info.AllocationBase == base) {
      printf("%#8x %#8x  %-7s  %s\n", (unsigned)(start - base), (unsigned)info.RegionSize, state_name(info.State),
             protect_name(info.Protect));
      mine += (unsigned)info.RegionSize;
    }
    if (start <= (const char*)(ULONG_PTR)main && (const char*)(ULONG_PTR)main < start + info.RegionSize)
      code = info.Type == MEM_IMAGE && info.Protect == PAGE_EXECUTE_READ;
    if (start <= (const char*)&info && (const char*)&info < start + info.RegionSize)
      stack = info.State == MEM_COMMIT && info.Protect == PAGE_READWRITE;
    address = start + info.RegionSize;
  }

  printf("the allocation's regions add up to %u bytes\n", mine);
  printf("the walk ended at %#llx, error %u, with %u gaps\n", (unsigned long long)(ULONG_PTR)address,
         (unsigned)GetLastError(), gaps);
  printf("this program's code is an image that can be read and executed: %s\n", code ? "yes" : "no");
  printf("this thread's stack is committed memory: %s\n", stack ? "yes" : "no");
  return VirtualFree(base, 0, MEM_RELEASE) ? 0 : 1;
}
