#include "placeholder_calls.h"

#include "history.h"
#include "winapi.h"

#include <atomic>
#include <cstring>

namespace stress {
namespace {

char* placeholder(std::size_t pages) {
  void* made =
      VirtualAlloc2(nullptr, nullptr, pages * kPage, MEM_RESERVE | MEM_RESERVE_PLACEHOLDER, PAGE_NOACCESS, nullptr, 0);
  MUST(made != nullptr);
  return static_cast<char*>(made);
}

bool keeps(void* at, std::size_t pages) {
  return VirtualFree(at, pages * kPage, MEM_RELEASE | MEM_PRESERVE_PLACEHOLDER) != 0;
}

bool joins(void* at, std::size_t pages) {
  return VirtualFree(at, pages * kPage, MEM_RELEASE | MEM_COALESCE_PLACEHOLDERS) != 0;
}

// What a page of placeholders is: part of an allocation that begins at or before it, never free.
MEMORY_BASIC_INFORMATION ask(const void* at) {
  MEMORY_BASIC_INFORMATION info{};
  MUST(VirtualQuery(at, &info, sizeof info) == sizeof info && info.BaseAddress == at);
  return info;
}

void must_be(const char* base, std::size_t pages, DWORD state, DWORD type) {
  MEMORY_BASIC_INFORMATION info = ask(base);
  MUST(info.AllocationBase == base && info.RegionSize == pages * kPage && info.State == state && info.Type == type);
}

// Memory or a view takes the place of a whole placeholder, is written and read, and becomes a placeholder again. False
// when that is not there any more.
bool fill_with_memory(char* base, std::size_t pages, char mark) {
  void* made = VirtualAlloc2(nullptr, base, pages * kPage, MEM_RESERVE | MEM_COMMIT | MEM_REPLACE_PLACEHOLDER,
                             PAGE_READWRITE, nullptr, 0);
  if (made == nullptr) {
    MUST(GetLastError() == ERROR_INVALID_ADDRESS);
    return false;
  }
  must_be(base, pages, MEM_COMMIT, MEM_PRIVATE);
  MUST(made == base && base[0] == 0 && base[pages * kPage - 1] == 0);
  std::memset(base, mark, pages * kPage);
  MUST(base[0] == mark && base[pages * kPage - 1] == mark && keeps(base, pages));
  return true;
}

bool fill_with_view(char* base, std::size_t pages, char mark) {
  HANDLE section =
      CreateFileMappingA(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0, static_cast<DWORD>(pages * kPage), nullptr);
  MUST(section != nullptr);
  void* made =
      MapViewOfFile3(section, nullptr, base, 0, pages * kPage, MEM_REPLACE_PLACEHOLDER, PAGE_READWRITE, nullptr, 0);
  DWORD error = GetLastError();
  MUST(CloseHandle(section));
  if (made == nullptr) {
    MUST(error == ERROR_INVALID_ADDRESS);
    return false;
  }
  must_be(base, pages, MEM_COMMIT, MEM_MAPPED);
  base[0] = mark;
  MUST(made == base && base[0] == mark && UnmapViewOfFile2(GetCurrentProcess(), base, MEM_PRESERVE_PLACEHOLDER));
  return true;
}

// What all threads share. In each slot of eight pages the first three are for memory; who has claimed the slot may fill
// them, once they are a placeholder. Everybody splits and joins everywhere, but never keeps exactly those three.
class Field {
public:
  static constexpr std::size_t kSlots = 32;
  static constexpr std::size_t kSlotPages = 8;
  static constexpr std::size_t kFilled = 3;
  static constexpr std::size_t kPages = kSlots * kSlotPages;

  Field() : base_(placeholder(kPages)) {}

  void fill(std::size_t slot, bool with_view, char mark) {
    if (claimed_[slot].exchange(true, std::memory_order_acquire))
      return;
    char* begin = base_ + slot * kSlotPages * kPage;
    if (!keeps(begin, kFilled)) // as often as not it is one already, or is no part of one
      must_have_missed();
    static_cast<void>(with_view ? fill_with_view(begin, kFilled, mark) : fill_with_memory(begin, kFilled, mark));
    claimed_[slot].store(false, std::memory_order_release);
  }

  void split(std::size_t begin, std::size_t end) {
    bool is_a_slots = begin % kSlotPages == 0 && end - begin == kFilled;
    if (!is_a_slots && !keeps(base_ + begin * kPage, end - begin))
      must_have_missed();
  }

  void join(std::size_t begin, std::size_t end) {
    if (!joins(base_ + begin * kPage, end - begin))
      must_have_missed();
  }

  void look(std::size_t page) {
    char* at = base_ + page * kPage;
    MEMORY_BASIC_INFORMATION info = ask(at);
    auto* first = static_cast<char*>(info.AllocationBase);
    MUST(info.State == MEM_RESERVE || info.State == MEM_COMMIT);
    MUST(first >= base_ && first <= at && at + info.RegionSize <= base_ + kPages * kPage);
    MUST(info.State == MEM_RESERVE || info.Protect == PAGE_READWRITE);
  }

private:
  // Another thread changed something there before.
  static void must_have_missed() {
    MUST(GetLastError() == ERROR_INVALID_ADDRESS || GetLastError() == ERROR_INVALID_PARAMETER);
  }

  char* base_;
  std::atomic<bool> claimed_[kSlots]{};
};

} // namespace

void own_placeholders(Random& random) {
  std::size_t pages = random.between(6, 600);
  std::size_t begin = random.between(1, pages - 3);
  std::size_t size = random.between(1, pages - begin - 1);
  char* base = placeholder(pages);
  MUST(keeps(base + begin * kPage, size));
  must_be(base, begin, MEM_RESERVE, MEM_PRIVATE);
  must_be(base + begin * kPage, size, MEM_RESERVE, MEM_PRIVATE);
  must_be(base + (begin + size) * kPage, pages - begin - size, MEM_RESERVE, MEM_PRIVATE);
  MUST(!keeps(base, pages) && !joins(base, begin));
  MUST(fill_with_memory(base + begin * kPage, size, 'm'));
  MUST(fill_with_view(base, begin, 'v'));
  MUST(joins(base, begin + size) && joins(base, pages));
  must_be(base, pages, MEM_RESERVE, MEM_PRIVATE);
  MUST(VirtualFree(base, 0, MEM_RELEASE));
}

void shared_placeholders(Random& random) {
  static Field field;
  for (int step = 0; step < 8; ++step) {
    std::size_t begin = random.below(Field::kPages);
    std::size_t end = begin + random.between(1, Field::kPages - begin);
    std::size_t slot = begin / Field::kSlotPages;
    switch (random.below(6)) {
    case 0:
      field.split(begin, std::size_t{begin + 1 + random.below(end - begin)});
      break;
    case 1:
      field.join(slot * Field::kSlotPages, (slot + 1) * Field::kSlotPages);
      break;
    case 2:
      random.one_in(4) ? field.join(0, Field::kPages) : field.join(begin, end);
      break;
    case 3:
      field.look(begin);
      break;
    default:
      field.fill(slot, random.one_in(2), static_cast<char>('a' + random.below(26)));
    }
  }
}

} // namespace stress
