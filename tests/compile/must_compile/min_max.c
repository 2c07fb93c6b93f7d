// The macros min and max.
#include <windows.h>

char at_compile_time[max(3, 7)];
int least(int a, int b);
int least(int a, int b) { return min(a, b) + (int)sizeof at_compile_time; }
