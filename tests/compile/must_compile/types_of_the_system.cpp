// Windows' integers of pointer size and of 64 bits are the C library's types, so pointers to them may be mixed.
#include <cstddef>
#include <cstdint>
#include <windows.h>

PSIZE_T size_pointer(std::size_t* p) { return p; }
std::size_t* size_t_pointer(PSIZE_T p) { return p; }
std::uint64_t* unsigned_64(DWORD64* p) { return p; }
std::int64_t* signed_64(LONG64* p) { return p; }
ULONGLONG* from_unsigned_64(std::uint64_t* p) { return p; }
std::uintptr_t* pointer_sized(ULONG_PTR* p) { return p; }
std::uint32_t* unsigned_32(DWORD* p) { return p; }
wchar_t* characters(LPWSTR p) { return p; }

// And on Windows these are the same among themselves.
LONGLONG* quad(LARGE_INTEGER& number) { return &number.QuadPart; }
DWORD* ulong_is_dword(ULONG* p) { return p; }
int* long_is_int(LONG* p) { return p; }
