// All blocks of the debug heap, the newest first, and what is known of all together.
//
// Lock:      the list's own, a leaf: under it no heap is asked, and no function of the program is called. fork takes
//            it behind the heaps' locks.
// Callbacks: a walk lets go of the lock for each block, so what it tells is a copy, and blocks may come and go
//            meanwhile. It tells none twice.
#pragma once

#include "debug_block.h"

namespace winmem::crt::debug {

// A number for each request, from 1.
int next_request();
// For who could not make the block after all; the number stays taken if another thread took one meanwhile.
void give_back_request(int request);

void add(Header& header);
void remove(Header& header);

// Makes it a free block that stays on the list (_CRTDBG_DELAY_FREE_MEM_DF). Its contents are the caller's to fill
// before.
void keep_as_free(Header& header);

// For a block that grew or shrank where it is.
void resize(Header& header, Bytes size);

struct Totals {
  Bytes most = 0;      // bytes that lived at a time
  Bytes requested = 0; // bytes of all requests together
};

Totals totals();

inline constexpr Bytes kShownBytes = 16;

struct Seen {
  Header header; // a copy
  const void* data = nullptr;
  unsigned char shown[kShownBytes] = {}; // its first bytes
  Damage damage = Damage::none;
};

class Walk {
public:
  // From the newest block to the oldest; false behind it. A damaged header ends the walk.
  bool next(Seen& seen);

private:
  Header* at_ = nullptr;
  std::uint64_t place_ = 0;
  std::uint64_t changes_ = 0;
  bool began_ = false;
};

const Header* newest();

} // namespace winmem::crt::debug
