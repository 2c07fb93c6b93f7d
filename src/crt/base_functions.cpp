// corecrt_malloc.h: what malloc and its kin are made of, under names of their own (H165); and what malloc.h had once.
#include "../host/c_errno.h"
#include "malloc_names.h"
#include "process_blocks.h"

#include <malloc.h>

using namespace winmem;

void* _malloc_base(size_t _Size) { return winmem_malloc(_Size); }

void* _calloc_base(size_t _Count, size_t _Size) { return winmem_calloc(_Count, _Size); }

void* _realloc_base(void* _Block, size_t _Size) { return winmem_realloc(_Block, _Size); }

void* _recalloc_base(void* _Block, size_t _Count, size_t _Size) { return _recalloc(_Block, _Count, _Size); }

size_t _msize_base(void* _Block) { return _msize(_Block); }

void _free_base(void* _Block) { winmem_free(_Block); }

int _heapset(unsigned int fill) {
  static_cast<void>(fill);
  return _heapchk();
}

int _heapadd(void* memblock, size_t size) {
  static_cast<void>(memblock);
  static_cast<void>(size);
  host::set_errno(host::CError::not_supported);
  return -1;
}

size_t _heapused(size_t* used, size_t* commit) {
  static_cast<void>(used);
  static_cast<void>(commit);
  host::set_errno(host::CError::not_supported);
  return 0;
}

size_t _get_sbh_threshold() { return 0; }

int _set_sbh_threshold(size_t threshold) {
  if (threshold != 0) {
    crt::invalid_parameter();
    return 0;
  }
  return 1;
}
