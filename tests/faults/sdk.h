// The SDK's headers as this folder includes them; the functions' names are the core's own here (core_names.h).
#pragma once

#include <winmem_abi.h>
// Those that have a form for each width of characters are not renamed by core_names.h.
#undef WINMEM_WIDE
#define WINMEM_WIDE(name) __asm__("winmem_" #name "_utf32")

#define WIN32_LEAN_AND_MEAN
#define NOMINMAX
#define WIN32_NO_STATUS
#include <windows.h>
#undef WIN32_NO_STATUS
#include <ntstatus.h>
#include <winternl.h>
