// Names of files and what is told of them. Each call leaves no file open, and none behind.
#include "fail.h"
#include "scenario.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <unistd.h>

namespace faults {
namespace {

constexpr std::uint32_t kNameErrors[] = {
    ERROR_FILE_NOT_FOUND,    ERROR_PATH_NOT_FOUND,      ERROR_ACCESS_DENIED,        ERROR_NOT_ENOUGH_MEMORY,
    ERROR_DISK_FULL,         ERROR_NO_SYSTEM_RESOURCES, ERROR_INVALID_FUNCTION,     ERROR_IO_DEVICE,
    ERROR_NOT_SAME_DEVICE,   ERROR_DIRECTORY,           ERROR_FILENAME_EXCED_RANGE, ERROR_NOACCESS,
    ERROR_INVALID_PARAMETER,
};

const char* path_of(const char* folder, const char* last) {
  static char paths[2][64];
  static unsigned used = 0;
  char* path = paths[used++ % 2];
  std::snprintf(path, sizeof paths[0], "%s/winmem-faults-%s-%d", folder, last, static_cast<int>(getpid()));
  return path;
}

// What the calls work on, made and looked at without winmem; errno stays.
class Quietly {
public:
  Quietly() : number_(errno) {}
  ~Quietly() { errno = number_; }
  static void make(const char* path, const char* text) {
    int file = open(path, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
    FAULTS_REQUIRE(write(file, text, std::strlen(text)) == static_cast<ssize_t>(std::strlen(text)));
    close(file);
  }
  static bool has(const char* path, const char* text) {
    char buffer[16] = {};
    int file = open(path, O_RDONLY | O_CLOEXEC);
    bool same = file >= 0 && read(file, buffer, sizeof buffer - 1) >= 0 && std::strcmp(buffer, text) == 0;
    if (file >= 0) {
      close(file);
    }
    return same;
  }
  static bool is_there(const char* path) { return access(path, F_OK) == 0; }

private:
  int number_;
};

// Moves a file over another one. Either all is as it was, or moved whole.
bool move_over(const char* from, const char* to, DWORD flags) {
  {
    Quietly quietly;
    Quietly::make(from, "new");
    Quietly::make(to, "old");
  }
  bool moved = MoveFileExA(from, to, flags) != 0;
  Quietly quietly;
  FAULTS_REQUIRE(Quietly::has(to, moved ? "new" : "old"));
  FAULTS_REQUIRE(moved || Quietly::has(from, "new"));
  static_cast<void>(unlink(from));
  static_cast<void>(unlink(to));
  return moved;
}

SCENARIO(a_file_is_moved_over_another, kNameErrors) {
  trial.call([] { return move_over(path_of("/tmp", "a"), path_of("/tmp", "b"), MOVEFILE_REPLACE_EXISTING); });
}

// Also where the file system does not know how to do it in one step.
SCENARIO(a_file_is_moved, kNameErrors) {
  trial.call([] {
    const char* from = path_of("/tmp", "a");
    const char* to = path_of("/tmp", "b");
    {
      Quietly quietly;
      Quietly::make(from, "new");
      static_cast<void>(unlink(to));
    }
    bool moved = MoveFileExA(from, to, 0) != 0;
    Quietly quietly;
    FAULTS_REQUIRE(Quietly::has(moved ? to : from, "new"));
    FAULTS_REQUIRE(!Quietly::is_there(moved ? from : to));
    static_cast<void>(unlink(from));
    static_cast<void>(unlink(to));
    return moved;
  });
}

SCENARIO(a_file_is_moved_into_another_file_system, kNameErrors) {
  trial.call([] {
    return move_over(path_of("/tmp", "a"), path_of("/dev/shm", "b"),
                     MOVEFILE_REPLACE_EXISTING | MOVEFILE_COPY_ALLOWED | MOVEFILE_WRITE_THROUGH);
  });
}

SCENARIO(a_temporary_file_is_made, kNameErrors) {
  trial.call([] {
    char name[MAX_PATH] = {};
    bool made = GetTempFileNameA("/tmp", "wmf", 0, name) != 0;
    Quietly quietly;
    FAULTS_REQUIRE(!made || Quietly::is_there(name));
    FAULTS_REQUIRE(!made || unlink(name) == 0);
    return made;
  });
}

SCENARIO(the_full_path_of_a_relative_one, kNameErrors) {
  trial.call([] {
    char path[MAX_PATH] = {};
    return GetFullPathNameA("some/file", sizeof path, path, nullptr) != 0;
  });
}

SCENARIO(what_is_told_of_a_file, kNameErrors) {
  trial.call([] {
    const char* name = path_of("/tmp", "a");
    {
      Quietly quietly;
      Quietly::make(name, "text");
    }
    WIN32_FILE_ATTRIBUTE_DATA data{};
    BY_HANDLE_FILE_INFORMATION info{};
    bool told = GetFileAttributesExA(name, GetFileExInfoStandard, &data) && data.nFileSizeLow == 4;
    if (told) {
      DWORD before = GetLastError();
      HANDLE file = CreateFileA(name, 0, 0, nullptr, OPEN_EXISTING, 0, nullptr);
      told = file != INVALID_HANDLE_VALUE && GetFileInformationByHandle(file, &info) && info.nFileSizeLow == 4;
      DWORD error = GetLastError();
      FAULTS_REQUIRE(file == INVALID_HANDLE_VALUE || CloseHandle(file));
      SetLastError(told ? before : error);
    }
    Quietly quietly;
    static_cast<void>(unlink(name));
    return told;
  });
}

} // namespace
} // namespace faults
