// UNICODE chooses the W forms of functions, types and strings.
#define UNICODE
#include <windows.h>

HMODULE loaded(void);
HMODULE loaded(void) {
  const TCHAR* name = TEXT("ntdll.dll");
  const wchar_t* wide = name;
  OSVERSIONINFO version = {.dwOSVersionInfoSize = sizeof(OSVERSIONINFOW)};
  return version.dwMajorVersion ? GetModuleHandle(wide) : LoadLibrary(L"kernel32");
}
