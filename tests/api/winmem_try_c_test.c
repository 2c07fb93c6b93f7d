/* winmem_try in C, without windows.h where none is needed. winmem_try_test.cpp runs these; 0 is right, else a line. */
#include <winmem.h>

#include <windows.h>

#define DEMAND(condition)                                                                                              \
  if (!(condition)) {                                                                                                  \
    return __LINE__;                                                                                                   \
  }

struct run {
  volatile int* place;
  int reached;
  int asked;
  int answer;
  unsigned inner_code;
};

static int ask(EXCEPTION_POINTERS* exception, void* context) {
  struct run* run = context;
  (void)exception;
  ++run->asked;
  return run->answer;
}

static void read_place(void* context) {
  struct run* run = context;
  run->reached = *run->place;
}

static void nested(void* context) {
  struct run inner = {0, 0, 0, EXCEPTION_EXECUTE_HANDLER, 0};
  struct run* run = context;
  volatile ULONG_PTR small = 0x18;
  inner.place = (volatile int*)small;
  if (winmem_try(read_place, ask, &inner, &run->inner_code) == 0) {
    run->reached = 1;
  }
  RaiseException(0xE0000001, 0, 0, NULL);
  run->reached = 2;
}

int winmem_try_c_returns(void);
int winmem_try_c_executes(void);
int winmem_try_c_nests(void);

int winmem_try_c_returns(void) {
  volatile int value = 5;
  struct run run = {0, 0, 0, EXCEPTION_EXECUTE_HANDLER, 0};
  unsigned code = 7;
  run.place = &value;
  DEMAND(winmem_try(read_place, ask, &run, &code) != 0);
  DEMAND(run.reached == 5 && run.asked == 0 && code == 7);
  return 0;
}

int winmem_try_c_executes(void) {
  struct run run = {0, 0, 0, EXCEPTION_EXECUTE_HANDLER, 0};
  volatile ULONG_PTR small = 0x18;
  unsigned code = 0;
  run.place = (volatile int*)small;
  DEMAND(winmem_try(read_place, ask, &run, &code) == 0);
  DEMAND(run.reached == 0 && run.asked == 1 && code == EXCEPTION_ACCESS_VIOLATION);
  return 0;
}

int winmem_try_c_nests(void) {
  struct run run = {0, 0, 0, EXCEPTION_EXECUTE_HANDLER, 0};
  unsigned code = 0;
  DEMAND(winmem_try(nested, ask, &run, &code) == 0);
  DEMAND(run.reached == 1 && run.asked == 1 && code == 0xE0000001);
  DEMAND(run.inner_code == EXCEPTION_ACCESS_VIOLATION);
  return 0;
}
