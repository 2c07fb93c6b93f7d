// COM's memory: what one module allocates and another one frees.
#ifndef _COMBASEAPI_H_
#define _COMBASEAPI_H_

#include "wtypesbase.h"

WINMEM_BEGIN_C

// A block of cb bytes, 0 included; NULL without memory. It is a block of the process heap (H146).
WINBASEAPI LPVOID WINAPI CoTaskMemAlloc(SIZE_T cb);

// Changes the size of a block, which may move. Of NULL a new block; 0 bytes free the block and give NULL. NULL without
// memory, and the block is as before; NULL also for what is no block (H146).
WINBASEAPI LPVOID WINAPI CoTaskMemRealloc(LPVOID pv, SIZE_T cb);

// Frees a block; nothing for NULL and for what is no block (H146).
WINBASEAPI void WINAPI CoTaskMemFree(LPVOID pv);

WINMEM_END_C

#endif
