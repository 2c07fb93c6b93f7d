// Names of objects from inside: processes that share a name, that die with it, and directories that are not ours.

#include "host/file.h"
#include "host/section_memory.h"
#include "object/names.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace winmem;
using namespace winmem::object;

namespace {

// An object with a counter that all processes share, and one with a file.
struct Counter : Named {
  Counter();
  std::atomic<std::uint32_t>& count() { return *static_cast<std::atomic<std::uint32_t>*>(state); }
};
struct Box : Named {
  Box();
  int file = -1;
};

constinit Cells counter_cells(sizeof(Counter));
constinit Cells box_cells(sizeof(Box));
std::atomic<int> living{0};

void end_counter(Object& object) {
  end_named(static_cast<Counter&>(object));
  living.fetch_sub(1);
  counter_cells.give(&object);
}
void end_box(Object& object) {
  auto& box = static_cast<Box&>(object);
  host::close_file(box.file);
  living.fetch_sub(1);
  box_cells.give(&box);
}

constexpr Type kCounter = {.name = "Counter",
                           .rights = {1, 2, 4, 7},
                           .last_handle_closed = release_name,
                           .end = end_counter,
                           .name_of = name_of,
                           .name_kind = 101,
                           .shares_state = true};
constexpr Type kBox = {.name = "Box",
                       .rights = {1, 2, 4, 7},
                       .last_handle_closed = release_name,
                       .end = end_box,
                       .name_of = name_of,
                       .name_kind = 102};

Counter::Counter() : Named(kCounter) { living.fetch_add(1); }
Box::Box() : Named(kBox) { living.fetch_add(1); }

Name name_from(const std::string& text, NameSpace space = NameSpace::session) {
  Name name;
  name.space = space;
  for (char letter : text) {
    name.text[name.length++] = static_cast<unsigned char>(letter);
  }
  return name;
}

NameAnswer open_counter(const std::string& text, Finding finding = Finding::create_or_open,
                        NameSpace space = NameSpace::session) {
  return open_named({name_from(text, space), kCounter, finding, 7, Flags::none}, [](Shared&, Ref<Named>& out) {
    Ref<Counter> made = make<Counter>(counter_cells);
    out = Ref<Named>(made.release());
    return out ? Status::ok : Status::no_memory;
  });
}

NameAnswer open_box(const std::string& text, Finding finding = Finding::create_or_open) {
  return open_named({name_from(text), kBox, finding, 7, Flags::none}, [](Shared& shared, Ref<Named>& out) {
    if (shared.is_new) {
      shared.file = host::make_memory_file(0x1000);
      std::memcpy(shared.details, "what is in it", 14);
    } else if (std::strcmp(reinterpret_cast<const char*>(shared.details), "what is in it") != 0) {
      return Status::invalid_parameter;
    }
    Ref<Box> made = make<Box>(box_cells);
    made->file = shared.file;
    out = Ref<Named>(made.release());
    return Status::ok;
  });
}

Ref<Counter> counter_of(Handle handle) {
  Ref<Counter> counter;
  EXPECT_EQ(reference(handle, kCounter, 0, counter), Status::ok);
  return counter;
}

// The result of `body`, in a child of this process.
int in_child(const std::function<int()>& body) {
  pid_t child = fork();
  if (child == 0) {
    _exit(body());
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}

std::filesystem::path parent;

std::filesystem::path folder() { return parent / ("winmem-" + std::to_string(geteuid())); }

std::size_t count_of_files() {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder())) {
    count += entry.path().filename() != ".lock" ? 1U : 0U;
  }
  return count;
}

// Each test in a directory of its own.
class ObjectNames : public testing::Test {
protected:
  void SetUp() override {
    char path[] = "/dev/shm/winmem-names-test-XXXXXX";
    ASSERT_NE(mkdtemp(path), nullptr);
    parent = path;
    setenv("WINMEM_NAMES", path, 1);
  }
  void TearDown() override {
    std::filesystem::remove_all(parent);
    EXPECT_EQ(living.load(), 0);
  }
};

TEST_F(ObjectNames, S24_a_name_is_found_as_long_as_a_handle_is_open) {
  NameAnswer first = open_counter("x");
  ASSERT_EQ(first.status, Status::ok);
  EXPECT_FALSE(first.existed);
  counter_of(first.handle)->count() = 5;
  NameAnswer second = open_counter("x", Finding::open);
  ASSERT_EQ(second.status, Status::ok);
  EXPECT_TRUE(second.existed);
  EXPECT_EQ(counter_of(first.handle).get(), counter_of(second.handle).get());
  EXPECT_EQ(close(first.handle), Status::ok);
  EXPECT_EQ(open_counter("x", Finding::create).status, Status::object_name_collision);
  EXPECT_EQ(count_of_files(), 1U);
  EXPECT_EQ(close(second.handle), Status::ok);
  EXPECT_EQ(count_of_files(), 0U);
  EXPECT_EQ(open_counter("x", Finding::open).status, Status::object_name_not_found);
}

TEST_F(ObjectNames, S24_a_reference_keeps_the_object_and_not_its_name) {
  NameAnswer first = open_counter("x");
  Ref<Counter> kept = counter_of(first.handle);
  kept->count() = 5;
  EXPECT_EQ(close(first.handle), Status::ok);
  NameAnswer second = open_counter("x");
  EXPECT_FALSE(second.existed);
  EXPECT_EQ(counter_of(second.handle)->count(), 0U);
  EXPECT_EQ(kept->count(), 5U);
  EXPECT_EQ(close(second.handle), Status::ok);
}

TEST_F(ObjectNames, S20_the_two_name_spaces_and_letters_differ) {
  NameAnswer local = open_counter("x");
  NameAnswer global = open_counter("x", Finding::create, NameSpace::global);
  NameAnswer capital = open_counter("X", Finding::create);
  EXPECT_EQ(global.status, Status::ok);
  EXPECT_EQ(capital.status, Status::ok);
  char16_t text[64];
  std::size_t length = name_of(*counter_of(global.handle), text, std::size(text));
  EXPECT_EQ(std::u16string(text, length), u"\\BaseNamedObjects\\x");
  length = name_of(*counter_of(local.handle), text, std::size(text));
  EXPECT_EQ(std::u16string(text, length), u"\\Sessions\\1\\BaseNamedObjects\\x");
  for (const NameAnswer& answer : {local, global, capital}) {
    EXPECT_EQ(close(answer.handle), Status::ok);
  }
}

TEST_F(ObjectNames, S22_another_kind_has_the_name) {
  NameAnswer counter = open_counter("x");
  EXPECT_EQ(open_box("x").status, Status::object_type_mismatch);
  EXPECT_EQ(in_child([&] {
              static_cast<void>(close(counter.handle));
              return open_box("x", Finding::open).status == Status::object_type_mismatch ? 0 : 1;
            }),
            0);
  EXPECT_EQ(close(counter.handle), Status::ok);
}

TEST_F(ObjectNames, names_of_any_length_and_any_letters_are_names) {
  std::vector<std::string> names = {".",
                                    "..",
                                    "a/b",
                                    "%0041",
                                    "A",
                                    ".lock",
                                    std::string(1, '\1'),
                                    std::string(259, 'y'),
                                    std::string(258, 'y') + "z",
                                    std::string(259, '\xFF')};
  std::vector<Handle> handles;
  for (const std::string& name : names) {
    NameAnswer made = open_counter(name, Finding::create);
    ASSERT_EQ(made.status, Status::ok) << name;
    handles.push_back(made.handle);
  }
  EXPECT_EQ(count_of_files(), names.size());
  for (Handle handle : handles) {
    EXPECT_EQ(close(handle), Status::ok);
  }
  EXPECT_EQ(count_of_files(), 0U);
}

// A process of its own shares nothing with this one but the directory: the child first drops what it inherited.
TEST_F(ObjectNames, S26_another_process_has_the_same_state_and_the_same_file) {
  NameAnswer counter = open_counter("x");
  NameAnswer box = open_box("y");
  Ref<Counter> here = counter_of(counter.handle);
  int result = in_child([&] {
    int inherited = -1;
    {
      Ref<Box> mine;
      if (reference(box.handle, kBox, 0, mine) != Status::ok || write(mine->file, "shared", 6) != 6) {
        return 1;
      }
      inherited = mine->file;
    }
    if (close(counter.handle) != Status::ok || close(box.handle) != Status::ok) {
      return 2;
    }
    NameAnswer again = open_counter("x", Finding::open);
    NameAnswer its = open_box("y", Finding::open);
    if (again.status != Status::ok || its.status != Status::ok) {
      return 3;
    }
    counter_of(again.handle)->count() += 3;
    Ref<Box> found;
    char text[8] = {};
    if (reference(its.handle, kBox, 0, found) != Status::ok || pread(found->file, text, 6, 0) != 6) {
      return 4;
    }
    return std::string(text) == "shared" && inherited >= 0 ? 0 : 5;
  });
  EXPECT_EQ(result, 0);
  EXPECT_EQ(here->count(), 3U);
  here.reset();
  EXPECT_EQ(close(counter.handle), Status::ok);
  EXPECT_EQ(close(box.handle), Status::ok);
  EXPECT_EQ(count_of_files(), 0U);
}

TEST_F(ObjectNames, a_child_of_a_fork_keeps_the_name_and_serves_the_file) {
  NameAnswer box = open_box("y");
  int ready[2];
  int done[2];
  ASSERT_EQ(pipe(ready), 0);
  ASSERT_EQ(pipe(done), 0);
  pid_t child = fork();
  if (child == 0) {
    char byte = 0;
    ::close(done[1]);
    static_cast<void>(!write(ready[1], &byte, 1));
    static_cast<void>(!read(done[0], &byte, 1));
    _exit(close(box.handle) == Status::ok ? 0 : 1);
  }
  char byte = 0;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  EXPECT_EQ(close(box.handle), Status::ok);
  NameAnswer again = open_box("y", Finding::open);
  EXPECT_EQ(again.status, Status::ok);
  EXPECT_EQ(close(again.handle), Status::ok);
  EXPECT_EQ(count_of_files(), 1U);
  ::close(done[0]);
  ::close(done[1]);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(count_of_files(), 0U);
  EXPECT_EQ(open_box("y", Finding::open).status, Status::object_name_not_found);
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST_F(ObjectNames, S25_a_killed_holder_leaves_a_free_name_and_no_file) {
  for (const char* left : {"x", "y", "z"}) {
    EXPECT_EQ(in_child([=] {
                bool made =
                    open_counter(left).status == Status::ok && open_box(std::string(left) + "2").status == Status::ok;
                return made ? kill(getpid(), SIGKILL) : 1;
              }),
              256 + SIGKILL);
  }
  EXPECT_GT(count_of_files(), 0U);
  EXPECT_EQ(open_counter("x", Finding::open).status, Status::object_name_not_found);
  NameAnswer made = open_counter("other", Finding::create);
  EXPECT_EQ(made.status, Status::ok);
  EXPECT_EQ(count_of_files(), 1U);
  EXPECT_EQ(close(made.handle), Status::ok);
}

TEST_F(ObjectNames, a_directory_that_is_not_this_users_alone_is_refused) {
  mkdir(folder().c_str(), 0700);
  chmod(folder().c_str(), 0770);
  EXPECT_EQ(open_counter("x").status, Status::access_denied);
  chmod(folder().c_str(), 0700);
  NameAnswer made = open_counter("x");
  EXPECT_EQ(made.status, Status::ok);
  chmod(folder().c_str(), 0701); // looked at each time
  EXPECT_EQ(open_counter("y").status, Status::access_denied);
  chmod(folder().c_str(), 0700);
  EXPECT_EQ(close(made.handle), Status::ok);
  std::filesystem::remove_all(folder());
  mkdir((parent / "elsewhere").c_str(), 0700);
  std::filesystem::create_directory_symlink(parent / "elsewhere", folder());
  EXPECT_EQ(open_counter("x").status, Status::access_denied);
  std::filesystem::remove(folder());
  std::ofstream(folder()) << "a file";
  EXPECT_EQ(open_counter("x").status, Status::access_denied);
  std::filesystem::remove(folder());
}

TEST_F(ObjectNames, another_users_directory_is_refused) {
  if (geteuid() != 0) {
    GTEST_SKIP() << "only root can give a directory away";
  }
  constexpr uid_t kNobody = 65534;
  mkdir(folder().c_str(), 0700);
  ASSERT_EQ(chown(folder().c_str(), kNobody, kNobody), 0);
  EXPECT_EQ(open_counter("x").status, Status::access_denied);
}

TEST_F(ObjectNames, what_else_lies_where_a_name_would_is_refused_or_goes) {
  NameAnswer other = open_counter("other");
  std::ofstream(folder() / "L-garbage") << "left by who knows whom";
  NameAnswer made = open_counter("garbage", Finding::create);
  EXPECT_EQ(made.status, Status::ok); // nobody holds it
  EXPECT_EQ(close(made.handle), Status::ok);
  std::ofstream(parent / "precious") << "kept";
  std::filesystem::create_symlink(parent / "precious", folder() / "L-link");
  EXPECT_EQ(open_counter("link").status, Status::access_denied);
  mkdir((folder() / "L-folder").c_str(), 0700);
  EXPECT_EQ(open_counter("folder").status, Status::access_denied);
  EXPECT_EQ(std::filesystem::file_size(parent / "precious"), 4U);
  EXPECT_EQ(close(other.handle), Status::ok);
}

TEST_F(ObjectNames, threads_that_open_and_close_one_name_meet_one_object) {
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 300; ++round) {
        NameAnswer mine = open_counter("x");
        if (mine.status != Status::ok) {
          ++wrong;
          continue;
        }
        {
          Ref<Counter> counter = counter_of(mine.handle);
          counter->count().fetch_add(1);
          Handle twin = open_counter("x", Finding::open).handle;
          wrong += counter_of(twin).get() == counter.get() ? 0 : 1;
          wrong += close(twin) == Status::ok ? 0 : 1;
        }
        wrong += close(mine.handle) == Status::ok ? 0 : 1;
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(wrong.load(), 0);
  EXPECT_EQ(count_of_files(), 0U);
}

// Each process counts itself in and out of what the name stands for now: nobody may meet a name without a holder's
// page.
TEST_F(ObjectNames, processes_that_open_and_close_one_name_share_one_page_at_a_time) {
  constexpr int kProcesses = 4;
  std::vector<pid_t> children;
  for (int i = 0; i < kProcesses; ++i) {
    children.push_back(fork());
    if (children.back() == 0) {
      for (int round = 0; round < 300; ++round) {
        NameAnswer mine = open_box("y");
        if (mine.status != Status::ok) {
          _exit(1);
        }
        NameAnswer its = open_counter("x");
        counter_of(its.handle)->count().fetch_add(1);
        if (its.status != Status::ok || close(its.handle) != Status::ok || close(mine.handle) != Status::ok) {
          _exit(2);
        }
      }
      _exit(0);
    }
  }
  for (pid_t child : children) {
    int status = -1;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(count_of_files(), 0U);
}

} // namespace
