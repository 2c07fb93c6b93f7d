// malloc.h's _resetstkoflw.
#include "../host/faults.h"

#include <malloc.h>

int _resetstkoflw() {
  // On Linux the guard below a stack is no page that an overflow consumes. What can be wrong is the depth: on Windows
  // the guard and what the thread is guaranteed must fit below the caller.
  constexpr winmem::Bytes kRoom = 4 * winmem::kPage;
  return winmem::host::has_stack_room(kRoom) ? 1 : 0;
}
