// What Microsoft's <stdlib.h> and <malloc.h> both have about blocks of the C library's heap, which is the process heap.
//
// Programs include one of those two. Sizes are in bytes. Blocks are malloc's, if the program is linked with winmem's
// malloc (winmem-cc does that); blocks of another malloc are refused.
#ifndef WINMEM_CORECRT_MALLOC_H
#define WINMEM_CORECRT_MALLOC_H

#include <stddef.h>

#include "winmem_abi.h"

WINMEM_BEGIN_C

// The size that was asked for, exactly. NULL and what is no block are invalid parameters: (size_t)-1 with EINVAL
// (H136).
WINMEM_API size_t _msize(void* _Block);

// Changes the size where the block is: _Block, or NULL and nothing changed, with ENOMEM where there is no room, with
// EINVAL for NULL and what is no block (H135).
WINMEM_API void* _expand(void* _Block, size_t _Size);

// realloc to _Count * _Size bytes; what is added is zero. NULL with ENOMEM, also where the product is too large (H134).
WINMEM_API void* _recalloc(void* _Block, size_t _Count, size_t _Size);

// malloc and its kin of the process heap, whatever malloc the program is linked with: their blocks go to each other,
// and are malloc's if that is winmem's (H165).
WINMEM_API void* _malloc_base(size_t _Size);
WINMEM_API void* _calloc_base(size_t _Count, size_t _Size);
WINMEM_API void* _realloc_base(void* _Block, size_t _Size);
WINMEM_API void* _recalloc_base(void* _Block, size_t _Count, size_t _Size);
WINMEM_API size_t _msize_base(void* _Block);
WINMEM_API void _free_base(void* _Block);

// Blocks at multiples of _Alignment, a power of two, or so that _Offset bytes behind the pointer is one (_Offset is 0
// or below _Size). They go to the functions of this group only: free and realloc report them as a mistake. NULL with
// ENOMEM, or EINVAL for other arguments (H138 to H142).
WINMEM_API void* _aligned_malloc(size_t _Size, size_t _Alignment);
WINMEM_API void* _aligned_offset_malloc(size_t _Size, size_t _Alignment, size_t _Offset);

// As realloc, with the alignment and offset that the block has; NULL with EINVAL for others. _Size 0 frees. `recalloc`:
// _Count * _Size bytes, what is added is zero.
WINMEM_API void* _aligned_realloc(void* _Block, size_t _Size, size_t _Alignment);
WINMEM_API void* _aligned_offset_realloc(void* _Block, size_t _Size, size_t _Alignment, size_t _Offset);
WINMEM_API void* _aligned_recalloc(void* _Block, size_t _Count, size_t _Size, size_t _Alignment);
WINMEM_API void* _aligned_offset_recalloc(void* _Block, size_t _Count, size_t _Size, size_t _Alignment, size_t _Offset);

// NULL is nothing to free.
WINMEM_API void _aligned_free(void* _Block);

// The size that was asked for, exactly; (size_t)-1 with EINVAL for NULL and what is not of this group (H140).
WINMEM_API size_t _aligned_msize(void* _Block, size_t _Alignment, size_t _Offset);

// Calls the handler of _set_new_handler: not 0 when it says that it is worth trying again, 0 without one (H144).
WINMEM_API int _callnewh(size_t _Size);

WINMEM_END_C

#endif
