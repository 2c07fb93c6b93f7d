#include "crt_calls.h"

#include "winapi.h"

#include <cerrno>
#include <cstring>
#include <malloc.h>
#include <new.h>

namespace stress {

namespace {

bool is_filled(const char* block, std::size_t size, char fill) {
  for (std::size_t i = 0; i < size; ++i) {
    if (block[i] != fill) {
      return false;
    }
  }
  return true;
}

int say_no(std::size_t) { return 0; }
void hear_nothing(const wchar_t*, const wchar_t*, const wchar_t*, unsigned, std::uintptr_t) {}

} // namespace

void crt_blocks(Random& random) {
  std::size_t size = random.between(1, random.one_in(16) ? 100'000 : 600);
  auto fill = static_cast<char>(random.next());
  auto* block = static_cast<char*>(_recalloc(nullptr, size, 1));
  MUST(block != nullptr && _msize(block) == size && is_filled(block, size, 0));
  std::memset(block, fill, size);
  MUST(_expand(block, size) == block);
  std::size_t larger = size + random.below(2000);
  block = static_cast<char*>(_recalloc(block, 1, larger));
  MUST(block != nullptr && is_filled(block, size, fill) && is_filled(block + size, larger - size, 0));
  MUST(HeapFree(reinterpret_cast<HANDLE>(_get_heap_handle()), 0, block));
}

void crt_aligned_blocks(Random& random) {
  std::size_t size = random.between(40, random.one_in(16) ? 100'000 : 600);
  std::size_t alignment = std::size_t{8} << random.below(10);
  std::size_t offset = random.below(40);
  auto fill = static_cast<char>(random.next());
  auto at = [&](const void* block) { return (reinterpret_cast<std::uintptr_t>(block) + offset) % alignment; };

  auto* block = static_cast<char*>(_aligned_offset_malloc(size, alignment, offset));
  MUST(block != nullptr && at(block) == 0 && _aligned_msize(block, alignment, offset) == size);
  std::memset(block, fill, size);
  std::size_t larger = size + random.below(2000);
  block = static_cast<char*>(_aligned_offset_recalloc(block, larger, 1, alignment, offset));
  MUST(block != nullptr && at(block) == 0 && is_filled(block, size, fill));
  MUST(is_filled(block + size, larger - size, 0));
  block = static_cast<char*>(_aligned_offset_realloc(block, size, alignment, offset));
  MUST(block != nullptr && at(block) == 0 && is_filled(block, size, fill));
  _aligned_free(block);

  offset = 0;
  block = static_cast<char*>(_aligned_malloc(size, alignment));
  MUST(block != nullptr && at(block) == 0);
  std::memset(block, fill, size);
  block = static_cast<char*>(_aligned_realloc(block, larger, alignment));
  MUST(block != nullptr && at(block) == 0 && is_filled(block, size, fill));
  block = static_cast<char*>(_aligned_recalloc(block, larger, 2, alignment));
  MUST(block != nullptr && at(block) == 0 && is_filled(block + larger, larger, 0));
  _aligned_free(block);
}

void crt_whole_heap(Random& random) {
  if (random.one_in(64)) {
    MUST(_heapchk() == _HEAPOK);
    MUST(_heapmin() == 0);
  }
  MUST(HeapLock(GetProcessHeap()));
  _HEAPINFO entry{};
  int answer = _HEAPOK;
  for (int step = 0; step < 20 && answer == _HEAPOK; ++step) {
    answer = _heapwalk(&entry);
    MUST(answer == _HEAPOK || answer == _HEAPEND);
  }
  MUST(HeapUnlock(GetProcessHeap()));
}

void crt_handlers(Random&) {
  _set_new_handler(say_no);
  MUST(_query_new_handler() == say_no && _callnewh(1) == 0);
  MUST(_set_new_mode(1) >= 0 && _query_new_mode() == 1);
  _set_invalid_parameter_handler(hear_nothing);
  MUST(_get_invalid_parameter_handler() == hear_nothing);
  MUST(_set_thread_local_invalid_parameter_handler(hear_nothing) == nullptr);
  errno = 0;
  MUST(_msize(nullptr) == static_cast<std::size_t>(-1) && errno == EINVAL);
  MUST(_set_thread_local_invalid_parameter_handler(nullptr) == hear_nothing);
}

} // namespace stress
