// Pages, regions and sections: protections, allocation types, what queries return; also heaps. Part of winnt.h.
#ifndef WINMEM_WINNT_MEMORY_H
#define WINMEM_WINNT_MEMORY_H

// ---- Protection of pages (rules V8, V9, V41) ----
//
// One base protection, PAGE_NOACCESS to PAGE_EXECUTE_WRITECOPY, with modifiers from PAGE_GUARD upward.
#define PAGE_NOACCESS                   0x00000001
#define PAGE_READONLY                   0x00000002
#define PAGE_READWRITE                  0x00000004
#define PAGE_WRITECOPY                  0x00000008
#define PAGE_EXECUTE                    0x00000010
#define PAGE_EXECUTE_READ               0x00000020
#define PAGE_EXECUTE_READWRITE          0x00000040
#define PAGE_EXECUTE_WRITECOPY          0x00000080
#define PAGE_GUARD                      0x00000100
#define PAGE_NOCACHE                    0x00000200
#define PAGE_WRITECOMBINE               0x00000400
#define PAGE_GRAPHICS_NOACCESS          0x00000800
#define PAGE_GRAPHICS_READONLY          0x00001000
#define PAGE_GRAPHICS_READWRITE         0x00002000
#define PAGE_GRAPHICS_EXECUTE           0x00004000
#define PAGE_GRAPHICS_EXECUTE_READ      0x00008000
#define PAGE_GRAPHICS_EXECUTE_READWRITE 0x00010000
#define PAGE_GRAPHICS_COHERENT          0x00020000
#define PAGE_GRAPHICS_NOCACHE           0x00040000
#define PAGE_ENCLAVE_DECOMMIT           0x10000000
#define PAGE_ENCLAVE_MASK               0x10000000
#define PAGE_ENCLAVE_SS_FIRST           0x10000001
#define PAGE_ENCLAVE_SS_REST            0x10000002
#define PAGE_ENCLAVE_UNVALIDATED        0x20000000
#define PAGE_TARGETS_INVALID            0x40000000
#define PAGE_TARGETS_NO_UPDATE          0x40000000
#define PAGE_ENCLAVE_THREAD_CONTROL     0x80000000U
#define PAGE_REVERT_TO_FILE_MAP         0x80000000U

// ---- Allocation types and states of pages (rules V2 to V7, V30, section 5 of the rules) ----
//
// The numbers overlap: what a bit means depends on the call. MEM_RESERVE_PLACEHOLDER is MEM_MAPPED's number.
#define MEM_COALESCE_PLACEHOLDERS      0x00000001
#define MEM_UNMAP_WITH_TRANSIENT_BOOST 0x00000001
#define MEM_PRESERVE_PLACEHOLDER       0x00000002
#define MEM_COMMIT                     0x00001000
#define MEM_RESERVE                    0x00002000
#define MEM_DECOMMIT                   0x00004000
#define MEM_REPLACE_PLACEHOLDER        0x00004000
#define MEM_RELEASE                    0x00008000
#define MEM_FREE                       0x00010000
#define MEM_PRIVATE                    0x00020000
#define MEM_MAPPED                     0x00040000
#define MEM_RESERVE_PLACEHOLDER        0x00040000
#define MEM_RESET                      0x00080000
#define MEM_TOP_DOWN                   0x00100000
#define MEM_WRITE_WATCH                0x00200000
#define MEM_PHYSICAL                   0x00400000
#define MEM_DIFFERENT_IMAGE_BASE_OK    0x00800000
#define MEM_ROTATE                     0x00800000
#define MEM_IMAGE                      0x01000000
#define MEM_RESET_UNDO                 0x01000000
#define MEM_LARGE_PAGES                0x20000000
#define MEM_64K_PAGES                  0x20400000
#define MEM_4MB_PAGES                  0x80000000U

// ---- Sections ----
#define SEC_HUGE_PAGES             0x00020000
#define SEC_PARTITION_OWNER_HANDLE 0x00040000
#define SEC_64K_PAGES              0x00080000
#define SEC_FILE                   0x00800000
#define SEC_IMAGE                  0x01000000
#define SEC_PROTECTED_IMAGE        0x02000000
#define SEC_RESERVE                0x04000000
#define SEC_COMMIT                 0x08000000
#define SEC_NOCACHE                0x10000000
#define SEC_IMAGE_NO_EXECUTE       0x11000000
#define SEC_WRITECOMBINE           0x40000000
#define SEC_LARGE_PAGES            0x80000000U

// GetWriteWatch's flag.
#define WRITE_WATCH_FLAG_RESET 1

// What VirtualQuery tells about the pages from BaseAddress on (rules V50 to V56).
typedef struct _MEMORY_BASIC_INFORMATION {
  PVOID BaseAddress;       // the queried address, rounded down to a page
  PVOID AllocationBase;    // start of the region, NULL where the address is free
  DWORD AllocationProtect; // protection the region was made with
  WORD PartitionId;
  SIZE_T RegionSize; // bytes from BaseAddress to the first page that differs
  DWORD State;       // MEM_COMMIT, MEM_RESERVE or MEM_FREE
  DWORD Protect;     // current protection, 0 where reserved
  DWORD Type;        // MEM_PRIVATE, MEM_MAPPED or MEM_IMAGE, 0 where free
} MEMORY_BASIC_INFORMATION, *PMEMORY_BASIC_INFORMATION;

typedef struct _MEMORY_BASIC_INFORMATION32 {
  DWORD BaseAddress;
  DWORD AllocationBase;
  DWORD AllocationProtect;
  DWORD RegionSize;
  DWORD State;
  DWORD Protect;
  DWORD Type;
} MEMORY_BASIC_INFORMATION32, *PMEMORY_BASIC_INFORMATION32;

typedef struct DECLSPEC_ALIGN(16) _MEMORY_BASIC_INFORMATION64 {
  ULONGLONG BaseAddress;
  ULONGLONG AllocationBase;
  DWORD AllocationProtect;
  DWORD __alignment1;
  ULONGLONG RegionSize;
  DWORD State;
  DWORD Protect;
  DWORD Type;
  DWORD __alignment2;
} MEMORY_BASIC_INFORMATION64, *PMEMORY_BASIC_INFORMATION64;

// ---- Extended parameters of VirtualAlloc2 and its like ----

#define MEM_EXTENDED_PARAMETER_GRAPHICS            0x01
#define MEM_EXTENDED_PARAMETER_NONPAGED            0x02
#define MEM_EXTENDED_PARAMETER_ZERO_PAGES_OPTIONAL 0x04
#define MEM_EXTENDED_PARAMETER_NONPAGED_LARGE      0x08
#define MEM_EXTENDED_PARAMETER_TYPE_BITS           0x08
#define MEM_EXTENDED_PARAMETER_NONPAGED_HUGE       0x10
#define MEM_EXTENDED_PARAMETER_SOFT_FAULT_PAGES    0x20
#define MEM_EXTENDED_PARAMETER_EC_CODE             0x40
#define MEM_EXTENDED_PARAMETER_NUMA_NODE_MANDATORY MINLONG64
#define MEM_DEDICATED_ATTRIBUTE_NOT_SPECIFIED      0xFFFFFFFFFFFFFFFFULL

typedef enum MEM_EXTENDED_PARAMETER_TYPE {
  MemExtendedParameterInvalidType = 0,
  MemExtendedParameterAddressRequirements = 1,
  MemExtendedParameterNumaNode = 2,
  MemExtendedParameterPartitionHandle = 3,
  MemExtendedParameterUserPhysicalHandle = 4,
  MemExtendedParameterAttributeFlags = 5,
  MemExtendedParameterImageMachine = 6,
  MemExtendedParameterMax = 7
} MEM_EXTENDED_PARAMETER_TYPE,
    *PMEM_EXTENDED_PARAMETER_TYPE;

typedef struct DECLSPEC_ALIGN(8) MEM_EXTENDED_PARAMETER {
  __extension__ struct {
    __extension__ DWORD64 Type : MEM_EXTENDED_PARAMETER_TYPE_BITS;
    __extension__ DWORD64 Reserved : 64 - MEM_EXTENDED_PARAMETER_TYPE_BITS;
  } DUMMYSTRUCTNAME;
  __extension__ union {
    DWORD64 ULong64;
    PVOID Pointer; // to MEM_ADDRESS_REQUIREMENTS, for one
    SIZE_T Size;
    HANDLE Handle;
    DWORD ULong;
  } DUMMYUNIONNAME;
} MEM_EXTENDED_PARAMETER, *PMEM_EXTENDED_PARAMETER;

// Where VirtualAlloc2 may place a region. NULL and 0 stand for no requirement.
typedef struct _MEM_ADDRESS_REQUIREMENTS {
  PVOID LowestStartingAddress; // a multiple of the granularity
  PVOID HighestEndingAddress;  // the last byte that may be used
  SIZE_T Alignment;            // a power of two, at least the granularity
} MEM_ADDRESS_REQUIREMENTS, *PMEM_ADDRESS_REQUIREMENTS;

typedef enum MEM_SECTION_EXTENDED_PARAMETER_TYPE {
  MemSectionExtendedParameterInvalidType = 0,
  MemSectionExtendedParameterUserPhysicalFlags = 1,
  MemSectionExtendedParameterNumaNode = 2,
  MemSectionExtendedParameterSigningLevel = 3,
  MemSectionExtendedParameterMax = 4
} MEM_SECTION_EXTENDED_PARAMETER_TYPE,
    *PMEM_SECTION_EXTENDED_PARAMETER_TYPE;

// ---- Memory of its own kind in a partition ----

typedef enum _MEM_DEDICATED_ATTRIBUTE_TYPE {
  MemDedicatedAttributeReadBandwidth = 0,
  MemDedicatedAttributeReadLatency = 1,
  MemDedicatedAttributeWriteBandwidth = 2,
  MemDedicatedAttributeWriteLatency = 3,
  MemDedicatedAttributeMax = 4
} MEM_DEDICATED_ATTRIBUTE_TYPE,
    *PMEM_DEDICATED_ATTRIBUTE_TYPE;

typedef struct _MEMORY_PARTITION_DEDICATED_MEMORY_ATTRIBUTE {
  MEM_DEDICATED_ATTRIBUTE_TYPE Type;
  DWORD Reserved;
  DWORD64 Value;
} MEMORY_PARTITION_DEDICATED_MEMORY_ATTRIBUTE, *PMEMORY_PARTITION_DEDICATED_MEMORY_ATTRIBUTE;

typedef struct _MEMORY_PARTITION_DEDICATED_MEMORY_INFORMATION {
  DWORD NextEntryOffset;
  DWORD SizeOfInformation;
  DWORD Flags;
  DWORD AttributesOffset;
  DWORD AttributeCount;
  DWORD Reserved;
  DWORD64 TypeId;
} MEMORY_PARTITION_DEDICATED_MEMORY_INFORMATION, *PMEMORY_PARTITION_DEDICATED_MEMORY_INFORMATION;

// ---- Control flow guard ----
#define CFG_CALL_TARGET_VALID                              0x01
#define CFG_CALL_TARGET_PROCESSED                          0x02
#define CFG_CALL_TARGET_CONVERT_EXPORT_SUPPRESSED_TO_VALID 0x04
#define CFG_CALL_TARGET_VALID_XFG                          0x08
#define CFG_CALL_TARGET_CONVERT_XFG_TO_CFG                 0x10

typedef struct _CFG_CALL_TARGET_INFO {
  ULONG_PTR Offset;
  ULONG_PTR Flags;
} CFG_CALL_TARGET_INFO, *PCFG_CALL_TARGET_INFO;

// ---- Persistent memory ----

typedef struct _NV_MEMORY_RANGE {
  void* BaseAddress;
  SIZE_T Length;
} NV_MEMORY_RANGE, *PNV_MEMORY_RANGE;

// A page of a scattered or gathered file transfer.
typedef union _FILE_SEGMENT_ELEMENT {
  PVOID64 Buffer;
  ULONGLONG Alignment;
} FILE_SEGMENT_ELEMENT, *PFILE_SEGMENT_ELEMENT;

// ---- Heaps ----
#define HEAP_NO_SERIALIZE                       0x00000001
#define HEAP_OPTIMIZE_RESOURCES_CURRENT_VERSION 0x00000001
#define HEAP_GROWABLE                           0x00000002
#define HEAP_GENERATE_EXCEPTIONS                0x00000004
#define HEAP_ZERO_MEMORY                        0x00000008
#define HEAP_REALLOC_IN_PLACE_ONLY              0x00000010
#define HEAP_TAG_SHIFT                          0x00000012
#define HEAP_TAIL_CHECKING_ENABLED              0x00000020
#define HEAP_FREE_CHECKING_ENABLED              0x00000040
#define HEAP_DISABLE_COALESCE_ON_FREE           0x00000080
#define HEAP_CREATE_SEGMENT_HEAP                0x00000100
#define HEAP_CREATE_HARDENED                    0x00000200
#define HEAP_MAXIMUM_TAG                        0x00000FFF
#define HEAP_PSEUDO_TAG_FLAG                    0x00008000
#define HEAP_CREATE_ALIGN_16                    0x00010000
#define HEAP_CREATE_ENABLE_TRACING              0x00020000
#define HEAP_CREATE_ENABLE_EXECUTE              0x00040000

typedef enum _HEAP_INFORMATION_CLASS {
  HeapCompatibilityInformation = 0,
  HeapEnableTerminationOnCorruption = 1,
  HeapOptimizeResources = 3,
  HeapTag = 7
} HEAP_INFORMATION_CLASS;

typedef struct _HEAP_OPTIMIZE_RESOURCES_INFORMATION {
  DWORD Version;
  DWORD Flags;
} HEAP_OPTIMIZE_RESOURCES_INFORMATION, *PHEAP_OPTIMIZE_RESOURCES_INFORMATION;

WINMEM_BEGIN_C

// RtlAllocateHeap and RtlFreeHeap for many blocks of one size: how many came, or went, before one did not.
NTSYSAPI ULONG NTAPI RtlMultipleAllocateHeap(HANDLE HeapHandle, ULONG Flags, SIZE_T Size, ULONG Count, PVOID* Array);
NTSYSAPI ULONG NTAPI RtlMultipleFreeHeap(HANDLE HeapHandle, ULONG Flags, ULONG Count, PVOID* Array);

WINMEM_END_C

typedef BOOLEAN(NTAPI* PSECURE_MEMORY_CACHE_CALLBACK)(PVOID Addr, SIZE_T Range);

// ---- Enclaves ----
#define ENCLAVE_TYPE_SGX        0x01
#define ENCLAVE_VBS_FLAG_DEBUG  0x01
#define ENCLAVE_TYPE_SGX2       0x02
#define ENCLAVE_SHORT_ID_LENGTH 0x10
#define ENCLAVE_TYPE_VBS        0x10
#define ENCLAVE_TYPE_VBS_BASIC  0x11
#define ENCLAVE_LONG_ID_LENGTH  0x20

typedef struct _ENCLAVE_CREATE_INFO_SGX {
  BYTE Secs[4096];
} ENCLAVE_CREATE_INFO_SGX, *PENCLAVE_CREATE_INFO_SGX;

typedef struct _ENCLAVE_INIT_INFO_SGX {
  BYTE SigStruct[1808];
  BYTE Reserved1[240];
  BYTE EInitToken[304];
  BYTE Reserved2[1744];
} ENCLAVE_INIT_INFO_SGX, *PENCLAVE_INIT_INFO_SGX;

typedef struct _ENCLAVE_CREATE_INFO_VBS {
  DWORD Flags;
  BYTE OwnerID[32];
} ENCLAVE_CREATE_INFO_VBS, *PENCLAVE_CREATE_INFO_VBS;

typedef struct _ENCLAVE_INIT_INFO_VBS {
  DWORD Length;
  DWORD ThreadCount;
} ENCLAVE_INIT_INFO_VBS, *PENCLAVE_INIT_INFO_VBS;

#endif
