// The functions behind libwinmem-malloc.so's names (src/exports/malloc_names.tsv). The core's own names begin with
// winmem_, so that it brings no malloc into a program that does not want it.
#pragma once

#include <cstddef>

#include <winmem_abi.h>

extern "C" {

WINMEM_API void* winmem_malloc(std::size_t size);
WINMEM_API void* winmem_calloc(std::size_t count, std::size_t size);
WINMEM_API void* winmem_realloc(void* block, std::size_t size);
WINMEM_API void winmem_free(void* block);

WINMEM_API void* winmem_reallocarray(void* block, std::size_t count, std::size_t size);
WINMEM_API int winmem_posix_memalign(void** block, std::size_t alignment, std::size_t size);
WINMEM_API void* winmem_memalign(std::size_t alignment, std::size_t size); // aligned_alloc, too
WINMEM_API void* winmem_valloc(std::size_t size);
WINMEM_API void* winmem_pvalloc(std::size_t size);
WINMEM_API std::size_t winmem_malloc_usable_size(void* block);
WINMEM_API int winmem_malloc_trim(std::size_t pad);

WINMEM_API void* winmem_operator_new(std::size_t size);
WINMEM_API void* winmem_operator_new_nothrow(std::size_t size, const void* nothrow);
WINMEM_API void* winmem_operator_new_aligned(std::size_t size, std::size_t alignment);
WINMEM_API void* winmem_operator_new_aligned_nothrow(std::size_t size, std::size_t alignment, const void* nothrow);

} // extern "C"
