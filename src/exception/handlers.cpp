#include "handlers.h"

#include "../host/lock.h"
#include "../vm/epoch.h"
#include "../vm/fork_gate.h"
#include "../vm/pool.h"

#include <atomic>

namespace winmem::exception {

namespace {

struct Handler : vm::Pooled {
  std::atomic<Handler*> next;
  PVECTORED_EXCEPTION_HANDLER function;
  Place place;
  std::uint64_t handle;
};

struct List {
  std::atomic<Handler*> first{nullptr};
  Place lowest = 0; // places in use lie between these two
  Place highest = 0;
};

constinit List lists[2];
constinit host::Lock list_lock; // guards changes of `lists`, the pool and the handles
constinit vm::Pool pool{sizeof(Handler), kPage};
constinit std::uint64_t handles = 0;

List& list_of(Kind kind) { return lists[static_cast<unsigned>(kind)]; }

// Handles are no addresses: a program that removes one twice must not hit what came into its place.
void* to_handle(std::uint64_t number) { return reinterpret_cast<void*>(number << 4); }

} // namespace

void* add_vectored(Kind kind, bool first, PVECTORED_EXCEPTION_HANDLER function) {
  vm::Change change;
  host::LockHold hold(list_lock);
  void* memory = pool.take();
  if (memory == nullptr) {
    return nullptr;
  }
  List& list = list_of(kind);
  auto* handler = new (memory) Handler{};
  handler->function = function;
  handler->handle = ++handles;
  handler->place = first ? --list.lowest : ++list.highest;
  std::atomic<Handler*>* link = &list.first;
  if (!first) {
    while (Handler* other = link->load(std::memory_order_relaxed)) {
      link = &other->next;
    }
  }
  handler->next.store(link->load(std::memory_order_relaxed), std::memory_order_relaxed);
  link->store(handler, std::memory_order_release); // pairs with next_handler()
  return to_handle(handler->handle);
}

bool remove_vectored(Kind kind, const void* handle) {
  vm::Change change;
  host::LockHold hold(list_lock);
  std::atomic<Handler*>* link = &list_of(kind).first;
  while (Handler* handler = link->load(std::memory_order_relaxed)) {
    if (to_handle(handler->handle) == handle) {
      // A reader that stands on it still finds the rest of the list behind it.
      link->store(handler->next.load(std::memory_order_relaxed), std::memory_order_release);
      pool.retire(handler);
      return true;
    }
    link = &handler->next;
  }
  return false;
}

PVECTORED_EXCEPTION_HANDLER next_handler(Kind kind, Place& place) {
  vm::Reader reader;
  for (Handler* handler = list_of(kind).first.load(std::memory_order_acquire); handler != nullptr;
       handler = handler->next.load(std::memory_order_acquire)) {
    if (handler->place > place) {
      place = handler->place;
      return handler->function;
    }
  }
  return nullptr;
}

bool has_handlers(Kind kind) { return list_of(kind).first.load(std::memory_order_relaxed) != nullptr; }

} // namespace winmem::exception
