// Keeping pages in physical memory: what is legal.
#include "process_handle.h"
#include "virtual_memory.h"

#include <winternl.h>

namespace winmem::nt {

namespace {

Locking change_lock(HANDLE process, Address at, Bytes size, std::uint32_t type, Status (*change)(AddressRange)) {
  if (type == 0 || (type & ~std::uint32_t{MAP_PROCESS | MAP_SYSTEM}) != 0) {
    return {Status::invalid_parameter_4};
  }
  if (at >= kUserEnd) {
    return {Status::invalid_parameter_2};
  }
  if (size == 0 || size > kUserEnd - at) {
    return {Status::invalid_parameter_3};
  }
  if (Status status = check_process(process, PROCESS_VM_OPERATION); status != Status::ok) {
    return {status};
  }
  if ((type & MAP_SYSTEM) != 0) {
    return {Status::privilege_not_held}; // SeLockMemoryPrivilege, which an ordinary user has not
  }
  AddressRange range = AddressRange{at, at + size}.round_out(kPage);
  return {change(range), range};
}

} // namespace

Locking lock(HANDLE process, Address at, Bytes size, std::uint32_t type) {
  return change_lock(process, at, size, type, vm::lock_pages);
}

Locking unlock(HANDLE process, Address at, Bytes size, std::uint32_t type) {
  return change_lock(process, at, size, type, vm::unlock_pages);
}

} // namespace winmem::nt
