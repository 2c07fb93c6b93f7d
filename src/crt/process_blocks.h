// Blocks of the process heap, as the functions of C's library want them.
#pragma once

#include "../base/address.h"
#include "../heap/registry.h"

namespace winmem::crt {

inline constexpr Bytes kMostRequested = 0xFFFFFFFFFFFFFFE0; // _HEAP_MAXREQ

// Sets errno to ENOMEM. nullptr, for the caller to return.
void* no_memory();

// After `size` bytes could not be had: whether _set_new_mode and the new handler say to try again. Sets errno to ENOMEM
// if not.
bool try_again(Bytes size);

// Calls the invalid parameter handler if there is one, and sets errno to EINVAL.
void invalid_parameter();

// count * size; false, with errno set to ENOMEM, when that is more than there can be.
bool multiply(Bytes count, Bytes size, Bytes& product);

// What realloc does, for all of its kind: nullptr is no block yet, size 0 frees. `zeroed`: what is added is zero.
// `function` is the program's, for the report of a pointer that is no block.
void* reallocate(const char* function, void* block, Bytes size, bool zeroed);

// Whether `pointer` is from _aligned_malloc or its like.
bool is_aligned_block(const void* pointer);

// For a pointer that is no block: reports it and ends the process.
[[noreturn]] void refuse(const char* function, const void* pointer);

// The same where it should be from _aligned_malloc.
[[noreturn]] void refuse_aligned(const char* function, const void* pointer);

} // namespace winmem::crt
