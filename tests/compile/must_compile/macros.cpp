// Macros of winnt.h that must be constants, or usable in any scope.
#include <windows.h>

C_ASSERT(FIELD_OFFSET(MEMORY_BASIC_INFORMATION, RegionSize) == 24);
C_ASSERT(sizeof(CONTEXT) == 1232);
C_ASSERT(LOWORD(0x12345678) == 0x5678 && HIWORD(0x12345678) == 0x1234);
C_ASSERT(LOBYTE(0x1234) == 0x34 && HIBYTE(0x1234) == 0x12);
C_ASSERT(MAKELONG(0x5678, 0x1234) == 0x12345678 && MAKEWORD(0x34, 0x12) == 0x1234);
C_ASSERT(HRESULT_FROM_NT(1) == 0x10000001 && HRESULT_CODE(E_OUTOFMEMORY) == ERROR_OUTOFMEMORY);
C_ASSERT(FAILED(__HRESULT_FROM_WIN32(ERROR_INVALID_ADDRESS)) && SUCCEEDED(S_FALSE));
C_ASSERT(Int32x32To64(-2, 0x40000000) == -0x80000000L);
C_ASSERT(RTL_SIZEOF_THROUGH_FIELD(MEMORY_BASIC_INFORMATION, RegionSize) == 32);
char room[FIELD_OFFSET(MEMORY_BASIC_INFORMATION, Protect)];

struct Node {
  int value;
  LIST_ENTRY links;
};
Node* node_of(LIST_ENTRY* links) { return CONTAINING_RECORD(links, Node, links); }

int scope() {
  C_ASSERT(MEM_COMMIT == 0x1000);
  C_ASSERT(MAKELANGID(LANG_NEUTRAL, SUBLANG_DEFAULT) == 0x400);
  const int numbers[] = {1, 2, 3};
  return static_cast<int>(ARRAYSIZE(numbers)) + LOWORD(0x12345678) + HIBYTE(0x1234) + (SUCCEEDED(S_OK) ? 1 : 0);
}

enum Flags { none = 0, first = 1, second = 2 };
DEFINE_ENUM_FLAG_OPERATORS(Flags)
Flags both() { return first | second; }
