#include "own_process.h"

#include "syscall.h"

#include <sys/mman.h>

namespace winmem::host {

namespace detail {

constinit OwnProcess own_process{};
thread_local constinit OwnThread own_thread{};

namespace {
// In ordinary memory, so a child inherits it; the kernel's mark on the page is inherited as well.
constinit std::atomic<bool> page_marked{false};
} // namespace

[[gnu::noinline]] std::uint32_t ask_process_id() {
  auto id = static_cast<std::uint32_t>(system_call(SYS_getpid));
  if (own_process_page_ready()) {
    own_process.id.store(id, std::memory_order_relaxed);
  }
  return id;
}

[[gnu::noinline]] std::uint32_t ask_thread_id() {
  auto id = static_cast<std::uint32_t>(system_call(SYS_gettid));
  std::uint32_t process = process_id();
  own_thread.id = id;
  // A signal handler that comes between these two lines asks the kernel itself and stores the same values.
  std::atomic_signal_fence(std::memory_order_seq_cst);
  own_thread.process = process;
  return id;
}

} // namespace detail

bool own_process_page_ready() {
  if (detail::page_marked.load(std::memory_order_acquire)) {
    return true;
  }
  static_assert(sizeof(detail::OwnProcess) == kPage);
  if (system_call(SYS_madvise, as_argument(&detail::own_process), kPage, MADV_WIPEONFORK) != 0) {
    return false;
  }
  detail::page_marked.store(true, std::memory_order_release);
  return true;
}

} // namespace winmem::host
