// Reading and writing through the pointers that callers pass. A bad one is STATUS_ACCESS_VIOLATION, never a crash.
//
// Cost: a few nanoseconds for what lies on the caller's stack or in committed memory of winmem's, half a microsecond
// for the rest.
#pragma once

#include "../base/status.h"
#include "../host/safe_copy.h"
#include "../vm/vm.h"

#include <cstring>

namespace winmem::nt {

namespace detail {

inline bool touchable(Address at, Bytes size, host::Access least) {
  return host::on_own_stack(at, size) || (at < kUserEnd && size < kUserEnd - at &&
                                          vm::is_accessible(AddressRange{at, at + size}.round_out(kPage), least));
}

} // namespace detail

// Whether `*at` is known to be there, so that it can be used as it is. False also when that is not known.
template <typename T> [[nodiscard]] bool is_usable(T* at) {
  return detail::touchable(reinterpret_cast<Address>(at), sizeof(T), host::Access::read_write);
}

template <typename T> [[nodiscard]] bool write_to_user(T* to, const T& value) {
  auto at = reinterpret_cast<Address>(to);
  if (detail::touchable(at, sizeof(T), host::Access::read_write)) [[likely]] {
    std::memcpy(to, &value, sizeof(T));
    return true;
  }
  return host::copy_to(at, &value, sizeof(T));
}

template <typename T> [[nodiscard]] bool read_from_user(T& to, const T* from) {
  auto at = reinterpret_cast<Address>(from);
  if (detail::touchable(at, sizeof(T), host::Access::read)) [[likely]] {
    std::memcpy(&to, from, sizeof(T));
    return true;
  }
  return host::copy_from(&to, at, sizeof(T));
}

template <typename T> [[nodiscard]] bool write_array_to_user(T* to, const T* from, std::size_t count) {
  auto at = reinterpret_cast<Address>(to);
  Bytes size = count * sizeof(T);
  if (detail::touchable(at, size, host::Access::read_write)) [[likely]] {
    std::memcpy(to, from, size);
    return true;
  }
  return host::copy_to(at, from, size);
}

// Whether `to` can be written now: it gets its own value once more. For calls that must know before they change
// anything.
template <typename T> [[nodiscard]] bool can_write_to_user(T* to) {
  if (detail::touchable(reinterpret_cast<Address>(to), sizeof(T), host::Access::read_write)) [[likely]] {
    return true;
  }
  T value;
  return host::copy_from(&value, reinterpret_cast<Address>(to), sizeof(T)) &&
         host::copy_to(reinterpret_cast<Address>(to), &value, sizeof(T));
}

// The same of `size` bytes.
[[nodiscard]] inline bool can_write_bytes_to_user(void* to, Bytes size) {
  auto begin = reinterpret_cast<Address>(to);
  if (begin >= kUserEnd || size > kUserEnd - begin) {
    return false;
  }
  for (Address at = begin; at < begin + size; at = round_down(at, kPage) + kPage) {
    if (!can_write_to_user(reinterpret_cast<char*>(at))) {
      return false;
    }
  }
  return true;
}

} // namespace winmem::nt
