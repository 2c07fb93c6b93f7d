// Sections of the page file by their names.
#pragma once

#include "section_test_support.h"

#include <string>

namespace apitest {

inline HANDLE create(const std::string& name, DWORD bytes = 0x10000, DWORD protect = PAGE_READWRITE) {
  return CreateFileMappingA(INVALID_HANDLE_VALUE, nullptr, protect, 0, bytes, name.c_str());
}

inline HANDLE open(const std::string& name, DWORD access = FILE_MAP_ALL_ACCESS) {
  return OpenFileMappingA(access, FALSE, name.c_str());
}

inline bool is_missing(const std::string& name) {
  HANDLE found = open(name);
  if (found != nullptr) {
    CloseHandle(found);
    return false;
  }
  return GetLastError() == ERROR_FILE_NOT_FOUND;
}

} // namespace apitest
