// Handles that may be inherited, across exec: real programs, this one started again with one job. Linux only.
#include "file_test_support.h"

#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <vector>

namespace apitest {
namespace {

// ---- the program that is started -----------------------------------------------------------------------------------

HANDLE handle_from(const char* variable) {
  const char* text = std::getenv(variable);
  return text != nullptr ? reinterpret_cast<HANDLE>(std::strtoull(text, nullptr, 10)) : nullptr;
}

bool says(HANDLE file, const char* expected) {
  char buffer[16] = {};
  DWORD count = 0;
  OVERLAPPED begin{};
  return ReadFile(file, buffer, sizeof buffer - 1, &count, &begin) && std::strcmp(buffer, expected) == 0;
}

bool has_flags(HANDLE handle, DWORD expected) {
  DWORD flags = 99;
  return GetHandleInformation(handle, &flags) && flags == expected;
}

bool is_no_handle(HANDLE handle) {
  DWORD flags = 0;
  return !GetHandleInformation(handle, &flags) && GetLastError() == ERROR_INVALID_HANDLE;
}

// A section of one page whose view says that, at `offset`; what it says afterwards is for the parent.
bool shows(HANDLE section, std::size_t offset, const char* expected) {
  auto* view = static_cast<char*>(MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0));
  bool right = view != nullptr && std::strcmp(view + offset, expected) == 0;
  if (right) {
    std::strcpy(view + offset, "seen");
  }
  return UnmapViewOfFile(view) && right;
}

// The fourth of 16 pages is committed, and the fifth is from now on.
bool is_partly_committed(HANDLE section) {
  constexpr std::size_t kPage = 4096;
  auto* view = static_cast<char*>(MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0));
  MEMORY_BASIC_INFORMATION before{};
  MEMORY_BASIC_INFORMATION page{};
  return view != nullptr && VirtualQuery(view, &before, sizeof before) == sizeof before &&
         before.State == MEM_RESERVE && before.RegionSize == 3 * kPage &&
         VirtualQuery(view + 3 * kPage, &page, sizeof page) == sizeof page && page.State == MEM_COMMIT &&
         page.RegionSize == kPage && std::strcmp(view + 3 * kPage, "abc") == 0 &&
         VirtualAlloc(view + 4 * kPage, kPage, MEM_COMMIT, PAGE_READWRITE) == view + 4 * kPage;
}

bool start_again(const char* job, std::vector<HANDLE> handles, int& status);

// What the started program does; the answer is its exit code.
int do_job(const std::string& job) {
  HANDLE first = handle_from("WINMEM_TEST_1");
  HANDLE second = handle_from("WINMEM_TEST_2");
  DWORD count = 0;
  if (job == "read") {
    return says(first, "abc") && has_flags(first, HANDLE_FLAG_INHERIT) ? 0 : 1;
  }
  if (job == "nothing") {
    return is_no_handle(first) ? 0 : 1;
  }
  if (job == "rights") {
    bool right = says(first, "abc") && !WriteFile(first, "x", 1, &count, nullptr) && GetLastError() == 5;
    return right && WriteFile(second, "x", 1, &count, nullptr) && CompareObjectHandles(first, second) ? 0 : 1;
  }
  if (job == "first only") {
    return says(first, "abc") && is_no_handle(second) ? 0 : 1;
  }
  if (job == "new ones") { // values of handed on handles are not given out again
    std::vector<HANDLE> made;
    bool right = true;
    for (int i = 0; i < 600; ++i) {
      HANDLE file = CreateFileA("NUL", GENERIC_READ, kShareAll, nullptr, OPEN_EXISTING, 0, nullptr);
      right = right && file != INVALID_HANDLE_VALUE && file != first;
      made.push_back(file);
    }
    for (HANDLE each : made) {
      right = right && CloseHandle(each);
    }
    return right && says(first, "abc") && CloseHandle(first) && is_no_handle(first) ? 0 : 1;
  }
  if (job == "section") {
    return shows(first, 0, "abc") && has_flags(first, HANDLE_FLAG_INHERIT) ? 0 : 1;
  }
  if (job == "read-only section") {
    void* view = MapViewOfFile(first, FILE_MAP_READ, 0, 0, 0);
    bool right = view != nullptr && std::strcmp(static_cast<char*>(view), "abc") == 0;
    return right && MapViewOfFile(first, FILE_MAP_WRITE, 0, 0, 0) == nullptr && GetLastError() == 5 ? 0 : 1;
  }
  if (job == "reserving section") {
    return is_partly_committed(first) ? 0 : 1;
  }
  if (job == "child of the child") {
    int status = -1;
    return start_again("read", {first}, status) ? status : 2;
  }
  if (job == "closed here") { // then the next one has it no more
    int status = -1;
    return CloseHandle(first) && start_again("nothing", {first}, status) ? status : 2;
  }
  return 3;
}

TEST(HandoverChild, does_its_job) {
  const char* job = std::getenv("WINMEM_TEST_JOB");
  if (job == nullptr) {
    GTEST_SKIP() << "started by the tests of Handover";
  }
  _exit(do_job(job));
}

// ---- starting it ---------------------------------------------------------------------------------------------------

// Arguments and an environment that has nothing but the job.
struct Start {
  Start(const char* job, const std::vector<HANDLE>& handles) {
    environment.push_back(std::string("WINMEM_TEST_JOB=") + job);
    for (std::size_t i = 0; i < handles.size(); ++i) {
      environment.push_back("WINMEM_TEST_" + std::to_string(i + 1) + "=" +
                            std::to_string(reinterpret_cast<std::uintptr_t>(handles[i])));
    }
    if (const char* libraries = std::getenv("LD_LIBRARY_PATH")) {
      environment.push_back(std::string("LD_LIBRARY_PATH=") + libraries);
    }
    for (std::string& each : environment) {
      variables.push_back(each.data());
    }
    variables.push_back(nullptr);
  }
  std::vector<std::string> environment;
  std::vector<char*> variables;
  char program[16] = "/proc/self/exe";
  char filter[40] = "--gtest_filter=HandoverChild.*";
  char* arguments[3] = {program, filter, nullptr};
};

bool start_again(const char* job, std::vector<HANDLE> handles, int& status) {
  Start start(job, handles);
  pid_t child = fork();
  if (child == 0) {
    alarm(60);
    execve(start.program, start.arguments, start.variables.data());
    _exit(9);
  }
  return waitpid(child, &status, 0) == child;
}

class Handover : public Files {
protected:
  Handover() : inherited_{sizeof inherited_, nullptr, TRUE} {}

  HANDLE open_inherited(DWORD access = kReadWrite) {
    make("abc");
    HANDLE file = CreateFileA(name(), access, kShareAll, &inherited_, OPEN_EXISTING, 0, nullptr);
    EXPECT_NE(file, INVALID_HANDLE_VALUE);
    return file;
  }
  HANDLE section_of(HANDLE file, DWORD protection = PAGE_READWRITE, DWORD size = 4096) {
    HANDLE section = CreateFileMappingA(file, &inherited_, protection, 0, size, nullptr);
    EXPECT_NE(section, nullptr) << GetLastError();
    return section;
  }
  static int after_exec(const char* job, std::vector<HANDLE> handles) {
    int status = -1;
    EXPECT_TRUE(start_again(job, std::move(handles), status));
    return status;
  }

private:
  SECURITY_ATTRIBUTES inherited_;
};

TEST_F(Handover, a_file_that_may_be_inherited_is_there_after_exec_by_the_same_handle) {
  HANDLE file = open_inherited();

  EXPECT_EQ(after_exec("read", {file}), 0);

  EXPECT_OK(CloseHandle(file));
  EXPECT_EQ(after_exec("nothing", {file}), 0);
}

TEST_F(Handover, a_file_that_may_not_be_inherited_is_not_there_after_exec) {
  make("abc");
  HANDLE file = open(kReadWrite, OPEN_EXISTING);

  EXPECT_EQ(after_exec("nothing", {file}), 0);

  EXPECT_OK(CloseHandle(file));
}

TEST_F(Handover, posix_spawn_hands_on_as_well) {
  HANDLE file = open_inherited();
  Start start("read", {file});
  pid_t child = -1;

  ASSERT_EQ(posix_spawn(&child, start.program, nullptr, nullptr, start.arguments, start.variables.data()), 0);

  int status = -1;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_OK(CloseHandle(file));
}

TEST_F(Handover, set_handle_information_changes_what_is_handed_on) {
  make("abc");
  HANDLE file = open(kReadWrite, OPEN_EXISTING);

  EXPECT_OK(SetHandleInformation(file, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT));
  EXPECT_EQ(after_exec("read", {file}), 0);
  EXPECT_OK(SetHandleInformation(file, HANDLE_FLAG_INHERIT, 0));
  EXPECT_EQ(after_exec("nothing", {file}), 0);

  EXPECT_OK(CloseHandle(file));
}

TEST_F(Handover, two_handles_to_one_file_have_their_own_rights_and_are_one_file) {
  HANDLE file = open_inherited();
  HANDLE reader = nullptr;
  ASSERT_OK(DuplicateHandle(GetCurrentProcess(), file, GetCurrentProcess(), &reader, GENERIC_READ, TRUE, 0));

  EXPECT_EQ(after_exec("rights", {reader, file}), 0);

  EXPECT_OK(CloseHandle(file));
  EXPECT_OK(CloseHandle(reader));
}

TEST_F(Handover, of_two_handles_to_one_file_only_the_inherited_one_goes_on) {
  HANDLE file = open_inherited();
  HANDLE twin = nullptr;
  ASSERT_OK(DuplicateHandle(GetCurrentProcess(), file, GetCurrentProcess(), &twin, 0, FALSE, DUPLICATE_SAME_ACCESS));

  EXPECT_EQ(after_exec("first only", {file, twin}), 0);
  EXPECT_OK(CloseHandle(file));
  EXPECT_EQ(after_exec("nothing", {file}), 0);

  EXPECT_TRUE(says(twin, "abc"));
  EXPECT_OK(CloseHandle(twin));
}

TEST_F(Handover, the_new_program_opens_others_beside_them) {
  HANDLE file = open_inherited();

  EXPECT_EQ(after_exec("new ones", {file}), 0);

  EXPECT_TRUE(says(file, "abc"));
  EXPECT_OK(CloseHandle(file));
}

TEST_F(Handover, what_was_handed_on_is_handed_on_again_until_it_is_closed) {
  HANDLE file = open_inherited();

  EXPECT_EQ(after_exec("child of the child", {file}), 0);
  EXPECT_EQ(after_exec("closed here", {file}), 0);

  EXPECT_EQ(after_exec("read", {file}), 0);
  EXPECT_OK(CloseHandle(file));
}

TEST_F(Handover, a_child_of_fork_that_closes_a_handle_leaves_its_parent_the_note) {
  HANDLE file = open_inherited();
  pid_t child = fork();
  if (child == 0) {
    _exit(CloseHandle(file) ? 0 : 1);
  }
  int status = -1;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);

  EXPECT_EQ(after_exec("read", {file}), 0);
  EXPECT_OK(CloseHandle(file));
}

TEST_F(Handover, a_section_is_there_after_exec_and_its_pages_are_shared) {
  HANDLE section = section_of(INVALID_HANDLE_VALUE);
  auto* view = static_cast<char*>(MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0));
  std::strcpy(view, "abc");

  EXPECT_EQ(after_exec("section", {section}), 0);

  EXPECT_STREQ(view, "seen");
  EXPECT_OK(CloseHandle(section)); // the view keeps its pages, and exec hands on none of it
  EXPECT_EQ(after_exec("nothing", {section}), 0);
  EXPECT_OK(UnmapViewOfFile(view));
}

TEST_F(Handover, a_handle_to_a_section_keeps_its_rights) {
  HANDLE section = section_of(INVALID_HANDLE_VALUE);
  auto* view = static_cast<char*>(MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0));
  std::strcpy(view, "abc");
  HANDLE reader = nullptr;
  ASSERT_OK(DuplicateHandle(GetCurrentProcess(), section, GetCurrentProcess(), &reader, FILE_MAP_READ, TRUE, 0));

  EXPECT_EQ(after_exec("read-only section", {reader}), 0);

  EXPECT_OK(UnmapViewOfFile(view));
  EXPECT_OK(CloseHandle(reader));
  EXPECT_OK(CloseHandle(section));
}

TEST_F(Handover, S52_a_section_that_reserves_is_there_with_what_is_committed) {
  constexpr std::size_t kPage = 4096;
  HANDLE section = section_of(INVALID_HANDLE_VALUE, PAGE_READWRITE | SEC_RESERVE, 16 * kPage);
  auto* view = static_cast<char*>(MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0));
  ASSERT_EQ(VirtualAlloc(view + 3 * kPage, kPage, MEM_COMMIT, PAGE_READWRITE), view + 3 * kPage);
  std::strcpy(view + 3 * kPage, "abc");

  EXPECT_EQ(after_exec("reserving section", {section}), 0);

  MEMORY_BASIC_INFORMATION info{};
  EXPECT_EQ(VirtualQuery(view + 4 * kPage, &info, sizeof info), sizeof info);
  EXPECT_EQ(info.State, DWORD{MEM_COMMIT}); // by the other program
  EXPECT_OK(UnmapViewOfFile(view));
  EXPECT_OK(CloseHandle(section));
}

TEST_F(Handover, S45_a_section_of_a_file_is_there_and_keeps_the_file_from_being_cut) {
  HANDLE file = with_text("abc");
  HANDLE section = section_of(file);

  EXPECT_EQ(after_exec("section", {section}), 0);

  EXPECT_EQ(text_at(file, 0, 4), "seen");
  EXPECT_EQ(SetFilePointer(file, 0, nullptr, FILE_BEGIN), 0u);
  EXPECT_ERROR(1224, SetEndOfFile(file));
  EXPECT_OK(CloseHandle(section));
  EXPECT_OK(CloseHandle(file));
}

TEST_F(Handover, a_section_with_a_name_is_not_handed_on) {
  SECURITY_ATTRIBUTES inherited{sizeof inherited, nullptr, TRUE};
  HANDLE section = CreateFileMappingA(INVALID_HANDLE_VALUE, &inherited, PAGE_READWRITE, 0, 4096, name());

  EXPECT_EQ(after_exec("nothing", {section}), 0);

  EXPECT_OK(CloseHandle(section));
}

TEST_F(Handover, without_such_handles_nothing_stays_open_over_exec) {
  HANDLE file = open_inherited();
  EXPECT_EQ(fcntl(1024, F_GETFD), 0);

  EXPECT_OK(CloseHandle(file));

  EXPECT_EQ(fcntl(1024, F_GETFD), -1);
}

TEST_F(Handover, a_number_that_the_program_has_itself_is_left_alone) {
  int status = -1;
  pid_t child = fork();
  if (child == 0) {
    alarm(60);
    int own = ::open("/dev/null", O_RDONLY);
    bool right = dup2(own, 1024) == 1024;
    HANDLE file = open_inherited();
    char byte = 0;
    right = right && read(1024, &byte, 1) == 0 && CloseHandle(file) && fcntl(1024, F_GETFD) == 0;
    int inner = -1;
    right = right && start_again("nothing", {file}, inner) && inner == 0;
    _exit(right ? 0 : 1);
  }
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

} // namespace
} // namespace apitest
