// What stands in the file of a name: what kind of object it is, what its maker said of it, and which processes hold it.
//
// Owns:      the layout, and how a name becomes a file's.
// Used:      by names.cpp, under the directory's lock (host/name_directory.h), by a descriptor that holds the name.
// Holds:     N1  a file without the magic was left by a maker that died: it is written last.
//            N2  a holder's entry is changed by that process alone, or by others when the process is dead. What it says
//                is looked at again by who uses it (open_file_of_process), since a killed process leaves its entry.
//
//     0      header: magic, kind, details, name
//     1024   holders: process, and the number of the shared file's descriptor there
//     4096   the page that all share, for kinds that have one
//     8192   more holders
#pragma once

#include "../host/name_directory.h"
#include "name.h"

namespace winmem::object {

inline constexpr Bytes kStatePage = 0x1000; // where it is in the file
inline constexpr std::size_t kDetailBytes = 64;

struct NameHeader {
  std::uint64_t magic = 0;
  std::uint32_t kind = 0;
  std::uint16_t length = 0; // of the name
  NameSpace space{};
  bool is_writable = false;  // the shared file: it is opened for writing, too
  host::FileIdentity file{}; // the file that holders share; all zero: they share none
  std::byte details[kDetailBytes]{};
  char16_t text[kLongestName]{};

  bool has_file() const { return file != host::FileIdentity{}; }
};

inline constexpr std::size_t kFileNameRoom = 256; // NAME_MAX, with the end
void file_name_of(const Name& name, char (&out)[kFileNameRoom]);

// insufficient_resources: the file system is full.
Status write_header(int file, NameHeader& header, const Name& name);

// object_name_not_found: a maker died. access_denied: it is not winmem's, or another name's.
Status read_header(int file, const Name& name, NameHeader& out);

struct Holder {
  std::uint32_t process = 0; // 0: the entry is free
  std::int32_t file = -1;
};

// Where the entry is, for remove_holder.
Status add_holder(int file, Holder holder, Bytes& place);
void remove_holder(int file, Bytes place);

// The file that the holders share, opened by way of one of them; negative when none of them can be reached.
int open_shared_file(int file, const NameHeader& header);

} // namespace winmem::object
