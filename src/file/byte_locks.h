// LockFile: ranges of bytes that a file's handles have locked, and what locks mean for reading and writing.
//
// Owns:      the list of each File's own ranges, and the kernel's locks (OFD) that stand for them. The kernel joins and
//            splits what one open file has locked; the list knows which ranges were asked for, one by one.
// Used:      by nt (lock, unlock), transfer (whether a range may be read or written), file (at its end).
// Lock:      ranges_lock, a leaf: over the lists of all files, and over system calls that do not wait. Who waits for
//            another process does so in the kernel and holds nothing.
// Holds:     B1  what the kernel has locked for a file is, byte for byte, the strongest of the ranges in its list. A
//                thread that just got a lock that it waited for may have more for a moment.
//            B2  exclusive ranges of one file overlap no other but shared ones that came later.
// Surprise:  Windows' offsets have 64 bits, the kernel's 63, the last 2^52 of them taken by marks (sharing.h).
//            Offsets from 2^62 on, where no file has data, are folded: kernel_ranges() in byte_locks.cpp.
#pragma once

#include "file.h"

namespace winmem::file {

struct ByteRange {
  std::uint64_t begin = 0;
  std::uint64_t size = 0; // begin + size is at most 2^64
};

enum class IfTaken : bool { fail, wait };

// file_lock_conflict: somebody has a lock that does not go together with it; this file's own handles count, too.
// access_denied: the file cannot be opened for reading and writing, which the kernel wants for some locks.
Status lock(File& file, ByteRange range, host::RangeLock kind, IfTaken if_taken);

// Takes back one lock of exactly that range, an exclusive one first. range_not_locked: there is none.
Status unlock(File& file, ByteRange range);

// Whether a lock keeps this file from reading or writing `size` bytes at `offset` (which may be kAtPosition). A shared
// lock keeps everybody from writing, who has it included.
enum class Transfer : bool { read, write };
bool is_locked_against(File& file, Transfer transfer, std::int64_t offset, Bytes size);

// The file ends: its list goes; the kernel's locks go with the descriptors.
void forget_locks(File& file);

} // namespace winmem::file
