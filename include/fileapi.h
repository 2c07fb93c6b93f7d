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

// Bytes at the position, or where lpOverlapped says; a transfer has always ended when the call returns. lpOverlapped's
// event, if it is not NULL, is reset first, and set when the transfer has ended (W48). Reading at the
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

// Locks bytes of a file for its handles; others fail with ERROR_LOCK_VIOLATION where they read or write them, or lock
// them otherwise. LockFile's lock is exclusive and does not wait; LockFileEx' is shared (nobody writes), or exclusive
// by LOCKFILE_EXCLUSIVE_LOCK, and waits unless LOCKFILE_FAIL_IMMEDIATELY; its event is as ReadFile's. Any 64-bit range,
// also behind the end. Needs read or write access. Locks go with the open file. ERROR_INVALID_PARAMETER (no
// lpOverlapped, a reserved argument), ERROR_LOCK_VIOLATION, 307 (the range's end is beyond 2^64), ERROR_ACCESS_DENIED
// (also where Linux does not let this user write a file that is to be locked exclusively).
WINBASEAPI BOOL WINAPI LockFile(HANDLE hFile, DWORD dwFileOffsetLow, DWORD dwFileOffsetHigh,
                                DWORD nNumberOfBytesToLockLow, DWORD nNumberOfBytesToLockHigh);
WINBASEAPI BOOL WINAPI LockFileEx(HANDLE hFile, DWORD dwFlags, DWORD dwReserved, DWORD nNumberOfBytesToLockLow,
                                  DWORD nNumberOfBytesToLockHigh, LPOVERLAPPED lpOverlapped);

// Takes back one lock of exactly that range; of two, the exclusive one first. ERROR_NOT_LOCKED: there is none.
WINBASEAPI BOOL WINAPI UnlockFile(HANDLE hFile, DWORD dwFileOffsetLow, DWORD dwFileOffsetHigh,
                                  DWORD nNumberOfBytesToUnlockLow, DWORD nNumberOfBytesToUnlockHigh);
WINBASEAPI BOOL WINAPI UnlockFileEx(HANDLE hFile, DWORD dwReserved, DWORD nNumberOfBytesToUnlockLow,
                                    DWORD nNumberOfBytesToUnlockHigh, LPOVERLAPPED lpOverlapped);

// FILE_ATTRIBUTE_DIRECTORY or _ARCHIVE (files with data), and _READONLY where nobody may write; links are followed.
// INVALID_FILE_ATTRIBUTES: ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND, ERROR_ACCESS_DENIED.
WINBASEAPI DWORD WINAPI GetFileAttributesA(LPCSTR lpFileName);
WINBASEAPI DWORD WINAPI GetFileAttributesW(LPCWSTR lpFileName) WINMEM_WIDE(GetFileAttributesW);

// The same with size in bytes and times, as a WIN32_FILE_ATTRIBUTE_DATA. ERROR_INVALID_PARAMETER: another level than
// GetFileExInfoStandard; ERROR_NOACCESS.
WINBASEAPI BOOL WINAPI GetFileAttributesExA(LPCSTR lpFileName, GET_FILEEX_INFO_LEVELS fInfoLevelId,
                                            LPVOID lpFileInformation);
WINBASEAPI BOOL WINAPI GetFileAttributesExW(LPCWSTR lpFileName, GET_FILEEX_INFO_LEVELS fInfoLevelId,
                                            LPVOID lpFileInformation) WINMEM_WIDE(GetFileAttributesExW);

// Of an open file; volume and index together tell files apart. ERROR_INVALID_HANDLE, ERROR_NOACCESS.
WINBASEAPI BOOL WINAPI GetFileInformationByHandle(HANDLE hFile, LPBY_HANDLE_FILE_INFORMATION lpFileInformation);

// The directory for temporary files with a slash at the end: the environment's TMP, TEMP or TMPDIR, else /tmp/. The
// length in characters; or the room that it takes, its end included, if nBufferLength is less. 0: ERROR_NOACCESS.
WINBASEAPI DWORD WINAPI GetTempPathA(DWORD nBufferLength, LPSTR lpBuffer);
WINBASEAPI DWORD WINAPI GetTempPathW(DWORD nBufferLength, LPWSTR lpBuffer) WINMEM_WIDE(GetTempPathW);

// "path/preNUMBER.tmp" with up to three characters of the prefix and uUnique's low 16 bits in hexadecimal digits, to
// MAX_PATH characters. If those are 0 a number is chosen and an empty file made. The number, or 0: ERROR_DIRECTORY,
// ERROR_BUFFER_OVERFLOW (a path of more than MAX_PATH - 14), ERROR_INVALID_PARAMETER (NULL), ERROR_ACCESS_DENIED.
WINBASEAPI UINT WINAPI GetTempFileNameA(LPCSTR lpPathName, LPCSTR lpPrefixString, UINT uUnique, LPSTR lpTempFileName);
WINBASEAPI UINT WINAPI GetTempFileNameW(LPCWSTR lpPathName, LPCWSTR lpPrefixString, UINT uUnique, LPWSTR lpTempFileName)
    WINMEM_WIDE(GetTempFileNameW);

// The path from the root, without "." and ".."; nothing of it need be there. lpFilePart, if not NULL, becomes its last
// part, NULL if it ends with a slash. The length, or the room that it takes, as GetTempPath. 0: ERROR_INVALID_NAME
// (empty), ERROR_PATH_NOT_FOUND, ERROR_NOACCESS.
WINBASEAPI DWORD WINAPI GetFullPathNameA(LPCSTR lpFileName, DWORD nBufferLength, LPSTR lpBuffer, LPSTR* lpFilePart);
WINBASEAPI DWORD WINAPI GetFullPathNameW(LPCWSTR lpFileName, DWORD nBufferLength, LPWSTR lpBuffer, LPWSTR* lpFilePart)
    WINMEM_WIDE(GetFullPathNameW);

#ifdef UNICODE
#define CreateFile          CreateFileW
#define DeleteFile          DeleteFileW
#define GetFileAttributes   GetFileAttributesW
#define GetFileAttributesEx GetFileAttributesExW
#define GetFullPathName     GetFullPathNameW
#define GetTempFileName     GetTempFileNameW
#define GetTempPath         GetTempPathW
#else
#define CreateFile          CreateFileA
#define DeleteFile          DeleteFileA
#define GetFileAttributes   GetFileAttributesA
#define GetFileAttributesEx GetFileAttributesExA
#define GetFullPathName     GetFullPathNameA
#define GetTempFileName     GetTempFileNameA
#define GetTempPath         GetTempPathA
#endif

WINMEM_END_C

#endif
