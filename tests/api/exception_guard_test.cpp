// Rules: V60 V61 V62 V63, as code that touches guard pages sees them
#include "exception_watch.h"
#include "expect.h"
#include "memory_map.h"
#include "platform.h"

#include <thread>

namespace apitest {
namespace {

void arm(void* address, std::size_t bytes = kPage, DWORD protect = PAGE_READWRITE) {
  DWORD old = 0;
  ASSERT_OK(VirtualProtect(address, bytes, protect | PAGE_GUARD, &old));
}

#define EXPECT_GUARD_HIT(recorded, code, kind, address)                                                                \
  do {                                                                                                                 \
    EXPECT_EQ((recorded).ExceptionCode, 0x80000001u);                                                                  \
    EXPECT_EQ((recorded).ExceptionFlags, 0u);                                                                          \
    EXPECT_EQ(number((recorded).ExceptionAddress), (code));                                                            \
    EXPECT_EQ((recorded).NumberParameters, 2u);                                                                        \
    EXPECT_EQ((recorded).ExceptionInformation[0], static_cast<ULONG_PTR>(kind));                                       \
    EXPECT_EQ((recorded).ExceptionInformation[1], number(address));                                                    \
  } while (false)

// Continues after guard hits, and keeps their records.
class GuardHits {
public:
  GuardHits()
      : watch_([this](EXCEPTION_POINTERS* exception) -> LONG {
          records.push_back(*exception->ExceptionRecord);
          return exception->ExceptionRecord->ExceptionCode == kGuardPage ? EXCEPTION_CONTINUE_EXECUTION
                                                                         : EXCEPTION_CONTINUE_SEARCH;
        }) {}

  std::vector<EXCEPTION_RECORD> records;

private:
  Watch watch_;
};

TEST(GuardPage, V60_a_read_is_told_once_and_then_goes_through) {
  Region region = committed(16);
  region.fill(0, 16, 0x11);
  arm(region.page(3));
  GuardHits hits;

  EXPECT_EQ(exception_probe_read(region.page(3) + 77), 0x11);
  EXPECT_EQ(exception_probe_read(region.page(3) + 78), 0x11);

  ASSERT_EQ(hits.records.size(), 1u);
  EXPECT_GUARD_HIT(hits.records[0], number(exception_probe_read_at), 0, region.page(3) + 77);
  EXPECT_MAP(region, "C16rw");
}

TEST(GuardPage, V60_a_write) {
  Region region = committed(16);
  arm(region.page(3));
  GuardHits hits;

  EXPECT_EQ(exception_probe_write(region.page(3) + 4095, 9), 1);

  ASSERT_EQ(hits.records.size(), 1u);
  EXPECT_GUARD_HIT(hits.records[0], number(exception_probe_write_at), 1, region.page(3) + 4095);
  EXPECT_EQ(region.page(3)[4095], 9);
}

TEST(GuardPage, V60_execution) {
  Region region = committed(16, PAGE_EXECUTE_READWRITE);
  platform::write_function(region.page(3) + 8, 1234);
  arm(region.page(3), kPage, PAGE_EXECUTE_READ);
  GuardHits hits;

  EXPECT_EQ(platform::call_function(region.page(3) + 8), 1234);

  ASSERT_EQ(hits.records.size(), 1u);
  EXPECT_GUARD_HIT(hits.records[0], number(region.page(3) + 8), 8, region.page(3) + 8);
  EXPECT_MAP(region, "C3xrw C1xr C12xrw");
}

TEST(GuardPage, V60_a_read_modify_write_is_a_write) {
  Region region = committed(16);
  region.page(3)[5] = 41;
  arm(region.page(3));
  GuardHits hits;

  EXPECT_EQ(exception_probe_locked_increment(region.page(3) + 5), 1);

  ASSERT_EQ(hits.records.size(), 1u);
  EXPECT_EQ(hits.records[0].ExceptionInformation[0], 1u);
  EXPECT_EQ(region.page(3)[5], 42);
}

TEST(GuardPage, V60_only_the_page_that_was_touched_is_disarmed) {
  Region region = committed(16);
  arm(region.page(2), 8 * kPage);
  GuardHits hits;

  EXPECT_EQ(exception_probe_read(region.page(5)), 0);

  EXPECT_EQ(hits.records.size(), 1u);
  EXPECT_MAP(region, "C2rw C3rw+g C1rw C4rw+g C6rw");
}

TEST(GuardPage, V60_an_access_across_two_guard_pages_hits_both) {
  Region region = committed(16);
  arm(region.page(2), 2 * kPage);
  GuardHits hits;

  EXPECT_EQ(exception_probe_read_16(region.page(3) - 8), 1);

  ASSERT_EQ(hits.records.size(), 2u);
  EXPECT_EQ(hits.records[0].ExceptionInformation[1], number(region.page(3) - 8));
  EXPECT_EQ(hits.records[1].ExceptionInformation[1], number(region.page(3)));
  EXPECT_MAP(region, "C16rw");
}

TEST(GuardPage, V60_the_handler_sees_the_bare_protection) {
  Region region = committed(16, PAGE_READONLY);
  arm(region.page(3), kPage, PAGE_READONLY);
  DWORD seen = 0;
  int value = -2;
  Watch watch([&](EXCEPTION_POINTERS*) {
    seen = ask(region.page(3)).Protect;
    value = exception_probe_read(region.page(3)); // no second hit
    return EXCEPTION_CONTINUE_EXECUTION;
  });

  EXPECT_EQ(exception_probe_read(region.page(3) + 1), 0);

  EXPECT_EQ(watch.seen(), 1);
  EXPECT_EQ(seen, DWORD{PAGE_READONLY});
  EXPECT_EQ(value, 0);
}

TEST(GuardPage, V60_V62_a_handler_that_arms_again_sees_each_access_once) {
  Region region = committed(16);
  arm(region.page(3));
  // The access goes through after the first hit, since the handler arms the page only for the next one.
  bool arm_again = true;
  Watch watch([&](EXCEPTION_POINTERS*) {
    if (std::exchange(arm_again, !arm_again)) {
      arm(region.page(3));
    }
    return EXCEPTION_CONTINUE_EXECUTION;
  });

  EXPECT_EQ(exception_probe_read(region.page(3)), 0);

  EXPECT_EQ(watch.seen(), 2);
  EXPECT_MAP(region, "C16rw");
}

TEST(GuardPage, V60_E7_memory_calls_in_the_handler) {
  Region region = reserve(64);
  region.commit(63, 1);
  arm(region.page(63));
  // A stack that grows down, as compilers' run-time libraries make them.
  Watch grow([&](EXCEPTION_POINTERS* exception) -> LONG {
    char* touched = at(exception->ExceptionRecord->ExceptionInformation[1]);
    char* next = region.base() +
                 (touched - region.base()) / static_cast<std::ptrdiff_t>(kPage) * static_cast<std::ptrdiff_t>(kPage) -
                 kPage;
    return VirtualAlloc(next, kPage, MEM_COMMIT, PAGE_READWRITE | PAGE_GUARD) != nullptr ? EXCEPTION_CONTINUE_EXECUTION
                                                                                         : EXCEPTION_CONTINUE_SEARCH;
  });

  for (std::size_t page = 63; page >= 40; --page) {
    EXPECT_EQ(exception_probe_write(region.page(page) + 8, 1), 1);
  }

  EXPECT_EQ(grow.seen(), 24);
  EXPECT_MAP(region, "R39 C1rw+g C24rw");
}

TEST(GuardPage, V60_the_handler_may_release_or_decommit_the_page) {
  Region region = committed(16);
  arm(region.page(3));
  int hits = 0;
  Watch watch([&](EXCEPTION_POINTERS* exception) {
    if (++hits == 1) {
      VirtualFree(region.page(3), kPage, MEM_DECOMMIT);
    } else {
      EXPECT_EQ(exception->ExceptionRecord->ExceptionCode, kAccessViolation);
      return_from_probe(exception->ContextRecord, 55);
    }
    return EXCEPTION_CONTINUE_EXECUTION;
  });

  EXPECT_EQ(exception_probe_read(region.page(3)), 55);

  EXPECT_EQ(hits, 2);
  EXPECT_MAP(region, "C3rw R1 C12rw");
}

TEST(GuardPage, V61_a_write_to_a_read_only_guard_page_is_a_hit_and_then_an_access_violation) {
  Region region = committed(16, PAGE_READONLY);
  arm(region.page(3), kPage, PAGE_READONLY);
  std::vector<DWORD> codes;
  Watch watch([&](EXCEPTION_POINTERS* exception) {
    codes.push_back(exception->ExceptionRecord->ExceptionCode);
    if (codes.back() == kAccessViolation) {
      return_from_probe(exception->ContextRecord, 55);
    }
    return EXCEPTION_CONTINUE_EXECUTION;
  });

  EXPECT_EQ(exception_probe_write(region.page(3), 1), 55);

  EXPECT_EQ(codes, (std::vector<DWORD>{kGuardPage, kAccessViolation}));
  EXPECT_MAP(region, "C16ro");
}

TEST(GuardPage, V60_returning_without_the_access_leaves_the_page_disarmed) {
  Region region = committed(16);
  arm(region.page(3));
  Recorder seen;

  EXPECT_EQ(exception_probe_read(region.page(3)), -1);

  EXPECT_EQ(seen.count(), 1u);
  EXPECT_EQ(exception_probe_read(region.page(3)), 0);
  EXPECT_MAP(region, "C16rw");
}

TEST(GuardPage, V60_other_faults_of_the_region_do_not_disarm) {
  Region region = reserve(16);
  region.commit(4, 4);
  arm(region.page(4), 4 * kPage);
  Recorder seen;

  EXPECT_EQ(exception_probe_read(region.page(3)), -1);
  EXPECT_EQ(exception_probe_read(region.page(8)), -1);

  EXPECT_EQ(seen.last().ExceptionCode, kAccessViolation);
  EXPECT_MAP(region, "R4 C4rw+g R8");
}

TEST(GuardPage, V62_a_region_reserved_with_the_guard_bit) {
  auto* base =
      static_cast<char*>(VirtualAlloc(nullptr, 4 * kPage, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE | PAGE_GUARD));
  ASSERT_NE(base, nullptr);
  Region region(base, 4);
  GuardHits hits;

  EXPECT_EQ(exception_probe_read(region.page(1)), 0);

  EXPECT_EQ(hits.records.size(), 1u);
  EXPECT_MAP(region, "C1rw+g C1rw C2rw+g");
  EXPECT_EQ(ask(region.page(1)).AllocationProtect, DWORD{PAGE_READWRITE | PAGE_GUARD});
}

TEST(GuardPage, V60_exactly_one_of_eight_threads_is_told) {
  constexpr int kThreads = 8;
  constexpr int kRounds = 200;
  Region region = committed(16);
  std::atomic<int> hits{0};
  std::atomic<int> wrong{0};
  Watch watch([&](EXCEPTION_POINTERS* exception) {
    if (exception->ExceptionRecord->ExceptionCode == kGuardPage) {
      ++hits;
    } else {
      ++wrong; // a loser of the race must find the page accessible
      return_from_probe(exception->ContextRecord);
    }
    return EXCEPTION_CONTINUE_EXECUTION;
  });
  std::atomic<int> arrived{0};
  std::atomic<int> round{0};
  std::vector<std::thread> threads;

  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int mine = 1; mine <= kRounds; ++mine) {
        while (round < mine) {
          std::this_thread::yield();
        }
        wrong += exception_probe_read(region.page(7)) != 0x22;
        ++arrived;
      }
    });
  }
  region.fill(7, 1, 0x22);
  for (int next = 1; next <= kRounds; ++next) {
    arm(region.page(7));
    arrived = 0;
    hits = 0;
    round = next;
    while (arrived != kThreads) {
      std::this_thread::yield();
    }
    EXPECT_EQ(hits, 1) << "round " << next;
  }
  for (std::thread& thread : threads) {
    thread.join();
  }

  EXPECT_EQ(wrong, 0);
  EXPECT_MAP(region, "C16rw");
}

TEST(GuardPage, V60_every_page_of_many_is_told_once_though_threads_race) {
  constexpr std::size_t kPages = 256;
  Region region = committed(kPages);
  arm(region.base(), region.bytes());
  std::vector<std::atomic<int>> hits(kPages);
  std::atomic<int> wrong{0};
  Watch watch([&](EXCEPTION_POINTERS* exception) {
    const std::size_t offset = exception->ExceptionRecord->ExceptionInformation[1] - number(region.base());
    if (exception->ExceptionRecord->ExceptionCode == kGuardPage && offset < kPages * kPage) {
      ++hits[offset / kPage];
    } else {
      ++wrong;
      return_from_probe(exception->ContextRecord);
    }
    return EXCEPTION_CONTINUE_EXECUTION;
  });
  std::vector<std::thread> threads;

  for (std::size_t i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      for (std::size_t n = 0; n < kPages; ++n) {
        exception_probe_write(region.page((n * 7 + i * 31) % kPages) + i, 1);
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }

  for (std::size_t page = 0; page < kPages; ++page) {
    EXPECT_EQ(hits[page], 1) << "page " << page;
  }
  EXPECT_EQ(wrong, 0);
  EXPECT_MAP(region, "C256rw");
}

} // namespace
} // namespace apitest
