// The macros min and max are templates in C++: they take mixed types and constants, and the C++ library beside them.
#include <windows.h>

#include <algorithm>
#include <limits>

char at_compile_time[max(3, 7)];
static_assert(sizeof at_compile_time == 7, "max is a constant");

int largest() { return std::numeric_limits<int>::max(); }
SIZE_T mixed(SIZE_T size, DWORD page) { return max(size, page) + min(size, page); }

namespace both {
using namespace std;
int chosen(int a, int b) { return max(a, b) + min(a, b); }
} // namespace both

struct Range {
  int max() const { return 1; }
};
int member(const Range& range) { return range.max(); }
