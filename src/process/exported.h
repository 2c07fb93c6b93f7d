// Every exported function by name: what this room asks of src/exports, which generates the table at build time.
//
// Owns:      the form of the table. src/exports/make_table.py writes one that defines `kExportTable`.
// Holds:     X1  rows ascend by name, compared as bytes, no name twice (the generator refuses other tables)
//            X2  a row belongs to at least one module
#pragma once

#include <cstddef>
#include <cstdint>

namespace winmem::process {

// The modules of Windows that programs look functions up in.
enum class Dll : std::uint8_t {
  kernel32,
  kernelbase,
  ntdll,
  ucrtbase,
  ucrtbased,
  msvcrt,
  psapi,
  advapi32,
  ole32,
  oleaut32
};

using DllSet = std::uint16_t;
constexpr DllSet in(Dll dll) { return static_cast<DllSet>(1U << static_cast<unsigned>(dll)); }

using Entry = void (*)(); // of no particular type; in the calling convention of Linux

struct Export {
  const char* name;
  Entry entry;       // for programs whose wchar_t has 16 bits, as on Windows
  Entry entry_utf32; // for those whose wchar_t has 32; the same unless the function takes wide characters
  DllSet dlls;
};

struct ExportTable {
  const Export* rows;
  std::size_t count;
};

extern const ExportTable kExportTable;

} // namespace winmem::process
