// The kernel's memory calls, one function each, for private anonymous memory.
//
// Owns:  the translation of errno to `Kernel`, and the retries that the kernel's odd cases ask for.
// Used:  by vm only. Every range is page aligned. Nothing here allocates or takes a lock.
#pragma once

#include "../base/address.h"

#include <cstdint>

namespace winmem::host {

// What the processor may do with a page. Linux has no execute-only here: PAGE_EXECUTE is readable on x64 (V46), and
// PROT_EXEC alone would become unreadable where the processor has protection keys.
enum class Access : std::uint8_t { none, read, read_write, read_execute, read_write_execute };

enum class [[nodiscard]] Kernel : std::uint8_t{
    ok,
    no_memory, // ENOMEM: too many mappings, no address space, or the commit accounting of overcommit mode 2 refused
    in_use,    // EEXIST: something is mapped there
    no_device, // ENODEV: this file, or its file system, has no mappings
    refused,   // anything else
};

// Reserves address space (PROT_NONE, MAP_NORESERVE) wherever the kernel likes. 0 when it cannot be had.
Address map_reserved(Bytes size);

// Reserves exactly `range`, or nothing.
Kernel map_reserved_at(AddressRange range);

// Read-write memory for winmem's own tables. nullptr when it cannot be had. Whole multiples of kLargePage lie aligned
// to it and may be backed by huge pages: a look-up in large tables is mostly address translation.
void* map_tables(Bytes size);
inline constexpr Bytes kLargePage = 0x200000;

Kernel unmap(AddressRange range);
Kernel protect(AddressRange range, Access access);

// Guard markers (Linux 6.13): the page becomes inaccessible and its contents go; the mapping is not split (K1 to K3).
// On locked pages the kernel refuses to install, after a partial effect (K4), so this lifts the lock, retries and locks
// again.
Kernel install_guards(AddressRange range);
Kernel remove_guards(AddressRange range);

// Drops the contents; the next touch reads zero.
Kernel discard(AddressRange range);

// Keeps pages that are accessible in physical memory, and reads in those that are not there (mlock). Not inherited by a
// fork's child. no_memory: RLIMIT_MEMLOCK, the number of mappings, or memory; pages before the one that failed may be
// locked then.
Kernel lock_resident(AddressRange range);
Kernel unlock_resident(AddressRange range);

// Asks the kernel to put pages aside now (MADV_PAGEOUT). Contents stay; advice only.
void page_out(AddressRange range);

// Asks the kernel to read in what is in a file or in swap (MADV_WILLNEED), of whatever is mapped. Advice only.
void read_ahead(AddressRange range);

// The same where the kernel refuses that: another mapping, inaccessible and without markers, takes the place.
Kernel replace(AddressRange range);

// Lets the kernel drop the contents when it needs memory, until the next write (MEM_RESET).
Kernel discard_lazily(AddressRange range);

// Core dumps walk a PROT_NONE range page by page once it was touched (K14), so the arena stays out of dumps except for
// what is open. Advice only: a refusal changes nothing that a program can see while it runs.
void exclude_from_dumps(AddressRange range);
void include_in_dumps(AddressRange range);

// Gives a fresh, inaccessible mapping its anon_vma while it is whole, by its first page: then all pieces later merge
// again (K13). By a marker that comes and goes, if wanted and if the kernel has markers; else the page is written and
// dropped.
enum class [[nodiscard]] Primed : std::uint8_t{
    by_marker, otherwise,
    spoilt, // the marker or the access cannot be taken back; the mapping is of no use
};
Primed prime(Address page, bool by_marker);

// vm.max_map_count, 65530 when it cannot be read.
std::uint64_t mapping_limit();

} // namespace winmem::host
