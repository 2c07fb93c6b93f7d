// C++'s operator new, whose failure is an exception. (operator delete is free.)
//
// The core links no C++ library. A program that is written in C++ has one, and its functions are found there: by the
// linker if it was loaded with the program, else at the time of need.
#include "../heap/caller.h"
#include "../heap/misuse.h"
#include "../heap/process_block.h"
#include "../host/late_symbol.h"
#include "malloc_names.h"
#include "process_blocks.h"

#include <bit>
#include <malloc.h>

// std::__throw_bad_alloc() and std::get_new_handler() of libstdc++.
extern "C" {
[[gnu::weak]] void throw_bad_alloc() __asm__("_ZSt17__throw_bad_allocv");
[[gnu::weak]] void (*get_new_handler())() __asm__("_ZSt15get_new_handlerv");
}

using namespace winmem;

namespace {

constexpr const char* kLibrary = "libstdc++.so.6";

using Procedure = void (*)();

template <typename Function> Function found_or_late(Function linked, const char* name) {
  return linked != nullptr ? linked : reinterpret_cast<Function>(host::find_in_library(kLibrary, name));
}

Procedure standard_handler() {
  auto get = found_or_late(&get_new_handler, "_ZSt15get_new_handlerv");
  return get != nullptr ? get() : nullptr;
}

// std::set_new_handler's is called, or _set_new_handler's asked; false when there is neither.
bool try_again(Bytes size) {
  if (Procedure handler = standard_handler()) {
    handler(); // it throws, makes room, or ends the process
    return true;
  }
  return _callnewh(size) != 0;
}

[[noreturn]] void throw_no_memory(Bytes size) {
  if (Procedure fail = found_or_late(&throw_bad_alloc, "_ZSt17__throw_bad_allocv")) {
    fail();
  }
  heap::stop_for_misuse("operator new", reinterpret_cast<void*>(size), "no memory, and no C++ library to throw it",
                        "load libstdc++ with the program");
}

void* allocate(Bytes size, Bytes alignment) {
  return alignment <= heap::kAlignment ? heap::process_block::take(size, false)
                                       : heap::process_block::take_aligned(size, std::bit_ceil(alignment), false);
}

void* allocate_or_ask(Bytes size, Bytes alignment) {
  do {
    if (void* block = allocate(size, alignment)) {
      return block;
    }
  } while (try_again(size));
  return nullptr;
}

// A handler that throws must not be felt by who asked for no exceptions. The library's own form calls ours that throws,
// and catches, which the core cannot.
template <typename Function> Function without_exception(const char* name) {
  return standard_handler() != nullptr ? reinterpret_cast<Function>(host::find_in_library(kLibrary, name)) : nullptr;
}

[[gnu::noinline]] void* allocate_or_throw(Bytes size, Bytes alignment, const void* returns_to) {
  heap::Caller caller(returns_to);
  void* block = allocate_or_ask(size, alignment);
  return block != nullptr ? block : (throw_no_memory(size), nullptr);
}

} // namespace

void* winmem_operator_new(std::size_t size) {
  void* block = heap::take_fast(size);
  return block != nullptr ? block : allocate_or_throw(size, 0, __builtin_return_address(0));
}

void* winmem_operator_new_nothrow(std::size_t size, const void* nothrow) {
  void* block = heap::take_fast(size);
  if (block != nullptr) {
    return block;
  }
  heap::Caller caller(__builtin_return_address(0));
  block = allocate(size, 0);
  if (block != nullptr) {
    return block;
  }
  auto catching = without_exception<void* (*)(Bytes, const void*)>("_ZnwmRKSt9nothrow_t");
  return catching != nullptr ? catching(size, nothrow) : allocate_or_ask(size, 0);
}

void* winmem_operator_new_aligned(std::size_t size, std::size_t alignment) {
  void* block = heap::take_aligned_fast(size, std::bit_ceil(alignment));
  return block != nullptr ? block : allocate_or_throw(size, alignment, __builtin_return_address(0));
}

void* winmem_operator_new_aligned_nothrow(std::size_t size, std::size_t alignment, const void* nothrow) {
  heap::Caller caller(__builtin_return_address(0));
  void* block = allocate(size, alignment);
  if (block != nullptr) {
    return block;
  }
  auto catching = without_exception<void* (*)(Bytes, Bytes, const void*)>("_ZnwmSt11align_val_tRKSt9nothrow_t");
  return catching != nullptr ? catching(size, alignment, nothrow) : allocate_or_ask(size, alignment);
}
