// What memory an allocator takes: of a process that does next to nothing, of a million small blocks, and what it keeps
// of what was freed.
//
// Prints:   one "name<tab>value" line per figure; script/bench puts them below the table of times.
// Memory:   the kernel's count of resident pages. Nothing of C++'s library is used: it would count too.
#pragma once

#include "../steps.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace bench {

// Bytes of a "Name:   123 kB" line of /proc/self/smaps_rollup, which counts exactly, or of /proc/self/status. Read
// without stdio: its buffer comes from malloc.
inline std::size_t kernel_bytes(const char* file, const char* name) {
  static char text[16384];
  std::FILE* input = std::fopen(file, "r");
  static char buffer[4096];
  if (input == nullptr)
    std::abort();
  std::setvbuf(input, buffer, _IOFBF, sizeof buffer);
  text[std::fread(text, 1, sizeof text - 1, input)] = 0;
  std::fclose(input);
  const char* line = std::strstr(text, name);
  if (line == nullptr)
    std::abort();
  return std::strtoull(line + std::strlen(name), nullptr, 10) * 1024;
}

inline std::size_t resident() { return kernel_bytes("/proc/self/smaps_rollup", "\nRss:"); }

template <class Allocator> int print_figures() {
  constexpr std::size_t kBlocks = 1000000;
  constexpr std::size_t kSize = 32;
  static void* blocks[kBlocks];

  void* first = Allocator::allocate(1);
  if (first == nullptr)
    return 1;
  Allocator::release(first);
  std::printf("fresh_process_kib\t%zu\n", kernel_bytes("/proc/self/status", "\nVmHWM:") / 1024);

  // The list itself is resident before, so it does not count.
  std::memset(blocks, 1, sizeof blocks);
  std::size_t before = resident();
  for (void*& block : blocks) {
    block = Allocator::allocate(kSize);
    if (block == nullptr)
      return 1;
    touch(block);
  }
  std::size_t with = resident();
  std::printf("overhead_centibytes_a_block\t%zu\n",
              with - before > kBlocks * kSize ? (with - before - kBlocks * kSize) * 100 / kBlocks : 0);
  for (void* block : blocks)
    Allocator::release(block);
  std::size_t freed = resident();
  std::printf("kept_of_small_blocks_kib\t%zu\n", freed > before ? (freed - before) / 1024 : 0);

  // 256 MiB of blocks from 1 KiB to 1 MiB, freed, then a second in which the program does little.
  AnyOrder sizes(1 << 20);
  std::size_t held = 0;
  std::size_t count = 0;
  for (std::size_t size = 0; held < (std::size_t{256} << 20); held += size, ++count) {
    size = 1024 + (sizes.next() >> (count % 10));
    blocks[count] = Allocator::allocate(size);
    if (blocks[count] == nullptr)
      return 1;
    std::memset(blocks[count], 1, size);
  }
  for (std::size_t i = 0; i < count; ++i)
    Allocator::release(blocks[i]);
  for (int i = 0; i < 100; ++i) {
    usleep(10000);
    Allocator::release(Allocator::allocate(100));
  }
  freed = resident();
  std::printf("kept_of_256_mib_kib\t%zu\n", freed > before ? (freed - before) / 1024 : 0);
  return 0;
}

} // namespace bench
