// With the SDK's protocol, WIN32_NO_STATUS around windows.h, the codes are NTSTATUS.
#define WIN32_NO_STATUS
#include <windows.h>
#ifdef STATUS_ACCESS_VIOLATION
#error "WIN32_NO_STATUS must keep the status codes out of windows.h"
#endif
#undef WIN32_NO_STATUS
#include <ntstatus.h>
#include <winternl.h>

static_assert(static_cast<decltype(STATUS_ACCESS_VIOLATION)>(-1) < 0, "an NTSTATUS with ntstatus.h");
bool failed(NTSTATUS status) { return !NT_SUCCESS(status) && status != STATUS_CONFLICTING_ADDRESSES; }
