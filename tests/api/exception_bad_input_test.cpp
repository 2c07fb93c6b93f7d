// Rules: N2 E8, and faults inside winmem's own copies of a caller's buffers
//
// A bad pointer that a call is given is the call's failure: no handler hears of it.
#include "exception_watch.h"
#include "expect.h"
#include "memory_map.h"

namespace apitest {
namespace {

// Nothing may reach this handler.
class NoException {
public:
  ~NoException() { EXPECT_EQ(watch_.seen(), 0); }

private:
  Watch watch_{[](EXCEPTION_POINTERS* exception) -> LONG {
    ADD_FAILURE() << "exception " << std::hex << exception->ExceptionRecord->ExceptionCode;
    return EXCEPTION_CONTINUE_SEARCH;
  }};
};

TEST(OwnCopies, V52_a_query_into_an_unwritable_buffer_raises_nothing) {
  Region region = committed(16, PAGE_READONLY);
  Region gone = reserve(16);
  NoException none;

  for (void* buffer : {static_cast<void*>(region.base()), static_cast<void*>(gone.base()), static_cast<void*>(nullptr),
                       static_cast<void*>(at(0x1234567812345678)), static_cast<void*>(at(0xFFFF800000000000))}) {
    EXPECT_ERROR(998, VirtualQuery(region.base(), static_cast<MEMORY_BASIC_INFORMATION*>(buffer),
                                   sizeof(MEMORY_BASIC_INFORMATION)));
  }
}

TEST(OwnCopies, V40_a_bad_pointer_for_the_old_protection_raises_nothing) {
  Region region = committed(16);
  Region read_only = committed(16, PAGE_READONLY);
  NoException none;

  for (void* old : {static_cast<void*>(read_only.base()), static_cast<void*>(at(0x1234567812345678)),
                    static_cast<void*>(at(0x18))}) {
    EXPECT_ERROR(998, VirtualProtect(region.base(), kPage, PAGE_READONLY, static_cast<DWORD*>(old)));
  }
  EXPECT_MAP(region, "C16rw");
}

TEST(OwnCopies, V110_bad_pointers_of_native_calls_raise_nothing) {
  Region read_only = committed(16, PAGE_READONLY);
  SIZE_T size = kPage;
  NoException none;

  EXPECT_STATUS(0xC0000005, nt::allocate(GetCurrentProcess(), reinterpret_cast<PVOID*>(read_only.base()), 0, &size,
                                         MEM_RESERVE, PAGE_READWRITE));
  EXPECT_STATUS(0xC0000005, nt::allocate(GetCurrentProcess(), reinterpret_cast<PVOID*>(at(8)), 0, &size, MEM_RESERVE,
                                         PAGE_READWRITE));
  PVOID base = nullptr;
  EXPECT_STATUS(0xC0000005,
                nt::allocate(GetCurrentProcess(), &base, 0, reinterpret_cast<PSIZE_T>(at(0x1234567812345678)),
                             MEM_RESERVE, PAGE_READWRITE));
  EXPECT_EQ(base, nullptr);
}

TEST(OwnCopies, N2_an_exception_before_and_after_a_failing_call_is_the_programs) {
  Region region = committed(16, PAGE_READONLY);
  Recorder seen;

  EXPECT_EQ(exception_probe_write(region.base(), 1), -1);
  EXPECT_ERROR(998, VirtualQuery(region.base(), reinterpret_cast<MEMORY_BASIC_INFORMATION*>(region.base()),
                                 sizeof(MEMORY_BASIC_INFORMATION)));
  EXPECT_EQ(exception_probe_write(region.base(), 1), -1);

  EXPECT_EQ(seen.count(), 2u);
}

} // namespace
} // namespace apitest
