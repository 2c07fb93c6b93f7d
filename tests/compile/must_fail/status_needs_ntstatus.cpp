// windows.h has the codes of exceptions and waits, and no others.
// ERROR: .STATUS_CONFLICTING_ADDRESSES. was not declared
// ERROR: use of undeclared identifier 'STATUS_CONFLICTING_ADDRESSES'
#include <windows.h>
#ifndef WRONG
#include <ntstatus.h>
#endif

int status() { return STATUS_CONFLICTING_ADDRESSES; }
