#include "process_calls.h"

#include "history.h"
#include "winapi.h"

#include <atomic>
#include <cstring>
#include <io.h>
#include <string>
#include <unistd.h>

namespace stress {

void last_error(Random& random) {
  auto value = static_cast<DWORD>(random.next());
  SetLastError(value);
  MUST(GetLastError() == value);
}

void handles(Random&) {
  MUST(GetCurrentProcess() == reinterpret_cast<HANDLE>(LONG_PTR{-1}));
  MUST(GetCurrentThread() == reinterpret_cast<HANDLE>(LONG_PTR{-2}));
}

void ids(Random&) {
  thread_local DWORD known_thread = 0;
  thread_local DWORD known_process = 0;
  DWORD process = GetCurrentProcessId();
  DWORD thread = GetCurrentThreadId();
  MUST(process != 0 && thread != 0);
  if (known_process == process) // not in the child of a fork
    MUST(known_thread == thread);
  known_process = process;
  known_thread = thread;
}

// Handles of this thread's own to objects that all threads share.
void real_handles(Random& random) {
  HANDLE self = GetCurrentProcess();
  HANDLE made = nullptr;
  HANDLE twin = nullptr;
  HANDLE source = random.one_in(2) ? self : GetCurrentThread();
  MUST(DuplicateHandle(self, source, self, &made, 0, FALSE, DUPLICATE_SAME_ACCESS));
  MUST(NtDuplicateObject(self, made, self, &twin, 0, OBJ_INHERIT, DUPLICATE_SAME_ACCESS) == STATUS_SUCCESS);
  MUST(made != twin && CompareObjectHandles(made, twin) && CompareObjectHandles(made, source));
  DWORD flags = 0;
  MUST(GetHandleInformation(twin, &flags) && flags == HANDLE_FLAG_INHERIT);
  MUST(SetHandleInformation(twin, HANDLE_FLAG_PROTECT_FROM_CLOSE, HANDLE_FLAG_PROTECT_FROM_CLOSE));
  MUST(!CloseHandle(twin) && GetLastError() == ERROR_INVALID_HANDLE);
  MUST(SetHandleInformation(twin, HANDLE_FLAG_PROTECT_FROM_CLOSE, 0));
  PUBLIC_OBJECT_BASIC_INFORMATION info{};
  MUST(NtQueryObject(twin, ObjectBasicInformation, &info, sizeof info, nullptr) == STATUS_SUCCESS);
  MUST(info.HandleCount >= 2 && info.PointerCount >= info.HandleCount && info.GrantedAccess == 0x1FFFFF);
  HANDLE third = nullptr;
  MUST(ZwDuplicateObject(self, twin, self, &third, 0, 0, DUPLICATE_SAME_ACCESS) == STATUS_SUCCESS);
  MUST(CloseHandle(third) && NtClose(made) == STATUS_SUCCESS && ZwClose(twin) == STATUS_SUCCESS);
}

// A file of this thread's own, which goes with its handle; what is shared is the table of handles.
void files(Random& random) {
  static std::atomic<unsigned> made{0};
  std::string name = "/tmp/winmem-stress-" + std::to_string(GetCurrentProcessId()) + "-" +
                     std::to_string(made.fetch_add(1, std::memory_order_relaxed));
  std::wstring wide(name.begin(), name.end());
  constexpr DWORD kAccess = GENERIC_READ | GENERIC_WRITE;
  constexpr DWORD kShare = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
  HANDLE file = CreateFileW(wide.c_str(), kAccess, kShare, nullptr, CREATE_ALWAYS, FILE_FLAG_DELETE_ON_CLOSE, nullptr);
  MUST(file != INVALID_HANDLE_VALUE && GetFileType(file) == FILE_TYPE_DISK);
  auto bytes = static_cast<DWORD>(random.between(1, 5000));
  std::string text(bytes, static_cast<char>(random.next()));
  std::string back(bytes, 0);
  DWORD count = 0;
  LARGE_INTEGER zero{};
  LARGE_INTEGER size{};
  MUST(WriteFile(file, text.data(), bytes, &count, nullptr) && count == bytes);
  MUST(SetFilePointerEx(file, zero, nullptr, FILE_BEGIN) && ReadFile(file, back.data(), bytes, &count, nullptr));
  MUST(count == bytes && back == text && GetFileSize(file, nullptr) == bytes);
  MUST(SetFilePointer(file, 1, nullptr, FILE_BEGIN) == 1 && SetEndOfFile(file));
  MUST(GetFileSizeEx(file, &size) && size.QuadPart == 1);
  MUST(!random.one_in(50) || FlushFileBuffers(file));
  HANDLE second = CreateFile2(wide.c_str(), GENERIC_READ, kShare, OPEN_EXISTING, nullptr);
  MUST(second != INVALID_HANDLE_VALUE && CloseHandle(second));
  MUST(CreateFileA(name.c_str(), GENERIC_READ, 0, nullptr, OPEN_EXISTING, 0, nullptr) == INVALID_HANDLE_VALUE);
  MUST(GetLastError() == ERROR_SHARING_VIOLATION);
  if (random.one_in(2))
    MUST(random.one_in(2) ? DeleteFileA(name.c_str()) : DeleteFileW(wide.c_str()));
  MUST(CloseHandle(file));
  MUST(!DeleteFileA(name.c_str()) && GetLastError() == ERROR_FILE_NOT_FOUND);
}

// Two handles to one file, each with a range of its own; the lists of locked ranges have one lock for all files.
void file_locks(Random& random) {
  static std::atomic<unsigned> made{0};
  std::string name = "/tmp/winmem-stress-locks-" + std::to_string(GetCurrentProcessId()) + "-" +
                     std::to_string(made.fetch_add(1, std::memory_order_relaxed));
  constexpr DWORD kAccess = GENERIC_READ | GENERIC_WRITE;
  constexpr DWORD kShare = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
  HANDLE file = CreateFileA(name.c_str(), kAccess, kShare, nullptr, CREATE_ALWAYS, FILE_FLAG_DELETE_ON_CLOSE, nullptr);
  HANDLE other = CreateFileA(name.c_str(), GENERIC_READ, kShare, nullptr, OPEN_EXISTING, 0, nullptr);
  MUST(file != INVALID_HANDLE_VALUE && other != INVALID_HANDLE_VALUE);
  auto at = static_cast<DWORD>(random.between(0, 100));
  auto size = static_cast<DWORD>(random.between(1, 100));
  OVERLAPPED where{};
  where.Offset = at;
  DWORD flags = LOCKFILE_FAIL_IMMEDIATELY | (random.one_in(2) ? LOCKFILE_EXCLUSIVE_LOCK : 0);
  MUST(LockFileEx(file, flags, 0, size, 0, &where));
  MUST(!LockFile(other, at, 0, 1, 0) && GetLastError() == ERROR_LOCK_VIOLATION);
  MUST(LockFile(other, at + size, 0, 1, 0));
  MUST(!UnlockFileEx(other, 0, size, 0, &where) && GetLastError() == ERROR_NOT_LOCKED);
  MUST(!random.one_in(2) || UnlockFileEx(file, 0, size, 0, &where));
  MUST(!random.one_in(2) || UnlockFile(other, at + size, 0, 1, 0));
  MUST(CloseHandle(other) && CloseHandle(file));
}

// A descriptor of C's library for a handle, and the handle for that again.
void descriptors(Random&) {
  HANDLE output = GetStdHandle(STD_ERROR_HANDLE);
  MUST(output != nullptr && output != INVALID_HANDLE_VALUE);
  MUST(SetStdHandle(STD_ERROR_HANDLE, output) && GetStdHandle(STD_ERROR_HANDLE) == output);
  HANDLE file = CreateFileA("NUL", GENERIC_READ, FILE_SHARE_READ, nullptr, OPEN_EXISTING, 0, nullptr);
  int descriptor = _open_osfhandle(reinterpret_cast<intptr_t>(file), _O_NOINHERIT);
  MUST(descriptor >= 0 && _get_osfhandle(descriptor) == reinterpret_cast<intptr_t>(file));
  MUST(close(descriptor) == 0);
}

// A temporary file that is named, moved and asked about.
void file_names(Random& random) {
  char directory[MAX_PATH];
  char name[MAX_PATH];
  char full[MAX_PATH];
  wchar_t wide[MAX_PATH];
  MUST(GetTempPathA(sizeof directory, directory) != 0 && GetTempPathW(MAX_PATH, wide) == std::strlen(directory));
  MUST(GetTempFileNameA("/tmp", "wms", 0, name) != 0);
  MUST(GetTempFileNameW(L"/tmp", L"wms", 7, wide) == 7);
  MUST(GetFullPathNameA(name, sizeof full, full, nullptr) != 0 && std::strcmp(full, name) == 0);
  std::string moved = std::string(name) + ".moved";
  std::wstring wide_name(moved.begin(), moved.end());
  MUST(GetFullPathNameW(wide_name.c_str(), MAX_PATH, wide, nullptr) == moved.size());
  MUST(random.one_in(2) ? MoveFileA(name, moved.c_str())
                        : MoveFileExA(name, moved.c_str(), MOVEFILE_REPLACE_EXISTING | MOVEFILE_COPY_ALLOWED));
  MUST(GetFileAttributesA(name) == INVALID_FILE_ATTRIBUTES && GetLastError() == ERROR_FILE_NOT_FOUND);
  MUST(GetFileAttributesA(moved.c_str()) == FILE_ATTRIBUTE_ARCHIVE);
  MUST(GetFileAttributesW(wide_name.c_str()) == FILE_ATTRIBUTE_ARCHIVE);
  WIN32_FILE_ATTRIBUTE_DATA data{};
  MUST(GetFileAttributesExA(moved.c_str(), GetFileExInfoStandard, &data) && data.nFileSizeLow == 0);
  MUST(GetFileAttributesExW(wide_name.c_str(), GetFileExInfoStandard, &data));
  MUST(MoveFileW(wide_name.c_str(), wide_name.c_str()) && MoveFileExW(wide_name.c_str(), wide_name.c_str(), 0));
  HANDLE file = CreateFileA(moved.c_str(), GENERIC_READ, 0, nullptr, OPEN_EXISTING, FILE_FLAG_DELETE_ON_CLOSE, nullptr);
  BY_HANDLE_FILE_INFORMATION info{};
  FILE_STANDARD_INFO standard{};
  MUST(GetFileInformationByHandle(file, &info) && info.nNumberOfLinks == 1);
  MUST(GetFileInformationByHandleEx(file, FileStandardInfo, &standard, sizeof standard));
  MUST(!MoveFileA(moved.c_str(), name) && GetLastError() == ERROR_SHARING_VIOLATION);
  MUST(CloseHandle(file));
}

void system_info(Random&) {
  SYSTEM_INFO info{};
  SYSTEM_INFO native{};
  GetSystemInfo(&info);
  GetNativeSystemInfo(&native);
  MUST(info.dwPageSize == kPage && info.dwAllocationGranularity == kGranule && info.dwNumberOfProcessors != 0);
  MUST(native.dwNumberOfProcessors == info.dwNumberOfProcessors);
  MUST(GetLargePageMinimum() == 0 || GetLargePageMinimum() % kPage == 0);
}

void modules(Random&) {
  HMODULE narrow = GetModuleHandleA("kernel32");
  MUST(narrow != nullptr && narrow == GetModuleHandleW(L"KERNEL32.DLL"));
  MUST(GetModuleHandleA("nothing_of_that_name") == nullptr && GetLastError() == ERROR_MOD_NOT_FOUND);
  MUST(GetProcAddress(narrow, "VirtualAlloc") != nullptr);
  MUST(GetProcAddress(narrow, "VirtualNothing") == nullptr && GetLastError() == ERROR_PROC_NOT_FOUND);
}

void libraries(Random&) {
  HMODULE first = LoadLibraryA("ntdll");
  HMODULE others[] = {LoadLibraryW(L"ntdll.dll"), LoadLibraryExA("ntdll", nullptr, 0),
                      LoadLibraryExW(L"ntdll", nullptr, 0)};
  MUST(first != nullptr);
  for (HMODULE each : others)
    MUST(each == first && FreeLibrary(each));
  MUST(FreeLibrary(first));
}

void statuses(Random&) {
  MUST(RtlNtStatusToDosError(STATUS_CONFLICTING_ADDRESSES) == ERROR_INVALID_ADDRESS);
  MUST(RtlNtStatusToDosErrorNoTeb(STATUS_NO_MEMORY) == ERROR_NOT_ENOUGH_MEMORY);
}

void small_native_calls(Random& random) {
  RtlSetLastWin32ErrorAndNtStatusFromNtStatus(STATUS_CONFLICTING_ADDRESSES);
  MUST(RtlGetLastWin32Error() == ERROR_INVALID_ADDRESS && RtlGetLastNtStatus() == STATUS_CONFLICTING_ADDRESSES);
  RtlSetLastWin32Error(5);
  MUST(GetLastError() == 5);
  RtlRestoreLastWin32Error(6);
  MUST(GetLastError() == 6);
  STRING text;
  RtlInitString(&text, "abc");
  MUST(text.Length == 3);
  RtlInitAnsiString(&text, "ab");
  MUST(text.Length == 2);
  UNICODE_STRING wide;
  RtlInitUnicodeString(&wide, L"abc");
  MUST(wide.Length == 3 * sizeof(WCHAR));
  OSVERSIONINFOW version{};
  version.dwOSVersionInfoSize = sizeof version;
  MUST(RtlGetVersion(&version) == STATUS_SUCCESS && version.dwMajorVersion == 10);
  LARGE_INTEGER first{};
  LARGE_INTEGER second{};
  MUST(NtQueryPerformanceCounter(&first, nullptr) == STATUS_SUCCESS && NtYieldExecution() >= 0);
  LARGE_INTEGER none{};
  MUST(NtDelayExecution(FALSE, &none) == STATUS_SUCCESS);
  MUST(NtQueryPerformanceCounter(&second, nullptr) == STATUS_SUCCESS && second.QuadPart >= first.QuadPart);
  MUST(NtQuerySystemTime(&first) == STATUS_SUCCESS && first.QuadPart > 0);
  OBJECT_ATTRIBUTES attributes{};
  CLIENT_ID id{};
  id.UniqueProcess = reinterpret_cast<HANDLE>(static_cast<ULONG_PTR>(GetCurrentProcessId()));
  HANDLE process = nullptr;
  MUST(NtOpenProcess(&process, PROCESS_QUERY_INFORMATION, &attributes, &id) == STATUS_SUCCESS);
  MUST(NtTerminateProcess(process, 0) == STATUS_ACCESS_DENIED && CloseHandle(process));
  MUST(DbgPrint("%d", 1) == 0 && DbgPrintEx(0, 0, "%d", 1) == 0);
  ULONG words[4] = {};
  RtlFillMemoryUlong(words, 8, 7);
  RtlFillMemoryUlonglong(words + 2, 8, 0x0000000900000009);
  MUST(words[1] == 7 && words[3] == 9);
  (RtlMoveMemory)(words, words + 1, 8);
  (RtlCopyMemory)(words + 1, words + 3, 4);
  MUST(words[1] == 9);
  (RtlFillMemory)(words, 4, 1);
  (RtlZeroMemory)(words + 1, 4);
  MUST(words[0] == 0x01010101 && words[1] == 0);
  void* blocks[3];
  MUST(RtlMultipleAllocateHeap(GetProcessHeap(), 0, random.between(1, 300), 3, blocks) == 3);
  MUST(RtlMultipleFreeHeap(GetProcessHeap(), 0, 3, blocks) == 3);
  int first_only = 0;
  auto stop = [](PVOID, PVOID count) -> NTSTATUS {
    ++*static_cast<int*>(count);
    return STATUS_UNSUCCESSFUL;
  };
  MUST(RtlEnumProcessHeaps(stop, &first_only) == STATUS_UNSUCCESSFUL && first_only == 1);
  if (random.one_in(500)) {
    RtlFlushHeaps();
  }
  MUST(NtAreMappedFilesTheSame(words, words) < 0 && ZwAreMappedFilesTheSame(words, words) < 0);
}

namespace {

constexpr DWORD kOwnStatus = 0xE0005678;
thread_local int continued = 0;

LONG CALLBACK go_on(EXCEPTION_POINTERS* exception) {
  DWORD code = exception->ExceptionRecord->ExceptionCode;
  if (code == kOwnStatus) {
    ++continued;
    return EXCEPTION_CONTINUE_EXECUTION;
  }
  auto instruction = reinterpret_cast<const unsigned char*>(exception->ContextRecord->Rip);
  if (code == static_cast<DWORD>(EXCEPTION_BREAKPOINT) && *instruction == 0xCC) {
    ++exception->ContextRecord->Rip;
    ++continued;
    return EXCEPTION_CONTINUE_EXECUTION;
  }
  return EXCEPTION_CONTINUE_SEARCH;
}

} // namespace

void native_handlers(Random& random) {
  PVOID handler = RtlAddVectoredExceptionHandler(random.one_in(2), go_on);
  PVOID after = RtlAddVectoredContinueHandler(0, [](EXCEPTION_POINTERS*) -> LONG { return EXCEPTION_CONTINUE_SEARCH; });
  MUST(handler != nullptr && after != nullptr);
  continued = 0;
  RtlRaiseStatus(static_cast<NTSTATUS>(kOwnStatus));
  MUST(continued == 1);
  DbgBreakPoint();
  MUST(continued == 2);
  alignas(16) CONTEXT context{};
  volatile int times = 0;
  RtlCaptureContext(&context);
  times = times + 1;
  context.ContextFlags = CONTEXT_FULL;
  if (times == 1) {
    NtContinue(&context, FALSE);
  }
  if (times == 2) {
    EXCEPTION_RECORD record{};
    record.ExceptionCode = kOwnStatus;
    NtRaiseException(&record, &context, TRUE);
  }
  MUST(times == 3 && continued == 3);
  MUST(RtlRemoveVectoredExceptionHandler(handler) != 0 && RtlRemoveVectoredContinueHandler(after) != 0);
}

} // namespace stress
