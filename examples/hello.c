/* The first program: a gigabyte of address space, one page of memory in it. */
#include <stdio.h>
#include <windows.h>

int main(void) {
  char* space = VirtualAlloc(NULL, 1 << 30, MEM_RESERVE, PAGE_NOACCESS);
  char* page = VirtualAlloc(space + 0x100000, 4096, MEM_COMMIT, PAGE_READWRITE);
  MEMORY_BASIC_INFORMATION info;

  if (!space || !page)
    return printf("error %u\n", (unsigned)GetLastError()), 1;
  sprintf(page, "hello from the page at +0x%x", (unsigned)(page - space));
  puts(page);

  VirtualQuery(page + 4096, &info, sizeof info);
  printf("after it: %s, %u KiB\n", info.State == MEM_RESERVE ? "reserved" : "something else",
         (unsigned)(info.RegionSize / 1024));
  return VirtualFree(space, 0, MEM_RELEASE) ? 0 : 1;
}
