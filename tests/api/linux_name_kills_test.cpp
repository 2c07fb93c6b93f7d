// Processes that are killed at any moment while they make, open, map, signal, wait for and close what has a name: those
// that live are not blocked, see no half of anything, and nothing of the dead is left. Linux only.
// Rules: S24 S25 W3 W22
//
// WINMEM_TEST_KILLS says how many kills, and asks for the longest wait of those that live, too: script/long names.
#include "child_process.h"
#include "named_section.h"
#include "sync_test_support.h"

#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <dirent.h>
#include <new>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

namespace apitest {
namespace {

constexpr unsigned kMutexes = 2;
constexpr unsigned kFleeting = 3; // names of each kind that come and go
constexpr DWORD kFarTooLong = 60'000;

// What all processes know of each other, beside the names.
struct Tally {
  std::atomic<bool> is_over;
  std::atomic<unsigned> wrong; // answers that no rule allows
  std::atomic<int> wrong_line;
  std::atomic<DWORD> wrong_error;
  std::atomic<unsigned> rounds;       // of those that live
  std::atomic<unsigned> abandoned;    // mutexes of dead owners that they met
  std::atomic<unsigned> longest;      // wait of theirs, in microseconds
  std::atomic<std::uint32_t> flushed; // the last number that was written and flushed
  std::array<std::atomic<pid_t>, kMutexes> owner;
};

Tally& shared_tally() {
  static auto* tally =
      static_cast<Tally*>(mmap(nullptr, sizeof(Tally), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  return *tally;
}

const pid_t first_process = getpid();
std::string own(const std::string& text) { return "winmem-kills-" + std::to_string(first_process) + "-" + text; }
std::string own(const char* text, unsigned number) { return own(text + std::to_string(number)); }

class Player {
public:
  Player(unsigned seed, HANDLE file) : seed_(seed), file_(file) {
    for (unsigned i = 0; i < kMutexes; ++i) {
      mutexes_[i] = CreateMutexA(nullptr, FALSE, own("kept", i).c_str());
      check(mutexes_[i] != nullptr);
    }
  }

  void play() {
    switch (next(5)) {
    case 0:
      own_a_mutex();
      break;
    case 1:
      own_both();
      break;
    case 2:
      share_pages();
      break;
    case 3:
      signal();
      break;
    case 4:
      write_and_flush();
      break;
    }
  }

  void end() {
    for (HANDLE mutex : mutexes_) {
      check(CloseHandle(mutex));
    }
  }

private:
  unsigned next(unsigned count) {
    seed_ = seed_ * 1664525 + 1013904223;
    return (seed_ >> 16) % count;
  }

  static void check(bool is_right, int line = __builtin_LINE()) {
    if (!is_right) {
      ++shared_tally().wrong;
      shared_tally().wrong_line = line;
      shared_tally().wrong_error = GetLastError();
    }
  }

  // Nobody else owns it: who did has let go, or was killed, and then this wait says so.
  void enter(unsigned number, bool is_abandoned) {
    pid_t before = shared_tally().owner[number].exchange(getpid());
    check(before == 0 || is_abandoned);
    shared_tally().abandoned += is_abandoned ? 1 : 0;
  }
  void leave(unsigned number) {
    check(shared_tally().owner[number].exchange(0) == getpid());
    check(ReleaseMutex(mutexes_[number]));
  }

  void own_a_mutex() {
    unsigned number = next(kMutexes);
    DWORD answer = WaitForSingleObject(mutexes_[number], kFarTooLong);
    check(answer == WAIT_OBJECT_0 || answer == WAIT_ABANDONED);
    enter(number, answer == WAIT_ABANDONED);
    leave(number);
  }

  void own_both() {
    DWORD answer = WaitForMultipleObjects(kMutexes, mutexes_.data(), TRUE, kFarTooLong);
    bool is_abandoned = answer >= WAIT_ABANDONED_0 && answer < WAIT_ABANDONED_0 + kMutexes; // one of them at least
    check(answer < WAIT_OBJECT_0 + kMutexes || is_abandoned);
    for (unsigned i = 0; i < kMutexes; ++i) {
      enter(i, is_abandoned);
    }
    for (unsigned i = 0; i < kMutexes; ++i) {
      leave(i);
    }
  }

  // The section's pages are new, all zero, or somebody wrote their last word.
  void share_pages() {
    HANDLE made = create(own("section", next(kFleeting)), 0x2000);
    auto* view = static_cast<std::atomic<std::uint32_t>*>(MapViewOfFile(made, FILE_MAP_WRITE, 0, 0, 0));
    check(view != nullptr);
    if (view != nullptr) {
      std::uint32_t last = view[0x7FF].load();
      check(last == 0 || last == 0xABCD);
      view[0x7FF].store(0xABCD);
      check(UnmapViewOfFile(view));
    }
    check(CloseHandle(made));
  }

  void signal() {
    HANDLE event = CreateEventA(nullptr, next(2) == 0, FALSE, own("event", next(kFleeting)).c_str());
    HANDLE tokens = CreateSemaphoreA(nullptr, 1, 1'000'000, own("tokens", next(kFleeting)).c_str());
    HANDLE both[] = {event, tokens};
    check(SetEvent(event));
    DWORD answer = WaitForMultipleObjects(2, both, next(2) == 0, next(2)); // others may take them
    check(answer <= WAIT_OBJECT_0 + 1 || answer == WAIT_TIMEOUT);
    check(ReleaseSemaphore(tokens, 1, nullptr));
    HANDLE again = OpenEventA(EVENT_ALL_ACCESS, FALSE, own("event", next(kFleeting)).c_str());
    check(again != nullptr ? ResetEvent(again) && CloseHandle(again) : GetLastError() == ERROR_FILE_NOT_FOUND);
    check(CloseHandle(event) && CloseHandle(tokens));
  }

  // Who has the first mutex writes the next number, and says so when it is flushed.
  void write_and_flush() {
    DWORD answer = WaitForSingleObject(mutexes_[0], kFarTooLong);
    check(answer == WAIT_OBJECT_0 || answer == WAIT_ABANDONED);
    enter(0, answer == WAIT_ABANDONED);
    HANDLE section = CreateFileMappingA(file_, nullptr, PAGE_READWRITE, 0, 4096, own("file").c_str());
    auto* view = static_cast<std::atomic<std::uint32_t>*>(MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0));
    check(view != nullptr);
    if (view != nullptr) {
      check(view[0].load() >= shared_tally().flushed.load());
      std::uint32_t number = view[0].fetch_add(1) + 1;
      check(FlushViewOfFile(view, 0));
      shared_tally().flushed.store(number);
      check(UnmapViewOfFile(view));
    }
    check(CloseHandle(section));
    leave(0);
  }

  unsigned seed_;
  HANDLE file_;
  std::array<HANDLE, kMutexes> mutexes_{};
};

int survive(unsigned seed, HANDLE file) {
  Tally& tally = shared_tally();
  Player player(seed, file);
  while (!tally.is_over.load()) {
    auto begin = std::chrono::steady_clock::now();
    player.play();
    auto took = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begin).count();
    unsigned longest = tally.longest.load();
    while (took > longest && !tally.longest.compare_exchange_weak(longest, static_cast<unsigned>(took))) {
    }
    ++tally.rounds;
  }
  player.end();
  return 0;
}

// A name of its own, so that it must be gone with it; then what the others do.
int fall(unsigned seed, HANDLE file) {
  HANDLE alone = CreateMutexA(nullptr, TRUE, own("alone").c_str());
  if (alone == nullptr) {
    ++shared_tally().wrong;
  }
  Player player(seed, file);
  for (;;) {
    player.play();
  }
}

// Files of names of this test in the directory of names.
unsigned names_left() {
  const char* chosen = std::getenv("WINMEM_NAMES");
  std::string folder = std::string(chosen != nullptr ? chosen : "/dev/shm") + "/winmem-" + std::to_string(geteuid());
  DIR* directory = opendir(folder.c_str());
  unsigned count = 0;
  while (const dirent* entry = directory != nullptr ? readdir(directory) : nullptr) {
    count += std::string(entry->d_name).find(own("")) != std::string::npos ? 1 : 0;
  }
  if (directory != nullptr) {
    closedir(directory);
  }
  return count;
}

bool nothing_has(const std::string& name) {
  HANDLE found = OpenMutexA(MUTEX_ALL_ACCESS, FALSE, name.c_str());
  return found == nullptr && GetLastError() == ERROR_FILE_NOT_FOUND;
}

TEST(KilledProcesses, S24_S25_W3_W22_block_nobody_and_leave_nothing) {
  const char* wanted = std::getenv("WINMEM_TEST_KILLS");
  int kills = wanted != nullptr ? std::atoi(wanted) : 50;
  std::string path = own("file.tmp");
  HANDLE file = CreateFileA(path.c_str(), GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr,
                            CREATE_ALWAYS, 0, nullptr);
  ASSERT_NE(file, INVALID_HANDLE_VALUE);
  Tally& tally = *new (&shared_tally()) Tally{};
  pid_t survivors[2];
  for (unsigned i = 0; i < 2; ++i) {
    survivors[i] = start_child([=] {
      alarm(0); // a long run takes longer; waits end by themselves
      return survive(i, file);
    });
  }
  unsigned seed = 2468;
  for (int i = 0; i < kills; ++i) {
    seed = seed * 1664525 + 1013904223;
    pid_t victim = start_child([=] { return fall(seed, file); });
    usleep(300 + (seed >> 19));
    kill(victim, SIGKILL);
    ASSERT_EQ(result_of(victim), 256 + SIGKILL);
    EXPECT_TRUE(nothing_has(own("alone"))) << "kill " << i << ", error " << GetLastError();
  }
  tally.is_over.store(true);
  for (pid_t survivor : survivors) {
    EXPECT_EQ(result_of(survivor), 0);
  }

  EXPECT_EQ(tally.wrong.load(), 0u) << "line " << tally.wrong_line << ", error " << tally.wrong_error;
  EXPECT_GT(tally.rounds.load(), 0u);
  std::uint32_t written = 0;
  DWORD count = 0;
  EXPECT_TRUE(ReadFile(file, &written, sizeof written, &count, nullptr));
  EXPECT_GE(count == sizeof written ? written : 0, tally.flushed.load());
  for (const char* kind : {"section", "event", "tokens", "kept"}) {
    for (unsigned i = 0; i < kFleeting; ++i) {
      EXPECT_TRUE(nothing_has(own(kind, i))) << kind << i;
    }
  }
  EXPECT_TRUE(nothing_has(own("file")));
  EXPECT_EQ(names_left(), 0u);
  EXPECT_TRUE(CloseHandle(file));
  EXPECT_EQ(unlink(path.c_str()), 0);
  if (wanted != nullptr) {
    std::printf("%d kills, %u rounds of two that lived, %u mutexes of dead owners, %u numbers flushed; longest wait: "
                "%.1f ms\n",
                kills, tally.rounds.load(), tally.abandoned.load(), tally.flushed.load(), tally.longest.load() / 1e3);
    EXPECT_LT(tally.longest.load(), 1'000'000u);
  }
}

} // namespace
} // namespace apitest
