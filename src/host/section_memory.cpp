#include "section_memory.h"

#include "file.h"
#include "high_file.h"
#include "mapping_calls.h"
#include "syscall.h"

#include <csignal>
#include <sys/mman.h>

namespace winmem::host {

namespace {

// Copies on write are not counted by the kernel as long as they are none (K23).
int flags_of(Sharing sharing) { return sharing == Sharing::shared ? MAP_SHARED : MAP_PRIVATE | MAP_NORESERVE; }

} // namespace

int make_memory_file(Bytes size) {
  long file = 0;
  do {
    file = system_call(SYS_memfd_create, as_argument("winmem-section"), MFD_CLOEXEC);
  } while (file == -EMFILE && raise_descriptor_limit());
  if (file < 0) {
    return -1;
  }
  if (resize_file(static_cast<int>(file), size) != Kernel::ok) {
    close_file(static_cast<int>(file));
    return -1;
  }
  return move_high_or_raise(static_cast<int>(file));
}

Kernel allocate_file(int file, std::uint64_t offset, Bytes size) {
  auto allocate = [&] {
    return system_call(SYS_fallocate, file, 0, static_cast<long>(offset), static_cast<long>(size));
  };
  long result = allocate();
  if (result == -EINTR) { // a signal makes the kernel take all of it back: so there are none meanwhile
    constexpr int kMostTries = 100;
    std::uint64_t all = ~std::uint64_t{0};
    std::uint64_t before = 0;
    system_call(SYS_rt_sigprocmask, SIG_SETMASK, as_argument(&all), as_argument(&before), sizeof all);
    for (int tries = 0; result == -EINTR && tries < kMostTries; ++tries) {
      result = allocate();
    }
    system_call(SYS_rt_sigprocmask, SIG_SETMASK, as_argument(&before), 0, sizeof before);
  }
  return to_kernel(result);
}

void* map_shared(int file, std::uint64_t offset, Bytes size) {
  long result = system_call(SYS_mmap, 0, static_cast<long>(size), PROT_READ | PROT_WRITE, MAP_SHARED, file,
                            static_cast<long>(offset));
  return is_error(result) ? nullptr : reinterpret_cast<void*>(result);
}

Kernel resize_file(int file, Bytes size) {
  return to_kernel(system_call(SYS_ftruncate, file, static_cast<long>(size)));
}

Kernel map_file_at(AddressRange range, const FileMapping& mapping) {
  long result = system_call(SYS_mmap, static_cast<long>(range.begin), static_cast<long>(range.size()),
                            protection_bits(mapping.access), flags_of(mapping.sharing) | MAP_FIXED_NOREPLACE,
                            mapping.file, static_cast<long>(mapping.offset));
  if (is_error(result)) {
    return to_kernel(result);
  }
  if (static_cast<Address>(result) != range.begin) {
    // Before Linux 4.17 the flag is unknown and the address a mere hint.
    auto elsewhere = static_cast<Address>(result);
    static_cast<void>(unmap({elsewhere, elsewhere + range.size()}));
    return Kernel::in_use;
  }
  return Kernel::ok;
}

Kernel replace_by_file(AddressRange range, const FileMapping& mapping) {
  long result = system_call(SYS_mmap, static_cast<long>(range.begin), static_cast<long>(range.size()),
                            protection_bits(mapping.access), flags_of(mapping.sharing) | MAP_FIXED, mapping.file,
                            static_cast<long>(mapping.offset));
  return is_error(result) ? to_kernel(result) : Kernel::ok;
}

} // namespace winmem::host
