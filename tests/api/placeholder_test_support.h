// Placeholders that tests own, and the calls that are about them, by name.
#pragma once

#include "expect.h"
#include "memory_map.h"

#include <cstring>
#include <initializer_list>
#include <string>

namespace apitest {

inline PVOID make_placeholder(std::size_t bytes, void* base = nullptr) {
  return app::alloc2(nullptr, base, bytes, MEM_RESERVE | MEM_RESERVE_PLACEHOLDER, PAGE_NOACCESS, nullptr, 0);
}

inline PVOID replace(void* base, std::size_t bytes, DWORD type = MEM_RESERVE | MEM_COMMIT,
                     DWORD protection = PAGE_READWRITE) {
  return app::alloc2(nullptr, base, bytes, type | MEM_REPLACE_PLACEHOLDER, protection, nullptr, 0);
}

// Cuts a placeholder out of a larger one, or puts one in place of memory.
inline BOOL preserve(void* base, std::size_t bytes) {
  return VirtualFree(base, bytes, MEM_RELEASE | MEM_PRESERVE_PLACEHOLDER);
}

inline BOOL coalesce(void* base, std::size_t bytes) {
  return VirtualFree(base, bytes, MEM_RELEASE | MEM_COALESCE_PLACEHOLDERS);
}

// Address space that began as one placeholder. At the end of the scope all that is in it goes, whatever it is by then.
class Field {
public:
  explicit Field(std::size_t pages) : base_(static_cast<char*>(make_placeholder(pages * kPage))), pages_(pages) {
    EXPECT_NE(base_, nullptr) << GetLastError();
  }
  Field(Field&& other) noexcept : base_(other.base_), pages_(other.pages_) { other.pages_ = 0; }
  Field& operator=(Field&&) = delete;
  ~Field() {
    for (std::size_t page = 0; base_ != nullptr && page < pages_;) {
      MEMORY_BASIC_INFORMATION there = ask(base_ + page * kPage);
      if (there.RegionSize == 0) {
        break;
      }
      if (there.Type == MEM_MAPPED) {
        EXPECT_TRUE(UnmapViewOfFile(there.AllocationBase));
      } else if (there.State != MEM_FREE) {
        EXPECT_TRUE(VirtualFree(there.AllocationBase, 0, MEM_RELEASE));
      }
      page += there.State == MEM_FREE ? there.RegionSize / kPage : 0;
    }
  }

  explicit operator bool() const { return base_ != nullptr; }
  char* base() const { return base_; }
  char* page(std::size_t index) const { return base_ + index * kPage; }
  std::size_t bytes() const { return pages_ * kPage; }

  std::string picture() const { return picture_of(base_, bytes()); }

private:
  char* base_;
  std::size_t pages_;
};

// Cut where these pages begin: field_of({4, 8}) is two of 4 and 8 pages.
inline Field field_of(std::initializer_list<std::size_t> pieces) {
  std::size_t pages = 0;
  for (std::size_t piece : pieces) {
    pages += piece;
  }
  Field field(pages);
  std::size_t at = 0;
  for (std::size_t piece : pieces) {
    if (field && at + piece < pages) {
      EXPECT_TRUE(preserve(field.page(at), piece * kPage)) << GetLastError();
    }
    at += piece;
  }
  return field;
}

} // namespace apitest
