#include "cells.h"

#include "../host/lock.h"
#include "../host/memory.h"

namespace winmem::object {

namespace {

constinit host::Lock cells_lock; // guards the members of every Cells
constinit std::atomic<Bytes> taken{0};

} // namespace

void* take_block(Bytes size) {
  void* block = host::map_tables(size);
  if (block != nullptr) {
    taken.fetch_add(size, std::memory_order_relaxed);
  }
  return block;
}

Bytes footprint() { return taken.load(std::memory_order_relaxed); }

void* Cells::take() {
  host::LockHold hold(cells_lock);
  if (FreeCell* cell = free_) {
    free_ = cell->next;
    return cell;
  }
  if (fresh_end_ - fresh_ < size_) {
    fresh_ = reinterpret_cast<Address>(take_block(kBlock));
    fresh_end_ = fresh_ == 0 ? 0 : fresh_ + kBlock;
    if (fresh_ == 0) {
      return nullptr;
    }
  }
  void* cell = reinterpret_cast<void*>(fresh_);
  fresh_ += size_;
  return cell;
}

void Cells::give(void* cell) {
  host::LockHold hold(cells_lock);
  auto* freed = static_cast<FreeCell*>(cell);
  freed->next = free_;
  free_ = freed;
}

void lock_cells_for_fork() { cells_lock.lock(); }
void unlock_cells_after_fork() { cells_lock.unlock(); }

} // namespace winmem::object
