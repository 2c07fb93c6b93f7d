// crtdbg.h: _malloc_dbg and its family, and the hook that sees each of their calls.
//
// Blocks of malloc and of the debug heap may be given to either family, as on Windows, where a debug build has one:
// free frees blocks of the debug heap, and _free_dbg those of malloc.
#include "../heap/caller.h"
#include "../heap/registry.h"
#include "debug_heap.h"
#include "malloc_names.h"
#include "process_blocks.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <malloc.h>

using namespace winmem;
using crt::debug::Content;
using crt::debug::Header;
using crt::debug::Origin;

namespace {

// The program may write both through the pointers that it is given for _crtDbgFlag and _crtBreakAlloc.
constinit int flag_word = _CRTDBG_ALLOC_MEM_DF | _CRTDBG_CHECK_DEFAULT_DF;
constinit long break_number = -1;

template <class Number> std::atomic_ref<Number> shared(Number& number) { return std::atomic_ref<Number>(number); }

constinit std::atomic<_CRT_ALLOC_HOOK> hook{nullptr};
constinit std::atomic<unsigned> calls{0};

constexpr int kKnownFlags = _CRTDBG_ALLOC_MEM_DF | _CRTDBG_DELAY_FREE_MEM_DF | _CRTDBG_CHECK_ALWAYS_DF |
                            _CRTDBG_RESERVED_DF | _CRTDBG_CHECK_CRT_DF | _CRTDBG_LEAK_CHECK_DF;
constexpr int kFlagBits = 0xFFFF; // above them stands how often all is checked

void stop_at(int request) {
  // Code of Microsoft's compilers writes 32 bits: there `long` has no more.
  if (request == static_cast<int>(shared(break_number).load(std::memory_order_relaxed))) {
    __asm__ volatile("int3");
  }
}

bool is_kind_to_ask_for(int use) {
  int type = _BLOCK_TYPE(use);
  return type == _NORMAL_BLOCK || type == _CRT_BLOCK || type == _IGNORE_BLOCK || type == _CLIENT_BLOCK;
}

void* reallocate(void* data, Bytes size, const Origin& origin, Content content) {
  Header* header = crt::debug::find(data);
  if (header == nullptr) {
    return crt::reallocate("_realloc_dbg", data, size, content == Content::zero);
  }
  crt::debug::check_at_times();
  Bytes kept = std::min(size, header->size);
  int request = crt::debug::next_request();
  stop_at(request);
  if (!crt::debug::hook_allows(_HOOK_REALLOC, data, size, origin, request)) {
    return crt::no_memory();
  }
  void* memory = size <= crt::kMostRequested - crt::debug::kOverhead ? winmem_malloc(size + crt::debug::kOverhead)
                                                                     : crt::no_memory();
  if (memory == nullptr) {
    crt::debug::give_back_request(request);
    return nullptr;
  }
  Header& moved = crt::debug::begin(memory, size);
  moved.file = origin.file;
  moved.line = origin.line;
  moved.request = request;
  moved.use = _BLOCK_TYPE(header->use) == _IGNORE_BLOCK ? _IGNORE_BLOCK : origin.use;
  unsigned char* to = data_of(moved);
  std::memcpy(to, data, kept);
  std::memset(to + kept, content == Content::zero ? 0 : crt::debug::kNewFill, size - kept);
  crt::debug::add(moved);
  crt::debug::give_back(*header);
  return to;
}

} // namespace

int crt::debug::flags() { return shared(flag_word).load(std::memory_order_relaxed); }

bool crt::debug::hook_allows(int operation, void* data, Bytes size, const Origin& origin, int request) {
  _CRT_ALLOC_HOOK call = hook.load(std::memory_order_acquire);
  return call == nullptr || origin.use == _CRT_BLOCK ||
         call(operation, data, size, origin.use, request, reinterpret_cast<const unsigned char*>(origin.file),
              origin.line) != 0;
}

void crt::debug::check_at_times() {
  unsigned interval = static_cast<unsigned>(flags()) >> 16; // NOLINT(readability-magic-numbers)
  bool now = (flags() & _CRTDBG_CHECK_ALWAYS_DF) != 0 ||
             (interval != 0 && (calls.fetch_add(1, std::memory_order_relaxed) + 1) % interval == 0);
  if (now) {
    _CrtCheckMemory();
  }
}

void* crt::debug::allocate(Bytes size, const Origin& origin, Content content) {
  if (!is_kind_to_ask_for(origin.use)) {
    invalid_parameter();
    return nullptr;
  }
  check_at_times();
  int request = next_request();
  stop_at(request);
  if (!hook_allows(_HOOK_ALLOC, nullptr, size, origin, request) || size > kMostRequested - kOverhead) {
    return no_memory();
  }
  void* memory = winmem_malloc(size + kOverhead);
  if (memory == nullptr) {
    give_back_request(request);
    return nullptr;
  }
  Header& header = begin(memory, size);
  header.file = origin.file;
  header.line = origin.line;
  header.request = request;
  header.use = (flags() & _CRTDBG_ALLOC_MEM_DF) != 0 ? origin.use : _IGNORE_BLOCK;
  std::memset(data_of(header), content == Content::zero ? 0 : kNewFill, size);
  add(header);
  return data_of(header);
}

void crt::debug::give_back(Header& header) {
  std::memset(data_of(header), kDeadFill, header.size);
  if ((flags() & _CRTDBG_DELAY_FREE_MEM_DF) != 0) {
    keep_as_free(header);
    return;
  }
  remove(header);
  winmem_free(&header);
}

void crt::debug::release(void* data) {
  Header* header = find(data);
  if (header == nullptr) {
    winmem_free(data);
    return;
  }
  check_at_times();
  if (!hook_allows(_HOOK_FREE, data, 0, {header->use, header->file, header->line}, header->request)) {
    return;
  }
  if (_BLOCK_TYPE(header->use) == _FREE_BLOCK) {
    report(_CRT_ERROR, "free of the %zu bytes at %p, request {%d}, which were freed before\n", header->size, data,
           header->request);
    return;
  }
  Damage damage = damage_of(*header);
  if (damage != Damage::none) {
    report_damage({*header, data, {}, damage});
  }
  give_back(*header);
}

int* __p__crtDbgFlag() { return &flag_word; }

long* __p__crtBreakAlloc() { return &break_number; }

int _CrtSetDbgFlag(int _NewFlag) {
  int before = crt::debug::flags();
  if (_NewFlag == _CRTDBG_REPORT_FLAG) {
    return before;
  }
  if ((_NewFlag & kFlagBits & ~kKnownFlags) != 0) {
    crt::invalid_parameter();
    return before;
  }
  shared(flag_word).store(_NewFlag, std::memory_order_relaxed);
  return before;
}

long _CrtSetBreakAlloc(long _NewValue) { return shared(break_number).exchange(_NewValue, std::memory_order_relaxed); }

_CRT_ALLOC_HOOK _CrtSetAllocHook(_CRT_ALLOC_HOOK _PfnNewHook) {
  return hook.exchange(_PfnNewHook, std::memory_order_acq_rel);
}

_CRT_ALLOC_HOOK _CrtGetAllocHook() { return hook.load(std::memory_order_acquire); }

void* _malloc_dbg(size_t _Size, int _BlockUse, const char* _FileName, int _LineNumber) {
  heap::Caller caller(__builtin_return_address(0));
  return crt::debug::allocate(_Size, {_BlockUse, _FileName, _LineNumber}, Content::new_fill);
}

void* _calloc_dbg(size_t _Count, size_t _Size, int _BlockUse, const char* _FileName, int _LineNumber) {
  heap::Caller caller(__builtin_return_address(0));
  Bytes all = 0;
  return crt::multiply(_Count, _Size, all)
             ? crt::debug::allocate(all, {_BlockUse, _FileName, _LineNumber}, Content::zero)
             : nullptr;
}

void* _realloc_dbg(void* _Block, size_t _Size, int _BlockUse, const char* _FileName, int _LineNumber) {
  heap::Caller caller(__builtin_return_address(0));
  if (_Block == nullptr) {
    return _malloc_dbg(_Size, _BlockUse, _FileName, _LineNumber);
  }
  if (_Size == 0) {
    _free_dbg(_Block, _BlockUse);
    return nullptr;
  }
  return reallocate(_Block, _Size, {_BlockUse, _FileName, _LineNumber}, Content::new_fill);
}

void* _recalloc_dbg(void* _Block, size_t _Count, size_t _Size, int _BlockUse, const char* _FileName, int _LineNumber) {
  heap::Caller caller(__builtin_return_address(0));
  Bytes all = 0;
  if (!crt::multiply(_Count, _Size, all)) {
    return nullptr;
  }
  if (_Block == nullptr) {
    return crt::debug::allocate(all, {_BlockUse, _FileName, _LineNumber}, Content::zero);
  }
  if (all == 0) {
    _free_dbg(_Block, _BlockUse);
    return nullptr;
  }
  return reallocate(_Block, all, {_BlockUse, _FileName, _LineNumber}, Content::zero);
}

void* _expand_dbg(void* _Block, size_t _Size, int _BlockUse, const char* _FileName, int _LineNumber) {
  heap::Caller caller(__builtin_return_address(0));
  Header* header = crt::debug::find(_Block);
  if (header == nullptr) {
    return _expand(_Block, _Size);
  }
  crt::debug::check_at_times();
  Origin origin{_BlockUse, _FileName, _LineNumber};
  if (!crt::debug::hook_allows(_HOOK_REALLOC, _Block, _Size, origin, header->request) ||
      _Size > crt::kMostRequested - crt::debug::kOverhead) {
    return crt::no_memory();
  }
  // The block's end moves while all of both sizes is there, for those who check all blocks meanwhile.
  Bytes before = header->size;
  if (_Size < before) {
    crt::debug::resize(*header, _Size);
  }
  auto resized = heap::process_heap()->reallocate(header, _Size + crt::debug::kOverhead, false,
                                                  heap::Heap::Moving::in_place_only, true);
  if (resized.status != Status::ok) {
    crt::debug::resize(*header, before);
    return crt::no_memory();
  }
  if (_Size > before) {
    std::memset(data_of(*header) + before, crt::debug::kNewFill, _Size - before);
    crt::debug::resize(*header, _Size);
  }
  return _Block;
}

void _free_dbg(void* _Block, int _BlockUse) {
  heap::Caller caller(__builtin_return_address(0));
  static_cast<void>(_BlockUse); // the block knows
  if (_Block != nullptr) {
    crt::debug::release(_Block);
  }
}

size_t _msize_dbg(void* _Block, int _BlockUse) {
  static_cast<void>(_BlockUse);
  crt::debug::check_at_times();
  const Header* header = _Block != nullptr ? crt::debug::find(_Block) : nullptr;
  return header != nullptr ? header->size : _msize(_Block);
}

char* _strdup_dbg(const char* _String, int _BlockUse, const char* _FileName, int _LineNumber) {
  heap::Caller caller(__builtin_return_address(0));
  if (_String == nullptr) {
    return nullptr;
  }
  size_t size = std::strlen(_String) + 1;
  void* copy = _malloc_dbg(size, _BlockUse, _FileName, _LineNumber);
  return copy != nullptr ? static_cast<char*>(std::memcpy(copy, _String, size)) : nullptr;
}
