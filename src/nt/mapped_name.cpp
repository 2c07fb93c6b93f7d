#include "mapped_name.h"

#include "../host/mapping_path.h"
#include "process_handle.h"
#include "user_memory.h"

#include <winternl.h>

#include <cstddef>

namespace winmem::nt {

Status mapped_name(HANDLE process, Address at, char (&path)[file::kPathRoom]) {
  if (Status status = check_process(process, PROCESS_QUERY_INFORMATION); status != Status::ok) {
    return status;
  }
  if (at >= kUserEnd) {
    return Status::invalid_parameter;
  }
  vm::Description there = vm::describe(round_down(at, kPage));
  bool is_section = there.owner == vm::Owner::winmem
                        ? there.kind == vm::RegionKind::section
                        : there.owner == vm::Owner::foreign && there.foreign.kind != vm::ForeignKind::private_memory;
  if (!is_section) {
    return Status::invalid_address;
  }
  bool is_of_file = there.owner == vm::Owner::foreign || vm::shows_file(at);
  return is_of_file && host::path_of_mapping(at, path, sizeof path) ? Status::ok : Status::file_invalid;
}

Status query_mapped_name(HANDLE process, Address at, void* buffer, Bytes length, SIZE_T* returned) {
  if (length < sizeof(UNICODE_STRING)) {
    return Status::info_length_mismatch;
  }
  char path[file::kPathRoom];
  if (Status status = mapped_name(process, at, path); status != Status::ok) {
    return status;
  }
  struct Answer {
    UNICODE_STRING name;
    char16_t text[file::kPathRoom];
  } answer{};
  std::size_t count = file::length_as<char16_t>(path);
  file::copy_as(path, answer.text);
  answer.name.Length = static_cast<USHORT>(count * sizeof(char16_t));
  answer.name.MaximumLength = static_cast<USHORT>(answer.name.Length + sizeof(char16_t));
  answer.name.Buffer = reinterpret_cast<PWSTR>(static_cast<char*>(buffer) + offsetof(Answer, text));
  Bytes needed = offsetof(Answer, text) + answer.name.MaximumLength;
  if (returned != nullptr && !write_to_user(returned, SIZE_T{needed})) {
    return Status::access_violation;
  }
  if (needed > length) {
    return Status::buffer_overflow;
  }
  return host::copy_to(reinterpret_cast<Address>(buffer), &answer, needed) ? Status::ok : Status::access_violation;
}

} // namespace winmem::nt
