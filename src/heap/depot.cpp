#include "depot.h"

#include "growable_store.h"
#include "records.h"

#include <algorithm>

namespace winmem::heap::depot {

namespace {

constexpr Bytes kMostBytes = Bytes{4} << 20; // of all classes

struct Chunk {
  Chunk* below;
  std::uint32_t count;
  std::uint32_t giver; // the thread that all of them are from
  CachedBlock blocks[63];
};
constexpr unsigned kChunkRoom = kFirstRoom * 4;
static_assert(sizeof(Chunk) == kChunkRoom * sizeof(CachedBlock), "chunks are made of the room for magazines");

// A stack of blocks.
struct Shelf {
  Chunk* top;
  unsigned count;
  unsigned least; // that it had since the last tick
};

constinit Shelf shelves[kClasses] = {};
constinit Bytes bytes = 0;

// Another number for each thread that gives, as a rule.
std::uint32_t own_number() {
  return static_cast<std::uint32_t>(reinterpret_cast<Address>(thread_cache::detail::own) >> 6);
}

// What the calling thread gave, if it is not far, comes to the top: cells of blocks that lie beside each other share a
// line of the processor's caches, so two threads that get each other's blocks wait for each other at every free.
void bring_up_own(Shelf& shelf) {
  constexpr int kLookedAt = 8;
  std::uint32_t own = own_number();
  Chunk** link = &shelf.top;
  for (int i = 0; i < kLookedAt && *link != nullptr; ++i, link = &(*link)->below) {
    Chunk* chunk = *link;
    if (chunk->giver == own) {
      *link = chunk->below;
      chunk->below = shelf.top;
      shelf.top = chunk;
      return;
    }
  }
}

void give_back(GrowableStore& store, unsigned size_class, unsigned count) {
  CachedBlock blocks[kFirstRoom];
  while (count > 0) {
    unsigned got = take(size_class, blocks, std::min(count, kFirstRoom));
    for (unsigned i = 0; i < got; ++i) {
      store.give_cached(blocks[i]);
    }
    count -= got;
  }
}

} // namespace

unsigned take(unsigned size_class, CachedBlock* out, unsigned most) {
  Shelf& shelf = shelves[size_class];
  unsigned wanted = std::min(most, shelf.count);
  for (unsigned got = 0; got < wanted;) {
    bring_up_own(shelf);
    Chunk& chunk = *shelf.top;
    unsigned now = std::min(wanted - got, chunk.count);
    chunk.count -= now;
    std::copy_n(chunk.blocks + chunk.count, now, out + got);
    got += now;
    if (chunk.count == 0) {
      shelf.top = chunk.below;
      give_room(reinterpret_cast<CachedBlock*>(&chunk), kChunkRoom);
    }
  }
  shelf.count -= wanted;
  shelf.least = std::min(shelf.least, shelf.count);
  bytes -= wanted * block_size(size_class);
  return wanted;
}

unsigned give(unsigned size_class, const CachedBlock* blocks, unsigned count) {
  Shelf& shelf = shelves[size_class];
  Bytes room = (kMostBytes - bytes) / block_size(size_class);
  unsigned most = room < count ? static_cast<unsigned>(room) : count;
  unsigned given = 0;
  std::uint32_t own = own_number();
  bring_up_own(shelf);
  while (given < most) {
    bool is_open = shelf.top != nullptr && shelf.top->giver == own && shelf.top->count != std::size(shelf.top->blocks);
    if (!is_open) {
      auto* chunk = reinterpret_cast<Chunk*>(take_room(kChunkRoom));
      if (chunk == nullptr) {
        break;
      }
      *chunk = {shelf.top, 0, own, {}};
      shelf.top = chunk;
    }
    Chunk& chunk = *shelf.top;
    unsigned now = std::min(most - given, static_cast<unsigned>(std::size(chunk.blocks)) - chunk.count);
    std::copy_n(blocks + count - given - now, now, chunk.blocks + chunk.count);
    chunk.count += now;
    given += now;
  }
  shelf.count += given;
  bytes += given * block_size(size_class);
  return given;
}

void tick(GrowableStore& store) {
  for (unsigned each = 0; each < kClasses; ++each) {
    give_back(store, each, shelves[each].least);
    shelves[each].least = shelves[each].count;
  }
}

void flush(GrowableStore& store) {
  for (unsigned each = 0; each < kClasses; ++each) {
    give_back(store, each, shelves[each].count);
  }
}

} // namespace winmem::heap::depot
