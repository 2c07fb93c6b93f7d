// Questions and wishes about memory that have one answer here: execution prevention, bad memory, call targets.
#include "last_error.h"

#include <windows.h>

using namespace winmem;
using win32::fail;

// Y80, Y81: for processes of 32 bits.
BOOL WINAPI GetProcessDEPPolicy(HANDLE, LPDWORD, PBOOL) { return fail(Status::not_supported); }

BOOL WINAPI SetProcessDEPPolicy(DWORD) { return fail(Status::not_supported); }

// No process can do without it.
DEP_SYSTEM_POLICY_TYPE WINAPI GetSystemDEPPolicy() { return DEPPolicyAlwaysOn; }
