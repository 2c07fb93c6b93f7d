#include "safe_copy.h"

#include "own_process.h"
#include "process_map.h"
#include "syscall.h"

#include <fcntl.h>
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

struct Stack {
  Address low;
  Address high;
};
thread_local constinit Stack own_stack __attribute__((tls_model("initial-exec"))) = {0, 0};

Address thread_pointer() {
  Address pointer;
  __asm__("mov %%fs:0, %0" : "=r"(pointer));
  return pointer;
}

// The mapping that holds `frame`. A thread's control block lies at the upper end of a stack that libc made, and another
// mapping may have been joined behind it; so the stack ends there.
[[gnu::noinline]] Stack find_stack(Address frame) {
  Mapping mapping;
  if (!next_mapping(frame, mapping) || !mapping.range.contains(frame) || !mapping.write || mapping.guessed) {
    return {0, 0};
  }
  Address high = mapping.range.end;
  if (Address block = thread_pointer(); block > frame && block < high) {
    high = block;
  }
  return {mapping.range.begin, high};
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
  if (frame < own_stack.low || frame >= own_stack.high) [[unlikely]] {
    own_stack = find_stack(frame);
  }
  return at < own_stack.high && size <= own_stack.high - at;
}

} // namespace winmem::host
