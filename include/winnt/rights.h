// Access rights, by kind of object; attributes of files and what their openers share. Part of winnt.h.
#ifndef WINMEM_WINNT_RIGHTS_H
#define WINMEM_WINNT_RIGHTS_H

// Rights that every kind of object has, and the generic ones that are mapped onto them.
#define SPECIFIC_RIGHTS_ALL      0xFFFF
#define DELETE                   0x00010000
#define READ_CONTROL             0x00020000
#define STANDARD_RIGHTS_EXECUTE  0x00020000
#define STANDARD_RIGHTS_READ     0x00020000
#define STANDARD_RIGHTS_WRITE    0x00020000
#define WRITE_DAC                0x00040000
#define WRITE_OWNER              0x00080000
#define STANDARD_RIGHTS_REQUIRED 0x000F0000
#define SYNCHRONIZE              0x00100000
#define STANDARD_RIGHTS_ALL      0x001F0000
#define ACCESS_SYSTEM_SECURITY   0x01000000
#define MAXIMUM_ALLOWED          0x02000000
#define GENERIC_ALL              0x10000000
#define GENERIC_EXECUTE          0x20000000
#define GENERIC_WRITE            0x40000000
#define GENERIC_READ             0x80000000U

// Sections (file mappings).
#define SECTION_QUERY                1
#define SECTION_MAP_WRITE            2
#define SECTION_MAP_READ             4
#define SECTION_MAP_EXECUTE          8
#define SECTION_EXTEND_SIZE          0x0010
#define SECTION_MAP_EXECUTE_EXPLICIT 0x0020
#define SECTION_ALL_ACCESS           0x000F001F

// Processes, threads.
#define PROCESS_TERMINATE                 1
#define PROCESS_CREATE_THREAD             2
#define PROCESS_SET_SESSIONID             4
#define PROCESS_VM_OPERATION              8
#define PROCESS_VM_READ                   0x0010
#define PROCESS_VM_WRITE                  0x0020
#define PROCESS_DUP_HANDLE                0x0040
#define PROCESS_CREATE_PROCESS            0x0080
#define PROCESS_SET_QUOTA                 0x0100
#define PROCESS_SET_INFORMATION           0x0200
#define PROCESS_QUERY_INFORMATION         0x0400
#define PROCESS_SUSPEND_RESUME            0x0800
#define PROCESS_QUERY_LIMITED_INFORMATION 0x1000
#define PROCESS_SET_LIMITED_INFORMATION   0x2000
#define PROCESS_ALL_ACCESS                0x001FFFFF

#define THREAD_TERMINATE                 1
#define THREAD_SUSPEND_RESUME            2
#define THREAD_GET_CONTEXT               8
#define THREAD_SET_CONTEXT               0x0010
#define THREAD_SET_INFORMATION           0x0020
#define THREAD_QUERY_INFORMATION         0x0040
#define THREAD_SET_THREAD_TOKEN          0x0080
#define THREAD_IMPERSONATE               0x0100
#define THREAD_DIRECT_IMPERSONATION      0x0200
#define THREAD_SET_LIMITED_INFORMATION   0x0400
#define THREAD_QUERY_LIMITED_INFORMATION 0x0800
#define THREAD_RESUME                    0x1000
#define THREAD_ALL_ACCESS                0x001FFFFF

// Events, mutexes, semaphores, timers.
#define MUTANT_QUERY_STATE     1
#define TIMER_QUERY_STATE      1
#define EVENT_MODIFY_STATE     2
#define SEMAPHORE_MODIFY_STATE 2
#define TIMER_MODIFY_STATE     2
#define MUTANT_ALL_ACCESS      0x001F0001
#define EVENT_ALL_ACCESS       0x001F0003
#define SEMAPHORE_ALL_ACCESS   0x001F0003
#define TIMER_ALL_ACCESS       0x001F0003

// Files and directories.
#define FILE_LIST_DIRECTORY   1
#define FILE_READ_DATA        1
#define FILE_WRITE_DATA       2
#define FILE_APPEND_DATA      4
#define FILE_READ_EA          8
#define FILE_WRITE_EA         0x0010
#define FILE_EXECUTE          0x0020
#define FILE_TRAVERSE         0x0020
#define FILE_DELETE_CHILD     0x0040
#define FILE_READ_ATTRIBUTES  0x0080
#define FILE_WRITE_ATTRIBUTES 0x0100
#define FILE_GENERIC_READ     0x00120089
#define FILE_GENERIC_EXECUTE  0x001200A0
#define FILE_GENERIC_WRITE    0x00120116
#define FILE_ALL_ACCESS       0x001F01FF

#define FILE_SHARE_READ   1
#define FILE_SHARE_WRITE  2
#define FILE_SHARE_DELETE 4

#define FILE_ATTRIBUTE_READONLY              1
#define FILE_ATTRIBUTE_HIDDEN                2
#define FILE_ATTRIBUTE_SYSTEM                4
#define FILE_ATTRIBUTE_DIRECTORY             0x0010
#define FILE_ATTRIBUTE_ARCHIVE               0x0020
#define FILE_ATTRIBUTE_DEVICE                0x0040
#define FILE_ATTRIBUTE_NORMAL                0x0080
#define FILE_ATTRIBUTE_TEMPORARY             0x0100
#define FILE_ATTRIBUTE_SPARSE_FILE           0x0200
#define FILE_ATTRIBUTE_REPARSE_POINT         0x0400
#define FILE_ATTRIBUTE_COMPRESSED            0x0800
#define FILE_ATTRIBUTE_OFFLINE               0x1000
#define FILE_ATTRIBUTE_NOT_CONTENT_INDEXED   0x2000
#define FILE_ATTRIBUTE_ENCRYPTED             0x4000
#define FILE_ATTRIBUTE_INTEGRITY_STREAM      0x8000
#define FILE_ATTRIBUTE_VIRTUAL               0x00010000
#define FILE_ATTRIBUTE_NO_SCRUB_DATA         0x00020000
#define FILE_ATTRIBUTE_EA                    0x00040000
#define FILE_ATTRIBUTE_RECALL_ON_OPEN        0x00040000
#define FILE_ATTRIBUTE_PINNED                0x00080000
#define FILE_ATTRIBUTE_UNPINNED              0x00100000
#define FILE_ATTRIBUTE_RECALL_ON_DATA_ACCESS 0x00400000
#define FILE_ATTRIBUTE_STRICTLY_SEQUENTIAL   0x20000000

// DuplicateHandle's options.
#define DUPLICATE_CLOSE_SOURCE 1
#define DUPLICATE_SAME_ACCESS  2

#endif
