#include "sites.h"

#include <filesystem>
#include <fstream>

namespace faults {

namespace {

struct Unreached {
  const char* file;
  const char* text; // part of the line
  const char* why;
};

// A row here needs a reason why no scenario can come there.
constexpr Unreached kUnreached[] = {
    {"host/last_words.cpp", "SYS_write", "it tells of a mistake, and nothing depends on whether that is seen"},
    {"host/last_words.cpp", "SYS_exit_group", "the process ends there"},
};

template <typename Visit> void for_each_line(const std::filesystem::path& path, Visit visit) {
  std::ifstream file(path);
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    visit(number, line);
  }
}

std::string last_two(const std::filesystem::path& path) {
  return path.parent_path().filename().string() + "/" + path.filename().string();
}

} // namespace

std::string site_of(const Call& call) { return last_two(call.file) + ":" + std::to_string(call.line); }

std::set<std::string> sites_in_source(const std::string& folder) {
  std::set<std::string> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    std::string extension = entry.path().extension();
    if (extension != ".h" && extension != ".cpp" && extension != ".inc") {
      continue;
    }
    for_each_line(entry.path(), [&](int number, const std::string& line) {
      std::string code = line.substr(0, line.find("//"));
      if (code.find("system_call(") != std::string::npos && code.find("long system_call(") == std::string::npos) {
        found.insert(last_two(entry.path()) + ":" + std::to_string(number));
      }
    });
  }
  return found;
}

const char* why_unreached(const std::string& folder, const std::string& site) {
  std::size_t colon = site.rfind(':');
  std::string file = site.substr(0, colon);
  int wanted = std::stoi(site.substr(colon + 1));
  const char* why = nullptr;
  for_each_line(std::filesystem::path(folder) / file, [&](int number, const std::string& line) {
    for (const Unreached& row : kUnreached) {
      if (number == wanted && row.file == file && line.find(row.text) != std::string::npos) {
        why = row.why;
      }
    }
  });
  return why;
}

} // namespace faults
