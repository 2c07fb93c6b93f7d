// Every kind of Windows memory in one program: pages, blocks of heaps, the handles of old, and malloc's blocks.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

static int failures = 0;

static void tell(const char* call, bool done, const char* what) {
  printf("%-48s %s\n", call, done ? what : "failed");
  failures += !done;
}

// What Windows says of the page at an address.
static const char* page_at(const void* address) {
  MEMORY_BASIC_INFORMATION info;
  if (VirtualQuery(address, &info, sizeof info) != sizeof info)
    return "unknown";
  if (info.State != MEM_COMMIT)
    return info.State == MEM_RESERVE ? "reserved" : "free";
  return info.Protect == PAGE_READWRITE ? "committed, read-write" : "committed, read-only";
}

int main() {
  // Pages: address space is reserved, and memory is committed where it is needed.
  char* space = static_cast<char*>(VirtualAlloc(nullptr, 1 << 30, MEM_RESERVE, PAGE_READWRITE));
  tell("VirtualAlloc(NULL, 1 GiB, MEM_RESERVE)", space != nullptr, page_at(space));
  char* page = static_cast<char*>(VirtualAlloc(space + 65536, 4096, MEM_COMMIT, PAGE_READWRITE));
  tell("VirtualAlloc(space + 64 KiB, 4 KiB, MEM_COMMIT)", page != nullptr, page_at(page));
  DWORD before = 0;
  BOOL done = VirtualProtect(page, 4096, PAGE_READONLY, &before);
  tell("VirtualProtect(page, 4 KiB, PAGE_READONLY)", done, page_at(page));
  done = VirtualFree(page, 4096, MEM_DECOMMIT);
  tell("VirtualFree(page, 4 KiB, MEM_DECOMMIT)", done, page_at(page));
  done = VirtualFree(space, 0, MEM_RELEASE);
  tell("VirtualFree(space, 0, MEM_RELEASE)", done, page_at(space));

  // A heap's block knows how many bytes were asked for.
  HANDLE heap = GetProcessHeap();
  void* block = HeapAlloc(heap, HEAP_ZERO_MEMORY, 100);
  tell("HeapAlloc(heap, HEAP_ZERO_MEMORY, 100)", HeapSize(heap, 0, block) == 100, "a block of 100 bytes");
  tell("HeapFree(heap, 0, block)", HeapFree(heap, 0, block), "given back");

  // A moveable block is a handle, and has an address while it is locked.
  HGLOBAL handle = GlobalAlloc(GMEM_MOVEABLE, 64);
  char* text = static_cast<char*>(GlobalLock(handle));
  tell("GlobalAlloc(GMEM_MOVEABLE, 64), GlobalLock", text != nullptr, "a handle, and its address");
  GlobalUnlock(handle);
  tell("GlobalFree(handle)", GlobalFree(handle) == nullptr, "given back");

  int* numbers = static_cast<int*>(LocalAlloc(LPTR, 10 * sizeof(int)));
  tell("LocalAlloc(LPTR, 40)", numbers != nullptr && numbers[9] == 0, "forty bytes of zero");
  tell("LocalFree(numbers)", LocalFree(numbers) == nullptr, "given back");

  // malloc, as in every C program.
  text = static_cast<char*>(malloc(32));
  tell("malloc(32)", text != nullptr, text == nullptr ? "" : strcpy(text, "a block with a text in it"));
  free(text);
  tell("free(text)", true, "given back");
  return failures;
}
