/* An array of a terabyte in which a few elements exist. Only the pages that were written are committed; asking
   VirtualQuery, the program itself need not remember which. Elements never written read as zero. */

#include <stdio.h>
#include <windows.h>

typedef unsigned long long Element;

static const unsigned long long kElements = 1ull << 37; /* of 8 bytes: a terabyte */

static BOOL is_committed(const Element* element) {
  MEMORY_BASIC_INFORMATION info;
  return VirtualQuery(element, &info, sizeof info) && info.State == MEM_COMMIT;
}

static BOOL set(Element* array, unsigned long long index, Element value) {
  if (!VirtualAlloc(&array[index], sizeof(Element), MEM_COMMIT, PAGE_READWRITE)) /* rounds out to the page */
    return FALSE;
  array[index] = value;
  return TRUE;
}

static Element get(const Element* array, unsigned long long index) {
  return is_committed(&array[index]) ? array[index] : 0;
}

int main(void) {
  MEMORY_BASIC_INFORMATION info;
  unsigned long long index, sum = 0, committed = 0;
  unsigned islands = 0;
  const char *at, *end;

  Element* array = VirtualAlloc(NULL, kElements * sizeof(Element), MEM_RESERVE, PAGE_READWRITE);
  if (!array)
    return printf("no terabyte to reserve, error %u\n", (unsigned)GetLastError()), 1;

  /* Every power of two, and the very last element. */
  for (index = 1; index < kElements; index *= 2)
    if (!set(array, index, index + 1))
      return 1;
  if (!set(array, kElements - 1, 42))
    return 1;

  for (index = 1; index < kElements; index *= 2)
    sum += get(array, index) - index;
  printf("the powers of two hold their values: %s\n", sum == 37 ? "yes" : "no");
  printf("the last element: %llu\n", get(array, kElements - 1));
  printf("an element nobody wrote: %llu\n", get(array, 123456789));

  at = (const char*)array;
  end = at + kElements * sizeof(Element);
  while (at < end && VirtualQuery(at, &info, sizeof info)) {
    if (info.State == MEM_COMMIT) {
      ++islands;
      committed += info.RegionSize;
    }
    at += info.RegionSize;
  }
  printf("committed: %llu KiB of %llu GiB, in %u islands\n", committed / 1024, kElements * sizeof(Element) >> 30,
         islands);

  /* Writing zero back is better done by giving the page back. */
  if (!VirtualFree(&array[1 << 20], sizeof(Element), MEM_DECOMMIT))
    return 1;
  printf("element 2^20 after its page was given back: %llu\n", get(array, 1 << 20));
  return VirtualFree(array, 0, MEM_RELEASE) ? 0 : 1;
}
