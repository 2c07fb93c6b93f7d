// heapapi.h: what a program asks about a heap, and tells it.
#include "../heap/handles.h"
#include "../heap/walk.h"
#include "../nt/heap_calls.h"
#include "../nt/user_memory.h"
#include "last_error.h"

#include <atomic>

using namespace winmem;
using heap::Heap;
using win32::fail;

namespace {

constexpr ULONG kStandardHeap = 0;
constexpr ULONG kLowFragmentation = 2;

BOOL fail_with(DWORD error) {
  win32::set_last_error(error);
  return FALSE;
}

// ---- HeapWalk ----

heap::Element element_of(const PROCESS_HEAP_ENTRY& entry) {
  if (entry.lpData == nullptr) {
    return heap::Element::start; // H90
  }
  if ((entry.wFlags & PROCESS_HEAP_REGION) != 0) {
    return heap::Element::region;
  }
  if ((entry.wFlags & PROCESS_HEAP_UNCOMMITTED_RANGE) != 0) {
    return heap::Element::uncommitted;
  }
  return (entry.wFlags & PROCESS_HEAP_ENTRY_BUSY) != 0 ? heap::Element::live : heap::Element::free;
}

WORD flags_of(heap::Element element) {
  switch (element) {
  case heap::Element::region:
    return PROCESS_HEAP_REGION;
  case heap::Element::uncommitted:
    return PROCESS_HEAP_UNCOMMITTED_RANGE;
  case heap::Element::live:
    return PROCESS_HEAP_ENTRY_BUSY;
  default:
    return 0;
  }
}

// H95: a block that a moveable handle owns says so.
void add_owner(PROCESS_HEAP_ENTRY& entry) {
  heap::Entry* owner = heap::handles::owner_of(entry.lpData);
  if (owner != nullptr) {
    bool shared = (owner->state.load(std::memory_order_relaxed) & heap::handles::kShared) != 0;
    entry.wFlags |= PROCESS_HEAP_ENTRY_MOVEABLE | (shared ? PROCESS_HEAP_ENTRY_DDESHARE : 0);
    entry.Block.hMem = heap::handles::handle_of(*owner);
  }
}

// What does not belong to the kind of element stays as it was.
void describe(const heap::WalkEntry& element, PROCESS_HEAP_ENTRY& entry) {
  constexpr Bytes kMostOverhead = 255; // H91
  constexpr unsigned kRegionNumbers = 255;
  entry.lpData = reinterpret_cast<PVOID>(element.at);
  entry.cbData = static_cast<DWORD>(element.size);
  entry.cbOverhead = static_cast<BYTE>(element.overhead < kMostOverhead ? element.overhead : kMostOverhead);
  entry.iRegionIndex = static_cast<BYTE>(element.region % kRegionNumbers);
  entry.wFlags = flags_of(element.kind);
  if (element.kind == heap::Element::live && heap::handles::were_any()) {
    add_owner(entry);
  }
  if (element.kind == heap::Element::region) {
    entry.Region.dwCommittedSize = static_cast<DWORD>(element.committed);
    entry.Region.dwUnCommittedSize = static_cast<DWORD>(element.uncommitted);
    entry.Region.lpFirstBlock = reinterpret_cast<LPVOID>(element.blocks.begin);
    entry.Region.lpLastBlock = reinterpret_cast<LPVOID>(element.blocks.end);
  }
}

heap::Walked walk(Heap& heap, PROCESS_HEAP_ENTRY& entry) {
  heap::WalkEntry place{.kind = element_of(entry), .at = reinterpret_cast<Address>(entry.lpData)};
  heap::Walked result = heap::next_element(heap, place, heap.options().serialized);
  if (result == heap::Walked::element) {
    describe(place, entry);
  }
  return result;
}

// ---- HeapSetInformation ----

BOOL set_compatibility(Heap* heap, PVOID information, SIZE_T length) {
  ULONG wanted = 0;
  if (heap == nullptr) {
    return fail_with(ERROR_NOACCESS);
  }
  if (length < sizeof wanted) {
    return fail_with(ERROR_INSUFFICIENT_BUFFER);
  }
  if (!nt::read_from_user(wanted, static_cast<const ULONG*>(information))) {
    return fail(Status::access_violation);
  }
  // H81: on, once and for all, for heaps that can have it.
  if (wanted != kLowFragmentation || !heap->options().serialized || heap->is_fixed()) {
    return fail_with(ERROR_GEN_FAILURE);
  }
  heap->set_low_fragmentation();
  return TRUE;
}

BOOL optimize_resources(Heap* heap, HANDLE handle, PVOID information, SIZE_T length) {
  HEAP_OPTIMIZE_RESOURCES_INFORMATION wanted{};
  if (length < sizeof wanted) {
    return fail_with(ERROR_INSUFFICIENT_BUFFER);
  }
  if (!nt::read_from_user(wanted, static_cast<const HEAP_OPTIMIZE_RESOURCES_INFORMATION*>(information))) {
    return fail(Status::access_violation);
  }
  if (wanted.Version != HEAP_OPTIMIZE_RESOURCES_CURRENT_VERSION || wanted.Flags != 0) {
    return fail(Status::invalid_parameter);
  }
  if (handle == nullptr) {
    heap::trim_all();
    return TRUE;
  }
  if (heap == nullptr) {
    return fail(Status::invalid_handle);
  }
  static_cast<void>(heap->compact(heap->options().serialized));
  return TRUE;
}

} // namespace

DWORD WINAPI GetProcessHeaps(DWORD NumberOfHeaps, PHANDLE ProcessHeaps) {
  return RtlGetProcessHeaps(NumberOfHeaps, ProcessHeaps);
}

SIZE_T WINAPI HeapCompact(HANDLE hHeap, DWORD dwFlags) {
  Heap* heap = heap::from_handle(hHeap);
  if (heap == nullptr) {
    fail(Status::invalid_handle);
    return 0;
  }
  Bytes largest = heap->compact(nt::is_serialized(*heap, dwFlags));
  if (largest == 0) {
    win32::set_last_error(ERROR_SUCCESS);
  }
  return largest;
}

BOOL WINAPI HeapWalk(HANDLE hHeap, LPPROCESS_HEAP_ENTRY lpEntry) {
  Heap* heap = heap::from_handle(hHeap);
  if (heap == nullptr) {
    return fail(Status::invalid_handle);
  }
  PROCESS_HEAP_ENTRY copy;
  PROCESS_HEAP_ENTRY* entry = nt::is_usable(lpEntry) ? lpEntry : &copy;
  if (entry == &copy && !nt::read_from_user(copy, lpEntry)) {
    return fail(Status::invalid_parameter); // H98
  }
  switch (walk(*heap, *entry)) {
  case heap::Walked::element:
    return entry == lpEntry || nt::write_to_user(lpEntry, copy) ? TRUE : fail(Status::access_violation);
  case heap::Walked::end:
    return fail_with(ERROR_NO_MORE_ITEMS);
  case heap::Walked::no_such_place:
    break;
  }
  return fail(Status::invalid_parameter);
}

BOOL WINAPI HeapSummary(HANDLE hHeap, DWORD dwFlags, LPHEAP_SUMMARY lpSummary) {
  Heap* heap = heap::from_handle(hHeap);
  if (heap == nullptr) {
    return fail(Status::invalid_handle);
  }
  HEAP_SUMMARY summary;
  if (dwFlags != 0 || !nt::read_from_user(summary, lpSummary) || summary.cb != sizeof summary) {
    return fail(Status::invalid_parameter);
  }
  heap::Totals totals = heap->totals();
  summary.cbAllocated = totals.live;
  summary.cbCommitted = totals.committed;
  summary.cbReserved = totals.reserved;
  summary.cbMaxReserve = heap->is_fixed() ? heap->options().maximum : totals.reserved;
  return nt::write_to_user(lpSummary, summary) ? TRUE : fail(Status::access_violation);
}

BOOL WINAPI HeapSetInformation(HANDLE HeapHandle, HEAP_INFORMATION_CLASS HeapInformationClass, PVOID HeapInformation,
                               SIZE_T HeapInformationLength) {
  Heap* heap = heap::from_handle(HeapHandle);
  switch (HeapInformationClass) {
  case HeapCompatibilityInformation:
    return set_compatibility(heap, HeapInformation, HeapInformationLength);
  case HeapEnableTerminationOnCorruption:
    if (HeapInformation != nullptr || HeapInformationLength != 0) {
      return fail(Status::invalid_parameter);
    }
    heap::ends_on_corruption.store(true, std::memory_order_relaxed);
    return TRUE;
  case HeapOptimizeResources:
    return optimize_resources(heap, HeapHandle, HeapInformation, HeapInformationLength);
  default:
    return fail(Status::invalid_parameter); // H84
  }
}

BOOL WINAPI HeapQueryInformation(HANDLE HeapHandle, HEAP_INFORMATION_CLASS HeapInformationClass, PVOID HeapInformation,
                                 SIZE_T HeapInformationLength, PSIZE_T ReturnLength) {
  Heap* heap = heap::from_handle(HeapHandle);
  ULONG value = 0;
  switch (HeapInformationClass) {
  case HeapCompatibilityInformation:
    if (heap == nullptr) {
      return fail_with(ERROR_NOACCESS); // H80
    }
    value = heap->is_low_fragmentation() ? kLowFragmentation : kStandardHeap;
    break;
  case HeapEnableTerminationOnCorruption:
    value = nt::terminates_on_corruption() ? 1 : 0;
    break;
  default:
    return fail(Status::invalid_parameter);
  }
  if (ReturnLength != nullptr && !nt::write_to_user(ReturnLength, SIZE_T{sizeof value})) {
    return fail(Status::access_violation);
  }
  if (HeapInformation == nullptr || HeapInformationLength < sizeof value) {
    return fail_with(ERROR_INSUFFICIENT_BUFFER);
  }
  return nt::write_to_user(static_cast<ULONG*>(HeapInformation), value) ? TRUE : fail(Status::access_violation);
}
