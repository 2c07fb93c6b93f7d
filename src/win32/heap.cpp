// heapapi.h: making heaps and their blocks. What asks about a heap is in heap_information.cpp.
//
// These call the heap directly, not through nt: an allocation is to cost little more than the heap itself.
#include "../heap/caller.h"
#include "../heap/fast.h"
#include "../nt/heap_calls.h"
#include "last_error.h"

#include <cstring>

using namespace winmem;
using heap::Heap;
using win32::fail;

namespace {

void* give_nothing(Status status) {
  fail(status);
  return nullptr;
}

// H34 to H36: NULL, or an exception first. No lock is held.
void* no_memory(const Heap& heap, DWORD flags, SIZE_T size) {
  nt::no_memory(heap, flags, size);
  return give_nothing(Status::no_memory);
}

Status misuse(const char* function, const void* pointer, const Heap& heap) {
  nt::misuse(function, pointer, heap);
  return Status::invalid_parameter;
}

// What the short way does not know, apart from it, so that it needs no frame.
[[gnu::noinline]] LPVOID allocate(HANDLE hHeap, DWORD dwFlags, SIZE_T dwBytes, const void* returns_to) {
  if (heap::is_process_heap(hHeap)) {
    if (void* block = heap::take_fast(dwBytes)) {
      return (dwFlags & HEAP_ZERO_MEMORY) != 0 ? std::memset(block, 0, dwBytes) : block;
    }
  }
  heap::Caller caller(returns_to);
  Heap* heap = heap::from_handle(hHeap);
  if (heap == nullptr) [[unlikely]] {
    return give_nothing(Status::invalid_handle);
  }
  void* block = heap->allocate(dwBytes, (dwFlags & HEAP_ZERO_MEMORY) != 0, nt::is_serialized(*heap, dwFlags));
  return block != nullptr ? block : no_memory(*heap, dwFlags, dwBytes);
}

[[gnu::noinline]] BOOL free(HANDLE hHeap, DWORD dwFlags, LPVOID lpMem, const void* returns_to) {
  heap::Caller caller(returns_to);
  if (lpMem == nullptr) {
    return TRUE; // H60
  }
  Heap* heap = heap::from_handle(hHeap);
  if (heap == nullptr) {
    return fail(Status::invalid_handle);
  }
  return heap->free(lpMem, nt::is_serialized(*heap, dwFlags)) ? TRUE : fail(misuse("HeapFree", lpMem, *heap));
}

[[gnu::noinline]] SIZE_T size_of(HANDLE hHeap, DWORD dwFlags, LPCVOID lpMem) {
  Heap* heap = heap::from_handle(hHeap);
  if (heap == nullptr) {
    fail(Status::invalid_handle);
    return Heap::kNoSize;
  }
  Bytes size = heap->size_of(lpMem, nt::is_serialized(*heap, dwFlags));
  if (size == Heap::kNoSize) {
    fail(Status::invalid_parameter);
  }
  return size;
}

[[gnu::noinline]] HANDLE make_process_heap() {
  Heap* heap = heap::process_heap();
  return heap != nullptr ? reinterpret_cast<HANDLE>(heap->handle()) : give_nothing(Status::no_memory);
}

} // namespace

HANDLE WINAPI GetProcessHeap(VOID) {
  Address handle = heap::process_handle();
  return handle != heap::kNoHandle ? reinterpret_cast<HANDLE>(handle) : make_process_heap();
}

HANDLE WINAPI HeapCreate(DWORD flOptions, SIZE_T dwInitialSize, SIZE_T dwMaximumSize) {
  if (dwInitialSize >= kUserEnd || dwMaximumSize >= kUserEnd) {
    return give_nothing(Status::no_memory);
  }
  heap::HeapOptions options{.serialized = (flOptions & HEAP_NO_SERIALIZE) == 0,
                            .executable = (flOptions & HEAP_CREATE_ENABLE_EXECUTE) != 0,
                            .raises = (flOptions & HEAP_GENERATE_EXCEPTIONS) != 0,
                            .initial = round_up(dwInitialSize, kPage),
                            .maximum = round_up(dwMaximumSize, kPage)};
  if (options.maximum != 0 && options.initial > options.maximum) {
    options.maximum = options.initial; // H11
  }
  Heap* heap = heap::create(options);
  return heap != nullptr ? reinterpret_cast<HANDLE>(heap->handle()) : give_nothing(Status::no_memory);
}

BOOL WINAPI HeapDestroy(HANDLE hHeap) {
  Heap* heap = heap::from_handle(hHeap);
  if (heap == nullptr || heap == heap::process_heap()) {
    return fail(Status::invalid_handle);
  }
  heap::destroy(*heap);
  return TRUE;
}

LPVOID WINAPI HeapAlloc(HANDLE hHeap, DWORD dwFlags, SIZE_T dwBytes) {
  if (heap::is_process_heap(hHeap) && dwBytes <= heap::kTabulated) [[likely]] {
    if (void* block = heap::take_fast_tabulated(dwBytes)) [[likely]] {
      return (dwFlags & HEAP_ZERO_MEMORY) != 0 ? std::memset(block, 0, dwBytes) : block;
    }
  }
  return allocate(hHeap, dwFlags, dwBytes, __builtin_return_address(0));
}

LPVOID WINAPI HeapReAlloc(HANDLE hHeap, DWORD dwFlags, LPVOID lpMem, SIZE_T dwBytes) {
  Heap* heap = heap::from_handle(hHeap);
  if (heap == nullptr) {
    return give_nothing(Status::invalid_handle);
  }
  if (lpMem == nullptr) {
    win32::set_last_error(ERROR_SUCCESS); // H50
    return nullptr;
  }
  if ((dwFlags & HEAP_REALLOC_IN_PLACE_ONLY) == 0 && heap::is_process_heap(hHeap)) [[likely]] {
    if (void* block = heap::resize_fast(lpMem, dwBytes, (dwFlags & HEAP_ZERO_MEMORY) != 0)) {
      return block;
    }
  }
  heap::Caller caller(__builtin_return_address(0));
  Heap::Moving moving =
      (dwFlags & HEAP_REALLOC_IN_PLACE_ONLY) != 0 ? Heap::Moving::in_place_only : Heap::Moving::allowed;
  Heap::Reallocated result =
      heap->reallocate(lpMem, dwBytes, (dwFlags & HEAP_ZERO_MEMORY) != 0, moving, nt::is_serialized(*heap, dwFlags));
  if (result.status == Status::ok) {
    return result.block;
  }
  return result.status == Status::no_memory ? no_memory(*heap, dwFlags, dwBytes)
                                            : give_nothing(misuse("HeapReAlloc", lpMem, *heap));
}

BOOL WINAPI HeapFree(HANDLE hHeap, DWORD dwFlags, LPVOID lpMem) {
  if (heap::is_process_heap(hHeap) && heap::give_fast(lpMem)) [[likely]] {
    return TRUE;
  }
  return free(hHeap, dwFlags, lpMem, __builtin_return_address(0));
}

SIZE_T WINAPI HeapSize(HANDLE hHeap, DWORD dwFlags, LPCVOID lpMem) {
  if (heap::is_process_heap(hHeap)) [[likely]] {
    if (Bytes size = heap::size_fast(lpMem); size != heap::kUnknownSize) {
      return size;
    }
  }
  return size_of(hHeap, dwFlags, lpMem);
}

BOOL WINAPI HeapValidate(HANDLE hHeap, DWORD dwFlags, LPCVOID lpMem) {
  Heap* heap = heap::from_handle(hHeap);
  if (heap == nullptr) {
    return FALSE;
  }
  bool serialized = nt::is_serialized(*heap, dwFlags);
  bool sound = lpMem == nullptr ? heap->is_sound(serialized) : heap->is_sound(lpMem, serialized);
  return sound ? TRUE : FALSE;
}

BOOL WINAPI HeapLock(HANDLE hHeap) {
  Heap* heap = heap::from_handle(hHeap);
  if (heap == nullptr) {
    return fail(Status::invalid_handle);
  }
  if (heap->options().serialized) { // H71
    heap->lock();
  }
  return TRUE;
}

BOOL WINAPI HeapUnlock(HANDLE hHeap) {
  Heap* heap = heap::from_handle(hHeap);
  if (heap == nullptr) {
    return fail(Status::invalid_handle);
  }
  if (!heap->options().serialized || heap->unlock()) {
    return TRUE;
  }
  win32::set_last_error(ERROR_NOT_OWNER);
  return FALSE;
}
