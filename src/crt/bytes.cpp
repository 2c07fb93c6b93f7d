// string.h and stdlib.h: bytes compared, copied and swapped (H163).
#include "process_blocks.h"

#include <algorithm>
#include <stdlib.h>
#include <string.h>

namespace {

int lower(unsigned char byte) { return byte >= 'A' && byte <= 'Z' ? byte - 'A' + 'a' : byte; }

} // namespace

int _memicmp(const void* _Buf1, const void* _Buf2, size_t _Size) {
  if (_Size != 0 && (_Buf1 == nullptr || _Buf2 == nullptr)) {
    winmem::crt::invalid_parameter();
    return _NLSCMPERROR;
  }
  const auto* first = static_cast<const unsigned char*>(_Buf1);
  const auto* second = static_cast<const unsigned char*>(_Buf2);
  for (size_t i = 0; i < _Size; ++i) {
    if (int difference = lower(first[i]) - lower(second[i]); difference != 0) {
      return difference;
    }
  }
  return 0;
}

void* _memccpy(void* _Dst, const void* _Src, int _Val, size_t _MaxCount) {
  return memccpy(_Dst, _Src, _Val, _MaxCount);
}

void _swab(char* _Buf1, char* _Buf2, int _SizeInBytes) {
  if (_Buf1 == nullptr || _Buf2 == nullptr || _SizeInBytes < 0) {
    winmem::crt::invalid_parameter();
    return;
  }
  for (int i = 0; i + 1 < _SizeInBytes; i += 2) {
    char first = _Buf1[i]; // both before either is written: it may be one buffer
    char second = _Buf1[i + 1];
    _Buf2[i] = second;
    _Buf2[i + 1] = first;
  }
}
