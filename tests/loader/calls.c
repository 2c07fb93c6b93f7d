/* A DLL of Windows, built by mingw-w64 against its own headers: each export checks one group of functions that the
 * loader bound to winmem, and answers 0, or the line of the first thing that is not as it should be. No C library. */
#include <windows.h>

#define EXPORT __declspec(dllexport)
#define CHECK(condition)                                                                                               \
  do {                                                                                                                 \
    if (!(condition))                                                                                                  \
      return __LINE__;                                                                                                 \
  } while (0)

void* malloc(size_t size);
void free(void* block);

EXPORT int virtual_memory(void) {
  SYSTEM_INFO info;
  GetSystemInfo(&info);
  CHECK(info.dwAllocationGranularity == 65536 && info.dwPageSize == 4096);
  char* memory = VirtualAlloc(NULL, 1 << 20, MEM_RESERVE, PAGE_READWRITE);
  CHECK(memory != NULL && VirtualAlloc(memory + 4096, 8192, MEM_COMMIT, PAGE_READWRITE) == memory + 4096);
  memory[4096] = 'x';
  DWORD old = 0;
  CHECK(VirtualProtect(memory + 4096, 4096, PAGE_READONLY, &old) && old == PAGE_READWRITE);
  MEMORY_BASIC_INFORMATION mbi;
  CHECK(VirtualQuery(memory + 5000, &mbi, sizeof mbi) == sizeof mbi);
  CHECK(mbi.AllocationBase == memory && mbi.Protect == PAGE_READONLY && mbi.RegionSize == 4096);
  CHECK(!VirtualFree(memory, 4096, MEM_RELEASE) && GetLastError() == ERROR_INVALID_PARAMETER);
  CHECK(VirtualFree(memory, 0, MEM_RELEASE));
  SetLastError(7);
  CHECK(!VirtualFree(memory, 0, MEM_RELEASE) && GetLastError() == ERROR_INVALID_ADDRESS);
  return 0;
}

EXPORT int heaps(void) {
  HANDLE heap = HeapCreate(0, 0, 0);
  unsigned char* block = HeapAlloc(heap, HEAP_ZERO_MEMORY, 100);
  CHECK(heap != NULL && block != NULL && block[99] == 0 && HeapSize(heap, 0, block) == 100);
  block = HeapReAlloc(heap, HEAP_ZERO_MEMORY, block, 5000);
  CHECK(block != NULL && block[4999] == 0 && HeapValidate(heap, 0, block));
  CHECK(HeapFree(heap, 0, block) && HeapDestroy(heap));
  HGLOBAL moveable = GlobalAlloc(GMEM_MOVEABLE, 64);
  CHECK(moveable != NULL && GlobalLock(moveable) != NULL && GlobalSize(moveable) == 64);
  CHECK(!GlobalUnlock(moveable) && GlobalFree(moveable) == NULL);
  char* text = malloc(10);
  CHECK(text != NULL);
  free(text);
  return 0;
}

/* Ten parameters: the last five lie on the stack. Wide characters of 16 bits. */
EXPORT int sections(void) {
  HANDLE section =
      CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 100000, L"Local\\w\u00fcrfel\u20ac");
  CHECK(section != NULL && GetLastError() != ERROR_ALREADY_EXISTS);
  HANDLE again = OpenFileMappingW(FILE_MAP_ALL_ACCESS, FALSE, L"Local\\w\u00fcrfel\u20ac");
  CHECK(again != NULL);
  char* view = MapViewOfFileEx(section, FILE_MAP_WRITE, 0, 65536, 100, NULL);
  char* other = MapViewOfFile(again, FILE_MAP_READ, 0, 0, 0);
  CHECK(view != NULL && other != NULL);
  view[5] = 'y';
  CHECK(other[65541] == 'y');
  CHECK(FlushViewOfFile(view, 100) && UnmapViewOfFile(view) && UnmapViewOfFile(other));
  HANDLE third = NULL;
  CHECK(DuplicateHandle(GetCurrentProcess(), section, GetCurrentProcess(), &third, 0, FALSE, DUPLICATE_SAME_ACCESS));
  CHECK(CloseHandle(section) && CloseHandle(again) && CloseHandle(third));
  CHECK(!CloseHandle(third) && GetLastError() == ERROR_INVALID_HANDLE);
  return 0;
}

/* Offsets in files are structures of 64 bits that are passed by value. */
EXPORT int files(const char* path) {
  HANDLE file =
      CreateFileA(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_FLAG_DELETE_ON_CLOSE, NULL);
  CHECK(file != INVALID_HANDLE_VALUE);
  DWORD count = 0;
  CHECK(WriteFile(file, "0123456789", 10, &count, NULL) && count == 10);
  LARGE_INTEGER to, now;
  to.QuadPart = -3;
  CHECK(SetFilePointerEx(file, to, &now, FILE_END) && now.QuadPart == 7);
  char text[4] = "";
  CHECK(ReadFile(file, text, 4, &count, NULL) && count == 3 && text[0] == '7' && text[2] == '9');
  CHECK(CloseHandle(file));
  CHECK(CreateFileA(path, GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL) == INVALID_HANDLE_VALUE);
  CHECK(GetLastError() == ERROR_FILE_NOT_FOUND);
  return 0;
}

static char* page;
static ULONG_PTR faulted;

static LONG CALLBACK opens_the_page(EXCEPTION_POINTERS* info) {
  if (info->ExceptionRecord->ExceptionCode != EXCEPTION_ACCESS_VIOLATION)
    return EXCEPTION_CONTINUE_SEARCH;
  faulted = info->ExceptionRecord->ExceptionInformation[1];
  DWORD old;
  return VirtualProtect(page, 4096, PAGE_READWRITE, &old) ? EXCEPTION_CONTINUE_EXECUTION : EXCEPTION_CONTINUE_SEARCH;
}

/* A handler of this DLL's convention is called in it, and is what a function gives back that was given it. */
EXPORT int handlers(void) {
  page = VirtualAlloc(NULL, 4096, MEM_RESERVE | MEM_COMMIT, PAGE_NOACCESS);
  PVOID handler = AddVectoredExceptionHandler(1, opens_the_page);
  CHECK(page != NULL && handler != NULL);
  *(volatile char*)(page + 77) = 1;
  CHECK(faulted == (ULONG_PTR)page + 77);
  CHECK(RemoveVectoredExceptionHandler(handler) && VirtualFree(page, 0, MEM_RELEASE));

  LPTOP_LEVEL_EXCEPTION_FILTER first = SetUnhandledExceptionFilter(opens_the_page);
  CHECK(SetUnhandledExceptionFilter(first) == opens_the_page);
  return 0;
}

EXPORT int by_name(void) {
  HMODULE kernel = GetModuleHandleW(L"kernel32.dll");
  CHECK(kernel != NULL);
  LPVOID(WINAPI * allocate)(LPVOID, SIZE_T, DWORD, DWORD) = (void*)GetProcAddress(kernel, "VirtualAlloc");
  CHECK(allocate != NULL && (void*)allocate == (void*)VirtualAlloc);
  char* memory = allocate(NULL, 4096, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
  CHECK(memory != NULL);
  memory[0] = 1;
  CHECK(VirtualFree(memory, 0, MEM_RELEASE));
  CHECK(GetProcAddress(kernel, "NoSuchFunction") == NULL && GetLastError() == ERROR_PROC_NOT_FOUND);
  CHECK(GetProcAddress(kernel, (LPCSTR)5) == NULL && GetLastError() == ERROR_PROC_NOT_FOUND);
  return 0;
}

/* What Microsoft's compilers keep over a call, and winmem's do not. */
EXPORT int registers(void) {
  register double x6 __asm__("xmm6") = 6, x15 __asm__("xmm15") = 15;
  register long long rsi __asm__("rsi") = 66, rdi __asm__("rdi") = 77;
  __asm__ volatile("" : "+x"(x6), "+x"(x15), "+r"(rsi), "+r"(rdi));
  MEMORYSTATUSEX status = {.dwLength = sizeof status};
  CHECK(GlobalMemoryStatusEx(&status));
  char text[100] = "";
  CHECK(GetModuleHandleA("ntdll") != NULL && GetTempPathA(sizeof text, text) != 0);
  __asm__ volatile("" : "+x"(x6), "+x"(x15), "+r"(rsi), "+r"(rdi));
  CHECK(x6 == 6 && x15 == 15 && rsi == 66 && rdi == 77);
  return 0;
}

BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, LPVOID reserved) {
  (void)instance, (void)reason, (void)reserved;
  return TRUE;
}
