// Who we are, and what a fork's child must not inherit.
//
// Owns:      one page that the kernel empties in the child of every fork (MADV_WIPEONFORK, Linux 4.14). It holds the
//            process id and descriptors of process_map's and written_pages'. A child by _Fork or plain clone, where no
//            atfork handler runs, is covered too.
// Lock:      none. Every field is an atomic, zero means unknown; who finds zero asks the kernel and stores the answer.
// Cost:      process_id() is a load and a test; thread_id() two loads more.
// Surprise:  a child made by vfork shares this memory with its parent, so it reads its parent's id; that child may only
//            call exec or _exit anyway.
#pragma once

#include "../base/address.h"

#include <atomic>
#include <cstdint>

namespace winmem::host {

namespace detail {

struct alignas(kPage) OwnProcess {
  std::atomic<std::uint32_t> id;
  std::atomic<std::int32_t> map_file;      // process_map's descriptor plus one
  std::atomic<std::int32_t> write_watcher; // written_pages' descriptor plus one
};
extern OwnProcess own_process;

struct OwnThread {
  std::uint32_t process; // the process in which `id` was asked for; another one after a fork
  std::uint32_t id;
};
extern thread_local constinit OwnThread own_thread;

std::uint32_t ask_process_id();
std::uint32_t ask_thread_id();

} // namespace detail

inline std::uint32_t process_id() {
  std::uint32_t id = detail::own_process.id.load(std::memory_order_relaxed);
  return id != 0 ? id : detail::ask_process_id();
}

inline std::uint32_t thread_id() {
  std::uint32_t process = detail::own_process.id.load(std::memory_order_relaxed);
  const detail::OwnThread& thread = detail::own_thread;
  return process != 0 && thread.process == process ? thread.id : detail::ask_thread_id();
}

// Makes the page one that fork empties. False when the kernel refuses: then nothing may be kept in it.
bool own_process_page_ready();

} // namespace winmem::host
