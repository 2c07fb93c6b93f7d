// _aligned_malloc and its kin (H138 to H142).
//
// What they return lies inside a block of the process heap, behind a pad, so that free, _msize and HeapFree know it for
// no block of theirs, as on Windows. The 8 bytes before it are a mark made of both addresses: _aligned_free takes
// nothing without it. The block begins at a multiple of the alignment, and its size is the pad and what was asked for,
// exactly; but for none it has a byte more, so that the pointer lies in it, and another mark.
#include "../heap/caller.h"
#include "../heap/process_block.h"
#include "process_blocks.h"

#include <cstring>
#include <malloc.h>

using namespace winmem;
using heap::Heap;

namespace {

constexpr Bytes kLeastAlignment = 8;
constexpr Bytes kLeastPad = heap::kAlignment; // room for the mark

struct Aligned {
  Address block = 0; // 0: none
  Bytes pad = 0;
  Bytes size = 0; // as asked for
};

constexpr std::uint64_t kEmpty = 1; // in the mark: nothing was asked for

std::uint64_t mark_of(Address block, Address at) {
  return (block << 16 | block >> 48) ^ at ^ 0x57494E4D454D4C41; // NOLINT(readability-magic-numbers)
}

void write_mark(Address at, std::uint64_t mark) {
  std::memcpy(reinterpret_cast<void*>(at - sizeof mark), &mark, sizeof mark);
}

Aligned find(const void* pointer) {
  auto at = reinterpret_cast<Address>(pointer);
  Heap* heap = heap::process_heap();
  Heap::Block block = heap != nullptr ? heap->block_around(pointer, true) : Heap::Block{};
  if (block.begin == 0 || at - block.begin < kLeastPad || at - block.begin >= block.size) {
    return {};
  }
  std::uint64_t mark = 0;
  std::memcpy(&mark, reinterpret_cast<const void*>(at - sizeof mark), sizeof mark);
  bool is_empty = mark == (mark_of(block.begin, at) ^ kEmpty);
  if (!is_empty && mark != mark_of(block.begin, at)) {
    return {};
  }
  Bytes pad = at - block.begin;
  return {block.begin, pad, is_empty ? 0 : block.size - pad};
}

// Of the caller's, or the end.
Aligned find_or_refuse(const char* function, const void* pointer) {
  Aligned found = find(pointer);
  if (found.block == 0) {
    crt::refuse_aligned(function, pointer);
  }
  return found;
}

void give(const Aligned& found) {
  write_mark(found.block + found.pad, 0); // who gets this memory next has no mark of ours in it
  static_cast<void>(heap::process_block::give(reinterpret_cast<void*>(found.block)));
}

bool is_valid(Bytes size, Bytes alignment, Bytes offset) {
  return (alignment & (alignment - 1)) == 0 && (offset == 0 || offset < size);
}

// Arguments were judged.
void* allocate(Bytes size, Bytes alignment, Bytes offset, bool zeroed) {
  alignment = alignment < kLeastAlignment ? kLeastAlignment : alignment;
  // The least that leaves room for the mark and brings `offset` behind the pointer to a multiple of the alignment.
  Bytes pad = (alignment - offset % alignment) % alignment;
  while (pad < kLeastPad) {
    pad += alignment;
  }
  Bytes whole = 0;
  if (__builtin_add_overflow(size == 0 ? 1 : size, pad, &whole)) {
    return crt::no_memory();
  }
  do {
    if (void* block = heap::process_block::take_aligned(whole, alignment, zeroed)) {
      auto begin = reinterpret_cast<Address>(block);
      write_mark(begin + pad, mark_of(begin, begin + pad) ^ (size == 0 ? kEmpty : 0));
      return reinterpret_cast<void*>(begin + pad);
    }
  } while (crt::try_again(size));
  return nullptr;
}

void* allocate_or_invalid(Bytes size, Bytes alignment, Bytes offset) {
  if (!is_valid(size, alignment, offset)) {
    crt::invalid_parameter();
    return nullptr;
  }
  return allocate(size, alignment, offset, false);
}

void* reallocate(const char* function, void* pointer, Bytes size, Bytes alignment, Bytes offset, bool zeroed) {
  if (pointer != nullptr && size == 0) {
    give(find_or_refuse(function, pointer));
    return nullptr;
  }
  if (!is_valid(size, alignment, offset)) {
    crt::invalid_parameter();
    return nullptr;
  }
  if (pointer == nullptr) {
    return allocate(size, alignment, offset, zeroed);
  }
  Aligned found = find_or_refuse(function, pointer);
  // It is an error to change the alignment or the offset of a block (H141).
  if (alignment != 0 && (reinterpret_cast<Address>(pointer) + offset) % alignment != 0) {
    crt::invalid_parameter();
    return nullptr;
  }
  Bytes whole = 0;
  if (__builtin_add_overflow(size, found.pad, &whole)) {
    return crt::no_memory();
  }
  Heap::Reallocated stayed = heap::process_heap()->reallocate(reinterpret_cast<void*>(found.block), whole, zeroed,
                                                              Heap::Moving::in_place_only, true);
  if (stayed.status == Status::ok) {
    write_mark(found.block + found.pad, mark_of(found.block, found.block + found.pad)); // it may have been empty
    return pointer;
  }
  void* moved = allocate(size, alignment, offset, false);
  if (moved != nullptr) {
    std::memcpy(moved, pointer, size < found.size ? size : found.size);
    if (zeroed && size > found.size) {
      std::memset(static_cast<char*>(moved) + found.size, 0, size - found.size);
    }
    give(found);
  }
  return moved;
}

} // namespace

bool crt::is_aligned_block(const void* pointer) { return find(pointer).block != 0; }

void* _aligned_malloc(size_t _Size, size_t _Alignment) {
  heap::Caller caller(__builtin_return_address(0));
  return allocate_or_invalid(_Size, _Alignment, 0);
}

void* _aligned_offset_malloc(size_t _Size, size_t _Alignment, size_t _Offset) {
  heap::Caller caller(__builtin_return_address(0));
  return allocate_or_invalid(_Size, _Alignment, _Offset);
}

void* _aligned_realloc(void* _Block, size_t _Size, size_t _Alignment) {
  heap::Caller caller(__builtin_return_address(0));
  return reallocate("_aligned_realloc", _Block, _Size, _Alignment, 0, false);
}

void* _aligned_offset_realloc(void* _Block, size_t _Size, size_t _Alignment, size_t _Offset) {
  heap::Caller caller(__builtin_return_address(0));
  return reallocate("_aligned_offset_realloc", _Block, _Size, _Alignment, _Offset, false);
}

void* _aligned_recalloc(void* _Block, size_t _Count, size_t _Size, size_t _Alignment) {
  heap::Caller caller(__builtin_return_address(0));
  Bytes all = 0;
  return crt::multiply(_Count, _Size, all) ? reallocate("_aligned_recalloc", _Block, all, _Alignment, 0, true)
                                           : nullptr;
}

void* _aligned_offset_recalloc(void* _Block, size_t _Count, size_t _Size, size_t _Alignment, size_t _Offset) {
  heap::Caller caller(__builtin_return_address(0));
  Bytes all = 0;
  return crt::multiply(_Count, _Size, all)
             ? reallocate("_aligned_offset_recalloc", _Block, all, _Alignment, _Offset, true)
             : nullptr;
}

void _aligned_free(void* _Block) {
  heap::Caller caller(__builtin_return_address(0));
  if (_Block != nullptr) {
    give(find_or_refuse("_aligned_free", _Block));
  }
}

size_t _aligned_msize(void* _Block, size_t _Alignment, size_t _Offset) {
  static_cast<void>(_Alignment); // the size is known without them
  static_cast<void>(_Offset);
  Aligned found = find(_Block);
  if (found.block == 0) {
    crt::invalid_parameter();
    return ~size_t{0};
  }
  return found.size;
}
