// ntdll's heap calls: making heaps and their blocks. What asks about them is in heap_information.cpp.
#include "../exception/exception.h"
#include "../heap/caller.h"
#include "../heap/fast.h"
#include "../heap/misuse.h"
#include "../heap/mode.h"
#include "../host/faults.h"
#include "heap_calls.h"

#include <cstring>

#include <winternl.h>

#include <ntstatus.h>

using namespace winmem;
using heap::Heap;
using nt::is_serialized;

namespace {

constexpr ULONG kUserBits = HEAP_SETTABLE_USER_VALUE | HEAP_SETTABLE_USER_FLAGS;

// What Microsoft's page of RtlCreateHeap says of a ReserveSize of 0.
SIZE_T reserve_for(SIZE_T commit) {
  constexpr SIZE_T kStep = kPage * 16;
  constexpr SIZE_T kDefault = kPage * 64;
  return commit != 0 ? round_up(commit, kStep) : kDefault;
}

} // namespace

void nt::no_memory(const Heap& heap, ULONG flags, SIZE_T size) {
  if (heap.options().raises || (flags & HEAP_GENERATE_EXCEPTIONS) != 0) {
    EXCEPTION_RECORD record{};
    record.ExceptionCode = static_cast<DWORD>(STATUS_NO_MEMORY);
    record.NumberParameters = 1;
    record.ExceptionInformation[0] = size;
    exception::raise_here(record);
  }
}

bool nt::terminates_on_corruption() {
  return heap::ends_on_corruption.load(std::memory_order_relaxed) || heap::mode() != heap::Mode::usual;
}

void nt::misuse(const char* function, const void* pointer, const Heap& heap) {
  if (terminates_on_corruption()) {
    heap::report_misuse(function, pointer, heap);
    host::end_process();
  }
}

HANDLE NTAPI RtlCreateHeap(ULONG Flags, PVOID HeapBase, SIZE_T ReserveSize, SIZE_T CommitSize, PVOID Lock, PVOID) {
  bool serialized = (Flags & HEAP_NO_SERIALIZE) == 0;
  if (HeapBase != nullptr || (Lock != nullptr && !serialized) || ReserveSize >= kUserEnd || CommitSize >= kUserEnd) {
    return nullptr;
  }
  SIZE_T reserve = ReserveSize != 0 ? round_up(ReserveSize, kPage) : reserve_for(CommitSize);
  SIZE_T commit = round_up(CommitSize, kPage);
  heap::HeapOptions options{.serialized = serialized,
                            .executable = (Flags & HEAP_CREATE_ENABLE_EXECUTE) != 0,
                            .raises = (Flags & HEAP_GENERATE_EXCEPTIONS) != 0,
                            .initial = commit < reserve ? commit : reserve,
                            .maximum = (Flags & HEAP_GROWABLE) != 0 ? 0 : reserve};
  Heap* heap = heap::create(options);
  return heap != nullptr ? reinterpret_cast<HANDLE>(heap->handle()) : nullptr;
}

PVOID NTAPI RtlDestroyHeap(HANDLE HeapHandle) {
  Heap* heap = heap::from_handle(HeapHandle);
  if (heap == nullptr || heap == heap::process_heap()) {
    return HeapHandle; // H112
  }
  heap::destroy(*heap);
  return nullptr;
}

PVOID NTAPI RtlAllocateHeap(HANDLE HeapHandle, ULONG Flags, SIZE_T Size) {
  ULONG user = Flags & kUserBits;
  if (user == 0 && heap::is_process_heap(HeapHandle)) {
    if (void* block = heap::take_fast(Size)) {
      return (Flags & HEAP_ZERO_MEMORY) != 0 ? std::memset(block, 0, Size) : block;
    }
  }
  heap::Caller caller(__builtin_return_address(0));
  Heap* heap = heap::from_handle(HeapHandle);
  if (heap == nullptr) {
    return nullptr;
  }
  bool zeroed = (Flags & HEAP_ZERO_MEMORY) != 0;
  bool serialized = is_serialized(*heap, Flags);
  void* block = user != 0 ? heap->allocate_with_user(Size, zeroed, static_cast<std::uint16_t>(user), serialized)
                          : heap->allocate(Size, zeroed, serialized);
  if (block == nullptr) {
    nt::no_memory(*heap, Flags, Size);
  }
  return block;
}

PVOID NTAPI RtlReAllocateHeap(HANDLE HeapHandle, ULONG Flags, PVOID BaseAddress, SIZE_T Size) {
  heap::Caller caller(__builtin_return_address(0));
  Heap* heap = heap::from_handle(HeapHandle);
  if (heap == nullptr || BaseAddress == nullptr) {
    return nullptr; // H50
  }
  bool serialized = is_serialized(*heap, Flags);
  Bytes old_size = heap->size_of(BaseAddress, serialized);
  Heap::Moving moving = (Flags & HEAP_REALLOC_IN_PLACE_ONLY) != 0 ? Heap::Moving::in_place_only : Heap::Moving::allowed;
  Heap::Reallocated result = heap->reallocate(BaseAddress, Size, (Flags & HEAP_ZERO_MEMORY) != 0, moving, serialized);
  switch (result.status) {
  case Status::ok:
    if (Size > old_size) { // C45; nothing for a block without flags
      heap->set_user_flags(result.block, HEAP_SETTABLE_USER_FLAGS,
                           static_cast<std::uint16_t>(Flags & HEAP_SETTABLE_USER_FLAGS), serialized);
    }
    return result.block;
  case Status::no_memory:
    nt::no_memory(*heap, Flags, Size);
    return nullptr;
  default:
    nt::misuse("RtlReAllocateHeap", BaseAddress, *heap);
    return nullptr;
  }
}

LOGICAL NTAPI RtlFreeHeap(HANDLE HeapHandle, ULONG Flags, PVOID BaseAddress) {
  if (BaseAddress == nullptr || (heap::is_process_heap(HeapHandle) && heap::give_fast(BaseAddress))) {
    return TRUE; // H60
  }
  heap::Caller caller(__builtin_return_address(0));
  Heap* heap = heap::from_handle(HeapHandle);
  if (heap == nullptr) {
    return FALSE;
  }
  if (!heap->free(BaseAddress, is_serialized(*heap, Flags))) {
    nt::misuse("RtlFreeHeap", BaseAddress, *heap);
    return FALSE;
  }
  return TRUE;
}

SIZE_T NTAPI RtlSizeHeap(HANDLE HeapHandle, ULONG Flags, PCVOID BaseAddress) {
  Heap* heap = heap::from_handle(HeapHandle);
  return heap != nullptr ? heap->size_of(BaseAddress, is_serialized(*heap, Flags)) : Heap::kNoSize;
}

BOOLEAN NTAPI RtlValidateHeap(HANDLE HeapHandle, ULONG Flags, PVOID BaseAddress) {
  Heap* heap = heap::from_handle(HeapHandle);
  if (heap == nullptr) {
    return FALSE;
  }
  bool serialized = is_serialized(*heap, Flags);
  bool sound = BaseAddress == nullptr ? heap->is_sound(serialized) : heap->is_sound(BaseAddress, serialized);
  return sound ? TRUE : FALSE;
}

BOOLEAN NTAPI RtlLockHeap(HANDLE HeapHandle) {
  Heap* heap = heap::from_handle(HeapHandle);
  if (heap == nullptr) {
    return FALSE;
  }
  if (heap->options().serialized) { // H71
    heap->lock();
  }
  return TRUE;
}

BOOLEAN NTAPI RtlUnlockHeap(HANDLE HeapHandle) {
  Heap* heap = heap::from_handle(HeapHandle);
  return heap != nullptr && (!heap->options().serialized || heap->unlock()) ? TRUE : FALSE;
}

SIZE_T NTAPI RtlCompactHeap(HANDLE HeapHandle, ULONG Flags) {
  Heap* heap = heap::from_handle(HeapHandle);
  return heap != nullptr ? heap->compact(is_serialized(*heap, Flags)) : 0;
}

ULONG NTAPI RtlMultipleAllocateHeap(HANDLE HeapHandle, ULONG Flags, SIZE_T Size, ULONG Count, PVOID* Array) {
  ULONG done = 0;
  while (done < Count && (Array[done] = RtlAllocateHeap(HeapHandle, Flags, Size)) != nullptr) {
    ++done;
  }
  return done;
}

ULONG NTAPI RtlMultipleFreeHeap(HANDLE HeapHandle, ULONG Flags, ULONG Count, PVOID* Array) {
  ULONG done = 0;
  while (done < Count && RtlFreeHeap(HeapHandle, Flags, Array[done]) != FALSE) {
    ++done;
  }
  return done;
}
