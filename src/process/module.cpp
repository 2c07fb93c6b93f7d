#include "module.h"

#include "../host/modules.h"
#include "module_name.h"

namespace winmem::process {

namespace {

struct alignas(64) DllModule {
  std::uint64_t no_image = 0; // the first word: neither "MZ" nor ELF's mark
  const char* name;           // lower case
  Dll dll;
};

constexpr DllModule kDlls[] = {
    {.name = "kernel32", .dll = Dll::kernel32}, {.name = "kernelbase", .dll = Dll::kernelbase},
    {.name = "ntdll", .dll = Dll::ntdll},       {.name = "ucrtbase", .dll = Dll::ucrtbase},
    {.name = "msvcrt", .dll = Dll::msvcrt},     {.name = "psapi", .dll = Dll::psapi},
    {.name = "advapi32", .dll = Dll::advapi32}, {.name = "ole32", .dll = Dll::ole32},
    {.name = "oleaut32", .dll = Dll::oleaut32}, {.name = "ucrtbased", .dll = Dll::ucrtbased},
};

struct ApiSets {
  const char* prefix; // lower case
  Dll dll;
};

constexpr ApiSets kApiSets[] = {
    {"api-ms-win-core-", Dll::kernelbase},
    {"api-ms-win-crt-", Dll::ucrtbase},
    {"api-ms-win-security-", Dll::advapi32},
};

const DllModule& module_of(Dll dll) {
  for (const DllModule& module : kDlls) {
    if (module.dll == dll) {
      return module;
    }
  }
  __builtin_unreachable();
}

const DllModule* dll_of(ModuleHandle handle) {
  for (const DllModule& module : kDlls) {
    if (handle == &module) {
      return &module;
    }
  }
  return nullptr;
}

template <typename Character> const DllModule* dll_by_stem(NamePart<Character> stem) {
  for (const DllModule& module : kDlls) {
    if (stem.equals(module.name)) {
      return &module;
    }
  }
  for (const ApiSets& sets : kApiSets) {
    if (stem.starts_with(sets.prefix) && stem.ends_with_api_level()) {
      return &module_of(sets.dll);
    }
  }
  return nullptr;
}

// The last part of the path that started the program.
const char* program_file_name() {
  const char* name = host::program_path();
  for (const char* c = name; *c != 0; ++c) {
    if (*c == '/') {
      name = c + 1;
    }
  }
  return name;
}

} // namespace

ModuleHandle program_module() {
  host::Image image;
  return host::program_image(image) ? reinterpret_cast<ModuleHandle>(image.range.begin) : nullptr;
}

template <typename Character> ModuleHandle module_by_name(const Character* name) {
  ModuleName<Character> parts(name);
  if (parts.is_dll() && (parts.directory.empty() || parts.directory.is_system_directory())) {
    return dll_by_stem(parts.stem);
  }
  if (parts.directory.empty() && parts.is_program(program_file_name())) {
    return program_module();
  }
  return nullptr;
}

template ModuleHandle module_by_name(const char*);
template ModuleHandle module_by_name(const char16_t*);
template ModuleHandle module_by_name(const char32_t*);

bool is_module(ModuleHandle handle) {
  auto address = reinterpret_cast<Address>(handle);
  host::Image image;
  return dll_of(handle) != nullptr ||
         (is_multiple(address, kPage) && host::image_at(address, image) && image.range.begin == address);
}

const Export* find_export(ModuleHandle handle, const char* name) {
  const DllModule* module = dll_of(handle);
  if (module == nullptr) {
    return nullptr;
  }
  std::size_t begin = 0;
  std::size_t end = kExportTable.count;
  while (begin < end) { // X1
    std::size_t middle = begin + (end - begin) / 2;
    const Export& row = kExportTable.rows[middle];
    int order = compare_bytes(row.name, name);
    if (order == 0) {
      return (row.dlls & in(module->dll)) != 0 ? &row : nullptr;
    }
    if (order < 0) {
      begin = middle + 1;
    } else {
      end = middle;
    }
  }
  return nullptr;
}

Entry exported_by(ModuleHandle handle, const char* name, WideCharacters wide) {
  const Export* row = find_export(handle, name);
  return row == nullptr ? nullptr : wide == WideCharacters::utf32 ? row->entry_utf32 : row->entry;
}

} // namespace winmem::process
