// Windows calls on sections, handles and sync objects, each a measured operation: for winmem and, the same source,
// under Wine. raw_section_operations.h has the Linux calls that do the same, under the same names.
#pragma once

#include "../must.h"
#include "../steps.h"

#include <windows.h>

namespace bench {

constexpr DWORD kView = 0x10000;
constexpr DWORD kSection = 0x100000;

// A handle for as long as the object lives.
class Handle {
public:
  Handle(HANDLE handle, const char* what) : handle_(handle) { must(handle != nullptr, what); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { must(CloseHandle(handle_) != 0, "CloseHandle"); }

  operator HANDLE() const { return handle_; }

private:
  HANDLE handle_;
};

inline HANDLE create_section(DWORD size, const char* name = nullptr) {
  return CreateFileMappingA(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0, size, name);
}

inline void* map(HANDLE section, SIZE_T size) {
  void* view = MapViewOfFile(section, FILE_MAP_ALL_ACCESS, 0, 0, size);
  must(view != nullptr, "MapViewOfFile");
  return view;
}

inline void unmap(void* view) { must(UnmapViewOfFile(view) != 0, "UnmapViewOfFile"); }

struct MapUnmap {
  void operator()() { unmap(map(section, kView)); }

  Handle section{create_section(kSection), "CreateFileMapping"};
};

struct MapTouchUnmap {
  void operator()() {
    void* view = map(section, kView);
    touch(view);
    unmap(view);
  }

  Handle section{create_section(kSection), "CreateFileMapping"};
};

struct CreateTouchClose {
  void operator()() {
    Handle section(create_section(kSection), "CreateFileMapping");
    void* view = map(section, kSection);
    touch(view);
    unmap(view);
  }
};

struct DuplicateClose {
  void operator()() {
    HANDLE other = nullptr;
    HANDLE process = GetCurrentProcess();
    must(DuplicateHandle(process, section, process, &other, 0, FALSE, DUPLICATE_SAME_ACCESS) != 0, "DuplicateHandle");
    must(CloseHandle(other) != 0, "CloseHandle");
  }

  Handle section{create_section(kSection), "CreateFileMapping"};
};

// A file of 1 GiB in the current directory, all of it in the page cache; it goes with the program.
class LargeFile {
public:
  static constexpr SIZE_T kSize = SIZE_T{1} << 30;
  static constexpr const char* kPath = "winmem-bench-large.tmp";

  static HANDLE get() {
    static LargeFile file;
    return file.file_;
  }

private:
  LargeFile()
      : file_(CreateFileA(kPath, GENERIC_READ | GENERIC_WRITE | DELETE,
                          FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr, CREATE_ALWAYS,
                          FILE_FLAG_DELETE_ON_CLOSE, nullptr)) {
    must(file_ != INVALID_HANDLE_VALUE, "CreateFile");
    static char block[1 << 20] = {1};
    for (SIZE_T written = 0; written < kSize; written += sizeof block) {
      DWORD count = 0;
      must(WriteFile(file_, block, sizeof block, &count, nullptr) && count == sizeof block, "WriteFile");
    }
  }

  HANDLE file_; // closed with the process
};

// All of it, a word in each cache line; what is added up must not be left out.
inline void read_all(const void* view) {
  const auto* words = static_cast<const volatile unsigned long long*>(view);
  unsigned long long sum = 0;
  for (SIZE_T i = 0; i < LargeFile::kSize / sizeof *words; i += 64 / sizeof *words)
    sum += words[i];
  must(sum != 0, "reading");
}

struct StreamFile {
  void operator()() {
    void* view = MapViewOfFile(section, FILE_MAP_READ, 0, 0, 0);
    must(view != nullptr, "MapViewOfFile");
    read_all(view);
    unmap(view);
  }

  Handle section{CreateFileMappingA(LargeFile::get(), nullptr, PAGE_READONLY, 0, 0, nullptr), "CreateFileMapping"};
};

inline void wait(HANDLE object) { must(WaitForSingleObject(object, INFINITE) == WAIT_OBJECT_0, "WaitForSingleObject"); }

struct EventPair {
  void operator()() {
    must(SetEvent(event) != 0, "SetEvent");
    wait(event);
  }

  Handle event{CreateEventA(nullptr, FALSE, FALSE, nullptr), "CreateEvent"};
};

struct MutexPair {
  void operator()() {
    wait(mutex);
    must(ReleaseMutex(mutex) != 0, "ReleaseMutex");
  }

  Handle mutex{CreateMutexA(nullptr, FALSE, nullptr), "CreateMutex"};
};

struct SemaphorePair {
  void operator()() {
    must(ReleaseSemaphore(semaphore, 1, nullptr) != 0, "ReleaseSemaphore");
    wait(semaphore);
  }

  Handle semaphore{CreateSemaphoreA(nullptr, 0, 100, nullptr), "CreateSemaphore"};
};

constexpr const char* kName = "winmem-bench-section";

// A name that is known: by a handle of this process's, or by another process's.
inline void open_map_close() {
  Handle section(OpenFileMappingA(FILE_MAP_ALL_ACCESS, FALSE, kName), "OpenFileMapping");
  unmap(map(section, kView));
}

struct OpenNamed {
  void operator()() { open_map_close(); }

  Handle section{create_section(kSection, kName), "CreateFileMapping"};
};

template <class Visitor> void visit_section_operations(Visitor& visitor) {
  visitor.template row<MapUnmap>("map_unmap", 1);
  visitor.template row<MapTouchUnmap>("map_touch_unmap", 1);
  visitor.template row<CreateTouchClose>("create_touch_close", 1);
  visitor.template row<DuplicateClose>("duplicate_close", 1);
  visitor.template row<StreamFile>("stream_file", 1);
  visitor.template row<EventPair>("event_pair", 1);
  visitor.template row<MutexPair>("mutex_pair", 1);
  visitor.template row<SemaphorePair>("semaphore_pair", 1);
  visitor.template row<OpenNamed>("open_named", 1);
}

} // namespace bench
