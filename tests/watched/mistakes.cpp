// One mistake with a block of a heap, named by the argument, for tools to find; `nothing` makes none.
#include <cstdio>
#include <cstring>
#include <initializer_list>
#include <windows.h>

namespace {

template <typename T> T hidden(T value) {
  volatile T kept = value;
  return kept;
}

int sink = 0;
void read(const char* at) { sink += *hidden(at); }
void write(char* at) { *hidden(at) = 1; }

char* take(HANDLE heap, SIZE_T size, DWORD flags = 0) {
  return hidden(static_cast<char*>(HeapAlloc(heap, flags, size)));
}

constexpr SIZE_T kSizes[] = {1, 16, 24, 100, 5000, 28'672, 40'000, 500'001, 3'000'001};

// All that is allowed, with many blocks that come and go, also in memory that was blocks before.
void nothing(HANDLE heap) {
  for (int round = 0; round < 3; ++round) {
    for (SIZE_T size : kSizes) {
      char* zeroed = take(heap, size, HEAP_ZERO_MEMORY);
      read(zeroed + size - 1);
      char* block = take(heap, size);
      std::memset(block, 'x', size);
      for (SIZE_T next : {size + 1, size * 3, size / 2 + 1}) {
        block = static_cast<char*>(HeapReAlloc(heap, HEAP_ZERO_MEMORY, block, next));
        read(block + next - 1);
        write(block + next - 1);
      }
      if (!HeapValidate(heap, 0, block) || !HeapValidate(heap, 0, nullptr)) {
        std::puts("not sound");
      }
      HeapFree(heap, 0, block);
      HeapFree(heap, 0, zeroed);
    }
    HANDLE other = HeapCreate(0, 0, round == 1 ? 0x100000 : 0);
    char* last = take(other, 10'000);
    std::memset(last, 'y', 10'000);
    HeapDestroy(other);
    HeapCompact(heap, 0);
    auto* region = static_cast<char*>(VirtualAlloc(nullptr, 0x1000000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE));
    for (SIZE_T at = 0; at < 0x1000000; at += 0x1000) {
      read(region + at);
      write(region + at);
    }
    VirtualFree(region, 0, MEM_RELEASE);
  }
}

void read_of_freed(HANDLE heap) {
  char* block = take(heap, 100, HEAP_ZERO_MEMORY);
  HeapFree(heap, 0, block);
  read(block + 50);
}

void write_to_freed(HANDLE heap) {
  char* block = take(heap, 300'000, HEAP_ZERO_MEMORY);
  HeapFree(heap, 0, block);
  write(block + 50);
}

void write_behind(HANDLE heap) { write(take(heap, 100) + 100); }

void write_behind_without_slack(HANDLE heap) { write(take(heap, 64) + 64); }

void read_behind_what_shrank(HANDLE heap) {
  char* block = take(heap, 1000, HEAP_ZERO_MEMORY);
  block = static_cast<char*>(HeapReAlloc(heap, HEAP_REALLOC_IN_PLACE_ONLY, block, 900));
  read(block + 950);
}

void lost(HANDLE heap) {
  for (int i = 0; i < 10; ++i) {
    take(heap, 1234);
  }
}

void undefined(HANDLE heap) {
  if (*take(heap, 100) == 1) {
    std::puts("one");
  }
}

struct {
  const char* name;
  void (*make)(HANDLE heap);
} const kMistakes[] = {
    {"nothing", nothing},
    {"read_of_freed", read_of_freed},
    {"write_to_freed", write_to_freed},
    {"write_behind", write_behind},
    {"write_behind_without_slack", write_behind_without_slack},
    {"read_behind_what_shrank", read_behind_what_shrank},
    {"lost", lost},
    {"undefined", undefined},
};

} // namespace

int main(int, char** arguments) {
  for (const auto& mistake : kMistakes) {
    if (std::strcmp(mistake.name, arguments[1]) == 0) {
      bool is_private = std::strcmp(arguments[2], "private") == 0;
      mistake.make(is_private ? HeapCreate(0, 0, 0) : GetProcessHeap());
      return 0;
    }
  }
  return 2;
}
