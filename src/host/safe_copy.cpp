#include "safe_copy.h"

#include "own_process.h"
#include "process_map.h"
#include "syscall.h"

#include <atomic>
#include <fcntl.h>
#include <sys/auxv.h>
#include <sys/uio.h>

namespace winmem::host {

namespace {

// Where seccomp forbids process_vm_writev (containers do): a pipe copies as carefully.
bool copy_by_pipe(Address to, Address from, Bytes size) {
  int ends[2];
  if (system_call(SYS_pipe2, as_argument(ends), O_CLOEXEC) != 0) {
    return false;
  }
  bool copied = true;
  for (Bytes done = 0; copied && done < size;) {
    Bytes step = size - done < kPage ? size - done : kPage; // a pipe holds that much at least
    auto length = static_cast<long>(step);
    copied = system_call(SYS_write, ends[1], static_cast<long>(from + done), length) == length &&
             system_call(SYS_read, ends[0], static_cast<long>(to + done), length) == length;
    done += step;
  }
  system_call(SYS_close, ends[0]);
  system_call(SYS_close, ends[1]);
  return copied;
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
  return call == SYS_process_vm_writev ? copy_by_pipe(remote, local, size) : copy_by_pipe(local, remote, size);
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
