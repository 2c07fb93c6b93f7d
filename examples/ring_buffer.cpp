// A ring buffer without an end: the same memory twice, side by side, so that no message is ever cut in two.
//
// Since Windows 10 1803 this needs no luck: one placeholder of twice the size is cut in the middle, and a view of one
// section takes the place of each half. Where placeholders are missing, a range is reserved to find a place, given up,
// and taken again by two views, unless another thread was faster: then once more.
#include <windows.h>

#include <cstdio>
#include <cstring>

#ifndef MEM_RESERVE_PLACEHOLDER
#define MEM_REPLACE_PLACEHOLDER 0x00004000
#define MEM_RESERVE_PLACEHOLDER 0x00040000
#endif
#ifndef MEM_PRESERVE_PLACEHOLDER
#define MEM_PRESERVE_PLACEHOLDER 0x00000002
#endif

namespace {

typedef PVOID(WINAPI* VirtualAlloc2Call)(HANDLE, PVOID, SIZE_T, ULONG, ULONG, void*, ULONG);
typedef PVOID(WINAPI* MapViewOfFile3Call)(HANDLE, HANDLE, PVOID, ULONG64, SIZE_T, ULONG, ULONG, void*, ULONG);

template <typename Call> Call look_up(const char* name) {
  return reinterpret_cast<Call>(reinterpret_cast<void*>(GetProcAddress(GetModuleHandleA("kernelbase"), name)));
}

class RingBuffer {
public:
  explicit RingBuffer(SIZE_T size) : size_(size), memory_(nullptr), written_(0), read_(0) {
    HANDLE section =
        CreateFileMappingA(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0, static_cast<DWORD>(size), nullptr);
    if (section == nullptr) {
      return;
    }
    memory_ = map_by_placeholders(section);
    for (int tries = 0; memory_ == nullptr && tries < 100; ++tries) {
      memory_ = map_with_luck(section);
    }
    CloseHandle(section); // the views keep it
  }
  ~RingBuffer() {
    if (memory_ != nullptr) {
      UnmapViewOfFile(memory_);
      UnmapViewOfFile(memory_ + size_);
    }
  }
  RingBuffer(const RingBuffer&) = delete;
  RingBuffer& operator=(const RingBuffer&) = delete;

  char* memory() const { return memory_; }

  bool put(const char* bytes, SIZE_T count) {
    if (count > size_ - (written_ - read_)) {
      return false;
    }
    std::memcpy(memory_ + written_ % size_, bytes, count); // in one piece, wherever it begins
    written_ += count;
    return true;
  }

  // The next bytes, also in one piece, where they lie.
  const char* get(SIZE_T count) {
    const char* bytes = memory_ + read_ % size_;
    read_ += count;
    return bytes;
  }

private:
  char* map_by_placeholders(HANDLE section) const {
    VirtualAlloc2Call alloc = look_up<VirtualAlloc2Call>("VirtualAlloc2");
    MapViewOfFile3Call map = look_up<MapViewOfFile3Call>("MapViewOfFile3");
    if (alloc == nullptr || map == nullptr) {
      return nullptr;
    }
    char* first = static_cast<char*>(
        alloc(nullptr, nullptr, 2 * size_, MEM_RESERVE | MEM_RESERVE_PLACEHOLDER, PAGE_NOACCESS, nullptr, 0));
    if (first == nullptr) {
      return nullptr;
    }
    VirtualFree(first, size_, MEM_RELEASE | MEM_PRESERVE_PLACEHOLDER); // now it is two
    for (int half = 0; half < 2; ++half) {
      char* there = first + half * size_;
      if (map(section, nullptr, there, 0, size_, MEM_REPLACE_PLACEHOLDER, PAGE_READWRITE, nullptr, 0) == nullptr) {
        return nullptr;
      }
    }
    return first;
  }

  char* map_with_luck(HANDLE section) const {
    char* there = static_cast<char*>(VirtualAlloc(nullptr, 2 * size_, MEM_RESERVE, PAGE_NOACCESS));
    if (there == nullptr) {
      return nullptr;
    }
    VirtualFree(there, 0, MEM_RELEASE);
    void* first = MapViewOfFileEx(section, FILE_MAP_WRITE, 0, 0, size_, there);
    if (first == nullptr) {
      return nullptr;
    }
    if (MapViewOfFileEx(section, FILE_MAP_WRITE, 0, 0, size_, there + size_) == nullptr) {
      UnmapViewOfFile(first);
      return nullptr;
    }
    return there;
  }

  SIZE_T size_;
  char* memory_;
  SIZE_T written_;
  SIZE_T read_;
};

} // namespace

int main() {
  const SIZE_T kSize = 0x10000;
  RingBuffer ring(kSize);
  if (ring.memory() == nullptr) {
    std::printf("no memory for the ring: error %lu\n", static_cast<unsigned long>(GetLastError()));
    return 1;
  }

  ring.memory()[5] = 'x';
  std::printf("written at 5, read %#lx further: %c\n", static_cast<unsigned long>(kSize), ring.memory()[kSize + 5]);

  // Messages of 100 bytes never fit evenly into 65536: each round ends inside another one.
  const SIZE_T kMessage = 100;
  const int kMessages = 100000;
  int whole = 0;
  int across = 0;
  for (int i = 0; i < kMessages; ++i) {
    char message[kMessage];
    std::memset(message, 0, sizeof message);
    std::snprintf(message, sizeof message, "message %d", i);
    ring.put(message, sizeof message);
    const char* got = ring.get(sizeof message);
    whole += std::memcmp(got, message, sizeof message) == 0 ? 1 : 0;
    across += got + kMessage > ring.memory() + kSize ? 1 : 0;
  }
  std::printf("%d messages, %d came whole, %d of them lay across the end\n", kMessages, whole, across);

  MEMORY_BASIC_INFORMATION there;
  for (int half = 0; half < 2; ++half) {
    VirtualQuery(ring.memory() + half * kSize, &there, sizeof there);
    std::printf("half %d: %s, %#lx bytes\n", half + 1, there.Type == MEM_MAPPED ? "a view" : "something else",
                static_cast<unsigned long>(there.RegionSize));
  }
  return 0;
}
