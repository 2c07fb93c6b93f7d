/* Prints the size of one of malloc's blocks as the process heap knows it, or whose block it is. */
#include <windows.h>

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

int main(void) {
  void* block = malloc(100);
  if (!HeapValidate(GetProcessHeap(), 0, block)) {
    puts(_msize(block) == (size_t)-1 ? "libc" : "nobody's");
    free(block);
    return 0;
  }
  if (_msize(block) != HeapSize(GetProcessHeap(), 0, block))
    return 1;
  printf("%d\n", (int)_msize(block));
  free(block);
  block = _aligned_malloc(10, 64);
  _aligned_free(block);
  return (size_t)block % 64 != 0;
}
