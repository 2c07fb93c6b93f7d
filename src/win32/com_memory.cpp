// combaseapi.h: COM's allocator is the process heap (H22, H146).
#include "../heap/caller.h"
#include "../heap/process_block.h"

#include <combaseapi.h>

using namespace winmem;
using heap::Heap;

LPVOID WINAPI CoTaskMemAlloc(SIZE_T cb) {
  winmem::heap::Caller caller(__builtin_return_address(0));
  return heap::process_block::take(cb, false);
}

LPVOID WINAPI CoTaskMemRealloc(LPVOID pv, SIZE_T cb) {
  winmem::heap::Caller caller(__builtin_return_address(0));
  if (pv == nullptr) {
    return CoTaskMemAlloc(cb);
  }
  if (cb == 0) {
    CoTaskMemFree(pv);
    return nullptr;
  }
  Heap* heap = heap::process_heap();
  return heap != nullptr ? heap->reallocate(pv, cb, false, Heap::Moving::allowed, true).block : nullptr;
}

void WINAPI CoTaskMemFree(LPVOID pv) {
  winmem::heap::Caller caller(__builtin_return_address(0));
  if (pv != nullptr) {
    heap::process_block::give(pv);
  }
}
