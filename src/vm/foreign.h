// Memory that winmem did not make, described as Windows would: the program and its libraries, stacks, libc's heap,
// other code's mmap.
//
// Owns:      the translation of a kernel mapping into what VirtualQuery reports. It keeps nothing and changes nothing.
// Used:      by vm's query, which first looks among winmem's own regions and calls this for the gaps between them.
// Lock:      none; may run in a signal handler.
// Cost:      one or two questions to the kernel (process_map.h), about a microsecond; more where an image is split in
//            many pieces.
//
// What is reported (rules V53 to V56), and what was decided where Linux has no equal:
//
//   image     a page of an ELF image that the dynamic linker knows: MEM_IMAGE, AllocationBase = the image's first page,
//             AllocationProtect PAGE_EXECUTE_WRITECOPY. .bss is part of it although it is anonymous memory, up to
//             p_vaddr + p_memsz. An inaccessible gap between segments is part of it (PAGE_NOACCESS); an unmapped one is
//             free. Writable data is PAGE_READWRITE: Windows says PAGE_WRITECOPY until the first write, which Linux
//             would tell only page by page. The vDSO is an image, as the linker lists it among the libraries.
//   mapped    other memory behind an inode: MEM_MAPPED, each kernel mapping an allocation of its own. A private
//             writable one is PAGE_WRITECOPY (PAGE_EXECUTE_WRITECOPY). memfd, shared anonymous and System V memory come
//             here too: on Windows they are sections.
//   private   the rest: MEM_PRIVATE, each kernel mapping an allocation of its own (Linux forgets where one mmap ended).
//             [vvar] comes here as PAGE_READONLY, like Windows' own shared user data.
//   reserved  inaccessible anonymous memory: MEM_RESERVE, Protect 0, AllocationProtect PAGE_NOACCESS. Such a mapping
//             of at most 64 KiB directly below read-write anonymous memory is that memory's guard, as below a thread's
//             stack: both are one allocation, its base the guard's start, its AllocationProtect PAGE_READWRITE. So
//             VirtualQuery of a local variable finds the stack's lowest address, as on Windows.
//
// Nothing at or above kUserEnd is reported: a mapping that reaches there is cut, the vsyscall page never seen.
#pragma once

#include "../base/address.h"

#include <cstdint>

namespace winmem::vm {

// The values are Windows' PAGE_ constants, so that nt passes them on unchanged.
enum class ForeignProtection : std::uint32_t {
  none = 0, // of reserved memory
  no_access = 0x01,
  read_only = 0x02,
  read_write = 0x04,
  write_copy = 0x08,
  execute = 0x10,
  execute_read = 0x20,
  execute_read_write = 0x40,
  execute_write_copy = 0x80,
};

// The values are Windows' MEM_ constants.
enum class ForeignKind : std::uint32_t { private_memory = 0x20000, mapped = 0x40000, image = 0x1000000 };
enum class ForeignState : std::uint32_t { committed = 0x1000, reserved = 0x2000 };

struct ForeignRun {
  AddressRange range; // from the queried page to the first page that differs
  Address allocation_base = 0;
  ForeignProtection allocation_protection = ForeignProtection::none;
  ForeignProtection protection = ForeignProtection::none;
  ForeignState state = ForeignState::committed;
  ForeignKind kind = ForeignKind::private_memory;
};

// What covers `page`, which lies in `gap`, a stretch without winmem's own memory (the kernel may have joined foreign
// memory with ours into one mapping, so the gap's ends bound the answer and its base). False when the page is free:
// then out.range.begin is where the next foreign mapping starts, at most gap.end.
bool foreign_at(Address page, AddressRange gap, ForeignRun& out);

inline bool foreign_at(Address page, Address limit, ForeignRun& out) { return foreign_at(page, {0, limit}, out); }

} // namespace winmem::vm
