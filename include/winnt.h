// The types and constants of the NT system itself. It is the largest header of the SDK, so its parts have files of
// their own in winnt/, in this order:
//
//   winnt.h         characters and strings, handles, large integers, lists, limits
//   status.h        the STATUS_ codes that are there without ntstatus.h
//   rights.h        access rights, file attributes and what may be shared
//   security.h      security identifiers and descriptors, tokens, privileges
//   memory.h        pages, regions, sections, heaps, write watch
//   exception.h     exception records and the context of a thread
//   synchronize.h   critical sections, slim locks, lists without locks
//   process.h       jobs, quotas and mitigation policies
//   system.h        processors, caches and NUMA nodes, versions, languages
//   image.h         the format of program files
//   interlocked.h   atomic operations
//   rtl_memory.h    RtlCopyMemory and its like
#ifndef _WINNT_
#define _WINNT_

#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "basetsd.h"
#include "excpt.h"
#include "guiddef.h"
#include "winmem_basetypes.h"

// ---- Words around declarations ----

#define ANYSIZE_ARRAY 1

#ifndef NTAPI
#define NTAPI
#endif
#define NTAPI_INLINE NTAPI
#ifndef NTSYSAPI
#define NTSYSAPI WINMEM_API
#endif
#ifndef NTSYSCALLAPI
#define NTSYSCALLAPI WINMEM_API
#endif

#ifndef DECLSPEC_IMPORT
#define DECLSPEC_IMPORT
#endif
#define DECLSPEC_NORETURN   __attribute__((noreturn))
#define DECLSPEC_ALIGN(x)   __attribute__((aligned(x)))
#define DECLSPEC_NOINLINE   __attribute__((noinline))
#define DECLSPEC_NOTHROW    __attribute__((nothrow))
#define DECLSPEC_DEPRECATED __attribute__((deprecated))
#define DECLSPEC_SELECTANY  __attribute__((weak))
#define DECLSPEC_NOVTABLE
#define DECLSPEC_CACHEALIGN DECLSPEC_ALIGN(SYSTEM_CACHE_ALIGNMENT_SIZE)
#ifndef FORCEINLINE
#define FORCEINLINE static __inline__ __attribute__((always_inline, unused))
#endif
#define STKSHIFT
#define UNALIGNED
#define UNALIGNED64
#define RESTRICTED_POINTER __restrict
#define ALIGNMENT_MACHINE
#define MEMORY_ALLOCATION_ALIGNMENT 16
#define SYSTEM_CACHE_ALIGNMENT_SIZE 64
#define TYPE_ALIGNMENT(t)           __alignof__(t)
#define PROBE_ALIGNMENT(s)          TYPE_ALIGNMENT(DWORD)

#ifdef __cplusplus
#define EXTERN_C       extern "C"
#define EXTERN_C_START extern "C" {
#define EXTERN_C_END   }
#define C_ASSERT(e)    static_assert(e, #e)
#else
#define EXTERN_C extern
#define EXTERN_C_START
#define EXTERN_C_END
#define C_ASSERT(e) _Static_assert(e, #e)
#endif
#define STDMETHODCALLTYPE
#define STDMETHODVCALLTYPE
#define STDAPICALLTYPE
#define STDAPIVCALLTYPE
#define STDAPI        EXTERN_C HRESULT STDAPICALLTYPE
#define STDAPI_(type) EXTERN_C type STDAPICALLTYPE

// Unions and structures without a name inside others; C++ has no such structures, and C++ and C agree to allow them
// behind __extension__.
#define _ANONYMOUS_UNION  __extension__
#define _ANONYMOUS_STRUCT __extension__
#define DUMMYUNIONNAME
#define DUMMYUNIONNAME2
#define DUMMYUNIONNAME3
#define DUMMYUNIONNAME4
#define DUMMYUNIONNAME5
#define DUMMYUNIONNAME6
#define DUMMYUNIONNAME7
#define DUMMYUNIONNAME8
#define DUMMYUNIONNAME9
#define DUMMYSTRUCTNAME
#define DUMMYSTRUCTNAME2
#define DUMMYSTRUCTNAME3
#define DUMMYSTRUCTNAME4
#define DUMMYSTRUCTNAME5
#define DUMMYSTRUCTNAME6

#define FIELD_OFFSET(type, field)             ((LONG) __builtin_offsetof(type, field))
#define UFIELD_OFFSET(type, field)            ((DWORD) __builtin_offsetof(type, field))
#define RTL_FIELD_SIZE(type, field)           (sizeof(((type*)0)->field))
#define RTL_SIZEOF_THROUGH_FIELD(type, field) (FIELD_OFFSET(type, field) + RTL_FIELD_SIZE(type, field))
#define RTL_CONTAINS_FIELD(Struct, Size, Field)                                                                        \
  ((((PCHAR)(&(Struct)->Field)) + sizeof((Struct)->Field)) <= (((PCHAR)(Struct)) + (Size)))
#define RTL_NUMBER_OF_V1(A)                     (sizeof(A) / sizeof((A)[0]))
#define RTL_NUMBER_OF_V2(A)                     RTL_NUMBER_OF_V1(A)
#define RTL_NUMBER_OF(A)                        RTL_NUMBER_OF_V1(A)
#define ARRAYSIZE(A)                            RTL_NUMBER_OF_V2(A)
#define _ARRAYSIZE(A)                           RTL_NUMBER_OF_V1(A)
#define CONTAINING_RECORD(address, type, field) ((type*)((PCHAR)(address) - __builtin_offsetof(type, field)))

#define UNREFERENCED_PARAMETER(P)          ((void)(P))
#define DBG_UNREFERENCED_PARAMETER(P)      ((void)(P))
#define DBG_UNREFERENCED_LOCAL_VARIABLE(V) ((void)(V))
#define DEFAULT_UNREACHABLE                                                                                            \
  default:                                                                                                             \
    __builtin_unreachable()

// ---- Numbers and characters ----

#ifndef VOID
#define VOID void
#endif
typedef void* PVOID;
typedef void* PVOID64;

typedef char CHAR;
typedef short SHORT;
typedef int LONG;
typedef SHORT* PSHORT;
typedef LONG* PLONG;
typedef signed long LONGLONG;
typedef unsigned long ULONGLONG;
typedef unsigned long DWORDLONG;
typedef LONGLONG* PLONGLONG;
typedef ULONGLONG* PULONGLONG;
typedef DWORDLONG* PDWORDLONG;
typedef LONGLONG USN;

typedef BYTE BOOLEAN;
typedef BOOLEAN* PBOOLEAN;
typedef char CCHAR;

typedef wchar_t WCHAR;
typedef WCHAR *PWCHAR, *LPWCH, *PWCH, *NWPSTR, *LPWSTR, *PWSTR, *PNZWCH;
typedef const WCHAR *LPCWCH, *PCWCH, *LPCWSTR, *PCWSTR, *PCNZWCH, *PCUNZWCH, *LPCUWCHAR, *LPCUWSTR, *PCUWSTR;
typedef WCHAR *LPUWSTR, *PUWSTR, *PUNZWCH;
typedef PWSTR *PZPWSTR, *LPZPWSTR;
typedef PCWSTR *PZPCWSTR, *LPZPCWSTR;
typedef WCHAR* PZZWSTR;
typedef const WCHAR* PCZZWSTR;

typedef CHAR *PCHAR, *LPCH, *PCH, *NPSTR, *LPSTR, *PSTR, *PNZCH, *PZZSTR;
typedef const CHAR *LPCCH, *PCCH, *LPCSTR, *PCSTR, *PCNZCH, *PCZZSTR;
typedef PSTR* PZPSTR;
typedef PCSTR* PZPCSTR;

// Characters and strings whose width UNICODE decides.
#ifdef UNICODE
#ifndef _TCHAR_DEFINED
#define _TCHAR_DEFINED
typedef WCHAR TCHAR, *PTCHAR;
typedef WCHAR TBYTE, *PTBYTE;
#endif
typedef LPWCH LPTCH, PTCH;
typedef LPCWCH LPCTCH, PCTCH;
typedef LPWSTR PTSTR, LPTSTR, PUTSTR, LPUTSTR;
typedef LPCWSTR PCTSTR, LPCTSTR, PCUTSTR, LPCUTSTR;
#define __TEXT(quote) L##quote
#else
#ifndef _TCHAR_DEFINED
#define _TCHAR_DEFINED
typedef char TCHAR, *PTCHAR;
typedef unsigned char TBYTE, *PTBYTE;
#endif
typedef LPCH LPTCH, PTCH;
typedef LPCCH LPCTCH, PCTCH;
typedef LPSTR PTSTR, LPTSTR, PUTSTR, LPUTSTR;
typedef LPCSTR PCTSTR, LPCTSTR, PCUTSTR, LPCUTSTR;
#define __TEXT(quote) quote
#endif
#define TEXT(quote) __TEXT(quote)

#define UNICODE_NULL             ((WCHAR)0)
#define ANSI_NULL                ((CHAR)0)
#define UNICODE_STRING_MAX_CHARS 0x7FFF
#define UNICODE_STRING_MAX_BYTES 0x0000FFFEU

#define MINCHAR  0x80
#define MAXCHAR  0x7f
#define MAXBYTE  255
#define MAXSHORT 0x7FFF
#define MINSHORT 0x8000
#define MAXWORD  0xFFFF
#define MAXLONG  0x7FFFFFFF
#define MINLONG  0x80000000U
#define MAXDWORD 0xFFFFFFFFU

// ---- Handles and results ----

#ifdef STRICT
typedef void* HANDLE;
#define DECLARE_HANDLE(name)                                                                                           \
  struct name##__ {                                                                                                    \
    int unused;                                                                                                        \
  };                                                                                                                   \
  typedef struct name##__* name
#else
typedef PVOID HANDLE;
#define DECLARE_HANDLE(name) typedef HANDLE name
#endif
typedef HANDLE* PHANDLE;

typedef BYTE FCHAR;
typedef WORD FSHORT;
typedef DWORD FLONG;

#ifndef _HRESULT_DEFINED
#define _HRESULT_DEFINED
typedef int HRESULT;
#endif

typedef DWORD LCID;
typedef PDWORD PLCID;
typedef WORD LANGID;
typedef DWORD EXECUTION_STATE, *PEXECUTION_STATE;
typedef DWORD ACCESS_MASK;
typedef ACCESS_MASK* PACCESS_MASK;

// ---- Structures used everywhere ----

typedef union _LARGE_INTEGER {
  __extension__ struct {
    DWORD LowPart;
    LONG HighPart;
  } DUMMYSTRUCTNAME;
  struct {
    DWORD LowPart;
    LONG HighPart;
  } u;
  LONGLONG QuadPart;
} LARGE_INTEGER, *PLARGE_INTEGER;

typedef union _ULARGE_INTEGER {
  __extension__ struct {
    DWORD LowPart;
    DWORD HighPart;
  } DUMMYSTRUCTNAME;
  struct {
    DWORD LowPart;
    DWORD HighPart;
  } u;
  ULONGLONG QuadPart;
} ULARGE_INTEGER, *PULARGE_INTEGER;

typedef struct _LUID {
  DWORD LowPart;
  LONG HighPart;
} LUID, *PLUID;
#define _LUID_DEFINED

typedef struct _LIST_ENTRY {
  struct _LIST_ENTRY* Flink;
  struct _LIST_ENTRY* Blink;
} LIST_ENTRY, *PLIST_ENTRY, *PRLIST_ENTRY;

typedef struct _SINGLE_LIST_ENTRY {
  struct _SINGLE_LIST_ENTRY* Next;
} SINGLE_LIST_ENTRY, *PSINGLE_LIST_ENTRY;

typedef struct _OBJECTID {
  GUID Lineage;
  DWORD Uniquifier;
} OBJECTID;

#define Int32x32To64(a, b)   (((LONGLONG)((LONG)(a))) * ((LONGLONG)((LONG)(b))))
#define UInt32x32To64(a, b)  (((ULONGLONG)((DWORD)(a))) * ((ULONGLONG)((DWORD)(b))))
#define Int64ShllMod32(a, b) (((ULONGLONG)(a)) << (b))
#define Int64ShraMod32(a, b) (((LONGLONG)(a)) >> (b))
#define Int64ShrlMod32(a, b) (((ULONGLONG)(a)) >> (b))

// In C++, the operators that make an enumeration a set of flags.
#ifdef __cplusplus
#define DEFINE_ENUM_FLAG_OPERATORS(E)                                                                                  \
  extern "C++" {                                                                                                       \
  inline constexpr E operator|(E a, E b) { return E(int(a) | int(b)); }                                                \
  inline E& operator|=(E& a, E b) { return a = a | b; }                                                                \
  inline constexpr E operator&(E a, E b) { return E(int(a) & int(b)); }                                                \
  inline E& operator&=(E& a, E b) { return a = a & b; }                                                                \
  inline constexpr E operator~(E a) { return E(~int(a)); }                                                             \
  inline constexpr E operator^(E a, E b) { return E(int(a) ^ int(b)); }                                                \
  inline E& operator^=(E& a, E b) { return a = a ^ b; }                                                                \
  }
#else
#define DEFINE_ENUM_FLAG_OPERATORS(E)
#endif

#include "winnt/status.h"

#include "winnt/rights.h"
#include "winnt/security.h"
#include "winnt/memory.h"
#include "winnt/exception.h"
#include "winnt/synchronize.h"
#include "winnt/process.h"
#include "winnt/system.h"
#include "winnt/image.h"
#include "winnt/interlocked.h"
#include "winnt/rtl_memory.h"

#endif
