// NtQueryObject: what a handle stands for, by class: basic (counts and access), name, type.
//
// Defined twice, since a UNICODE_STRING's characters are the program's own wide ones.
#include "../file/file.h"
#include "../file/path.h"
#include "../object/handle_table.h"
#include "handles.h"
#include "user_memory.h"

#include <winbase.h>
#include <winternl.h>

using namespace winmem;

namespace {

// Bounded: no object has a longer name or type name.
constexpr std::size_t kLongestName = file::kPathRoom;

struct Found {
  object::Ref<object::Object> object;
  object::AccessMask granted = 0;
  object::Flags flags{};
};

Status find(HANDLE handle, Found& out) {
  auto number = nt::to_handle(handle);
  if (Status status = object::reference(number, nullptr, 0, out.object, &out.granted); status != Status::ok) {
    return status;
  }
  return object::get_flags(number, out.flags);
}

Status tell_length(PULONG returned, Bytes length) {
  return returned == nullptr || nt::write_to_user(returned, static_cast<ULONG>(length)) ? Status::ok
                                                                                        : Status::access_violation;
}

// A structure as it is, of exactly its size.
Status basic(const Found& found, void* buffer, ULONG length, PULONG returned) {
  if (length != sizeof(OBJECT_BASIC_INFORMATION)) {
    return Status::info_length_mismatch;
  }
  OBJECT_BASIC_INFORMATION info{};
  object::Counts counts = found.object->count();
  bool inherits = (static_cast<unsigned>(found.flags) & HANDLE_FLAG_INHERIT) != 0;
  info.Attributes = inherits ? OBJ_INHERIT : 0;
  info.GrantedAccess = found.granted;
  info.HandleCount = counts.handles;
  info.PointerCount = counts.references;
  if (!nt::write_to_user(static_cast<OBJECT_BASIC_INFORMATION*>(buffer), info)) {
    return Status::access_violation;
  }
  return tell_length(returned, sizeof info);
}

// The characters of a UNICODE_STRING, and where they go: behind a header of `header` bytes in the caller's buffer.
template <class Character> struct Text {
  Character characters[kLongestName + 1];
  std::size_t count = 0;

  void take(const char16_t* from, std::size_t length) {
    count = length < kLongestName ? length : kLongestName;
    for (std::size_t i = 0; i < count; ++i) {
      characters[i] = static_cast<Character>(from[i]);
    }
    characters[count] = 0;
  }
  Bytes bytes() const { return count * sizeof(Character); }

  UNICODE_STRING header(Address at) const {
    UNICODE_STRING string{};
    string.Length = static_cast<USHORT>(bytes());
    string.MaximumLength = static_cast<USHORT>(bytes() + sizeof(Character));
    string.Buffer = reinterpret_cast<PWSTR>(at);
    return string;
  }
};

template <class Character> Status name(const Found& found, void* buffer, ULONG length, PULONG returned) {
  char16_t name[kLongestName];
  const object::Type& type = *found.object->type;
  std::size_t count = type.name_of != nullptr ? type.name_of(*found.object, name, kLongestName) : 0;
  Text<Character> text;
  text.take(name, count);
  Bytes needed = sizeof(UNICODE_STRING) + (count != 0 ? text.bytes() + sizeof(Character) : 0);
  if (Status status = tell_length(returned, needed); status != Status::ok) {
    return status;
  }
  if (length < needed) { // files have a way of their own to tell their names
    bool is_cut = found.object->type == &file::kFileType && length >= sizeof(UNICODE_STRING);
    return is_cut ? Status::buffer_overflow : Status::info_length_mismatch;
  }
  auto at = reinterpret_cast<Address>(buffer);
  UNICODE_STRING string{};
  if (count != 0) {
    string = text.header(at + sizeof string);
  }
  bool written = nt::write_to_user(static_cast<UNICODE_STRING*>(buffer), string);
  for (std::size_t i = 0; written && count != 0 && i <= count; ++i) {
    written = nt::write_to_user(reinterpret_cast<Character*>(at + sizeof string) + i, text.characters[i]);
  }
  return written ? Status::ok : Status::access_violation;
}

template <class Character> Status type(const Found& found, void* buffer, ULONG length, PULONG returned) {
  const object::Type& kind = *found.object->type;
  char16_t wide[kLongestName];
  std::size_t count = 0;
  for (; kind.name[count] != 0; ++count) {
    wide[count] = static_cast<char16_t>(kind.name[count]);
  }
  Text<Character> text;
  text.take(wide, count);
  Bytes needed = sizeof(PUBLIC_OBJECT_TYPE_INFORMATION) + text.bytes() + sizeof(Character);
  if (Status status = tell_length(returned, needed); status != Status::ok) {
    return status;
  }
  if (length < needed) {
    return Status::info_length_mismatch;
  }
  auto at = reinterpret_cast<Address>(buffer);
  PUBLIC_OBJECT_TYPE_INFORMATION info{};
  info.TypeName = text.header(at + sizeof info);
  bool written = nt::write_to_user(static_cast<PUBLIC_OBJECT_TYPE_INFORMATION*>(buffer), info);
  for (std::size_t i = 0; written && i <= count; ++i) {
    written = nt::write_to_user(reinterpret_cast<Character*>(at + sizeof info) + i, text.characters[i]);
  }
  return written ? Status::ok : Status::access_violation;
}

template <class Character>
NTSTATUS query(HANDLE handle, OBJECT_INFORMATION_CLASS info_class, void* buffer, ULONG length, PULONG returned) {
  constexpr int kName = 1; // ObjectNameInformation, which no public header has
  Found found;
  Status status = find(handle, found);
  if (status == Status::ok) {
    switch (static_cast<int>(info_class)) {
    case ObjectBasicInformation:
      status = basic(found, buffer, length, returned);
      break;
    case kName:
      status = name<Character>(found, buffer, length, returned);
      break;
    case ObjectTypeInformation:
      status = type<Character>(found, buffer, length, returned);
      break;
    default:
      status = Status::invalid_info_class;
    }
  }
  return static_cast<NTSTATUS>(status);
}

} // namespace

WINMEM_BEGIN_C

WINMEM_API NTSTATUS NTAPI winmem_NtQueryObject(HANDLE handle, OBJECT_INFORMATION_CLASS info_class, PVOID buffer,
                                               ULONG length, PULONG returned) {
  return query<char16_t>(handle, info_class, buffer, length, returned);
}

WINMEM_API NTSTATUS NTAPI winmem_NtQueryObject_utf32(HANDLE handle, OBJECT_INFORMATION_CLASS info_class, PVOID buffer,
                                                     ULONG length, PULONG returned) {
  return query<char32_t>(handle, info_class, buffer, length, returned);
}

WINMEM_END_C
