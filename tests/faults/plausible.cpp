#include "plausible.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>

namespace faults {

namespace {

// Newer than Debian 12's headers.
constexpr long kGuardInstall = 102;
constexpr long kGuardRemove = 103;
constexpr long kDontNeedLocked = 24;
constexpr long kFutexWaitv = 449;

// Sandboxes answer any call with EPERM or ENOSYS, so most rows have one of the two.
constexpr Answer kMapAnywhere[] = {{ENOMEM}, {EAGAIN}, {EPERM}, {EINVAL}};
constexpr Answer kMapThere[] = {{ENOMEM}, {EEXIST}, {EPERM}, {EINVAL}, {0, How::elsewhere, true, true}};
// ENOMEM: the middle of a mapping, at the limit. What takes a mapping back that was just made is not refused.
constexpr Answer kUnmap[] = {{ENOMEM, How::refused, true, true}, {EPERM, How::refused, true, true}};
// Half done happens once: what gives pages their old protection again only joins mappings, and that works (K112).
constexpr Answer kProtect[] = {{ENOMEM}, {EACCES}, {ENOMEM, How::half, false}};
// EINVAL: a kernel that is older; ENOMEM: no page for the tables that markers take, perhaps only for some of them. Then
// contents may be gone, and all that is left is to go on; that this fails for another reason is not plausible.
constexpr Answer kInstall[] = {{ENOMEM}, {EINVAL}, {ENOMEM, How::half, true, true}};
constexpr Answer kRemove[] = {{ENOMEM}, {EINVAL}, {ENOMEM, How::half}};
constexpr Answer kDiscard[] = {{EINVAL}, {EPERM}};
constexpr Answer kAdvice[] = {{EINVAL}, {ENOMEM}, {EAGAIN}, {EPERM}};
constexpr Answer kLocking[] = {{ENOMEM}, {EPERM}, {EAGAIN}, {ENOMEM, How::half}};
// Asked for locked memory only, when the kernel has done a part already (K4).
constexpr Answer kUnlocking[] = {{ENOMEM, How::refused, true, true}, {EPERM, How::refused, true, true}};
constexpr Answer kOpen[] = {{EMFILE}, {ENFILE}, {ENOENT}, {EACCES}, {ENOMEM}, {EINTR, How::refused, false}};
constexpr Answer kRead[] = {{EINTR, How::refused, false}, {EIO}, {0}, {0, How::one_byte}, {EPERM}};
constexpr Answer kReadAt[] = {{EIO}, {EPERM}, {ENOMEM}, {0, How::one_byte}};
constexpr Answer kWrite[] = {{EIO}, {EPERM}, {EFAULT}, {0, How::one_byte}};
constexpr Answer kClose[] = {{EINTR, How::done}, {EIO, How::done}};
constexpr Answer kAsk[] = {{ENOTTY}, {EPERM}, {EBADF}, {ENOMEM}, {ENAMETOOLONG}, {EINTR, How::refused, false}};
constexpr Answer kMemoryFile[] = {{EMFILE}, {ENFILE}, {ENOMEM}, {EPERM}, {ENOSYS}};
constexpr Answer kDuplicate[] = {{EMFILE}, {EINVAL}, {EPERM}};
constexpr Answer kLock[] = {{ENOLCK}, {EINVAL}, {EPERM}, {EBADF}};
constexpr Answer kLockWait[] = {{ENOLCK}, {EPERM}, {EBADF}, {EINTR, How::refused, false}};
constexpr Answer kMakeFolder[] = {{EACCES}, {ENOSPC}, {EROFS}, {EPERM}};
constexpr Answer kMode[] = {{EPERM}, {EROFS}};
constexpr Answer kList[] = {{EPERM}, {ENOENT}, {ENOSYS}};
constexpr Answer kPosition[] = {{EPERM}, {EINVAL}};
constexpr Answer kResize[] = {{EPERM}, {EIO}, {ENOSPC}, {EINTR, How::refused, false}};
constexpr Answer kReserveBlocks[] = {{ENOSPC}, {EIO}, {EOPNOTSUPP}, {ENOSYS}, {EINTR, How::refused, false}};
constexpr Answer kFlush[] = {{EIO}, {ENOSPC}, {EINVAL}, {EROFS}};
constexpr Answer kWriteBack[] = {{EIO}, {ENOSPC}, {EINVAL}, {EPERM}};
// What takes a file away again that was just created is not refused.
constexpr Answer kRemoveName[] = {
    {EACCES, How::refused, true, true}, {EBUSY, How::refused, true, true}, {EIO, How::refused, true, true}};
constexpr Answer kStatx[] = {{EBADF}, {ENOMEM}, {EPERM}, {ENOSYS}};
constexpr Answer kRename[] = {{EACCES}, {EPERM}, {EIO}, {ENOSPC}, {EXDEV}, {EINVAL}, {ENOSYS}};
constexpr Answer kRenameAsBefore[] = {{EACCES}, {EPERM}, {EIO}, {ENOSPC}};
constexpr Answer kDirectory[] = {{ENOENT}, {ERANGE}, {ENOMEM}};
constexpr Answer kLink[] = {{EACCES}, {ENOENT}, {ENOMEM}};
constexpr Answer kStatus[] = {{EBADF}, {ENOMEM}, {EPERM}};
constexpr Answer kLimit[] = {{EPERM}, {ENOSYS}};
constexpr Answer kPipe[] = {{EMFILE}, {ENFILE}, {EPERM}};
constexpr Answer kCopy[] = {{EPERM}, {ENOSYS}, {ESRCH}, {ENOMEM}};
constexpr Answer kEntries[] = {{ENOENT}, {EACCES}, {0}};
constexpr Answer kMincore[] = {{ENOMEM}, {EAGAIN}, {ENOSYS}};
constexpr Answer kNode[] = {{EPERM}, {ENOSYS}, {EFAULT}};
constexpr Answer kAffinity[] = {{EINVAL}, {EPERM}, {ESRCH}, {ENOSYS}};
constexpr Answer kAlternateStack[] = {{ENOMEM}, {EPERM}};
constexpr Answer kFence[] = {{EPERM}, {ENOSYS}};
constexpr Answer kSleep[] = {{EINTR, How::refused, false}};
constexpr Answer kSend[] = {{EPERM}, {ENOSYS}};
// An interrupted or a spurious return is all that can happen to a wait.
constexpr Answer kWait[] = {{EINTR, How::refused, false}, {EAGAIN, How::refused, false}};

// Older kernels and sandboxes know no waits on several words.
constexpr Answer kWaitForAny[] = {{EINTR, How::refused, false}, {EAGAIN, How::refused, false}, {ENOSYS}, {EPERM}};
constexpr Answer kDoze[] = {{EINTR, How::refused, false}, {EPERM}};
constexpr Answer kThread[] = {{EPERM}, {ENOSYS}};

constexpr Plausible kTable[] = {
    {SYS_mmap, 0, "mmap", kMapAnywhere},
    {SYS_mmap, MAP_FIXED_NOREPLACE, "mmap(FIXED_NOREPLACE)", kMapThere},
    {SYS_munmap, kAny, "munmap", kUnmap},
    {SYS_mprotect, kAny, "mprotect", kProtect},
    {SYS_madvise, kGuardInstall, "madvise(GUARD_INSTALL)", kInstall},
    {SYS_madvise, kGuardRemove, "madvise(GUARD_REMOVE)", kRemove},
    {SYS_madvise, MADV_DONTNEED, "madvise(DONTNEED)", kDiscard},
    {SYS_madvise, kDontNeedLocked, "madvise(DONTNEED_LOCKED)", kDiscard},
    {SYS_madvise, kAny, "madvise", kAdvice},
    {SYS_msync, MS_SYNC, "msync(SYNC)", kWriteBack},
    {SYS_msync, kAny, "msync", kUnlocking},
    {SYS_mlock, kAny, "mlock", kLocking},
    {SYS_mlock2, kAny, "mlock2", kLocking},
    {SYS_munlock, kAny, "munlock", kUnlocking},
    {SYS_openat, kAny, "openat", kOpen},
    {SYS_read, kAny, "read", kRead},
    {SYS_pread64, kAny, "pread64", kReadAt},
    {SYS_write, kAny, "write", kWrite},
    {SYS_close, kAny, "close", kClose},
    {SYS_ioctl, kAny, "ioctl", kAsk},
    {SYS_fcntl, F_OFD_SETLK, "fcntl(OFD_SETLK)", kLock},
    {SYS_fcntl, F_OFD_SETLKW, "fcntl(OFD_SETLKW)", kLockWait},
    {SYS_fcntl, F_OFD_GETLK, "fcntl(OFD_GETLK)", kLock},
    {SYS_fcntl, F_SETLKW, "fcntl(SETLKW)", kLockWait},
    {SYS_mkdirat, kAny, "mkdirat", kMakeFolder},
    {SYS_fchmod, kAny, "fchmod", kMode},
    {SYS_getdents64, kAny, "getdents64", kList},
    {SYS_memfd_create, kAny, "memfd_create", kMemoryFile},
    {SYS_userfaultfd, kAny, "userfaultfd", kMemoryFile},
    {SYS_fcntl, kAny, "fcntl", kDuplicate},
    {SYS_pwrite64, kAny, "pwrite64", kWrite},
    {SYS_lseek, kAny, "lseek", kPosition},
    {SYS_ftruncate, kAny, "ftruncate", kResize},
    {SYS_fallocate, kAny, "fallocate", kReserveBlocks},
    {SYS_fsync, kAny, "fsync", kFlush},
    {SYS_newfstatat, kAny, "newfstatat", kStatus},
    {SYS_dup3, kAny, "dup3", kDuplicate},
    {SYS_statx, kAny, "statx", kStatx},
    {SYS_renameat2, kAny, "renameat2", kRename},
    {SYS_renameat, kAny, "renameat", kRenameAsBefore},
    {SYS_getcwd, kAny, "getcwd", kDirectory},
    {SYS_unlinkat, kAny, "unlinkat", kRemoveName},
    {SYS_readlinkat, kAny, "readlinkat", kLink},
    {SYS_fstat, kAny, "fstat", kStatus},
    {SYS_sysinfo, kAny, "sysinfo", kLimit},
    {SYS_getdents64, kAny, "getdents64", kEntries},
    {SYS_clock_gettime, kAny, "clock_gettime", kLimit},
    {SYS_prlimit64, kAny, "prlimit64", kLimit},
    {SYS_pipe2, kAny, "pipe2", kPipe},
    {SYS_process_vm_readv, kAny, "process_vm_readv", kCopy},
    {SYS_process_vm_writev, kAny, "process_vm_writev", kCopy},
    {SYS_mincore, kAny, "mincore", kMincore},
    {SYS_mbind, kAny, "mbind", kNode},
    {SYS_get_mempolicy, kAny, "get_mempolicy", kNode},
    {SYS_sched_getaffinity, kAny, "sched_getaffinity", kAffinity},
    {SYS_futex, FUTEX_WAIT, "futex(WAIT)", kWait},
    {SYS_futex, FUTEX_WAIT_BITSET, "futex(WAIT_BITSET)", kWait},
    {kFutexWaitv, kAny, "futex_waitv", kWaitForAny},
    {SYS_clock_nanosleep, kAny, "clock_nanosleep", kDoze},
    {SYS_get_robust_list, kAny, "get_robust_list", kThread},
    {SYS_tkill, kAny, "tkill", kThread},
    {SYS_membarrier, kAny, "membarrier", kFence},
    {SYS_nanosleep, kAny, "nanosleep", kSleep},
    {SYS_sigaltstack, 1, "sigaltstack", kAlternateStack},
    {SYS_sigaltstack, 0, "sigaltstack(ask)", {}}, // fails for bad addresses only
    {SYS_rt_tgsigqueueinfo, kAny, "rt_tgsigqueueinfo", kSend},
    {SYS_tgkill, kAny, "tgkill", kSend},
    {SYS_rt_sigaction, kAny, "rt_sigaction", {}},     // fails for bad arguments only; a sandbox without it runs nothing
    {SYS_rt_sigprocmask, kAny, "rt_sigprocmask", {}}, // the same
    {SYS_exit_group, kAny, "exit_group", {}},         // never fails
    {SYS_futex, FUTEX_WAKE, "futex(WAKE)", {}},       // fails for bad addresses only
    {SYS_getrusage, kAny, "getrusage", {}},           // the same
    {SYS_sched_yield, kAny, "sched_yield", {}},       // never fails on Linux
    {SYS_getpid, kAny, "getpid", {}},                 // never fails
    {SYS_geteuid, kAny, "geteuid", {}},               // the same
    {SYS_kill, kAny, "kill", {}},                     // what it says is not taken for more than a hint
    {SYS_gettid, kAny, "gettid", {}},                 // never fails
};

} // namespace

const Plausible* plausible(const Call& call) {
  const Plausible* general = nullptr;
  for (const Plausible& row : kTable) {
    if (row.number == call.number) {
      if (row.operation == call.operation) {
        return &row;
      }
      if (row.operation == kAny) {
        general = &row;
      }
    }
  }
  return general;
}

const char* error_name(long error) { return error == 0 ? "0" : strerrorname_np(static_cast<int>(error)); }

} // namespace faults
