// CreateMemoryResourceNotification, QueryMemoryResourceNotification, and waits for them.
// Rules: Y60 Y61 Y62 Y63
#include "expect.h"
#include "memory_map.h"
#include "owned_handle.h"

namespace apitest {
namespace {

OwnedHandle notification(MEMORY_RESOURCE_NOTIFICATION_TYPE type) {
  SetLastError(kNobodysError);
  OwnedHandle made(CreateMemoryResourceNotification(type));
  EXPECT_NE(static_cast<HANDLE>(made), nullptr);
  EXPECT_EQ(GetLastError(), kNobodysError);
  return made;
}

OwnedHandle low() { return notification(LowMemoryResourceNotification); }
OwnedHandle high() { return notification(HighMemoryResourceNotification); }

BOOL state_of(HANDLE handle) {
  BOOL state = 7;
  EXPECT_OK(QueryMemoryResourceNotification(handle, &state));
  return state;
}

// The tests' machine, and its control group, have more left than is scarce.
TEST(MemoryNotification, Y61_memory_is_plentiful_and_not_scarce) {
  EXPECT_EQ(state_of(low()), FALSE);
  EXPECT_EQ(state_of(high()), TRUE);
}

TEST(MemoryNotification, Y60_other_types_are_invalid) {
  for (int type : {-1, 2, 100}) {
    EXPECT_ERROR(87, CreateMemoryResourceNotification(static_cast<MEMORY_RESOURCE_NOTIFICATION_TYPE>(type))) << type;
  }
}

TEST(MemoryNotification, Y62_null_is_invalid) {
  OwnedHandle handle = low();
  BOOL state = 7;
  EXPECT_ERROR(87, QueryMemoryResourceNotification(nullptr, &state));
  EXPECT_EQ(state, 7);
  EXPECT_ERROR(87, QueryMemoryResourceNotification(handle, nullptr));
}

TEST(MemoryNotification, Y62_what_is_no_notification_is_an_invalid_handle) {
  OwnedHandle semaphore(CreateSemaphoreA(nullptr, 1, 1, nullptr));
  BOOL state = 7;
  EXPECT_ERROR(6, QueryMemoryResourceNotification(semaphore, &state));
  EXPECT_ERROR(6, QueryMemoryResourceNotification(GetCurrentProcess(), &state));
  EXPECT_ERROR(6, QueryMemoryResourceNotification(reinterpret_cast<HANDLE>(0x7654320), &state));
  EXPECT_EQ(state, 7);
}

TEST(MemoryNotification, Y62_an_unwritable_state_is_no_access) {
  OwnedHandle handle = high();
  Region region = committed(1, PAGE_READONLY);
  EXPECT_ERROR(998, QueryMemoryResourceNotification(handle, reinterpret_cast<BOOL*>(region.base())));
}

TEST(MemoryNotification, Y63_a_wait_sees_the_same_state) {
  OwnedHandle scarce = low();
  OwnedHandle plenty = high();
  EXPECT_EQ(WaitForSingleObject(plenty, 2000), WAIT_OBJECT_0);
  EXPECT_EQ(WaitForSingleObject(plenty, 2000), WAIT_OBJECT_0); // nothing is taken
  EXPECT_EQ(WaitForSingleObject(scarce, 0), static_cast<DWORD>(WAIT_TIMEOUT));
  EXPECT_EQ(WaitForSingleObject(scarce, 250), static_cast<DWORD>(WAIT_TIMEOUT)); // it sleeps, and looks again
}

TEST(MemoryNotification, Y63_a_wait_for_several_wakes_by_the_other) {
  OwnedHandle scarce = low();
  OwnedHandle event(CreateEventA(nullptr, TRUE, TRUE, nullptr));
  HANDLE both[] = {scarce, event};
  EXPECT_EQ(WaitForMultipleObjects(2, both, FALSE, 2000), WAIT_OBJECT_0 + 1);
  EXPECT_EQ(WaitForMultipleObjects(2, both, TRUE, 120), static_cast<DWORD>(WAIT_TIMEOUT));
}

TEST(MemoryNotification, Y63_nobody_can_set_it_and_it_closes) {
  HANDLE handle = CreateMemoryResourceNotification(LowMemoryResourceNotification);
  ASSERT_NE(handle, nullptr);
  EXPECT_FALSE(SetEvent(handle));
  EXPECT_OK(CloseHandle(handle));
  EXPECT_EQ(WaitForSingleObject(handle, 0), WAIT_FAILED);
}

} // namespace
} // namespace apitest
