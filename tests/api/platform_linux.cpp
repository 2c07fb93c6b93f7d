// apitest::platform on Linux. Reading and writing are probed by a pipe, since a system call given an inaccessible page
// answers EFAULT and raises no signal. Execution has no such probe: a SIGSEGV handler makes the faulting call return.
#include "platform.h"

#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>
#include <winmem.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace apitest::platform {

namespace {

// A pipe per thread, so that probes of several threads don't read each other's bytes.
class Pipe {
public:
  Pipe() {
    if (pipe(ends_) != 0) {
      std::perror("pipe");
      std::abort();
    }
  }
  ~Pipe() {
    close(ends_[0]);
    close(ends_[1]);
  }
  bool put(const void* byte) const { return write(ends_[1], byte, 1) == 1; }
  bool take(void* byte) const { return read(ends_[0], byte, 1) == 1; }

private:
  int ends_[2] = {-1, -1};
};

const Pipe& own_pipe() {
  thread_local Pipe pipe;
  return pipe;
}

// The function being tried by this thread; a fault at its first byte is answered, any other is not ours.
thread_local const void* tried_code = nullptr;
thread_local volatile sig_atomic_t code_faulted = 0;

void return_from_tried_code(int, siginfo_t* info, void* raw_context) {
  auto* context = static_cast<ucontext_t*>(raw_context);
  auto* registers = context->uc_mcontext.gregs;
  if (tried_code == nullptr || info->si_addr != tried_code ||
      registers[REG_RIP] != static_cast<greg_t>(reinterpret_cast<std::uintptr_t>(tried_code))) {
    signal(SIGSEGV, SIG_DFL); // Not ours: the access is repeated and ends the process where it happened.
    return;
  }
  code_faulted = 1;
  auto* stack = reinterpret_cast<std::uintptr_t*>(registers[REG_RSP]);
  registers[REG_RIP] = static_cast<greg_t>(*stack); // What `ret` does.
  registers[REG_RSP] += 8;
}

// The value behind "Name:" in a file of /proc with lines of kilobytes.
std::size_t kilobytes_of(const char* name, const char* path) {
  std::FILE* file = std::fopen(path, "r");
  if (file == nullptr) {
    return 0;
  }
  char line[256];
  std::size_t value = 0;
  while (std::fgets(line, sizeof line, file) != nullptr) {
    if (std::strncmp(line, name, std::strlen(name)) == 0) {
      value = std::strtoull(line + std::strlen(name), nullptr, 10);
      break;
    }
  }
  std::fclose(file);
  return value;
}

bool kernel_has_guard_markers() {
  void* page = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  bool works = madvise(page, 4096, 102 /* MADV_GUARD_INSTALL */) == 0;
  munmap(page, 4096);
  return works;
}

} // namespace

bool can_read(const void* byte) {
  char scratch;
  return own_pipe().put(byte) && own_pipe().take(&scratch);
}

bool can_write(void* byte) {
  // The byte is read first so that it can be written back as it is; every writable page of x86-64 is readable.
  if (!own_pipe().put(byte)) {
    return false;
  }
  char scratch;
  return own_pipe().take(byte) || (own_pipe().take(&scratch) && false);
}

bool can_execute(const void* code) {
  struct sigaction ours = {};
  struct sigaction before = {};
  ours.sa_sigaction = return_from_tried_code;
  ours.sa_flags = SA_SIGINFO | SA_NODEFER;
  sigaction(SIGSEGV, &ours, &before);
  tried_code = code;
  code_faulted = 0;
  call_function(code);
  tried_code = nullptr;
  sigaction(SIGSEGV, &before, nullptr);
  return code_faulted == 0;
}

std::size_t write_function(void* place, int value) {
  // endbr64 (a no-operation where it isn't known); mov eax, value; ret
  unsigned char code[] = {0xF3, 0x0F, 0x1E, 0xFA, 0xB8, 0, 0, 0, 0, 0xC3};
  std::memcpy(code + 5, &value, sizeof value);
  std::memcpy(place, code, sizeof code);
  return sizeof code;
}

int call_function(const void* place) { return reinterpret_cast<int (*)()>(const_cast<void*>(place))(); }

namespace {

bool is_disabled(const char* mechanism) {
  const char* disabled = std::getenv("WINMEM_DISABLE");
  return disabled != nullptr &&
         (std::strstr(disabled, mechanism) != nullptr || std::strstr(disabled, "old") != nullptr);
}

} // namespace

bool guard_markers_missing() {
  static const bool works = kernel_has_guard_markers();
  return !works || is_disabled("guard");
}

bool can_undo_resets() {
  constexpr int kPopulateWrite = 23;
  void* page = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  bool works = madvise(page, 4096, kPopulateWrite) == 0 && access("/proc/self/smaps", R_OK) == 0;
  munmap(page, 4096);
  return works && !is_disabled("populate");
}

std::size_t resident_bytes() {
  return (kilobytes_of("VmRSS:", "/proc/self/status") + kilobytes_of("VmPTE:", "/proc/self/status")) * 1024;
}

std::size_t arena_bytes() {
  winmem_memory_status status = {};
  return winmem_get_memory_status(&status, sizeof status) == sizeof status ? status.arena : 0;
}

bool must_be_small() {
  const char* preloaded = std::getenv("LD_PRELOAD");
  if (preloaded != nullptr && std::strstr(preloaded, "vgpreload") != nullptr) { // Valgrind
    return true;
  }
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  return true;
#else
  return false;
#endif
#else
  return false;
#endif
}

} // namespace apitest::platform
