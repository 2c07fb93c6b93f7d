// Macros of winnt.h that must be constants, or usable in any scope.
#include <windows.h>

C_ASSERT(FIELD_OFFSET(MEMORY_BASIC_INFORMATION, RegionSize) == 24);
C_ASSERT(sizeof(CONTEXT) == 1232);
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
