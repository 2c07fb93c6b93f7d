// NT types and calls for sections. Part of winternl.h; see there how to leave it out.
#ifndef WINMEM_WINNT_NATIVE_SECTION_H
#define WINMEM_WINNT_NATIVE_SECTION_H

WINMEM_BEGIN_C

// What a child process gets of a view. Here a child is made by fork, and has it either way.
typedef enum _SECTION_INHERIT { ViewShare = 1, ViewUnmap = 2 } SECTION_INHERIT;

typedef enum _SECTION_INFORMATION_CLASS {
  SectionBasicInformation = 0,
  SectionImageInformation = 1,
  SectionRelocationInformation = 2,
  SectionOriginalBaseInformation = 3,
  SectionInternalImageInformation = 4
} SECTION_INFORMATION_CLASS;

typedef struct _SECTION_BASIC_INFORMATION {
  PVOID BaseAddress;
  ULONG AllocationAttributes; // SEC_...
  LARGE_INTEGER MaximumSize;
} SECTION_BASIC_INFORMATION, *PSECTION_BASIC_INFORMATION;

// CreateFileMapping's work (S80). MaximumSize in bytes, rounded up to pages where FileHandle is NULL, the page file.
// Errors: STATUS_INVALID_PARAMETER_4 (size), STATUS_INVALID_PARAMETER_6 (attributes), STATUS_INVALID_PAGE_PROTECTION,
// STATUS_INVALID_HANDLE, STATUS_COMMITMENT_LIMIT, STATUS_ACCESS_VIOLATION; of files
// STATUS_ACCESS_DENIED, STATUS_SECTION_TOO_BIG, STATUS_MAPPED_FILE_SIZE_ZERO, STATUS_DISK_FULL,
// STATUS_INVALID_FILE_FOR_SECTION (no ordinary file), STATUS_INVALID_IMAGE_FORMAT (SEC_IMAGE).
// A name is a path, "\BaseNamedObjects\x" (CreateFileMapping's "Global\x") or "\Sessions\1\BaseNamedObjects\x"; with
// OBJ_OPENIF a section that has it is opened, and the status is STATUS_OBJECT_NAME_EXISTS. RootDirectory must be NULL.
// Errors then: STATUS_OBJECT_NAME_COLLISION, STATUS_OBJECT_TYPE_MISMATCH, STATUS_OBJECT_PATH_NOT_FOUND,
// STATUS_OBJECT_PATH_SYNTAX_BAD, STATUS_OBJECT_NAME_INVALID, STATUS_NAME_TOO_LONG, STATUS_PRIVILEGE_NOT_HELD
// (OBJ_PERMANENT), STATUS_INVALID_PARAMETER (attributes), STATUS_ACCESS_DENIED as for CreateFileMapping.
NTSYSCALLAPI NTSTATUS NTAPI NtCreateSection(PHANDLE SectionHandle, ACCESS_MASK DesiredAccess,
                                            POBJECT_ATTRIBUTES ObjectAttributes, PLARGE_INTEGER MaximumSize,
                                            ULONG SectionPageProtection, ULONG AllocationAttributes, HANDLE FileHandle)
    WINMEM_WIDE(NtCreateSection);

// OpenFileMapping's work, with a name as NtCreateSection's. STATUS_OBJECT_NAME_NOT_FOUND, STATUS_INVALID_PARAMETER (no
// attributes), STATUS_OBJECT_PATH_SYNTAX_BAD (no name), and what NtCreateSection says of names.
NTSYSCALLAPI NTSTATUS NTAPI NtOpenSection(PHANDLE SectionHandle, ACCESS_MASK DesiredAccess,
                                          POBJECT_ATTRIBUTES ObjectAttributes) WINMEM_WIDE(NtOpenSection);

// The same with a preferred node, which is ignored (S85). STATUS_INVALID_PARAMETER for other parameters.
NTSYSCALLAPI NTSTATUS NTAPI NtCreateSectionEx(PHANDLE SectionHandle, ACCESS_MASK DesiredAccess,
                                              POBJECT_ATTRIBUTES ObjectAttributes, PLARGE_INTEGER MaximumSize,
                                              ULONG SectionPageProtection, ULONG AllocationAttributes,
                                              HANDLE FileHandle, PMEM_EXTENDED_PARAMETER ExtendedParameters,
                                              ULONG ExtendedParameterCount) WINMEM_WIDE(NtCreateSectionEx);

// Lengthens a section of a file, and the file, to *NewSectionSize bytes; what it has become comes back (S84). Views
// stay as they are. Errors: STATUS_SECTION_NOT_EXTENDED (of the page file, or not for writing), STATUS_ACCESS_DENIED
// (without SECTION_EXTEND_SIZE), STATUS_SECTION_TOO_BIG, STATUS_DISK_FULL, STATUS_INVALID_HANDLE,
// STATUS_OBJECT_TYPE_MISMATCH, STATUS_ACCESS_VIOLATION.
NTSYSCALLAPI NTSTATUS NTAPI NtExtendSection(HANDLE SectionHandle, PLARGE_INTEGER NewSectionSize);

// MapViewOfFile's work (S81). *ViewSize in bytes, 0 for the rest of the section; base and size come back on success.
// Errors: STATUS_MAPPED_ALIGNMENT (base, offset), STATUS_INVALID_VIEW_SIZE, STATUS_CONFLICTING_ADDRESSES,
// STATUS_SECTION_PROTECTION, STATUS_ACCESS_DENIED (what the handle does not allow), STATUS_INVALID_HANDLE,
// STATUS_OBJECT_TYPE_MISMATCH, STATUS_INVALID_PARAMETER_4 (zero bits), _8 (InheritDisposition), _9 (type).
NTSYSCALLAPI NTSTATUS NTAPI NtMapViewOfSection(HANDLE SectionHandle, HANDLE ProcessHandle, PVOID* BaseAddress,
                                               ULONG_PTR ZeroBits, SIZE_T CommitSize, PLARGE_INTEGER SectionOffset,
                                               PSIZE_T ViewSize, SECTION_INHERIT InheritDisposition,
                                               ULONG AllocationType, ULONG PageProtection);

// MapViewOfFile3's work: the same with requirements on the address (S85, S74).
NTSYSCALLAPI NTSTATUS NTAPI NtMapViewOfSectionEx(HANDLE SectionHandle, HANDLE ProcessHandle, PVOID* BaseAddress,
                                                 PLARGE_INTEGER SectionOffset, PSIZE_T ViewSize, ULONG AllocationType,
                                                 ULONG PageProtection, PMEM_EXTENDED_PARAMETER ExtendedParameters,
                                                 ULONG ExtendedParameterCount);

// UnmapViewOfFile's work: the view that BaseAddress lies in (S82). STATUS_NOT_MAPPED_VIEW if there is none.
NTSYSCALLAPI NTSTATUS NTAPI NtUnmapViewOfSection(HANDLE ProcessHandle, PVOID BaseAddress);
NTSYSCALLAPI NTSTATUS NTAPI NtUnmapViewOfSectionEx(HANDLE ProcessHandle, PVOID BaseAddress, ULONG Flags);

// What a section is (S83); needs SECTION_QUERY. Errors: STATUS_INFO_LENGTH_MISMATCH, STATUS_INVALID_INFO_CLASS,
// STATUS_SECTION_NOT_IMAGE, STATUS_ACCESS_DENIED, STATUS_INVALID_HANDLE, STATUS_ACCESS_VIOLATION.
NTSYSCALLAPI NTSTATUS NTAPI NtQuerySection(HANDLE SectionHandle, SECTION_INFORMATION_CLASS SectionInformationClass,
                                           PVOID SectionInformation, SIZE_T SectionInformationLength,
                                           PSIZE_T ReturnLength);

// FlushViewOfFile's work (S44). Base and size are in and out, and come back rounded to pages.
NTSYSCALLAPI NTSTATUS NTAPI NtFlushVirtualMemory(HANDLE ProcessHandle, PVOID* BaseAddress, PSIZE_T RegionSize,
                                                 PIO_STATUS_BLOCK IoStatus);

// Whether one file is mapped at both addresses: STATUS_NOT_SAME_DEVICE if not, STATUS_INVALID_ADDRESS where none is.
NTSYSCALLAPI NTSTATUS NTAPI NtAreMappedFilesTheSame(PVOID File1MappedAsAnImage, PVOID File2MappedAsFile);
NTSYSCALLAPI NTSTATUS NTAPI ZwAreMappedFilesTheSame(PVOID File1MappedAsAnImage, PVOID File2MappedAsFile);

// The same calls under the names that drivers use.
NTSYSCALLAPI NTSTATUS NTAPI ZwCreateSection(PHANDLE SectionHandle, ACCESS_MASK DesiredAccess,
                                            POBJECT_ATTRIBUTES ObjectAttributes, PLARGE_INTEGER MaximumSize,
                                            ULONG SectionPageProtection, ULONG AllocationAttributes, HANDLE FileHandle)
    WINMEM_WIDE(ZwCreateSection);
NTSYSCALLAPI NTSTATUS NTAPI ZwCreateSectionEx(PHANDLE SectionHandle, ACCESS_MASK DesiredAccess,
                                              POBJECT_ATTRIBUTES ObjectAttributes, PLARGE_INTEGER MaximumSize,
                                              ULONG SectionPageProtection, ULONG AllocationAttributes,
                                              HANDLE FileHandle, PMEM_EXTENDED_PARAMETER ExtendedParameters,
                                              ULONG ExtendedParameterCount) WINMEM_WIDE(ZwCreateSectionEx);
NTSYSCALLAPI NTSTATUS NTAPI ZwOpenSection(PHANDLE SectionHandle, ACCESS_MASK DesiredAccess,
                                          POBJECT_ATTRIBUTES ObjectAttributes) WINMEM_WIDE(ZwOpenSection);
NTSYSCALLAPI NTSTATUS NTAPI ZwExtendSection(HANDLE SectionHandle, PLARGE_INTEGER NewSectionSize);
NTSYSCALLAPI NTSTATUS NTAPI ZwMapViewOfSectionEx(HANDLE SectionHandle, HANDLE ProcessHandle, PVOID* BaseAddress,
                                                 PLARGE_INTEGER SectionOffset, PSIZE_T ViewSize, ULONG AllocationType,
                                                 ULONG PageProtection, PMEM_EXTENDED_PARAMETER ExtendedParameters,
                                                 ULONG ExtendedParameterCount);
NTSYSCALLAPI NTSTATUS NTAPI ZwQuerySection(HANDLE SectionHandle, SECTION_INFORMATION_CLASS SectionInformationClass,
                                           PVOID SectionInformation, SIZE_T SectionInformationLength,
                                           PSIZE_T ReturnLength);
NTSYSCALLAPI NTSTATUS NTAPI ZwMapViewOfSection(HANDLE SectionHandle, HANDLE ProcessHandle, PVOID* BaseAddress,
                                               ULONG_PTR ZeroBits, SIZE_T CommitSize, PLARGE_INTEGER SectionOffset,
                                               PSIZE_T ViewSize, SECTION_INHERIT InheritDisposition,
                                               ULONG AllocationType, ULONG PageProtection);
NTSYSCALLAPI NTSTATUS NTAPI ZwFlushVirtualMemory(HANDLE ProcessHandle, PVOID* BaseAddress, PSIZE_T RegionSize,
                                                 PIO_STATUS_BLOCK IoStatus);
NTSYSCALLAPI NTSTATUS NTAPI ZwUnmapViewOfSection(HANDLE ProcessHandle, PVOID BaseAddress);
NTSYSCALLAPI NTSTATUS NTAPI ZwUnmapViewOfSectionEx(HANDLE ProcessHandle, PVOID BaseAddress, ULONG Flags);

WINMEM_END_C

#endif
