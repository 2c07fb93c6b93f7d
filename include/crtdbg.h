// The debug heap of Microsoft's C library: blocks that know who asked for them, with gaps around them that show writes
// beyond their ends, and reports of those that are never freed.
//
// With _DEBUG the functions below are there; without it macros take them out, or put malloc's family in their place.
// With _DEBUG and _CRTDBG_MAP_ALLOC malloc and its family are macros that note the file and line of each call; without
// _CRTDBG_MAP_ALLOC malloc stays as it is, where Microsoft's debug library replaces it. free, realloc and _msize take
// blocks of either family.
// Reports for a debugger or a message box go to standard error; an error or a failed assertion in a box ends the
// process. An _HFILE is a file descriptor, or one of _CRTDBG_FILE_STDERR and its like.
#ifndef _INC_CRTDBG
#define _INC_CRTDBG

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "winmem_abi.h"

typedef void* _HFILE;

// ---- Kinds of reports, and where they go ----
#define _CRT_WARN   0
#define _CRT_ERROR  1
#define _CRT_ASSERT 2
#define _CRT_ERRCNT 3

#define _CRTDBG_MODE_FILE   0x1
#define _CRTDBG_MODE_DEBUG  0x2
#define _CRTDBG_MODE_WNDW   0x4
#define _CRTDBG_REPORT_MODE (-1)

#define _CRTDBG_INVALID_HFILE ((_HFILE)-1L)
#define _CRTDBG_HFILE_ERROR   ((_HFILE)-2L)
#define _CRTDBG_FILE_STDOUT   ((_HFILE)-4L)
#define _CRTDBG_FILE_STDERR   ((_HFILE)-5L)
#define _CRTDBG_REPORT_FILE   ((_HFILE)-6L)

#define _CRT_RPTHOOK_INSTALL 0
#define _CRT_RPTHOOK_REMOVE  1

// ---- What an allocation hook is told ----
#define _HOOK_ALLOC   1
#define _HOOK_REALLOC 2
#define _HOOK_FREE    3

// ---- _crtDbgFlag; above these bits stands after how many calls all is checked ----
#define _CRTDBG_ALLOC_MEM_DF        0x01 // off: new blocks are _IGNORE_BLOCK
#define _CRTDBG_DELAY_FREE_MEM_DF   0x02 // freed blocks stay, filled with 0xDD
#define _CRTDBG_CHECK_ALWAYS_DF     0x04 // check all at each call
#define _CRTDBG_RESERVED_DF         0x08
#define _CRTDBG_CHECK_CRT_DF        0x10 // the library's own blocks count as leaks
#define _CRTDBG_LEAK_CHECK_DF       0x20 // _CrtDumpMemoryLeaks at the end of the process
#define _CRTDBG_CHECK_EVERY_16_DF   0x00100000
#define _CRTDBG_CHECK_EVERY_128_DF  0x00800000
#define _CRTDBG_CHECK_EVERY_1024_DF 0x04000000
#define _CRTDBG_CHECK_DEFAULT_DF    0
#define _CRTDBG_REPORT_FLAG         (-1)

// ---- Kinds of blocks; a subtype of a client block stands above ----
#define _FREE_BLOCK           0
#define _NORMAL_BLOCK         1
#define _CRT_BLOCK            2
#define _IGNORE_BLOCK         3
#define _CLIENT_BLOCK         4
#define _MAX_BLOCKS           5
#define _BLOCK_TYPE(block)    ((block)&0xFFFF)
#define _BLOCK_SUBTYPE(block) ((block) >> 16 & 0xFFFF)

struct _CrtMemBlockHeader;
typedef struct _CrtMemState {
  struct _CrtMemBlockHeader* pBlockHeader; // the newest block
  size_t lCounts[_MAX_BLOCKS];             // blocks of each kind
  size_t lSizes[_MAX_BLOCKS];              // their bytes
  size_t lHighWaterCount;                  // the most bytes that lived at a time
  size_t lTotalCount;                      // the bytes of all requests together
} _CrtMemState;

// Returns 0 to make the call fail. The block is NULL but for _HOOK_REALLOC and _HOOK_FREE.
typedef int (*_CRT_ALLOC_HOOK)(int, void*, size_t, int, long, const unsigned char*, int);
// Kind of report, text, what _CrtDbgReport is to return. Not 0: the report is dealt with.
typedef int (*_CRT_REPORT_HOOK)(int, char*, int*);
typedef int (*_CRT_REPORT_HOOKW)(int, wchar_t*, int*);
typedef void (*_CRT_DUMP_CLIENT)(void*, size_t);
typedef void (*_CrtDoForAllClientObjectsCallback)(void*, void*);

WINMEM_BEGIN_C

// ---- Blocks ----
// As malloc and its family. _BlockUse is _NORMAL_BLOCK or _CLIENT_BLOCK, also _CRT_BLOCK and _IGNORE_BLOCK; other kinds
// are NULL with EINVAL. _FileName must stay where it is. New bytes are 0xCD. What is no block of the debug heap is
// treated as free, realloc, _expand and _msize treat it.
WINMEM_API void* _malloc_dbg(size_t _Size, int _BlockUse, const char* _FileName, int _LineNumber);
WINMEM_API void* _calloc_dbg(size_t _Count, size_t _Size, int _BlockUse, const char* _FileName, int _LineNumber);
WINMEM_API void* _realloc_dbg(void* _Block, size_t _Size, int _BlockUse, const char* _FileName, int _LineNumber);
WINMEM_API void* _recalloc_dbg(void* _Block, size_t _Count, size_t _Size, int _BlockUse, const char* _FileName,
                               int _LineNumber);
WINMEM_API void* _expand_dbg(void* _Block, size_t _Size, int _BlockUse, const char* _FileName, int _LineNumber);
WINMEM_API size_t _msize_dbg(void* _Block, int _BlockUse);
WINMEM_API char* _strdup_dbg(const char* _String, int _BlockUse, const char* _FileName, int _LineNumber);

// As _aligned_malloc and its family, whose blocks they take too.
WINMEM_API void* _aligned_malloc_dbg(size_t _Size, size_t _Alignment, const char* _FileName, int _LineNumber);
WINMEM_API void* _aligned_realloc_dbg(void* _Block, size_t _Size, size_t _Alignment, const char* _FileName,
                                      int _LineNumber);
WINMEM_API void* _aligned_recalloc_dbg(void* _Block, size_t _Count, size_t _Size, size_t _Alignment,
                                       const char* _FileName, int _LineNumber);
WINMEM_API void* _aligned_offset_malloc_dbg(size_t _Size, size_t _Alignment, size_t _Offset, const char* _FileName,
                                            int _LineNumber);
WINMEM_API void* _aligned_offset_realloc_dbg(void* _Block, size_t _Size, size_t _Alignment, size_t _Offset,
                                             const char* _FileName, int _LineNumber);
WINMEM_API void* _aligned_offset_recalloc_dbg(void* _Block, size_t _Count, size_t _Size, size_t _Alignment,
                                              size_t _Offset, const char* _FileName, int _LineNumber);
WINMEM_API size_t _aligned_msize_dbg(void* _Block, size_t _Alignment, size_t _Offset);
WINMEM_API void _aligned_free_dbg(void* _Block);

// A write beyond the block's ends is reported (_CRT_ERROR), and the block freed all the same.
WINMEM_API void _free_dbg(void* _Block, int _BlockUse);

// ---- All blocks ----
// Returns the flags as they were; _CRTDBG_REPORT_FLAG changes nothing, unknown bits are EINVAL and change nothing.
WINMEM_API int _CrtSetDbgFlag(int _NewFlag);
WINMEM_API int* __p__crtDbgFlag(void);

// The request of that number stops by a breakpoint; -1: none. Returns the one before.
WINMEM_API long _CrtSetBreakAlloc(long _NewValue);
WINMEM_API long* __p__crtBreakAlloc(void);

// Called before each allocation, reallocation and free of a block that is not _CRT_BLOCK. Returns the one before.
WINMEM_API _CRT_ALLOC_HOOK _CrtSetAllocHook(_CRT_ALLOC_HOOK _PfnNewHook);
WINMEM_API _CRT_ALLOC_HOOK _CrtGetAllocHook(void);

// 1 if no block was written beyond its ends and no freed one was written at all; else 0, and reports.
WINMEM_API int _CrtCheckMemory(void);

// How many blocks there are of each kind. The difference is 1 if it is one, but for free blocks and the library's own.
WINMEM_API void _CrtMemCheckpoint(_CrtMemState* _State);
WINMEM_API int _CrtMemDifference(_CrtMemState* _State, const _CrtMemState* _OldState, const _CrtMemState* _NewState);
WINMEM_API void _CrtMemDumpStatistics(const _CrtMemState* _State);

// Reports (_CRT_WARN) each block that came after the state, or all for NULL; and 1 if there is one, else 0.
WINMEM_API void _CrtMemDumpAllObjectsSince(const _CrtMemState* _State);
WINMEM_API int _CrtDumpMemoryLeaks(void);

// Says what is in a client block when it is told in a report. Returns the one before.
WINMEM_API _CRT_DUMP_CLIENT _CrtSetDumpClient(_CRT_DUMP_CLIENT _PFnNewDump);
WINMEM_API _CRT_DUMP_CLIENT _CrtGetDumpClient(void);

// Calls the function with each client block and the context.
WINMEM_API void _CrtDoForAllClientObjects(_CrtDoForAllClientObjectsCallback _Callback, void* _Context);

// ---- One block ----
// Not NULL; the start of a block of either family; a live block of the debug heap of that size, and who asked for it.
WINMEM_API int _CrtIsValidPointer(const void* _Pointer, unsigned int _Size, int _ReadWrite);
WINMEM_API int _CrtIsValidHeapPointer(const void* _Pointer);
WINMEM_API int _CrtIsMemoryBlock(const void* _Block, unsigned int _Size, long* _RequestNumber, char** _FileName,
                                 int* _LineNumber);

// Its kind and subtype; -1 for what is no block of the debug heap.
WINMEM_API int _CrtReportBlockType(const void* _Block);

// ---- Reports ----
// Text by printf's rules, with the file and line ahead unless _FileName is NULL. 0, -1 for another kind of report, or
// what a hook says.
WINMEM_API int _CrtDbgReport(int _ReportType, const char* _FileName, int _Linenumber, const char* _ModuleName,
                             const char* _Format, ...);

// Return what was set before; EINVAL and -1 or _CRTDBG_HFILE_ERROR for arguments that there are not.
WINMEM_API int _CrtSetReportMode(int _ReportType, int _ReportMode);
WINMEM_API _HFILE _CrtSetReportFile(int _ReportType, _HFILE _ReportFile);

// Called with each report: those of the second function first, the newest ahead, each as often counted as installed.
WINMEM_API _CRT_REPORT_HOOK _CrtSetReportHook(_CRT_REPORT_HOOK _PFnNewHook);
WINMEM_API _CRT_REPORT_HOOK _CrtGetReportHook(void);
WINMEM_API int _CrtSetReportHook2(int _Mode, _CRT_REPORT_HOOK _PFnNewHook);

WINMEM_END_C

#ifdef _DEBUG

#define _crtDbgFlag    (*__p__crtDbgFlag())
#define _crtBreakAlloc (*__p__crtBreakAlloc())

#define WINMEM_DEBUG_BREAK()                                                                                           \
  (__extension__({                                                                                                     \
    __asm__ volatile("int3");                                                                                          \
    0;                                                                                                                 \
  }))
#define _CrtDbgBreak() ((void)WINMEM_DEBUG_BREAK())

// A report that wants the debugger (a hook said 1) stops there.
#define WINMEM_REPORT(...) ((void)(_CrtDbgReport(__VA_ARGS__) != 1 || WINMEM_DEBUG_BREAK()))

#define _RPT0(kind, text)                 WINMEM_REPORT(kind, NULL, 0, NULL, "%s", text)
#define _RPT1(kind, text, a)              WINMEM_REPORT(kind, NULL, 0, NULL, text, a)
#define _RPT2(kind, text, a, b)           WINMEM_REPORT(kind, NULL, 0, NULL, text, a, b)
#define _RPT3(kind, text, a, b, c)        WINMEM_REPORT(kind, NULL, 0, NULL, text, a, b, c)
#define _RPT4(kind, text, a, b, c, d)     WINMEM_REPORT(kind, NULL, 0, NULL, text, a, b, c, d)
#define _RPT5(kind, text, a, b, c, d, e)  WINMEM_REPORT(kind, NULL, 0, NULL, text, a, b, c, d, e)
#define _RPTF0(kind, text)                WINMEM_REPORT(kind, __FILE__, __LINE__, NULL, "%s", text)
#define _RPTF1(kind, text, a)             WINMEM_REPORT(kind, __FILE__, __LINE__, NULL, text, a)
#define _RPTF2(kind, text, a, b)          WINMEM_REPORT(kind, __FILE__, __LINE__, NULL, text, a, b)
#define _RPTF3(kind, text, a, b, c)       WINMEM_REPORT(kind, __FILE__, __LINE__, NULL, text, a, b, c)
#define _RPTF4(kind, text, a, b, c, d)    WINMEM_REPORT(kind, __FILE__, __LINE__, NULL, text, a, b, c, d)
#define _RPTF5(kind, text, a, b, c, d, e) WINMEM_REPORT(kind, __FILE__, __LINE__, NULL, text, a, b, c, d, e)

#define _ASSERT(expression) ((expression) ? (void)0 : WINMEM_REPORT(_CRT_ASSERT, __FILE__, __LINE__, NULL, NULL))
#define _ASSERTE(expression)                                                                                           \
  ((expression) ? (void)0 : WINMEM_REPORT(_CRT_ASSERT, __FILE__, __LINE__, NULL, "%s", #expression))

#if defined(__cplusplus) && defined(__cpp_exceptions)
#include <new>

// new (_NORMAL_BLOCK, __FILE__, __LINE__) T; delete takes its blocks like any others.
inline void* operator new(size_t _Size, int _BlockUse, const char* _FileName, int _LineNumber) {
  void* block = _malloc_dbg(_Size, _BlockUse, _FileName, _LineNumber);
  if (block == NULL)
    throw std::bad_alloc();
  return block;
}
inline void* operator new[](size_t _Size, int _BlockUse, const char* _FileName, int _LineNumber) {
  return operator new(_Size, _BlockUse, _FileName, _LineNumber);
}
// For constructors that throw.
inline void operator delete(void* _Block, int _BlockUse, const char*, int) { _free_dbg(_Block, _BlockUse); }
inline void operator delete[](void* _Block, int _BlockUse, const char*, int) { _free_dbg(_Block, _BlockUse); }
#endif

#ifdef _CRTDBG_MAP_ALLOC
#define malloc(size)                             _malloc_dbg(size, _NORMAL_BLOCK, __FILE__, __LINE__)
#define calloc(count, size)                      _calloc_dbg(count, size, _NORMAL_BLOCK, __FILE__, __LINE__)
#define realloc(block, size)                     _realloc_dbg(block, size, _NORMAL_BLOCK, __FILE__, __LINE__)
#define _recalloc(block, count, size)            _recalloc_dbg(block, count, size, _NORMAL_BLOCK, __FILE__, __LINE__)
#define _expand(block, size)                     _expand_dbg(block, size, _NORMAL_BLOCK, __FILE__, __LINE__)
#define free(block)                              _free_dbg(block, _NORMAL_BLOCK)
#define _msize(block)                            _msize_dbg(block, _NORMAL_BLOCK)
#define _strdup(text)                            _strdup_dbg(text, _NORMAL_BLOCK, __FILE__, __LINE__)
#define _aligned_malloc(size, alignment)         _aligned_malloc_dbg(size, alignment, __FILE__, __LINE__)
#define _aligned_realloc(block, size, alignment) _aligned_realloc_dbg(block, size, alignment, __FILE__, __LINE__)
#define _aligned_recalloc(block, count, size, alignment)                                                               \
  _aligned_recalloc_dbg(block, count, size, alignment, __FILE__, __LINE__)
#define _aligned_offset_malloc(size, alignment, offset)                                                                \
  _aligned_offset_malloc_dbg(size, alignment, offset, __FILE__, __LINE__)
#define _aligned_offset_realloc(block, size, alignment, offset)                                                        \
  _aligned_offset_realloc_dbg(block, size, alignment, offset, __FILE__, __LINE__)
#define _aligned_offset_recalloc(block, count, size, alignment, offset)                                                \
  _aligned_offset_recalloc_dbg(block, count, size, alignment, offset, __FILE__, __LINE__)
#define _aligned_msize(block, alignment, offset) _aligned_msize_dbg(block, alignment, offset)
#define _aligned_free(block)                     _aligned_free_dbg(block)
#endif

#else

#define _malloc_dbg(size, use, file, line)                       malloc(size)
#define _calloc_dbg(count, size, use, file, line)                calloc(count, size)
#define _realloc_dbg(block, size, use, file, line)               realloc(block, size)
#define _recalloc_dbg(block, count, size, use, file, line)       _recalloc(block, count, size)
#define _expand_dbg(block, size, use, file, line)                _expand(block, size)
#define _msize_dbg(block, use)                                   _msize(block)
#define _strdup_dbg(text, use, file, line)                       strdup(text)
#define _free_dbg(block, use)                                    free(block)
#define _aligned_malloc_dbg(size, alignment, file, line)         _aligned_malloc(size, alignment)
#define _aligned_realloc_dbg(block, size, alignment, file, line) _aligned_realloc(block, size, alignment)
#define _aligned_recalloc_dbg(block, count, size, alignment, file, line)                                               \
  _aligned_recalloc(block, count, size, alignment)
#define _aligned_offset_malloc_dbg(size, alignment, offset, file, line) _aligned_offset_malloc(size, alignment, offset)
#define _aligned_offset_realloc_dbg(block, size, alignment, offset, file, line)                                        \
  _aligned_offset_realloc(block, size, alignment, offset)
#define _aligned_offset_recalloc_dbg(block, count, size, alignment, offset, file, line)                                \
  _aligned_offset_recalloc(block, count, size, alignment, offset)
#define _aligned_msize_dbg(block, alignment, offset) _aligned_msize(block, alignment, offset)
#define _aligned_free_dbg(block)                     _aligned_free(block)

#define _CrtSetDbgFlag(flags)                              ((int)0)
#define _CrtSetBreakAlloc(number)                          ((long)0)
#define _CrtSetAllocHook(hook)                             ((_CRT_ALLOC_HOOK)0)
#define _CrtGetAllocHook()                                 ((_CRT_ALLOC_HOOK)0)
#define _CrtCheckMemory()                                  ((int)1)
#define _CrtMemCheckpoint(state)                           ((void)0)
#define _CrtMemDifference(state, before, after)            ((int)0)
#define _CrtMemDumpStatistics(state)                       ((void)0)
#define _CrtMemDumpAllObjectsSince(state)                  ((void)0)
#define _CrtDumpMemoryLeaks()                              ((int)0)
#define _CrtSetDumpClient(dump)                            ((_CRT_DUMP_CLIENT)0)
#define _CrtGetDumpClient()                                ((_CRT_DUMP_CLIENT)0)
#define _CrtDoForAllClientObjects(callback, context)       ((void)0)
#define _CrtIsValidPointer(pointer, size, write)           ((int)1)
#define _CrtIsValidHeapPointer(pointer)                    ((int)1)
#define _CrtIsMemoryBlock(block, size, number, file, line) ((int)1)
#define _CrtReportBlockType(block)                         ((int)-1)
#define _CrtDbgReport(...)                                 ((int)0)
#define _CrtSetReportMode(kind, mode)                      ((int)0)
#define _CrtSetReportFile(kind, file)                      ((_HFILE)0)
#define _CrtSetReportHook(hook)                            ((_CRT_REPORT_HOOK)0)
#define _CrtGetReportHook()                                ((_CRT_REPORT_HOOK)0)
#define _CrtSetReportHook2(mode, hook)                     ((int)0)
#define _CrtDbgBreak()                                     ((void)0)

#define _RPT0(...)           ((void)0)
#define _RPT1(...)           ((void)0)
#define _RPT2(...)           ((void)0)
#define _RPT3(...)           ((void)0)
#define _RPT4(...)           ((void)0)
#define _RPT5(...)           ((void)0)
#define _RPTF0(...)          ((void)0)
#define _RPTF1(...)          ((void)0)
#define _RPTF2(...)          ((void)0)
#define _RPTF3(...)          ((void)0)
#define _RPTF4(...)          ((void)0)
#define _RPTF5(...)          ((void)0)
#define _ASSERT(expression)  ((void)0)
#define _ASSERTE(expression) ((void)0)

#endif

#endif
