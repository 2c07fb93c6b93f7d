// The exported calls about exceptions, one function per group, as calls.cpp has them for memory.
#pragma once

#include "check.h"

namespace stress {

void raise_and_handle(Random& random);     // RaiseException, RtlRaiseException, the vectored handlers
void fault_and_commit(Random& random);     // an access violation whose handler makes the page accessible
void fault_under_try(Random& random);      // winmem_try, given up
void touch_a_guard_page(Random& random);   // the first touch raises, the second does not
void capture_and_restore(Random& random);  // RtlCaptureContext, RtlRestoreContext, RtlCaptureStackBackTrace
void ask_the_last_filter(Random& random);  // SetUnhandledExceptionFilter, UnhandledExceptionFilter
void prepare_for_overflow(Random& random); // SetThreadStackGuarantee, _resetstkoflw

} // namespace stress
