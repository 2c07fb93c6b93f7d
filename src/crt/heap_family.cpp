// malloc.h: sizes, resizing in place, and questions about the whole heap (H130 to H137).
#include "../heap/caller.h"
#include "../heap/process_block.h"
#include "../heap/walk.h"
#include "../host/c_errno.h"
#include "debug_heap.h"
#include "process_blocks.h"

#include <malloc.h>

using namespace winmem;
using heap::Heap;

namespace {

// The size of a block; kNoSize, after the invalid parameter handler, for what is none.
Bytes size_or_invalid(const void* block) {
  Bytes size = block != nullptr ? heap::process_block::size_of(block) : Heap::kNoSize;
  if (size != Heap::kNoSize) {
    return size;
  }
  if (const crt::debug::Header* header = block != nullptr ? crt::debug::find(block) : nullptr) {
    return header->size;
  }
  crt::invalid_parameter();
  return Heap::kNoSize;
}

} // namespace

size_t _msize(void* _Block) { return size_or_invalid(_Block); }

void* _expand(void* _Block, size_t _Size) {
  heap::Caller caller(__builtin_return_address(0));
  if (size_or_invalid(_Block) == Heap::kNoSize) {
    return nullptr;
  }
  if (crt::debug::find(_Block) != nullptr) {
    return _expand_dbg(_Block, _Size, _NORMAL_BLOCK, nullptr, 0);
  }
  if (_Size > crt::kMostRequested) {
    return crt::no_memory();
  }
  Heap::Reallocated result = heap::process_heap()->reallocate(_Block, _Size, false, Heap::Moving::in_place_only, true);
  return result.status == Status::ok ? result.block : crt::no_memory();
}

void* _recalloc(void* _Block, size_t _Count, size_t _Size) {
  heap::Caller caller(__builtin_return_address(0));
  Bytes all = 0;
  return crt::multiply(_Count, _Size, all) ? crt::reallocate("_recalloc", _Block, all, true) : nullptr;
}

intptr_t _get_heap_handle() {
  Heap* heap = heap::process_heap();
  return heap != nullptr ? static_cast<intptr_t>(heap->handle()) : 0;
}

int _heapchk() {
  Heap* heap = heap::process_heap();
  if (heap == nullptr) {
    return _HEAPEMPTY;
  }
  return heap->is_sound(true) ? _HEAPOK : _HEAPBADNODE;
}

int _heapmin() {
  if (Heap* heap = heap::process_heap()) {
    static_cast<void>(heap->compact(true));
  }
  return 0;
}

int _heapwalk(_HEAPINFO* _EntryInfo) {
  if (_EntryInfo == nullptr) {
    crt::invalid_parameter();
    return _HEAPBADPTR;
  }
  Heap* heap = heap::process_heap();
  if (heap == nullptr) {
    return _HEAPEMPTY;
  }
  // Only blocks are told of here, so whatever the caller has is one.
  heap::WalkEntry entry;
  if (_EntryInfo->_pentry != nullptr) {
    entry.kind = heap::Element::live;
    entry.at = reinterpret_cast<Address>(_EntryInfo->_pentry);
  }
  do {
    switch (heap::next_element(*heap, entry, true)) {
    case heap::Walked::element:
      break;
    case heap::Walked::end:
      return _HEAPEND;
    case heap::Walked::no_such_place:
      host::set_errno(host::CError::not_supported); // as the page has it
      return _HEAPBADPTR;
    }
  } while (entry.kind != heap::Element::live && entry.kind != heap::Element::free);
  _EntryInfo->_pentry = reinterpret_cast<int*>(entry.at);
  _EntryInfo->_size = entry.size;
  _EntryInfo->_useflag = entry.kind == heap::Element::live ? _USEDENTRY : _FREEENTRY;
  return _HEAPOK;
}
