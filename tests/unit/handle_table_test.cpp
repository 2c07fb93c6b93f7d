// The handle table from inside: lives of objects, reuse of values, threads that meet in it, forks.

#include "host/own_process.h"
#include "object/handle_table.h"
#include "object/own.h"

#include "child.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <set>
#include <thread>
#include <vector>

using namespace winmem;
using namespace winmem::object;

namespace {

std::atomic<int> living{0};
std::atomic<int> last_closed{0};

struct Thing : Object {
  explicit Thing(std::uint64_t what);
  ~Thing() = delete;
  const std::uint64_t value;
};

constinit Cells cells(sizeof(Thing));

void end(Object& object) {
  living.fetch_sub(1);
  cells.give(&object);
}

void note_last(Object&) { last_closed.fetch_add(1); }

constexpr Type kThing = {
    .name = "Thing",
    .rights = {.read = 0x1, .write = 0x2, .execute = 0x4, .all = 0x7},
    .last_handle_closed = note_last,
    .end = end,
};
constexpr Type kOther = {.name = "Other", .rights = {1, 2, 4, 7}};

Thing::Thing(std::uint64_t what) : Object(kThing), value(what) { living.fetch_add(1); }

Handle open_thing(std::uint64_t value = 0, AccessMask granted = 7, Flags flags = Flags::none) {
  Ref<Thing> thing = make<Thing>(cells, value);
  Handle handle = 0;
  EXPECT_EQ(open(thing, granted, flags, handle), Status::ok);
  EXPECT_FALSE(thing);
  return handle;
}

TEST(HandleTable, Y100_values_are_small_multiples_of_four_and_low_bits_do_not_matter) {
  Handle handle = open_thing(5);

  EXPECT_EQ(handle % 4, 0U);
  EXPECT_GT(handle, 0U);
  EXPECT_LT(handle, Handle{4} * kMostHandles);
  Ref<Thing> thing;
  EXPECT_EQ(reference(handle + 3, kThing, 0, thing), Status::ok);
  EXPECT_EQ(thing->value, 5U);

  EXPECT_EQ(close(handle + 1), Status::ok);
}

TEST(HandleTable, the_object_ends_with_its_last_handle_or_reference) {
  int before = living;
  int closed = last_closed;
  Handle handle = open_thing();
  Ref<Thing> thing;
  ASSERT_EQ(reference(handle, kThing, 0, thing), Status::ok);
  EXPECT_EQ(thing->count().references, 2U);
  EXPECT_EQ(thing->count().handles, 1U);

  EXPECT_EQ(close(handle), Status::ok);

  EXPECT_EQ(last_closed, closed + 1);
  EXPECT_EQ(living, before + 1);
  thing.reset();
  EXPECT_EQ(living, before);
}

TEST(HandleTable, errors_tell_no_handle_from_wrong_type_and_missing_access) {
  Handle handle = open_thing(0, 1);
  Ref<Object> found;

  EXPECT_EQ(reference(handle, &kOther, 0, found), Status::object_type_mismatch);
  EXPECT_EQ(reference(handle, &kThing, 2, found), Status::access_denied);
  EXPECT_EQ(reference(handle, nullptr, 1, found), Status::ok);
  found.reset();
  EXPECT_EQ(close(handle), Status::ok);
  EXPECT_EQ(close(handle), Status::invalid_handle);
  EXPECT_EQ(reference(handle, nullptr, 0, found), Status::invalid_handle);
  EXPECT_EQ(reference(0, nullptr, 0, found), Status::invalid_handle);
  EXPECT_EQ(reference(0x7FFFFFFC, nullptr, 0, found), Status::invalid_handle);
  EXPECT_EQ(reference(~Handle{2}, nullptr, 0, found), Status::invalid_handle);
}

TEST(HandleTable, a_closed_value_rests_while_two_hundred_others_are_opened) {
  Handle stale = open_thing();
  EXPECT_EQ(close(stale), Status::ok);

  for (int i = 0; i < 200; ++i) {
    Handle next = open_thing();
    EXPECT_NE(next, stale);
    EXPECT_EQ(close(next), Status::ok);
  }
}

TEST(HandleTable, Y101_a_protected_handle_stays_until_it_is_unprotected) {
  Handle handle = open_thing(0, 7, Flags::protect_from_close);

  EXPECT_EQ(close(handle), Status::handle_not_closable);
  EXPECT_EQ(set_flags(handle, Flags::protect_from_close, Flags::none), Status::ok);
  EXPECT_EQ(set_flags(handle, Flags::inherit, Flags::both), Status::ok);
  Flags flags{};
  EXPECT_EQ(get_flags(handle, flags), Status::ok);
  EXPECT_EQ(flags, Flags::inherit);
  EXPECT_EQ(close(handle), Status::ok);
}

TEST(HandleTable, Y105_a_duplicate_has_the_access_that_was_asked_for) {
  Handle handle = open_thing(9);
  Handle twin = 0;
  AccessMask read = kGenericRead;

  ASSERT_EQ(duplicate(handle, &read, Flags::none, twin), Status::ok);
  Ref<Thing> thing;
  AccessMask granted = 0;
  EXPECT_EQ(reference(twin, kThing, 2, thing), Status::access_denied);
  EXPECT_EQ(reference(twin, kThing, 1, thing, &granted), Status::ok);
  EXPECT_EQ(granted, 1U);
  EXPECT_EQ(thing->count().handles, 2U);
  thing.reset();

  EXPECT_EQ(close(handle), Status::ok);
  EXPECT_EQ(close(twin), Status::ok);
}

TEST(HandleTable, a_million_handles_need_no_descriptor) {
  constexpr std::size_t kMany = 1'000'000;
  std::vector<Handle> handles;
  handles.reserve(kMany);
  Ref<Thing> thing = make<Thing>(cells, 1U);
  int before = living;
  for (std::size_t i = 0; i < kMany; ++i) {
    thing->add_reference();
    Ref<Thing> mine(thing.get());
    Handle handle = 0;
    ASSERT_EQ(open(mine, 7, Flags::none, handle), Status::ok);
    handles.push_back(handle);
  }

  EXPECT_EQ(thing->count().handles, kMany);
  std::sort(handles.begin(), handles.end());
  EXPECT_EQ(std::adjacent_find(handles.begin(), handles.end()), handles.end());
  for (Handle handle : handles) {
    ASSERT_EQ(close(handle), Status::ok);
  }
  EXPECT_EQ(thing->count().handles, 0U);
  EXPECT_EQ(thing->count().references, 1U);
  EXPECT_EQ(living, before);
}

TEST(HandleTable, pseudo_handles_are_this_process_and_this_thread) {
  Ref<Process> process;
  Ref<Thread> thread;
  ASSERT_EQ(reference(kThisProcess, kProcessType, 0x1FFFFF, process), Status::ok);
  ASSERT_EQ(reference(kThisThread, kThreadType, 0x1FFFFF, thread), Status::ok);

  EXPECT_TRUE(is_this_process(*process));
  Ref<Thread> again;
  ASSERT_EQ(reference(kThisThread, kThreadType, 0, again), Status::ok);
  EXPECT_EQ(again.get(), thread.get());
  Thread* others = nullptr;
  std::thread([&] {
    Ref<Object> other = this_thread();
    others = static_cast<Thread*>(other.get());
    EXPECT_NE(others, thread.get());
  }).join();
  EXPECT_NE(others, nullptr);
  EXPECT_EQ(close(kThisProcess), Status::ok);
  EXPECT_EQ(close(kThisThread), Status::ok);
}

// Objects of threads come and go in the same memory; each thread must find its own, whole.
TEST(HandleTable, threads_that_come_and_go_never_take_each_others_object) {
  constexpr int kThreads = 4;
  constexpr int kRounds = 20'000;
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&wrong] {
      std::uint32_t id = host::thread_id();
      for (int i = 0; i < kRounds; ++i) {
        Ref<Object> mine = this_thread();
        wrong += static_cast<Thread*>(mine.get())->id == id ? 0 : 1;
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(wrong, 0);
}

// Threads open, look up and close what others use; each object says who it is, so a look-up that met another life of an
// entry would show.
TEST(HandleTable, Y107_threads_that_close_what_others_look_up_never_meet_another_object) {
  constexpr int kThreads = 4;
  constexpr int kRounds = 30'000;
  std::atomic<Handle> shared[8] = {};
  int before = living;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&shared, t] {
      std::uint64_t random = static_cast<std::uint64_t>(t) + 1;
      for (int i = 0; i < kRounds; ++i) {
        random = random * 6364136223846793005U + 1442695040888963407U;
        std::atomic<Handle>& slot = shared[(random >> 40) % 8];
        if ((random >> 33) % 4 == 0) {
          Ref<Thing> thing = make<Thing>(cells, random | 1U);
          Handle handle = 0;
          ASSERT_EQ(open(thing, 7, Flags::none, handle), Status::ok);
          Handle old = slot.exchange(handle);
          if (old != 0) {
            ASSERT_EQ(close(old), Status::ok);
          }
        } else if (Handle handle = slot.load(); handle != 0) {
          Ref<Thing> thing;
          Status status = reference(handle, kThing, 7, thing);
          ASSERT_TRUE(status == Status::ok || status == Status::invalid_handle);
          if (status == Status::ok) {
            ASSERT_EQ(thing->value & 1U, 1U);
            ASSERT_GE(thing->count().references, 1U);
          }
        }
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  for (std::atomic<Handle>& slot : shared) {
    if (slot != 0) {
      EXPECT_EQ(close(slot), Status::ok);
    }
  }
  EXPECT_EQ(living, before);
}

TEST(HandleTable, the_child_of_a_fork_has_the_handles_and_its_own_table) {
  Handle handle = open_thing(77);

  bool child_was_right = in_child(&fork, [handle] {
    Ref<Thing> thing;
    bool found = reference(handle, kThing, 7, thing) == Status::ok && thing->value == 77;
    thing.reset();
    Ref<Process> process;
    bool own = reference(kThisProcess, kProcessType, 0, process) == Status::ok && is_this_process(*process);
    return found && own && close(handle) == Status::ok;
  });

  EXPECT_TRUE(child_was_right);
  EXPECT_EQ(close(handle), Status::ok);
}

} // namespace
