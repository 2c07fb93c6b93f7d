/* Preloaded into a program that uses winmem: counts its calls of the virtual memory functions, and writes the counts at
   exit, as one line of four numbers, to the file that CALL_COUNTS names. With CALL_LOG it also writes each call. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

static unsigned long allocs, frees, protects, queries;
static FILE* call_log;

static __attribute__((constructor)) void open_log(void) {
  const char* name = getenv("CALL_LOG");
  if (name)
    call_log = fopen(name, "w");
}

static __attribute__((destructor)) void write_counts(void) {
  const char* name = getenv("CALL_COUNTS");
  FILE* file = name ? fopen(name, "w") : NULL;
  if (file) {
    fprintf(file, "%lu %lu %lu %lu\n", allocs, frees, protects, queries);
    fclose(file);
  }
  if (call_log)
    fclose(call_log);
}

/* The function that the program would have called without us. */
#define NEXT(function) ((__typeof__(&function))dlsym(RTLD_NEXT, #function))
#define LOG(...)       ((void)(call_log && fprintf(call_log, __VA_ARGS__)))

LPVOID WINAPI VirtualAlloc(LPVOID address, SIZE_T size, DWORD type, DWORD protect) {
  static __typeof__(&VirtualAlloc) next;
  LPVOID result;
  if (!next)
    next = NEXT(VirtualAlloc);
  result = next(address, size, type, protect);
  ++allocs;
  LOG("VirtualAlloc(%p, %#zx, %#x, %#x) = %p\n", address, (size_t)size, (unsigned)type, (unsigned)protect, result);
  return result;
}

BOOL WINAPI VirtualFree(LPVOID address, SIZE_T size, DWORD type) {
  static __typeof__(&VirtualFree) next;
  BOOL result;
  if (!next)
    next = NEXT(VirtualFree);
  result = next(address, size, type);
  ++frees;
  LOG("VirtualFree(%p, %#zx, %#x) = %d\n", address, (size_t)size, (unsigned)type, result);
  return result;
}

BOOL WINAPI VirtualProtect(LPVOID address, SIZE_T size, DWORD protect, PDWORD before) {
  static __typeof__(&VirtualProtect) next;
  BOOL result;
  if (!next)
    next = NEXT(VirtualProtect);
  result = next(address, size, protect, before);
  ++protects;
  LOG("VirtualProtect(%p, %#zx, %#x, was %#x) = %d\n", address, (size_t)size, (unsigned)protect, (unsigned)*before,
      result);
  return result;
}

SIZE_T WINAPI VirtualQuery(LPCVOID address, PMEMORY_BASIC_INFORMATION info, SIZE_T size) {
  static __typeof__(&VirtualQuery) next;
  SIZE_T result;
  if (!next)
    next = NEXT(VirtualQuery);
  result = next(address, info, size);
  ++queries;
  LOG("VirtualQuery(%p) = %zu: base %p, size %#zx, allocation %p\n", address, (size_t)result, info->BaseAddress,
      (size_t)info->RegionSize, info->AllocationBase);
  return result;
}
