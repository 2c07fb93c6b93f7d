// An atomic operation as a function pointer, and with volatile members of structures.
#include <windows.h>

LONG (*increment)(LONG volatile*) = InterlockedIncrement;

struct Counted {
  volatile LONG references;
  volatile unsigned long bytes; // a `long` in Windows source: 64 bits here
  volatile DWORD flags;
  void* volatile next;
};

bool release(Counted& object) {
  InterlockedExchangeAdd(&object.bytes, 4096);
  InterlockedOr(&object.flags, 1);
  InterlockedCompareExchangePointer(&object.next, nullptr, &object);
  return InterlockedDecrement(&object.references) == 0;
}
