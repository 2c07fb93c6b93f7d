// The words of Microsoft's compiler that Windows source uses before it includes anything.
//
// Owns:     keywords only: __declspec, calling conventions, sized integers, __forceinline, __pragma. No type, no
// function. Used by:  winmem-cc, winmem.pc and the CMake targets, which include it ahead of every source file. A header
// may rely on
//           it only where a program without it could not compile anyway.
// Surprise: __try and its family stay undefined, since the C++ library uses that name itself; and __int64 is `long`, so
//           that it is the same type as int64_t, size_t's signed twin and the 64-bit types of the headers.
#ifndef WINMEM_COMPAT_H
#define WINMEM_COMPAT_H

#if !defined(__ASSEMBLER__)

// Sized integers. They must be macros: `unsigned __int64` is common.
#ifndef __int64
#define __int8 char
#define __int16 short
#define __int32 int
#define __int64 long
#endif

// Calling conventions. On x64 Windows has one, whatever a declaration says; here it is that of Linux.
#ifndef __stdcall
#define __stdcall
#endif
#ifndef __cdecl
#define __cdecl
#endif
#ifndef __fastcall
#define __fastcall
#endif
#ifndef __thiscall
#define __thiscall
#endif
#ifndef __vectorcall
#define __vectorcall
#endif
#ifndef __clrcall
#define __clrcall
#endif
#ifndef _cdecl
#define _cdecl
#endif
#ifndef _stdcall
#define _stdcall
#endif

// Marks on pointers and types that mean nothing on x64.
#ifndef __w64
#define __w64
#endif
#ifndef __unaligned
#define __unaligned
#endif
#ifndef __ptr32
#define __ptr32
#endif
#ifndef __ptr64
#define __ptr64
#endif
#ifndef __sptr
#define __sptr
#endif
#ifndef __uptr
#define __uptr
#endif

#ifndef __forceinline
#define __forceinline __inline__ __attribute__((__always_inline__))
#endif
#ifndef __FUNCSIG__
#define __FUNCSIG__ __PRETTY_FUNCTION__
#endif
#if !defined(__interface) && defined(__cplusplus)
#define __interface struct
#endif

// __pragma(pack(push, 1)) inside a macro. Those that the compiler does not know (warning, comment) it ignores.
#ifndef __pragma
#define WINMEM_PRAGMA_(text) _Pragma(#text)
#define __pragma(...)        WINMEM_PRAGMA_(__VA_ARGS__)
#endif

// __declspec(word): the word is pasted to a prefix, which finds one of the macros below. They stand inside
// __attribute__(( )), end in a comma and so let a second word follow, as in __declspec(noinline noreturn); the second
// is read by the compiler, which knows noreturn, noinline, nothrow and naked by these names. A word that is not below
// is an error, rather than a silent difference.
#ifndef __declspec
#define __declspec(...) WINMEM_DECLSPEC_EXPANDED_(__VA_ARGS__)
#define WINMEM_DECLSPEC_EXPANDED_(...) __attribute__((WINMEM_DECLSPEC_##__VA_ARGS__))

// Linking. There is no import table: an imported and an exported name are both simply visible.
#define WINMEM_DECLSPEC_dllexport   __visibility__("default"),
#define WINMEM_DECLSPEC_dllimport   __visibility__("default"),
#define WINMEM_DECLSPEC_selectany   __weak__,
#define WINMEM_DECLSPEC_allocate(s) __section__(s),
#define WINMEM_DECLSPEC_code_seg(s) __section__(s),

// Data.
#define WINMEM_DECLSPEC_align(n) __aligned__(n),
#ifdef __cplusplus
#define WINMEM_DECLSPEC_thread       )) thread_local __attribute__((
#else
#define WINMEM_DECLSPEC_thread       )) _Thread_local __attribute__((
#endif

// Functions.
#define WINMEM_DECLSPEC_noinline  __noinline__,
#define WINMEM_DECLSPEC_noreturn  __noreturn__,
#define WINMEM_DECLSPEC__Noreturn __noreturn__, // noreturn after <stdnoreturn.h>
#define WINMEM_DECLSPEC_nothrow   __nothrow__,
#define WINMEM_DECLSPEC_naked     __naked__,
#define WINMEM_DECLSPEC_restrict  __malloc__,
#ifdef __clang__
#define WINMEM_DECLSPEC_no_sanitize_address __no_sanitize__("address"),
#else
#define WINMEM_DECLSPEC_no_sanitize_address __no_sanitize_address__,
#endif
#define WINMEM_DECLSPEC_deprecated __deprecated__

// Hints to Microsoft's optimiser, checks and binary tools.
#define WINMEM_DECLSPEC_allocator
#define WINMEM_DECLSPEC_empty_bases
#define WINMEM_DECLSPEC_guard(x)
#define WINMEM_DECLSPEC_intrin_type
#define WINMEM_DECLSPEC_jitintrinsic
#define WINMEM_DECLSPEC_noalias
#define WINMEM_DECLSPEC_novtable
#define WINMEM_DECLSPEC_safebuffers
#define WINMEM_DECLSPEC_spectre(x)
#define WINMEM_DECLSPEC_strict_gs_check
#define WINMEM_DECLSPEC_uuid(x)
#endif

#endif // !__ASSEMBLER__
#endif
