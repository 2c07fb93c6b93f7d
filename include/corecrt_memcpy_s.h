// memcpy and memmove that are told how large the destination is.
#ifndef WINMEM_CORECRT_MEMCPY_S_H
#define WINMEM_CORECRT_MEMCPY_S_H

#include "errno.h"

#include "corecrt.h"

// Tells the handler, and returns the error, which is in errno then.
WINMEM_INLINE errno_t winmem_memory_refused_(errno_t error) {
  errno = error;
  _invalid_parameter_noinfo();
  errno = error;
  return error;
}

// 0, also for no bytes, whatever the pointers are. EINVAL (NULL) or ERANGE (_SourceSize is more than _DestinationSize),
// as invalid parameters; then the destination, if there is one, is zero in all its _DestinationSize bytes (H161).
WINMEM_INLINE errno_t memcpy_s(void* _Destination, rsize_t _DestinationSize, const void* _Source, rsize_t _SourceSize) {
  if (_SourceSize == 0) {
    return 0;
  }
  if (_Destination == NULL) {
    return winmem_memory_refused_(EINVAL);
  }
  if (_Source == NULL || _DestinationSize < _SourceSize) {
    __builtin_memset(_Destination, 0, _DestinationSize);
    return winmem_memory_refused_(_Source == NULL ? EINVAL : ERANGE);
  }
  __builtin_memcpy(_Destination, _Source, _SourceSize);
  return 0;
}

// The same where they may overlap; a refused call leaves the destination alone (H161).
WINMEM_INLINE errno_t memmove_s(void* _Destination, rsize_t _DestinationSize, const void* _Source,
                                rsize_t _SourceSize) {
  if (_SourceSize == 0) {
    return 0;
  }
  if (_Destination == NULL || _Source == NULL) {
    return winmem_memory_refused_(EINVAL);
  }
  if (_DestinationSize < _SourceSize) {
    return winmem_memory_refused_(ERANGE);
  }
  __builtin_memmove(_Destination, _Source, _SourceSize);
  return 0;
}

#endif
