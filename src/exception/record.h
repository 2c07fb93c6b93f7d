// Which exception a fault is (rules E1 to E6).
#pragma once

#include "../host/faults.h"

#include <winnt.h>

namespace winmem::exception {

// What the fault of a page comes to, decided where the signal arrived; host::Fault::verdict. Of a SIGBUS that is no
// violation it is the NTSTATUS that tells why there is no page.
enum class PageFault : std::uint32_t { violation, guard_page };

// 0, 1 or 8: how the faulting instruction accessed memory.
ULONG_PTR access_of(const host::Fault& fault);

// True when the fault is about an address that was not to be accessed.
bool is_page_fault(const host::Fault& fault);

// Fills `record`, and moves `context` to where Windows says that the exception is (a breakpoint is at its own address).
void describe(const host::Fault& fault, CONTEXT& context, EXCEPTION_RECORD& record);

} // namespace winmem::exception
