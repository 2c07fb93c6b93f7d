// Workloads in which blocks are freed by another thread than the one that allocated them.
#pragma once

#include "sizes.h"

#include <array>
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

namespace bench {

// A server in the manner of Larson and Krishnan: each thread replaces any one of its blocks a step, and now and then
// lets go of them all and goes on with those of a thread that did so before.
template <class Allocator> struct Server {
  static constexpr std::size_t kSlots = 1000;
  static constexpr std::size_t kStepsBetween = 2000;
  using Slots = std::array<void*, kSlots>;

  Server() : order(kSlots), mine(filled()) {}
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server() {
    for (void* block : *mine)
      Allocator::release(block);
  }

  void operator()() {
    void*& slot = (*mine)[order.next()];
    Allocator::release(slot);
    slot = obtain_and_write<Allocator>(sizes.next());
    if (++steps % kStepsBetween == 0)
      hand_over();
  }

  void hand_over() {
    mine.reset(let_go.exchange(mine.release()));
    if (mine == nullptr)
      mine = filled();
  }

  std::unique_ptr<Slots> filled() {
    auto slots = std::make_unique<Slots>();
    for (void*& slot : *slots)
      slot = obtain_and_write<Allocator>(sizes.next());
    return slots;
  }

  // What stays here at the end belongs to nobody, as in a server that is still up.
  static inline std::atomic<Slots*> let_go{nullptr};

  AnyOrder order;
  LogUniform<10, 1000> sizes;
  std::unique_ptr<Slots> mine;
  std::size_t steps = 0;
};

// In the manner of mimalloc's mstress: each thread allocates objects of very different sizes, keeps some, frees some,
// and exchanges others with what threads left in a table that all share. A step is one object. Each object begins with
// its own mark, so a block that was handed out twice ends the program.
template <class Allocator> struct Sessions {
  static constexpr std::size_t kSteps = 1000;
  static constexpr std::size_t kShared = 1000;

  struct Object {
    std::size_t mark;
  };

  Sessions() : order(std::size_t{1} << 31) {}
  Sessions(const Sessions&) = delete;
  Sessions& operator=(const Sessions&) = delete;
  ~Sessions() {
    for (Object* object : kept)
      finish(object);
  }

  void operator()() {
    for (std::size_t i = 0; i < kSteps; ++i) {
      Object* object = begin();
      switch (order.next() % 4) {
      case 0:
        kept.push_back(object);
        break;
      case 1:
        finish(object);
        break;
      default:
        finish(shared[order.next() % kShared].exchange(object));
      }
    }
    // Half of what was kept ends here, any of it.
    while (kept.size() > kSteps / 4) {
      std::swap(kept[order.next() % kept.size()], kept.back());
      finish(kept.back());
      kept.pop_back();
    }
  }

  Object* begin() {
    std::size_t size = order.next() % 1000 == 0 ? large.next() : small.next();
    auto* object = static_cast<Object*>(obtain_and_write<Allocator>(size));
    object->mark = reinterpret_cast<std::size_t>(object);
    return object;
  }

  static void finish(Object* object) {
    if (object == nullptr)
      return;
    if (object->mark != reinterpret_cast<std::size_t>(object))
      std::abort();
    object->mark = 0;
    Allocator::release(object);
  }

  static inline std::array<std::atomic<Object*>, kShared> shared{};

  AnyOrder order;
  LogUniform<sizeof(Object), 2048> small;
  LogUniform<16 << 10, 1 << 20> large;
  std::vector<Object*> kept;
};

// Every block is allocated by this thread and freed by another one, through a ring of a thousand.
template <class Allocator> struct ProducerConsumer {
  static constexpr std::size_t kRing = 1024;
  static constexpr bool kWaits = true;

  ProducerConsumer() : consumer([this] { consume(); }) {}
  ProducerConsumer(const ProducerConsumer&) = delete;
  ProducerConsumer& operator=(const ProducerConsumer&) = delete;
  ~ProducerConsumer() {
    put(nullptr);
    consumer.join();
  }

  void operator()() { put(obtain_and_write<Allocator>(sizes.next())); }

  void put(void* block) {
    while (written - read.load(std::memory_order_acquire) == kRing)
      std::this_thread::yield();
    ring[written++ % kRing] = block;
    ready.store(written, std::memory_order_release);
  }

  void consume() {
    for (std::size_t at = 0;; ++at) {
      while (ready.load(std::memory_order_acquire) == at)
        std::this_thread::yield();
      void* block = ring[at % kRing];
      if (block == nullptr)
        return;
      touch(block);
      Allocator::release(block);
      read.store(at + 1, std::memory_order_release);
    }
  }

  LogUniform<16, 512> sizes;
  std::array<void*, kRing> ring;
  std::size_t written = 0;
  alignas(64) std::atomic<std::size_t> ready{0};
  alignas(64) std::atomic<std::size_t> read{0};
  std::thread consumer; // last: it begins when all the rest is there
};

// Each thread allocates batches of a hundred, leaves them in a table and frees those that it finds there. A step is one
// block.
template <class Allocator> struct HandOver {
  static constexpr std::size_t kSteps = 100;
  static constexpr std::size_t kPlaces = 64;
  using Blocks = std::array<void*, kSteps>;

  HandOver() : order(kPlaces) {}

  void operator()() {
    auto* batch = static_cast<Blocks*>(obtain<Allocator>(sizeof(Blocks)));
    for (void*& block : *batch)
      block = obtain_and_write<Allocator>(sizes.next());
    Blocks* other = places[order.next()].exchange(batch);
    if (other == nullptr)
      return;
    for (void* block : *other)
      Allocator::release(block);
    Allocator::release(other);
  }

  static inline std::array<std::atomic<Blocks*>, kPlaces> places{};

  AnyOrder order;
  LogUniform<16, 1024> sizes;
};

// A thread comes, allocates five hundred blocks, frees half of them and goes; who started it frees the rest. A step is
// one block.
template <class Allocator> struct ShortLivedThreads {
  static constexpr std::size_t kSteps = 500;
  static constexpr bool kWaits = true;

  void operator()() {
    std::thread([this] {
      for (void*& block : blocks)
        block = obtain_and_write<Allocator>(sizes.next());
      for (std::size_t i = 0; i < kSteps; i += 2)
        Allocator::release(blocks[i]);
    }).join();
    for (std::size_t i = 1; i < kSteps; i += 2)
      Allocator::release(blocks[i]);
  }

  LogUniform<16, 1024> sizes;
  std::array<void*, kSteps> blocks;
};

template <class Allocator, class Visitor> void visit_thread_workloads(Visitor& visitor) {
  for (int threads : {1, 2, 4, 8, 16}) {
    visitor.template row<Server<Allocator>>("server", threads);
    visitor.template row<Sessions<Allocator>>("sessions", threads);
  }
  for (int threads : {1, 4})
    visitor.template row<ProducerConsumer<Allocator>>("producer_consumer", threads);
  for (int threads : {2, 4, 16})
    visitor.template row<HandOver<Allocator>>("hand_over", threads);
  visitor.template row<ShortLivedThreads<Allocator>>("short_lived_threads", 1);
}

} // namespace bench
