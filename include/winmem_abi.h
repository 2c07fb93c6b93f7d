// What winmem's headers need of the compiler, and nothing that a Windows program would look for.
//
// Owns:     the check of the target, WINMEM_API, WINMEM_WIDE, WINMEM_BEGIN_C / WINMEM_END_C, WINMEM_INLINE,
//           WINMEM_ASKS_ABOUT.
// Used by:  every other header here. A program never includes this file itself.
// Surprise: __int64 is `long` here, not `long long`, so that Windows' 64-bit types are the same types as size_t,
//           intptr_t and int64_t. Windows source mixes them freely, because there they are the same.
#ifndef WINMEM_ABI_H
#define WINMEM_ABI_H

#if !defined(__GNUC__) || !defined(__x86_64__) || !defined(__LP64__)
#error "winmem's headers describe Windows on x64: use g++, gcc or clang for 64-bit x86 Linux"
#endif

// A function that the library exports. (On Windows this place says __declspec(dllimport).)
#define WINMEM_API __attribute__((visibility("default")))

// Wide characters. WCHAR is wchar_t: 4 bytes by default on Linux, 2 bytes with -fshort-wchar (winmem-cc --wide).
// The library has both forms of each function that takes wide characters, and a declaration that ends in
// WINMEM_WIDE(name) is bound to the one which fits the program, by symbol name.
#if __SIZEOF_WCHAR_T__ == 4
#define WINMEM_WIDE(name) __asm__(#name "_utf32")
#else
#define WINMEM_WIDE(name)
#endif

// Behind a function that asks about the memory to which its parameter of that number points, and does not read it: so
// no compiler warns of a block that has no contents yet. Not where the function is defined, which uses the parameter.
#if !defined(WINMEM_CORE) && !defined(__clang__) && __GNUC__ >= 11
#define WINMEM_ASKS_ABOUT(parameter) __attribute__((access(none, parameter)))
#else
#define WINMEM_ASKS_ABOUT(parameter)
#endif

#ifdef __cplusplus
#define WINMEM_BEGIN_C extern "C" {
#define WINMEM_END_C   }
#else
#define WINMEM_BEGIN_C
#define WINMEM_END_C
#endif

// A function that is part of the program which includes it, and never a symbol of its own.
#ifdef __cplusplus
#define WINMEM_INLINE inline __attribute__((always_inline))
#else
#define WINMEM_INLINE static __inline__ __attribute__((always_inline, unused))
#endif

#endif
