/* A page of memory, as any Windows program gets it. Prints "ok" when every answer is right. */
#include <windows.h>

#include <stdio.h>

int main(void) {
  MEMORY_BASIC_INFORMATION info;
  char* page = VirtualAlloc(NULL, 4096, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
  if (page == NULL)
    return 1;
  page[0] = 'x';
  if (VirtualQuery(page, &info, sizeof info) != sizeof info || info.State != MEM_COMMIT || info.AllocationBase != page)
    return 2;
  if (!VirtualFree(page, 0, MEM_RELEASE))
    return 3;
  if (VirtualFree(page, 0, MEM_RELEASE) || GetLastError() != ERROR_INVALID_ADDRESS)
    return 4;
  puts("ok");
  return 0;
}
