// Exceptions: what happens when an instruction faults or a program raises one, as the rooms above and winmem.h see it.
//
// Vectored handlers are asked first, then the filters of this thread's winmem_try calls from the innermost to the
// outermost, then the process's filter of unhandled exceptions; after one of them said that the program goes on, the
// vectored continue handlers are told (E8, E10, E11). What nobody wants goes to the signal handler that was there
// before, else it ends the process by its signal.
//
// Callbacks run on the faulting thread, with no lock of winmem's held, and may call anything, throw, longjmp or fault.
#pragma once

#include "../base/address.h"
#include "../base/status.h"

#include <winnt.h>

namespace winmem::exception {

using Filter = LONG (*)(EXCEPTION_POINTERS*, void*);
using TopFilter = LONG(WINAPI*)(EXCEPTION_POINTERS*);

// From now on faults become exceptions, before what the program installed for their signals in the meantime. Called by
// whatever registers a handler. arm_access() is for guard pages: one system call once faults are caught.
void arm();
void arm_access();

enum class Kind : std::uint8_t { exception_handler, continue_handler };

// A handle that is never given out again; nullptr when there is no memory.
void* add_vectored(Kind kind, bool first, PVECTORED_EXCEPTION_HANDLER function);

// False for what is no handle of this kind, or no more.
bool remove_vectored(Kind kind, const void* handle);

// The one before; nullptr is none.
TopFilter set_top_filter(TopFilter filter);
TopFilter top_filter();

// Raises an exception that no instruction caused. Returns when the program is to go on; a handler that changed the
// registers goes on elsewhere. raise_here() also sets where it happened.
void raise_record(EXCEPTION_RECORD& record);
void raise_here(EXCEPTION_RECORD& record);

// The same, as if it had happened where `context` says; goes on there, or ends the process. Without handlers
// (`is_first` false) it ends.
[[noreturn]] void raise_at(EXCEPTION_RECORD& record, CONTEXT& context, bool is_first);

// Runs body(context) under `filter`. False when the filter ended it (EXCEPTION_EXECUTE_HANDLER), with the exception's
// code in `code`.
bool run_under_filter(void (*body)(void*), Filter filter, void* context, DWORD& code);

} // namespace winmem::exception
