// What host/process_map answers, in each of its ways, beside /proc/self/maps as the C library reads it (K60 to K62).
#include "child.h"
#include "host/map_reader.h"
#include "host/mapping_probe.h"
#include "host/process_map.h"
#include "maps_text.h"

#include <atomic>
#include <cerrno>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <string>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace {

using namespace winmem;
using host::MapName;
using host::Mapping;

constexpr std::size_t kPages = 8;

Address address_of(const void* pointer) { return reinterpret_cast<Address>(pointer); }

char* map_pages(std::size_t pages, int protection) {
  void* at = mmap(nullptr, pages * kPage, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  EXPECT_NE(at, MAP_FAILED);
  return static_cast<char*>(at);
}

MapName name_class(const std::string& name) {
  return name.empty()                                  ? MapName::none
         : name == "[stack]"                           ? MapName::stack
         : name == "[heap]"                            ? MapName::heap
         : name == "[vdso]"                            ? MapName::vdso
         : name == "[vvar]" || name == "[vvar_vclock]" ? MapName::vvar
                                                       : MapName::other;
}

// The descriptor that process_map keeps, found from outside; -1 if it keeps none.
int kept_descriptor() {
  std::string own = "/proc/" + std::to_string(getpid()) + "/maps";
  for (int file = 3; file < 2000; ++file) {
    char target[64] = {};
    std::string link = "/proc/self/fd/" + std::to_string(file);
    if (readlink(link.c_str(), target, sizeof target - 1) > 0 && own == target) {
      return file;
    }
  }
  return -1;
}

bool uses_procmap() {
  Mapping mapping;
  host::next_mapping(address_of(&errno), mapping);
  return kept_descriptor() >= 0;
}

TEST(ProcessMap, every_line_of_the_map_is_found) {
  // Memory that stdio and the vector need comes before the map is read, so that the map stays as read.
  read_maps();
  std::vector<MapsLine> lines = read_maps();
  ASSERT_GT(lines.size(), 10U);

  unsigned found = 0;
  for (const MapsLine& line : lines) {
    Mapping mapping;
    ASSERT_TRUE(host::next_named_mapping(line.begin, mapping));
    if (mapping.range.begin != line.begin || mapping.range.end != line.end) {
      continue; // libc's heap grew meanwhile; counted below
    }
    ++found;
    EXPECT_EQ(mapping.read, line.access[0] == 'r');
    EXPECT_EQ(mapping.write, line.access[1] == 'w');
    EXPECT_EQ(mapping.execute, line.access[2] == 'x');
    EXPECT_EQ(mapping.shared, line.access[3] == 's');
    EXPECT_EQ(mapping.offset, line.inode != 0 ? line.offset : mapping.offset);
    EXPECT_EQ(mapping.inode, line.inode);
    EXPECT_EQ(mapping.device_major, line.major);
    EXPECT_EQ(mapping.device_minor, line.minor);
    EXPECT_EQ(mapping.name, name_class(line.name)) << line.name;
    EXPECT_FALSE(mapping.guessed);
  }
  EXPECT_GE(found + 2, lines.size());
}

TEST(ProcessMap, reading_the_text_gives_what_the_kernel_answers) {
  for (const MapsLine& line : read_maps()) {
    Mapping asked;
    Mapping read;
    Address inside = line.begin + (line.end - line.begin) / 2;

    ASSERT_TRUE(host::next_named_mapping(inside, asked));
    ASSERT_EQ(host::read_map_text(inside, read), host::MapText::found);

    EXPECT_EQ(read.range, asked.range);
    EXPECT_EQ(read.name, asked.name);
    EXPECT_EQ(read.inode, asked.inode);
    EXPECT_EQ(read.execute, asked.execute);
  }
}

TEST(ProcessMap, a_free_address_gives_the_next_mapping) {
  char* pages = map_pages(3, PROT_READ);
  munmap(pages + kPage, kPage);
  Mapping mapping;

  ASSERT_TRUE(host::next_mapping(address_of(pages) + kPage + 5, mapping));

  EXPECT_EQ(mapping.range.begin, address_of(pages) + 2 * kPage);
  munmap(pages, 3 * kPage);
}

TEST(ProcessMap, above_the_last_mapping_there_is_nothing) {
  Mapping mapping;
  Address end = read_maps().back().end;

  EXPECT_FALSE(host::next_mapping(end, mapping));
  EXPECT_FALSE(host::next_mapping(kUserEnd + 0x100000, mapping));
  EXPECT_FALSE(host::next_mapping(~Address{0} - 0xFFF, mapping));
  EXPECT_EQ(host::read_map_text(end, mapping), host::MapText::nothing);
}

TEST(ProcessMap, errno_is_left_alone) {
  Mapping mapping;
  errno = 77;

  host::next_named_mapping(0, mapping);
  host::next_mapping(~Address{0}, mapping);
  host::read_map_text(0, mapping);
  host::probe_mapping(address_of(&mapping), mapping);

  EXPECT_EQ(errno, 77);
}

TEST(ProcessMap, a_path_longer_than_any_buffer_is_a_file) {
  bool by_procmap = uses_procmap();
  char home[4096];
  ASSERT_NE(getcwd(home, sizeof home), nullptr);
  char base[] = "/tmp/winmem-long-XXXXXX";
  ASSERT_NE(mkdtemp(base), nullptr);
  ASSERT_EQ(chdir(base), 0);
  std::string part(200, 'd');
  int depth = 0;
  while (depth < 30 && mkdir(part.c_str(), 0700) == 0 && chdir(part.c_str()) == 0) {
    ++depth;
  }
  int file = open("file", O_RDWR | O_CREAT, 0600);
  ASSERT_GE(file, 0);
  ASSERT_EQ(ftruncate(file, kPage), 0);
  void* at = mmap(nullptr, kPage, PROT_READ, MAP_SHARED, file, 0);
  ASSERT_NE(at, MAP_FAILED);
  struct stat status {};
  fstat(file, &status);

  Mapping named;
  Mapping plain;
  ASSERT_TRUE(host::next_named_mapping(address_of(at), named));
  ASSERT_TRUE(host::next_mapping(address_of(at), plain));

  EXPECT_EQ(depth, 30); // 6,000 characters
  EXPECT_EQ(named.range.begin, address_of(at));
  EXPECT_EQ(named.name, MapName::other);
  EXPECT_EQ(named.inode, status.st_ino);
  EXPECT_EQ(plain.inode, status.st_ino);
  EXPECT_TRUE(plain.shared);
  EXPECT_EQ(uses_procmap(), by_procmap); // not taken for a kernel without the call

  munmap(at, kPage);
  close(file);
  unlink("file");
  for (; depth > 0; --depth) {
    EXPECT_EQ(chdir(".."), 0);
    rmdir(part.c_str());
  }
  EXPECT_EQ(chdir(home), 0);
  rmdir(base);
}

// ---- fork ----------------------------------------------------------------------------------------------------------

class ProcessMapFork : public testing::TestWithParam<ChildMaker> {};

TEST_P(ProcessMapFork, K62_a_child_asks_about_itself) {
  Mapping before;
  ASSERT_TRUE(host::next_mapping(0, before));
  char* pages = map_pages(kPages, PROT_READ);

  bool seen = in_child(GetParam().make, [&] {
    munmap(pages, kPages * kPage);
    Mapping mapping;
    bool found = host::next_mapping(address_of(pages), mapping);
    return !found || mapping.range.begin > address_of(pages);
  });
  Mapping after;
  ASSERT_TRUE(host::next_mapping(address_of(pages), after));

  EXPECT_TRUE(seen);
  EXPECT_LE(after.range.begin, address_of(pages));
  munmap(pages, kPages * kPage);
}

TEST_P(ProcessMapFork, a_childs_inherited_descriptor_is_closed) {
  if (!uses_procmap()) {
    GTEST_SKIP() << "keeps no descriptor in this way";
  }
  int inherited = kept_descriptor();
  struct stat parents {};
  ASSERT_EQ(fstat(inherited, &parents), 0);

  EXPECT_TRUE(in_child(GetParam().make, [&] {
    Mapping mapping;
    bool found = host::next_mapping(0, mapping);
    struct stat now {};
    bool gone = fstat(inherited, &now) != 0 || now.st_ino != parents.st_ino;
    return found && gone;
  }));
  EXPECT_EQ(kept_descriptor(), inherited);
}

std::string maker_name(const testing::TestParamInfo<ChildMaker>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(, ProcessMapFork, testing::ValuesIn(kChildMakers), maker_name);

// ---- the descriptor ------------------------------------------------------------------------------------------------

TEST(ProcessMap, the_descriptor_is_closed_by_exec_and_above_the_usual_numbers) {
  if (!uses_procmap()) {
    GTEST_SKIP() << "keeps no descriptor in this way";
  }
  EXPECT_TRUE(in_child(&fork, [] {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    Mapping mapping;
    host::next_mapping(0, mapping);
    int file = kept_descriptor();
    bool high = limit.rlim_cur > 1024 ? file >= 1024 : file + 64 > static_cast<int>(limit.rlim_cur);
    return high && (fcntl(file, F_GETFD) & FD_CLOEXEC) != 0;
  }));
}

TEST(ProcessMap, a_program_may_close_all_descriptors) {
  EXPECT_TRUE(in_child(&fork, [] {
    Mapping mapping;
    bool before = host::next_mapping(0, mapping);
    close_range(3, ~0U, 0);
    bool after = host::next_mapping(0, mapping) && !mapping.guessed;
    return before && after;
  }));
}

TEST(ProcessMap, a_program_may_take_our_number_for_another_file) {
  if (!uses_procmap()) {
    GTEST_SKIP() << "keeps no descriptor in this way";
  }
  EXPECT_TRUE(in_child(&fork, [] {
    Mapping mapping;
    host::next_mapping(0, mapping);
    int ours = kept_descriptor();
    int theirs = open("/dev/zero", O_RDONLY);
    dup2(theirs, ours);
    bool after = host::next_mapping(0, mapping) && !mapping.guessed;
    char byte = 1;
    bool untouched = read(ours, &byte, 1) == 1 && byte == 0; // not closed by us
    return after && untouched && kept_descriptor() >= 0 && kept_descriptor() != ours;
  }));
}

TEST(ProcessMap, threads_may_ask_while_descriptors_are_closed) {
  EXPECT_TRUE(in_child(&fork, [] {
    std::atomic<bool> wrong{false};
    std::atomic<int> left{2};
    auto ask = [&] {
      int local = 0;
      Address own = address_of(&local);
      for (int i = 0; i < 3000; ++i) {
        Mapping mapping;
        if (!host::next_mapping(own, mapping) || !mapping.range.contains(own) || mapping.guessed) {
          wrong = true;
        }
      }
      --left;
    };
    std::thread first(ask);
    std::thread second(ask);
    while (left != 0) {
      close_range(900, ~0U, 0);
      std::this_thread::yield();
    }
    first.join();
    second.join();
    return !wrong;
  }));
}

} // namespace
