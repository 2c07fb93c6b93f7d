/* The W functions work with either size of wchar_t. */
#include <windows.h>

#include <stdio.h>

int main(void) {
  HMODULE kernel = GetModuleHandleW(L"kernel32.dll");
  if (kernel == NULL || kernel != GetModuleHandleA("kernel32.dll"))
    return 1;
  if (sizeof(WCHAR) != sizeof(wchar_t) || sizeof(WCHAR) != WIDTH)
    return 2;
  puts("ok");
  return 0;
}
