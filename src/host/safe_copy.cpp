#include "safe_copy.h"

#include "features.h"
#include "own_process.h"
#include "process_map.h"
#include "syscall.h"

#include <algorithm>
#include <atomic>
#include <fcntl.h>
#include <sys/auxv.h>
#include <sys/uio.h>

namespace winmem::host {

namespace {

Bytes to_page_end(Address at) { return kPage - at % kPage; }

// Where seccomp forbids process_vm_writev (containers do): a pipe copies as carefully. It takes all of a piece or
// nothing, so no piece crosses a page on either side.
Bytes copy_by_pipe(Address to, Address from, Bytes size) {
  int ends[2];
  if (system_call(SYS_pipe2, as_argument(ends), O_CLOEXEC) != 0) {
    return 0;
  }
  Bytes done = 0;
  for (bool copied = true; copied && done < size;) {
    Bytes step = std::min({size - done, to_page_end(to + done), to_page_end(from + done)}); // a pipe holds that much
    auto length = static_cast<long>(step);
    copied = system_call(SYS_write, ends[1], static_cast<long>(from + done), length) == length &&
             system_call(SYS_read, ends[0], static_cast<long>(to + done), length) == length;
    done += copied ? step : 0;
  }
  system_call(SYS_close, ends[0]);
  system_call(SYS_close, ends[1]);
  return done;
}

bool copy(long call, Address local, Address remote, Bytes size) {
  iovec here{reinterpret_cast<void*>(local), size};
  iovec there{reinterpret_cast<void*>(remote), size};
  long done = system_call(call, static_cast<long>(process_id()), as_argument(&here), 1, as_argument(&there), 1);
  if (done == static_cast<long>(size)) {
    return true;
  }
  if (done == -EFAULT || done >= 0) {
    return false;
  }
  return (call == SYS_process_vm_writev ? copy_by_pipe(remote, local, size) : copy_by_pipe(local, remote, size)) ==
         size;
}

// The pages of the calling thread's stack, in one word so that a signal handler that interrupts the store finds either
// all of the old or all of the new: the first page's number, and how many. 0: not known.
constexpr int kCountBits = 29;
thread_local constinit std::atomic<std::uint64_t> own_stack __attribute__((tls_model("initial-exec"))) = 0;

AddressRange unpack(std::uint64_t word) {
  Address low = pages_to_bytes(word >> kCountBits);
  return {low, low + pages_to_bytes(word & ((std::uint64_t{1} << kCountBits) - 1))};
}

Address thread_pointer() {
  Address pointer;
  __asm__("mov %%fs:0, %0" : "=r"(pointer));
  return pointer;
}

// The mapping that holds `frame`, if it is surely a stack: a thread's ends with the control block that libc puts there,
// the first thread's with what the kernel put there for the program, of which AT_RANDOM is a part. Another mapping may
// have been joined behind. Any other stack (a signal handler's, a coroutine's) may have holes above the frame that the
// kernel's list does not show.
[[gnu::noinline]] AddressRange find_stack(Address frame) {
  Mapping mapping;
  if (!next_mapping(frame, mapping) || !mapping.range.contains(frame) || !mapping.write || mapping.guessed) {
    return {};
  }
  for (Address end : {thread_pointer(), static_cast<Address>(getauxval(AT_RANDOM))}) {
    if (end > frame && end < mapping.range.end) {
      AddressRange stack{mapping.range.begin, round_up(end, kPage)};
      own_stack.store(bytes_to_pages(stack.begin) << kCountBits | bytes_to_pages(stack.size()),
                      std::memory_order_relaxed);
      return stack;
    }
  }
  return {};
}

AddressRange stack_of(Address frame) {
  AddressRange stack = unpack(own_stack.load(std::memory_order_relaxed));
  return stack.contains(frame) ? stack : find_stack(frame);
}

} // namespace

bool copy_to(Address to, const void* from, Bytes size) {
  return copy(SYS_process_vm_writev, reinterpret_cast<Address>(from), to, size);
}

bool copy_from(void* to, Address from, Bytes size) {
  return copy(SYS_process_vm_readv, reinterpret_cast<Address>(to), from, size);
}

Bytes copy_as_far(Address to, Address from, Bytes size) {
  constexpr Bytes kMost = Bytes{1} << 30; // the kernel takes less than 2 GiB at once
  Bytes done = 0;
  while (done < size) {
    Bytes step = std::min(size - done, kMost);
    iovec here{reinterpret_cast<void*>(to + done), step};
    iovec there{reinterpret_cast<void*>(from + done), step};
    long moved = system_call(SYS_process_vm_readv, static_cast<long>(process_id()), as_argument(&here), 1,
                             as_argument(&there), 1);
    if (moved == -EFAULT || moved == 0) {
      return done;
    }
    if (moved < 0) {
      return done + copy_by_pipe(to + done, from + done, size - done);
    }
    done += static_cast<Bytes>(moved);
  }
  return done;
}

Bytes readable_bytes(Address at, Bytes size) {
  constexpr unsigned kPagesAtOnce = 64;
  Address end = at + size;
  for (Address next = at; next < end;) {
    iovec pages[kPagesAtOnce];
    char bytes[kPagesAtOnce];
    unsigned count = 0;
    for (Address page = next; page < end && count < kPagesAtOnce; page = round_down(page, kPage) + kPage) {
      pages[count++] = {reinterpret_cast<void*>(page), 1};
    }
    iovec here{bytes, count};
    long seen = system_call(SYS_process_vm_readv, static_cast<long>(process_id()), as_argument(&here), 1,
                            as_argument(pages), static_cast<long>(count));
    if (seen < 0 && seen != -EFAULT) {
      seen = copy_by_pipe(reinterpret_cast<Address>(bytes), next, 1) == 1 ? 1 : 0; // one page after the other
      count = 1;
    }
    if (seen < static_cast<long>(count)) {
      return (seen > 0 ? reinterpret_cast<Address>(pages[seen].iov_base) : next) - at;
    }
    next = round_down(reinterpret_cast<Address>(pages[count - 1].iov_base), kPage) + kPage;
  }
  return size;
}

bool can_write_byte(Address at) {
  constexpr int kPopulateWrite = 23; // MADV_POPULATE_WRITE, Linux 5.14
  if (!disabled(Feature::populate) &&
      system_call(SYS_madvise, static_cast<long>(round_down(at, kPage)), kPage, kPopulateWrite) == 0) {
    return true;
  }
  char byte = 0; // an older kernel, or a page that cannot be written
  return copy_from(&byte, at, 1) && copy_to(at, &byte, 1);
}

bool on_own_stack(Address at, Bytes size) {
  auto frame = reinterpret_cast<Address>(__builtin_frame_address(0));
  if (at < frame || size > kUserEnd) {
    return false;
  }
  AddressRange stack = stack_of(frame);
  return at < stack.end && size <= stack.end - at;
}

AddressRange own_stack_pages() { return stack_of(reinterpret_cast<Address>(__builtin_frame_address(0))); }

} // namespace winmem::host
