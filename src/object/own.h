// The process and the thread as objects: what the pseudo handles stand for, and real handles made from them.
//
// Owns:      Process and Thread objects. There is one for this process and one for each thread that was asked for, made
//            when first needed; so two handles to one thread are equal (CompareObjectHandles).
// Lock:      own_lock, while this process's object is made. Fork takes it; the child gets an object of its own, and its
//            inherited handles go on standing for the parent.
#pragma once

#include "object.h"

namespace winmem::object {

struct Process : Object {
  explicit Process(std::uint32_t process_id);
  const std::uint32_t id;
};

struct Thread : Object {
  Thread(std::uint32_t process_id, std::uint32_t thread_id);
  const std::uint32_t process;
  const std::uint32_t id;
};

extern const Type kProcessType;
extern const Type kThreadType;

// Null when there is no memory for the object.
Ref<Object> this_process();
Ref<Object> this_thread();

// Whether it is the process that asks.
bool is_this_process(const Process& process);

void lock_own_for_fork();
void unlock_own_after_fork();

} // namespace winmem::object
