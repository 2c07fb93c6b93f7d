#include "memory.h"

#include "mapping_calls.h"
#include "syscall.h"

#include <fcntl.h>
#include <initializer_list>
#include <sys/mman.h>

namespace winmem::host {

namespace {

constexpr int kGuardInstall = 102; // MADV_GUARD_INSTALL; Debian 12's headers are older than the call
constexpr int kGuardRemove = 103;
constexpr int kDontNeedLocked = 24; // MADV_DONTNEED_LOCKED, Linux 5.18
constexpr int kPageOut = 21;        // MADV_PAGEOUT, Linux 5.4
constexpr int kLockOnFault = 1;     // MLOCK_ONFAULT

long advise(AddressRange range, int advice) {
  return system_call(SYS_madvise, static_cast<long>(range.begin), static_cast<long>(range.size()), advice);
}

long map(Address at, Bytes size, int protection, int flags) {
  return system_call(SYS_mmap, static_cast<long>(at), static_cast<long>(size), protection,
                     MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
}

// Of the kernel's questions about locks the only one that changes nothing: on anonymous memory MS_INVALIDATE does
// nothing but refuse where a page is locked.
bool is_locked(AddressRange range) {
  return system_call(SYS_msync, static_cast<long>(range.begin), static_cast<long>(range.size()), MS_INVALIDATE) ==
         -EBUSY;
}

// Does what locked memory does not allow: lifts the lock and puts it back, for pages that will be committed later.
// Only for what drops the contents, so nothing is lost by it. Locks are looked for page by page, which is slow and
// rare.
template <typename Drop> long drop_locked(AddressRange range, Drop drop) {
  long result = is_locked(range) ? 0 : -EINVAL;
  for (Address at = range.begin; at < range.end && result == 0;) {
    bool locked = is_locked({at, at + kPage});
    AddressRange piece{at, at + kPage};
    while (piece.end < range.end && is_locked({piece.end, piece.end + kPage}) == locked) {
      piece.end += kPage;
    }
    auto begin = static_cast<long>(piece.begin);
    auto size = static_cast<long>(piece.size());
    if (locked && system_call(SYS_munlock, begin, size) != 0) {
      return -EINVAL;
    }
    result = drop(piece);
    if (locked) {
      system_call(SYS_mlock2, begin, size, kLockOnFault);
    }
    at = piece.end;
  }
  return result;
}

} // namespace

Address map_reserved(Bytes size) {
  long result = map(0, size, PROT_NONE, MAP_NORESERVE);
  return is_error(result) ? 0 : static_cast<Address>(result);
}

Kernel map_reserved_at(AddressRange range) {
  long result = map(range.begin, range.size(), PROT_NONE, MAP_NORESERVE | MAP_FIXED_NOREPLACE);
  if (is_error(result)) {
    // EPERM: below vm.mmap_min_addr. Nothing of ours can be there, so it counts as taken.
    return result == -EPERM ? Kernel::in_use : to_kernel(result);
  }
  if (static_cast<Address>(result) != range.begin) {
    // Before Linux 4.17 the flag is unknown and the address a mere hint.
    auto elsewhere = static_cast<Address>(result);
    static_cast<void>(unmap({elsewhere, elsewhere + range.size()}));
    return Kernel::in_use;
  }
  return Kernel::ok;
}

void* map_tables(Bytes size) {
  if (!is_multiple(size, kLargePage)) {
    long result = map(0, size, PROT_READ | PROT_WRITE, 0);
    return is_error(result) ? nullptr : reinterpret_cast<void*>(result);
  }
  long result = map(0, size + kLargePage, PROT_READ | PROT_WRITE, 0);
  if (is_error(result)) {
    return nullptr;
  }
  AddressRange whole{static_cast<Address>(result), static_cast<Address>(result) + size + kLargePage};
  Address begin = round_up(whole.begin, kLargePage);
  for (AddressRange edge : {AddressRange{whole.begin, begin}, AddressRange{begin + size, whole.end}}) {
    if (!edge.empty()) {
      static_cast<void>(unmap(edge));
    }
  }
  advise({begin, begin + size}, MADV_HUGEPAGE);
  return reinterpret_cast<void*>(begin);
}

Kernel unmap(AddressRange range) {
  return to_kernel(system_call(SYS_munmap, static_cast<long>(range.begin), static_cast<long>(range.size())));
}

Kernel protect(AddressRange range, Access access) {
  return to_kernel(system_call(SYS_mprotect, static_cast<long>(range.begin), static_cast<long>(range.size()),
                               protection_bits(access)));
}

Kernel install_guards(AddressRange range) {
  long result = advise(range, kGuardInstall);
  if (result == -EINVAL) { // locked by the program (mlock, mlockall): K4, K5
    result = drop_locked(range, [](AddressRange piece) { return advise(piece, kGuardInstall); });
  }
  return to_kernel(result);
}

Kernel remove_guards(AddressRange range) { return to_kernel(advise(range, kGuardRemove)); }

Kernel discard(AddressRange range) {
  // In this order: MADV_DONTNEED refuses locked memory after a partial effect.
  long result = advise(range, kDontNeedLocked);
  if (result == -EINVAL) { // before Linux 5.18
    result = advise(range, MADV_DONTNEED);
  }
  if (result == -EINVAL) {
    result = drop_locked(range, [](AddressRange piece) { return advise(piece, MADV_DONTNEED); });
  }
  return to_kernel(result);
}

Kernel lock_resident(AddressRange range) {
  long result = system_call(SYS_mlock, static_cast<long>(range.begin), static_cast<long>(range.size()));
  return result == -EPERM ? Kernel::no_memory : to_kernel(result); // EPERM: RLIMIT_MEMLOCK is 0
}

Kernel unlock_resident(AddressRange range) {
  return to_kernel(system_call(SYS_munlock, static_cast<long>(range.begin), static_cast<long>(range.size())));
}

void page_out(AddressRange range) { advise(range, kPageOut); }

Kernel replace(AddressRange range) {
  long result = map(range.begin, range.size(), PROT_NONE, MAP_NORESERVE | MAP_FIXED);
  return is_error(result) ? to_kernel(result) : Kernel::ok;
}

void read_ahead(AddressRange range) { static_cast<void>(advise(range, MADV_WILLNEED)); }

Kernel discard_lazily(AddressRange range) { return to_kernel(advise(range, MADV_FREE)); }

void exclude_from_dumps(AddressRange range) { advise(range, MADV_DONTDUMP); }
void include_in_dumps(AddressRange range) { advise(range, MADV_DODUMP); }

Primed prime(Address page, bool by_marker) {
  AddressRange range{page, page + kPage};
  if (by_marker && install_guards(range) == Kernel::ok) {
    return remove_guards(range) == Kernel::ok ? Primed::by_marker : Primed::spoilt;
  }
  if (protect(range, Access::read_write) != Kernel::ok) {
    return Primed::otherwise; // overcommit mode 2 may refuse; then pieces merge less well, and nothing else differs
  }
  *reinterpret_cast<volatile char*>(page) = 0;
  static_cast<void>(discard(range));
  return protect(range, Access::none) == Kernel::ok ? Primed::otherwise : Primed::spoilt;
}

std::uint64_t mapping_limit() {
  constexpr std::uint64_t kDefault = 65530;
  long file = system_call(SYS_openat, AT_FDCWD, as_argument("/proc/sys/vm/max_map_count"), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    return kDefault;
  }
  char text[32];
  long length = system_call(SYS_read, file, as_argument(text), sizeof text); // all or never: a second read gets nothing
  system_call(SYS_close, file);
  std::uint64_t value = 0;
  long i = 0;
  for (; i < length && text[i] >= '0' && text[i] <= '9'; ++i) {
    value = value * 10 + static_cast<std::uint64_t>(text[i] - '0');
  }
  // Without the end of the line it is a part of the number, which would be taken for a low limit.
  bool whole = i < length && text[i] == '\n';
  return whole && value != 0 ? value : kDefault;
}

} // namespace winmem::host
