// Processors, caches and NUMA nodes; versions of the system; languages. Part of winnt.h.
#ifndef WINMEM_WINNT_SYSTEM_H
#define WINMEM_WINNT_SYSTEM_H

// ---- Processors ----
#define PROCESSOR_ARCHITECTURE_INTEL   0
#define PROCESSOR_ARCHITECTURE_ARM     5
#define PROCESSOR_ARCHITECTURE_IA64    6
#define PROCESSOR_ARCHITECTURE_AMD64   9
#define PROCESSOR_ARCHITECTURE_NEUTRAL 11
#define PROCESSOR_ARCHITECTURE_ARM64   12
#define PROCESSOR_INTEL_386            386
#define PROCESSOR_INTEL_486            486
#define PROCESSOR_INTEL_PENTIUM        586
#define PROCESSOR_AMD_X8664            8664
#define PROCESSOR_ARCHITECTURE_UNKNOWN 0xFFFF

// IsProcessorFeaturePresent's numbers.
#define PF_FLOATING_POINT_PRECISION_ERRATA  0
#define PF_FLOATING_POINT_EMULATED          1
#define PF_COMPARE_EXCHANGE_DOUBLE          2
#define PF_MMX_INSTRUCTIONS_AVAILABLE       3
#define PF_XMMI_INSTRUCTIONS_AVAILABLE      6
#define PF_3DNOW_INSTRUCTIONS_AVAILABLE     7
#define PF_RDTSC_INSTRUCTION_AVAILABLE      8
#define PF_PAE_ENABLED                      9
#define PF_XMMI64_INSTRUCTIONS_AVAILABLE    10
#define PF_SSE_DAZ_MODE_AVAILABLE           11
#define PF_NX_ENABLED                       12
#define PF_SSE3_INSTRUCTIONS_AVAILABLE      13
#define PF_COMPARE_EXCHANGE128              14
#define PF_COMPARE64_EXCHANGE128            15
#define PF_CHANNELS_ENABLED                 16
#define PF_XSAVE_ENABLED                    17
#define PF_SECOND_LEVEL_ADDRESS_TRANSLATION 20
#define PF_VIRT_FIRMWARE_ENABLED            21
#define PF_RDWRFSGSBASE_AVAILABLE           22
#define PF_FASTFAIL_AVAILABLE               23
#define PF_RDRAND_INSTRUCTION_AVAILABLE     28
#define PF_RDTSCP_INSTRUCTION_AVAILABLE     32
#define PF_RDPID_INSTRUCTION_AVAILABLE      33
#define PF_MONITORX_INSTRUCTION_AVAILABLE   35
#define PF_SSSE3_INSTRUCTIONS_AVAILABLE     36
#define PF_SSE4_1_INSTRUCTIONS_AVAILABLE    37
#define PF_SSE4_2_INSTRUCTIONS_AVAILABLE    38
#define PF_AVX_INSTRUCTIONS_AVAILABLE       39
#define PF_AVX2_INSTRUCTIONS_AVAILABLE      40
#define PF_AVX512F_INSTRUCTIONS_AVAILABLE   41
#define PF_ERMS_AVAILABLE                   42
#define PF_BMI2_INSTRUCTIONS_AVAILABLE      60
#define PF_MOVDIR64B_INSTRUCTION_AVAILABLE  61
#define PF_RESERVED_FEATURE                 63

// ---- Groups, caches, NUMA nodes ----
#define MAXIMUM_PROCESSORS     64
#define MAXIMUM_PROC_PER_GROUP 64
#define ALL_PROCESSOR_GROUPS   0xFFFF

typedef struct _GROUP_AFFINITY {
  KAFFINITY Mask;
  WORD Group;
  WORD Reserved[3];
} GROUP_AFFINITY, *PGROUP_AFFINITY;

typedef struct _PROCESSOR_NUMBER {
  WORD Group;
  BYTE Number;
  BYTE Reserved;
} PROCESSOR_NUMBER, *PPROCESSOR_NUMBER;

typedef enum _LOGICAL_PROCESSOR_RELATIONSHIP {
  RelationProcessorCore = 0,
  RelationNumaNode = 1,
  RelationCache = 2,
  RelationProcessorPackage = 3,
  RelationGroup = 4,
  RelationProcessorDie = 5,
  RelationNumaNodeEx = 6,
  RelationProcessorModule = 7,
  RelationAll = 0xffff
} LOGICAL_PROCESSOR_RELATIONSHIP;

typedef enum _PROCESSOR_CACHE_TYPE {
  CacheUnified = 0,
  CacheInstruction = 1,
  CacheData = 2,
  CacheTrace = 3
} PROCESSOR_CACHE_TYPE;

typedef struct _CACHE_DESCRIPTOR {
  BYTE Level;
  BYTE Associativity;
  WORD LineSize;
  DWORD Size;
  PROCESSOR_CACHE_TYPE Type;
} CACHE_DESCRIPTOR, *PCACHE_DESCRIPTOR;

typedef struct _SYSTEM_LOGICAL_PROCESSOR_INFORMATION {
  ULONG_PTR ProcessorMask;
  LOGICAL_PROCESSOR_RELATIONSHIP Relationship;
  __extension__ union {
    struct {
      BYTE Flags;
    } ProcessorCore;
    struct {
      DWORD NodeNumber;
    } NumaNode;
    CACHE_DESCRIPTOR Cache;
    ULONGLONG Reserved[2];
  } DUMMYUNIONNAME;
} SYSTEM_LOGICAL_PROCESSOR_INFORMATION, *PSYSTEM_LOGICAL_PROCESSOR_INFORMATION;

typedef struct _PROCESSOR_RELATIONSHIP {
  BYTE Flags;
  BYTE EfficiencyClass;
  BYTE Reserved[20];
  WORD GroupCount;
  GROUP_AFFINITY GroupMask[1];
} PROCESSOR_RELATIONSHIP, *PPROCESSOR_RELATIONSHIP;

typedef struct _NUMA_NODE_RELATIONSHIP {
  DWORD NodeNumber;
  BYTE Reserved[18];
  WORD GroupCount;
  __extension__ union {
    GROUP_AFFINITY GroupMask;
    GROUP_AFFINITY GroupMasks[ANYSIZE_ARRAY];
  } DUMMYUNIONNAME;
} NUMA_NODE_RELATIONSHIP, *PNUMA_NODE_RELATIONSHIP;

typedef struct _CACHE_RELATIONSHIP {
  BYTE Level;
  BYTE Associativity;
  WORD LineSize;
  DWORD CacheSize;
  PROCESSOR_CACHE_TYPE Type;
  BYTE Reserved[18];
  WORD GroupCount;
  __extension__ union {
    GROUP_AFFINITY GroupMask;
    GROUP_AFFINITY GroupMasks[ANYSIZE_ARRAY];
  } DUMMYUNIONNAME;
} CACHE_RELATIONSHIP, *PCACHE_RELATIONSHIP;

typedef struct _PROCESSOR_GROUP_INFO {
  BYTE MaximumProcessorCount;
  BYTE ActiveProcessorCount;
  BYTE Reserved[38];
  KAFFINITY ActiveProcessorMask;
} PROCESSOR_GROUP_INFO, *PPROCESSOR_GROUP_INFO;

typedef struct _GROUP_RELATIONSHIP {
  WORD MaximumGroupCount;
  WORD ActiveGroupCount;
  BYTE Reserved[20];
  PROCESSOR_GROUP_INFO GroupInfo[ANYSIZE_ARRAY];
} GROUP_RELATIONSHIP, *PGROUP_RELATIONSHIP;

typedef struct _SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX {
  LOGICAL_PROCESSOR_RELATIONSHIP Relationship;
  DWORD Size;
  __extension__ union {
    PROCESSOR_RELATIONSHIP Processor;
    NUMA_NODE_RELATIONSHIP NumaNode;
    CACHE_RELATIONSHIP Cache;
    GROUP_RELATIONSHIP Group;
  } DUMMYUNIONNAME;
} SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX, *PSYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX;

// ---- Versions ----
#define VER_EQUAL                          0x00000001
#define VER_MINORVERSION                   0x00000001
#define VER_NT_WORKSTATION                 0x00000001
#define VER_SUITE_SMALLBUSINESS            0x00000001
#define VER_GREATER                        0x00000002
#define VER_MAJORVERSION                   0x00000002
#define VER_NT_DOMAIN_CONTROLLER           0x00000002
#define VER_PLATFORM_WIN32_NT              0x00000002
#define VER_SUITE_ENTERPRISE               0x00000002
#define VER_GREATER_EQUAL                  0x00000003
#define VER_NT_SERVER                      0x00000003
#define VER_BUILDNUMBER                    0x00000004
#define VER_LESS                           0x00000004
#define VER_SUITE_BACKOFFICE               0x00000004
#define VER_LESS_EQUAL                     0x00000005
#define VER_AND                            0x00000006
#define VER_OR                             0x00000007
#define VER_PLATFORMID                     0x00000008
#define VER_SUITE_COMMUNICATIONS           0x00000008
#define VER_SERVICEPACKMINOR               0x00000010
#define VER_SUITE_TERMINAL                 0x00000010
#define VER_SERVICEPACKMAJOR               0x00000020
#define VER_SUITE_SMALLBUSINESS_RESTRICTED 0x00000020
#define VER_SUITENAME                      0x00000040
#define VER_SUITE_EMBEDDEDNT               0x00000040
#define VER_PRODUCT_TYPE                   0x00000080
#define VER_SUITE_DATACENTER               0x00000080
#define VER_SUITE_SINGLEUSERTS             0x00000100
#define VER_SUITE_PERSONAL                 0x00000200
#define VER_SUITE_BLADE                    0x00000400
#define VER_SUITE_EMBEDDED_RESTRICTED      0x00000800
#define VER_SUITE_SECURITY_APPLIANCE       0x00001000
#define VER_SUITE_STORAGE_SERVER           0x00002000
#define VER_SUITE_COMPUTE_SERVER           0x00004000
#define VER_SUITE_WH_SERVER                0x00008000
#define VER_SUITE_MULTIUSERTS              0x00020000

typedef struct _OSVERSIONINFOA {
  DWORD dwOSVersionInfoSize;
  DWORD dwMajorVersion;
  DWORD dwMinorVersion;
  DWORD dwBuildNumber;
  DWORD dwPlatformId;
  CHAR szCSDVersion[128];
} OSVERSIONINFOA, *POSVERSIONINFOA, *LPOSVERSIONINFOA;

typedef struct _OSVERSIONINFOW {
  DWORD dwOSVersionInfoSize;
  DWORD dwMajorVersion;
  DWORD dwMinorVersion;
  DWORD dwBuildNumber;
  DWORD dwPlatformId;
  WCHAR szCSDVersion[128];
} OSVERSIONINFOW, *POSVERSIONINFOW, *LPOSVERSIONINFOW;

typedef struct _OSVERSIONINFOEXA {
  DWORD dwOSVersionInfoSize;
  DWORD dwMajorVersion;
  DWORD dwMinorVersion;
  DWORD dwBuildNumber;
  DWORD dwPlatformId;
  CHAR szCSDVersion[128];
  WORD wServicePackMajor;
  WORD wServicePackMinor;
  WORD wSuiteMask;
  BYTE wProductType;
  BYTE wReserved;
} OSVERSIONINFOEXA, *POSVERSIONINFOEXA, *LPOSVERSIONINFOEXA;

typedef struct _OSVERSIONINFOEXW {
  DWORD dwOSVersionInfoSize;
  DWORD dwMajorVersion;
  DWORD dwMinorVersion;
  DWORD dwBuildNumber;
  DWORD dwPlatformId;
  WCHAR szCSDVersion[128];
  WORD wServicePackMajor;
  WORD wServicePackMinor;
  WORD wSuiteMask;
  BYTE wProductType;
  BYTE wReserved;
} OSVERSIONINFOEXW, *POSVERSIONINFOEXW, *LPOSVERSIONINFOEXW;

#ifdef UNICODE
typedef OSVERSIONINFOW OSVERSIONINFO;
typedef POSVERSIONINFOW POSVERSIONINFO;
typedef LPOSVERSIONINFOW LPOSVERSIONINFO;
typedef OSVERSIONINFOEXW OSVERSIONINFOEX;
typedef POSVERSIONINFOEXW POSVERSIONINFOEX;
typedef LPOSVERSIONINFOEXW LPOSVERSIONINFOEX;
#else
typedef OSVERSIONINFOA OSVERSIONINFO;
typedef POSVERSIONINFOA POSVERSIONINFO;
typedef LPOSVERSIONINFOA LPOSVERSIONINFO;
typedef OSVERSIONINFOEXA OSVERSIONINFOEX;
typedef POSVERSIONINFOEXA POSVERSIONINFOEX;
typedef LPOSVERSIONINFOEXA LPOSVERSIONINFOEX;
#endif

// ---- Languages ----
#define LANG_NEUTRAL        0
#define SUBLANG_NEUTRAL     0
#define SUBLANG_DEFAULT     1
#define SUBLANG_ENGLISH_US  1
#define SUBLANG_SYS_DEFAULT 2
#define LANG_ENGLISH        9

#define MAKELANGID(p, s)      ((((WORD)(s)) << 10) | (WORD)(p))
#define PRIMARYLANGID(lgid)   ((WORD)(lgid)&0x3ff)
#define SUBLANGID(lgid)       ((WORD)(lgid) >> 10)
#define SORT_DEFAULT          0x0
#define MAKELCID(lgid, srtid) ((DWORD)((((DWORD)((WORD)(srtid))) << 16) | ((DWORD)((WORD)(lgid)))))
#define LANG_SYSTEM_DEFAULT   (MAKELANGID(LANG_NEUTRAL, SUBLANG_SYS_DEFAULT))
#define LANG_USER_DEFAULT     (MAKELANGID(LANG_NEUTRAL, SUBLANG_DEFAULT))
#define LOCALE_SYSTEM_DEFAULT (MAKELCID(LANG_SYSTEM_DEFAULT, SORT_DEFAULT))
#define LOCALE_USER_DEFAULT   (MAKELCID(LANG_USER_DEFAULT, SORT_DEFAULT))
#define LOCALE_NEUTRAL        (MAKELCID(MAKELANGID(LANG_NEUTRAL, SUBLANG_NEUTRAL), SORT_DEFAULT))
#define LOCALE_INVARIANT      (MAKELCID(MAKELANGID(LANG_INVARIANT, SUBLANG_NEUTRAL), SORT_DEFAULT))
#define LANG_INVARIANT        0x7f

#endif
