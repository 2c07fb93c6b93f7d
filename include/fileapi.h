// Files: opening, reading, writing, size and position, deleting.
//
// Paths of Linux work as they are, with slashes or backslashes; a drive letter is refused, but for C: where
// WINMEM_DRIVE_C names a directory.
#ifndef _APISETFILE_
#define _APISETFILE_

#include "minwinbase.h"
#include "minwindef.h"

WINMEM_BEGIN_C

#define CREATE_NEW        1
#define CREATE_ALWAYS     2
#define OPEN_EXISTING     3
#define OPEN_ALWAYS       4
#define TRUNCATE_EXISTING 5

#define INVALID_FILE_SIZE        ((DWORD)0xFFFFFFFF)
#define INVALID_SET_FILE_POINTER ((DWORD)-1)
#define INVALID_FILE_ATTRIBUTES  ((DWORD)-1)

typedef struct _BY_HANDLE_FILE_INFORMATION {
  DWORD dwFileAttributes;
  FILETIME ftCreationTime;
  FILETIME ftLastAccessTime;
  FILETIME ftLastWriteTime;
  DWORD dwVolumeSerialNumber;
  DWORD nFileSizeHigh;
  DWORD nFileSizeLow;
  DWORD nNumberOfLinks;
  DWORD nFileIndexHigh;
  DWORD nFileIndexLow;
} BY_HANDLE_FILE_INFORMATION, *PBY_HANDLE_FILE_INFORMATION, *LPBY_HANDLE_FILE_INFORMATION;

typedef struct _WIN32_FILE_ATTRIBUTE_DATA {
  DWORD dwFileAttributes;
  FILETIME ftCreationTime;
  FILETIME ftLastAccessTime;
  FILETIME ftLastWriteTime;
  DWORD nFileSizeHigh;
  DWORD nFileSizeLow;
} WIN32_FILE_ATTRIBUTE_DATA, *LPWIN32_FILE_ATTRIBUTE_DATA;

typedef struct _CREATEFILE2_EXTENDED_PARAMETERS {
  DWORD dwSize;
  DWORD dwFileAttributes;
  DWORD dwFileFlags;
  DWORD dwSecurityQosFlags;
  LPSECURITY_ATTRIBUTES lpSecurityAttributes;
  HANDLE hTemplateFile;
} CREATEFILE2_EXTENDED_PARAMETERS, *PCREATEFILE2_EXTENDED_PARAMETERS, *LPCREATEFILE2_EXTENDED_PARAMETERS;

// A handle, or INVALID_HANDLE_VALUE. A success sets the last error: ERROR_ALREADY_EXISTS where CREATE_ALWAYS or
// OPEN_ALWAYS met a file, else 0. ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND, ERROR_FILE_EXISTS, ERROR_ACCESS_DENIED
// (directories without FILE_FLAG_BACKUP_SEMANTICS too), ERROR_SHARING_VIOLATION, ERROR_INVALID_PARAMETER,
// ERROR_NO_SYSTEM_RESOURCES (no descriptor). hTemplateFile is ignored.
WINBASEAPI HANDLE WINAPI CreateFileA(LPCSTR lpFileName, DWORD dwDesiredAccess, DWORD dwShareMode,
                                     LPSECURITY_ATTRIBUTES lpSecurityAttributes, DWORD dwCreationDisposition,
                                     DWORD dwFlagsAndAttributes, HANDLE hTemplateFile);
WINBASEAPI HANDLE WINAPI CreateFileW(LPCWSTR lpFileName, DWORD dwDesiredAccess, DWORD dwShareMode,
                                     LPSECURITY_ATTRIBUTES lpSecurityAttributes, DWORD dwCreationDisposition,
                                     DWORD dwFlagsAndAttributes, HANDLE hTemplateFile) WINMEM_WIDE(CreateFileW);
WINBASEAPI HANDLE WINAPI CreateFile2(LPCWSTR lpFileName, DWORD dwDesiredAccess, DWORD dwShareMode,
                                     DWORD dwCreationDisposition, LPCREATEFILE2_EXTENDED_PARAMETERS pCreateExParams)
    WINMEM_WIDE(CreateFile2);

// Bytes at the position, or where lpOverlapped says; a transfer has always ended when the call returns. Reading at the
// end gives TRUE and 0 bytes, with lpOverlapped ERROR_HANDLE_EOF. ERROR_INVALID_HANDLE, ERROR_ACCESS_DENIED,
// ERROR_LOCK_VIOLATION, ERROR_DISK_FULL, ERROR_NOACCESS (ReadFile's buffer), ERROR_INVALID_USER_BUFFER (WriteFile's).
WINBASEAPI BOOL WINAPI ReadFile(HANDLE hFile, LPVOID lpBuffer, DWORD nNumberOfBytesToRead, LPDWORD lpNumberOfBytesRead,
                                LPOVERLAPPED lpOverlapped);
WINBASEAPI BOOL WINAPI WriteFile(HANDLE hFile, LPCVOID lpBuffer, DWORD nNumberOfBytesToWrite,
                                 LPDWORD lpNumberOfBytesWritten, LPOVERLAPPED lpOverlapped);

// Moves the position from the beginning, where it is, or the end. ERROR_NEGATIVE_SEEK, ERROR_INVALID_PARAMETER.
WINBASEAPI DWORD WINAPI SetFilePointer(HANDLE hFile, LONG lDistanceToMove, PLONG lpDistanceToMoveHigh,
                                       DWORD dwMoveMethod);
WINBASEAPI BOOL WINAPI SetFilePointerEx(HANDLE hFile, LARGE_INTEGER liDistanceToMove, PLARGE_INTEGER lpNewFilePointer,
                                        DWORD dwMoveMethod);

// In bytes. ERROR_INVALID_HANDLE; ERROR_INVALID_FUNCTION for what has no size.
WINBASEAPI DWORD WINAPI GetFileSize(HANDLE hFile, LPDWORD lpFileSizeHigh);
WINBASEAPI BOOL WINAPI GetFileSizeEx(HANDLE hFile, PLARGE_INTEGER lpFileSize);

// The file ends at the position; where it grows, disk space is taken at once. ERROR_DISK_FULL: it is as it was.
WINBASEAPI BOOL WINAPI SetEndOfFile(HANDLE hFile);

// Writes to the disk what was written to the file. Needs write access.
WINBASEAPI BOOL WINAPI FlushFileBuffers(HANDLE hFile);

// FILE_TYPE_DISK, FILE_TYPE_CHAR, FILE_TYPE_PIPE; FILE_TYPE_UNKNOWN, with a last error, for what is no file.
WINBASEAPI DWORD WINAPI GetFileType(HANDLE hFile);

// Removes the name at once; open handles stay usable. ERROR_SHARING_VIOLATION where one does not share deletion,
// ERROR_ACCESS_DENIED for directories and read-only files, ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND.
WINBASEAPI BOOL WINAPI DeleteFileA(LPCSTR lpFileName);
WINBASEAPI BOOL WINAPI DeleteFileW(LPCWSTR lpFileName) WINMEM_WIDE(DeleteFileW);

#ifdef UNICODE
#define CreateFile CreateFileW
#define DeleteFile DeleteFileW
#else
#define CreateFile CreateFileA
#define DeleteFile DeleteFileA
#endif

WINMEM_END_C

#endif
