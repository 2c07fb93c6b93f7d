// crtdbg.h: _aligned_malloc_dbg and its family.
//
// Their blocks lie inside blocks of the debug heap, behind a pad whose last 8 bytes are a mark made of both addresses.
// The block of the debug heap ends where the aligned one does, so that the gap is right behind it. Blocks of
// _aligned_malloc go to these functions, too.
#include "../heap/caller.h"
#include "../heap/registry.h"
#include "debug_heap.h"
#include "process_blocks.h"

#include <algorithm>
#include <cstring>
#include <malloc.h>

using namespace winmem;
using crt::debug::Content;
using crt::debug::Header;
using crt::debug::Origin;

namespace {

constexpr Bytes kLeastAlignment = 16; // so that the mark has room in the least pad

// What aligned functions are asked for.
struct Wish {
  Bytes size = 0;
  Bytes alignment = 0;
  Bytes offset = 0;

  bool is_valid() const { return (alignment & (alignment - 1)) == 0 && (offset == 0 || offset < size); }
};

struct Aligned {
  Header* header = nullptr; // nullptr: none
  Bytes size = 0;
};

std::uint64_t mark_of(Address outer, Address at) {
  return (outer << 16 | outer >> 48) ^ at ^ 0x646267616C69676E; // NOLINT(readability-magic-numbers)
}

Aligned find(const void* pointer) {
  heap::Heap* heap = heap::process_heap();
  heap::Heap::Block block = heap != nullptr ? heap->block_around(pointer, true) : heap::Heap::Block{};
  Address outer = block.begin + sizeof(Header);
  auto at = reinterpret_cast<Address>(pointer);
  if (block.begin == 0 || at < outer + sizeof(std::uint64_t)) {
    return {};
  }
  Header* header = crt::debug::find(reinterpret_cast<const void*>(outer));
  std::uint64_t mark = 0;
  std::memcpy(&mark, reinterpret_cast<const void*>(at - sizeof mark), sizeof mark);
  if (header == nullptr || at - outer > header->size || mark != mark_of(outer, at)) {
    return {};
  }
  return {header, header->size - (at - outer)};
}

void* allocate(Wish wish, const Origin& origin, Content content) {
  Bytes alignment = std::max(wish.alignment, kLeastAlignment);
  Bytes room = 0;
  if (__builtin_add_overflow(wish.size, 2 * alignment, &room)) {
    return crt::no_memory();
  }
  void* outer = crt::debug::allocate(room, origin, content);
  if (outer == nullptr) {
    return nullptr;
  }
  auto begin = reinterpret_cast<Address>(outer);
  Bytes pad = (alignment - (begin + wish.offset) % alignment) % alignment;
  if (pad < sizeof(std::uint64_t)) {
    pad += alignment;
  }
  std::uint64_t mark = mark_of(begin, begin + pad);
  std::memcpy(reinterpret_cast<void*>(begin + pad - sizeof mark), &mark, sizeof mark);
  crt::debug::resize(*crt::debug::find(outer), pad + wish.size);
  return reinterpret_cast<void*>(begin + pad);
}

void* reallocate(void* pointer, Wish wish, const Origin& origin, Content content) {
  if (pointer != nullptr && wish.size == 0) {
    _aligned_free_dbg(pointer);
    return nullptr;
  }
  if (!wish.is_valid()) {
    crt::invalid_parameter();
    return nullptr;
  }
  if (pointer == nullptr) {
    return allocate(wish, origin, content);
  }
  Aligned found = find(pointer);
  if (found.header == nullptr) {
    return content == Content::zero ? _aligned_offset_recalloc(pointer, wish.size, 1, wish.alignment, wish.offset)
                                    : _aligned_offset_realloc(pointer, wish.size, wish.alignment, wish.offset);
  }
  if (wish.alignment != 0 && (reinterpret_cast<Address>(pointer) + wish.offset) % wish.alignment != 0) {
    crt::invalid_parameter();
    return nullptr;
  }
  void* moved = allocate(wish, origin, content);
  if (moved != nullptr) {
    std::memcpy(moved, pointer, std::min(found.size, wish.size));
    _aligned_free_dbg(pointer);
  }
  return moved;
}

} // namespace

void* _aligned_malloc_dbg(size_t _Size, size_t _Alignment, const char* _FileName, int _LineNumber) {
  heap::Caller caller(__builtin_return_address(0));
  return _aligned_offset_malloc_dbg(_Size, _Alignment, 0, _FileName, _LineNumber);
}

void* _aligned_offset_malloc_dbg(size_t _Size, size_t _Alignment, size_t _Offset, const char* _FileName,
                                 int _LineNumber) {
  heap::Caller caller(__builtin_return_address(0));
  Wish wish{_Size, _Alignment, _Offset};
  if (!wish.is_valid()) {
    crt::invalid_parameter();
    return nullptr;
  }
  return allocate(wish, {_NORMAL_BLOCK, _FileName, _LineNumber}, Content::new_fill);
}

void* _aligned_realloc_dbg(void* _Block, size_t _Size, size_t _Alignment, const char* _FileName, int _LineNumber) {
  heap::Caller caller(__builtin_return_address(0));
  return _aligned_offset_realloc_dbg(_Block, _Size, _Alignment, 0, _FileName, _LineNumber);
}

void* _aligned_offset_realloc_dbg(void* _Block, size_t _Size, size_t _Alignment, size_t _Offset, const char* _FileName,
                                  int _LineNumber) {
  heap::Caller caller(__builtin_return_address(0));
  return reallocate(_Block, {_Size, _Alignment, _Offset}, {_NORMAL_BLOCK, _FileName, _LineNumber}, Content::new_fill);
}

void* _aligned_recalloc_dbg(void* _Block, size_t _Count, size_t _Size, size_t _Alignment, const char* _FileName,
                            int _LineNumber) {
  heap::Caller caller(__builtin_return_address(0));
  return _aligned_offset_recalloc_dbg(_Block, _Count, _Size, _Alignment, 0, _FileName, _LineNumber);
}

void* _aligned_offset_recalloc_dbg(void* _Block, size_t _Count, size_t _Size, size_t _Alignment, size_t _Offset,
                                   const char* _FileName, int _LineNumber) {
  heap::Caller caller(__builtin_return_address(0));
  Bytes all = 0;
  return crt::multiply(_Count, _Size, all)
             ? reallocate(_Block, {all, _Alignment, _Offset}, {_NORMAL_BLOCK, _FileName, _LineNumber}, Content::zero)
             : nullptr;
}

size_t _aligned_msize_dbg(void* _Block, size_t _Alignment, size_t _Offset) {
  Aligned found = find(_Block);
  return found.header != nullptr ? found.size : _aligned_msize(_Block, _Alignment, _Offset);
}

void _aligned_free_dbg(void* _Block) {
  heap::Caller caller(__builtin_return_address(0));
  if (_Block == nullptr) {
    return;
  }
  Aligned found = find(_Block);
  if (found.header != nullptr) {
    crt::debug::release(data_of(*found.header));
  } else {
    _aligned_free(_Block);
  }
}
