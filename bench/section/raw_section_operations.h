// The Linux side of every measured operation: the cheapest calls that have the effect of the Windows row, in classes of
// the same names.
#pragma once

#include "section_operations.h"

#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace bench::raw {

inline void expect(bool ok, const char* what) {
  if (__builtin_expect(ok, 1))
    return;
  std::fprintf(stderr, "bench: %s: %s\n", what, std::strerror(errno));
  std::exit(1);
}

// A descriptor for as long as the object lives.
class File {
public:
  File(int file, const char* what) : file_(file) { expect(file >= 0, what); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() { expect(close(file_) == 0, "close"); }

  operator int() const { return file_; }

private:
  int file_;
};

inline int create_memory(off_t size) {
  int file = memfd_create("bench", MFD_CLOEXEC);
  expect(file >= 0 && ftruncate(file, size) == 0, "memfd_create, ftruncate");
  return file;
}

inline void* map(int file, std::size_t size) {
  void* view = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  expect(view != MAP_FAILED, "mmap");
  return view;
}

inline void unmap(void* view, std::size_t size) { expect(munmap(view, size) == 0, "munmap"); }

struct MapUnmap {
  void operator()() { unmap(map(memory, kView), kView); }

  File memory{create_memory(kSection), "memfd_create"};
};

struct MapTouchUnmap {
  void operator()() {
    void* view = map(memory, kView);
    touch(view);
    unmap(view, kView);
  }

  File memory{create_memory(kSection), "memfd_create"};
};

struct CreateTouchClose {
  void operator()() {
    File memory(create_memory(kSection), "memfd_create");
    void* view = map(memory, kSection);
    touch(view);
    unmap(view, kSection);
  }
};

struct DuplicateClose {
  void operator()() { File other(fcntl(memory, F_DUPFD_CLOEXEC, 0), "F_DUPFD_CLOEXEC"); }

  File memory{create_memory(kSection), "memfd_create"};
};

struct StreamFile {
  void operator()() {
    void* view = mmap(nullptr, LargeFile::kSize, PROT_READ, MAP_SHARED, file, 0);
    expect(view != MAP_FAILED, "mmap");
    read_all(view);
    unmap(view, LargeFile::kSize);
  }

  File file{LargeFile::get() != nullptr ? open(LargeFile::kPath, O_RDONLY | O_CLOEXEC) : -1, "open"};
};

// The only one that another process may have, and that poll() knows.
struct EventPair {
  void operator()() {
    eventfd_t value = 0;
    expect(eventfd_write(event, 1) == 0 && eventfd_read(event, &value) == 0, "eventfd");
  }

  File event{eventfd(0, EFD_CLOEXEC), "eventfd"};
};

// As one has to be that may be waited for with a handle: of whole processes, and told of when its owner dies.
struct MutexPair {
  MutexPair() {
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    expect(pthread_mutex_init(&mutex, &attributes) == 0, "pthread_mutex_init");
  }

  void operator()() {
    expect(pthread_mutex_lock(&mutex) == 0 && pthread_mutex_unlock(&mutex) == 0, "pthread_mutex_lock");
  }

  pthread_mutex_t mutex;
};

struct SemaphorePair {
  SemaphorePair() { expect(sem_init(&semaphore, 1, 0) == 0, "sem_init"); }

  void operator()() { expect(sem_post(&semaphore) == 0 && sem_wait(&semaphore) == 0, "sem_post, sem_wait"); }

  sem_t semaphore;
};

inline void open_map_close() {
  File memory(shm_open("/winmem-bench-raw", O_RDWR, 0), "shm_open");
  unmap(map(memory, kView), kView);
}

struct OpenNamed {
  OpenNamed() {
    File memory(shm_open("/winmem-bench-raw", O_RDWR | O_CREAT, 0600), "shm_open");
    expect(ftruncate(memory, kSection) == 0, "ftruncate");
  }
  OpenNamed(const OpenNamed&) = delete;
  OpenNamed& operator=(const OpenNamed&) = delete;
  ~OpenNamed() { shm_unlink("/winmem-bench-raw"); }

  void operator()() { open_map_close(); }
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
  visitor.template row<OpenNamed>("open_others", 1);
}

} // namespace bench::raw
