// What winnt.h and minwindef.h both stand on: the types BYTE to DWORD, BOOL, and the words around declarations.
//
// Surprise: on Windows these are minwindef.h's, and winnt.h can't be included alone. Here every header can, so they
//           live below both.
#ifndef WINMEM_BASETYPES_H
#define WINMEM_BASETYPES_H

#include <stddef.h>

#include "basetsd.h"
#include "sdkddkver.h"
#include "winmem_abi.h"

// Handles are pointers to distinct types, so that the compiler tells an HMODULE from an HWND. NO_STRICT makes them all
// void pointers.
#ifndef NO_STRICT
#ifndef STRICT
#define STRICT 1
#endif
#endif

#ifndef BASETYPES
#define BASETYPES
typedef unsigned int ULONG;
typedef ULONG* PULONG;
typedef unsigned short USHORT;
typedef USHORT* PUSHORT;
typedef unsigned char UCHAR;
typedef UCHAR* PUCHAR;
typedef char* PSZ;
#endif

#define MAX_PATH 260

#ifndef FALSE
#define FALSE 0
#endif
#ifndef TRUE
#define TRUE 1
#endif

// Words around parameters and calls. x64 has one calling convention; here it is that of Linux.
#ifndef _NO_W32_PSEUDO_MODIFIERS
#ifndef IN
#define IN
#endif
#ifndef OUT
#define OUT
#endif
#ifndef OPTIONAL
#define OPTIONAL
#endif
#endif
#undef far
#undef near
#undef pascal
#define far
#define near
#define pascal
#define cdecl
#define CDECL
#define CALLBACK
#define WINAPI
#define WINAPIV
#define APIENTRY WINAPI
#define APIPRIVATE
#define PASCAL
#undef FAR
#undef NEAR
#define FAR
#define NEAR
#ifndef CONST
#define CONST const
#endif
#ifndef WINBASEAPI
#define WINBASEAPI WINMEM_API
#endif
#ifndef WINADVAPI
#define WINADVAPI WINMEM_API
#endif

typedef unsigned int DWORD;
typedef int BOOL;
typedef unsigned char BYTE;
typedef unsigned short WORD;
typedef float FLOAT;
typedef FLOAT* PFLOAT;
typedef BOOL* PBOOL;
typedef BOOL* LPBOOL;
typedef BYTE* PBYTE;
typedef BYTE* LPBYTE;
typedef int* PINT;
typedef int* LPINT;
typedef WORD* PWORD;
typedef WORD* LPWORD;
typedef int* LPLONG; // `long` on Windows
typedef DWORD* PDWORD;
typedef DWORD* LPDWORD;
typedef void* LPVOID;
typedef const void* LPCVOID;

typedef int INT;
typedef unsigned int UINT;
typedef unsigned int* PUINT;

#endif
