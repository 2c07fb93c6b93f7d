// The walk behind the pictures of memory_map.h, and the regions that tests own.
#include "memory_map.h"

#include "platform.h"

#include <algorithm>
#include <cstring>
#include <sstream>

namespace apitest {

namespace {

struct ProtectWord {
  DWORD value;
  const char* word;
};

constexpr ProtectWord kProtections[] = {{0x01, "na"}, {0x02, "ro"}, {0x04, "rw"},  {0x08, "wc"},
                                        {0x10, "x"},  {0x20, "xr"}, {0x40, "xrw"}, {0x80, "xwc"}};
constexpr ProtectWord kModifiers[] = {{0x100, "+g"}, {0x200, "+nc"}, {0x400, "+wc"}};

const char* state_letter(DWORD state) {
  switch (state) {
  case 0x1000:
    return "C";
  case 0x2000:
    return "R";
  case 0x10000:
    return "F";
  default:
    return "?";
  }
}

const char* type_letter(const MEMORY_BASIC_INFORMATION& info) {
  switch (info.Type) {
  case 0x20000:
    return "";
  case 0x40000:
    return "M";
  case 0x1000000:
    return "I";
  default:
    return info.State == 0x10000 && info.Type == 0 ? "" : "?";
  }
}

// What a free or reserved run must say beside its state (V54's table); "" when it does.
std::string contradiction(const MEMORY_BASIC_INFORMATION& info) {
  if (info.State == 0x10000 && (info.AllocationBase != nullptr || info.AllocationProtect != 0 || info.Protect != 1)) {
    return "!free-with-allocation";
  }
  if (info.State == 0x2000 && info.Protect != 0) {
    return "!reserved-with-protection";
  }
  if (info.State != 0x10000 && info.AllocationBase == nullptr) {
    return "!no-allocation-base";
  }
  return "";
}

} // namespace

MEMORY_BASIC_INFORMATION ask(const void* address) {
  MEMORY_BASIC_INFORMATION info = {};
  if (VirtualQuery(address, &info, sizeof info) != sizeof info) {
    info = {};
  }
  return info;
}

std::string protection_word(DWORD protect) {
  if (protect == 0) {
    return "";
  }
  std::string text;
  DWORD rest = protect;
  for (const ProtectWord& row : kProtections) {
    if ((rest & 0xFF) == row.value) {
      text += row.word;
      rest &= ~row.value;
      break;
    }
  }
  for (const ProtectWord& row : kModifiers) {
    if ((rest & row.value) != 0) {
      text += row.word;
      rest &= ~row.value;
    }
  }
  if (rest != 0) {
    std::ostringstream number;
    number << "?" << std::hex << protect;
    return number.str();
  }
  return text;
}

std::string picture_of(const void* start, std::size_t bytes) {
  std::ostringstream text;
  const std::uintptr_t end = number(start) + bytes;
  std::uintptr_t place = number(start);
  PVOID allocation = nullptr;
  while (place < end) {
    MEMORY_BASIC_INFORMATION info = {};
    if (VirtualQuery(at(place), &info, sizeof info) != sizeof info) {
      text << " !query-failed";
      break;
    }
    if (number(info.BaseAddress) != place || info.RegionSize == 0 || info.RegionSize % kPage != 0) {
      text << " !base-or-size";
      break;
    }
    if (place != number(start)) {
      text << (info.AllocationBase != allocation && info.AllocationBase != nullptr && allocation != nullptr ? "|"
                                                                                                            : " ");
    }
    std::size_t pages = std::min<std::uintptr_t>(info.RegionSize, end - place) / kPage;
    text << type_letter(info) << state_letter(info.State) << pages;
    if (info.State != 0x10000) {
      text << protection_word(info.Protect);
    }
    text << contradiction(info);
    allocation = info.AllocationBase;
    place += info.RegionSize;
  }
  return text.str();
}

::testing::AssertionResult same_picture(const char* region_text, const char*, const Region& region,
                                        const std::string& expected) {
  std::string seen = picture_of(region.base(), region.bytes());
  if (seen == expected) {
    return ::testing::AssertionSuccess();
  }
  return ::testing::AssertionFailure() << "the map of " << region_text << "\n  is       " << seen << "\n  expected "
                                       << expected;
}

Region::~Region() { release(); }

void Region::commit(std::size_t first, std::size_t count, DWORD protect) const {
  EXPECT_EQ(VirtualAlloc(page(first), count * kPage, MEM_COMMIT, protect), page(first))
      << "commit of " << count << " pages from " << first << " on: error " << GetLastError();
}

void Region::fill(std::size_t first, std::size_t count, int value) const {
  std::memset(page(first), value, count * kPage);
}

void Region::release() {
  if (base_ != nullptr) {
    EXPECT_TRUE(VirtualFree(base_, 0, MEM_RELEASE)) << "release: error " << GetLastError();
    base_ = nullptr;
  }
}

Region reserve(std::size_t pages, DWORD protect) {
  void* base = VirtualAlloc(nullptr, pages * kPage, MEM_RESERVE, protect);
  EXPECT_NE(base, nullptr) << "reserve of " << pages << " pages: error " << GetLastError();
  return {base, pages};
}

Region committed(std::size_t pages, DWORD protect) {
  void* base = VirtualAlloc(nullptr, pages * kPage, MEM_RESERVE | MEM_COMMIT, protect);
  EXPECT_NE(base, nullptr) << "commit of " << pages << " pages: error " << GetLastError();
  return {base, pages};
}

Neighbours touching_neighbours(std::size_t pages) {
  char* base = free_range(2 * pages * kPage);
  void* first = VirtualAlloc(base, pages * kPage, MEM_RESERVE, PAGE_READWRITE);
  void* second = VirtualAlloc(base + pages * kPage, pages * kPage, MEM_RESERVE, PAGE_READWRITE);
  EXPECT_EQ(first, base);
  EXPECT_EQ(second, base + pages * kPage);
  return {Region(first, pages), Region(second, pages)};
}

char* free_range(std::size_t bytes) {
  void* base = VirtualAlloc(nullptr, bytes, MEM_RESERVE, PAGE_NOACCESS);
  EXPECT_NE(base, nullptr) << "no free range of " << bytes << " bytes: error " << GetLastError();
  EXPECT_TRUE(VirtualFree(base, 0, MEM_RELEASE));
  return static_cast<char*>(base);
}

::testing::AssertionResult pages_hold(const void* start, std::size_t pages, int value) {
  const auto* bytes = static_cast<const unsigned char*>(start);
  for (std::size_t i = 0; i < pages * kPage; ++i) {
    if (bytes[i] != value) {
      return ::testing::AssertionFailure()
             << "byte " << i % kPage << " of page " << i / kPage << " is " << int{bytes[i]} << ", expected " << value;
    }
  }
  return ::testing::AssertionSuccess();
}

Snapshot::Snapshot(const void* start, std::size_t bytes) : picture_(picture_of(start, bytes)) {
  for (std::size_t offset = 0; offset < bytes; offset += kPage) {
    const char* page = static_cast<const char*>(start) + offset;
    if (platform::can_read(page)) {
      contents_.insert(contents_.end(), page, page + kPage);
    }
  }
}

std::ostream& operator<<(std::ostream& out, const Snapshot& snapshot) {
  unsigned sum = 0;
  for (unsigned char byte : snapshot.contents_) {
    sum = sum * 31 + byte;
  }
  return out << "\"" << snapshot.picture_ << "\", " << snapshot.contents_.size() / kPage << " readable pages (sum "
             << std::hex << sum << ")";
}

} // namespace apitest
