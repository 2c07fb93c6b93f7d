#include "crt_calls.h"

#include "winapi.h"

#include <cerrno>
#include <corecrt.h>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <direct.h>
#include <errno.h>
#include <io.h>
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

void crt_bytes(Random& random) {
  char from[64];
  char to[64] = {};
  std::size_t size = 2 * random.between(1, 31);
  for (std::size_t i = 0; i < size; ++i) {
    from[i] = static_cast<char>('a' + random.below(26));
  }
  from[size - 1] = '.';
  _swab(from, to, static_cast<int>(size));
  MUST(to[size - 2] == '.');
  _swab(to, to, static_cast<int>(size));
  MUST(_memicmp(from, to, size) == 0);
  MUST(_memccpy(to, from, '.', size) == to + size);
  MUST(memcpy_s(to, sizeof to, from, size) == 0 && memmove_s(to + 1, sizeof to - 1, to, size) == 0);
}

void crt_numbers(Random& random) {
  int number = 0;
  unsigned system_number = 0;
  auto value = static_cast<int>(random.below(1000));
  MUST(_set_errno(value) == 0 && _get_errno(&number) == 0 && number == value && *_errno() == value);
  MUST(_set_doserrno(7) == 0 && _get_doserrno(&system_number) == 0 && system_number == 7 && *__doserrno() == 7);
  _invalid_parameter_noinfo();
  MUST((_set_abort_behavior(0, 0) & ~3U) == 0);
}

void crt_base_blocks(Random& random) {
  std::size_t size = random.between(1, random.one_in(16) ? 100'000 : 600);
  auto* block = static_cast<char*>(random.one_in(2) ? _calloc_base(size, 1) : _malloc_base(size));
  MUST(block != nullptr && _msize_base(block) == size);
  std::memset(block, 'b', size);
  block = static_cast<char*>(_realloc_base(block, size + 100));
  block = static_cast<char*>(_recalloc_base(block, size + 300, 1));
  MUST(block != nullptr && is_filled(block, size, 'b') && is_filled(block + size + 100, 200, 0));
  _free_base(block);
  MUST(_get_sbh_threshold() == 0 && _set_sbh_threshold(0) == 1);
  MUST(_heapadd(nullptr, 0) == -1 && _heapused(nullptr, nullptr) == 0);
  MUST(!random.one_in(64) || _heapset(0) == _HEAPOK);
}

void crt_descriptors(Random& random) {
  std::FILE* file = std::tmpfile();
  if (file == nullptr) {
    return; // no descriptor left
  }
  MUST(_chsize(_fileno(file), static_cast<long>(random.below(10'000))) == 0);
  MUST(_chsize_s(_fileno(file), 5) == 0);
  MUST(std::fseek(file, 0, SEEK_END) == 0 && std::ftell(file) == 5);
  std::fclose(file);
}

void crt_texts(Random&) {
  char room[4096];
  MUST(_getcwd(room, sizeof room) == room && _fullpath(room, "a/../b", sizeof room) == room);
  wchar_t* wide = _wfullpath(nullptr, L"a/../b", 0);
  MUST(wide != nullptr && wide[0] == L'/');
  std::free(wide);
  char* name = _tempnam(nullptr, "stress");
  char* copy = _strdup(name);
  MUST(name != nullptr && copy != nullptr && std::strcmp(name, copy) == 0);
  std::free(name);
  std::free(copy);
}

} // namespace stress
