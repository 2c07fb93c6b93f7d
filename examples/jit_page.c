/* A calculator that compiles. A sum in reverse Polish, such as "6 7 *", becomes x86-64 machine code in a page that is
   first writable and then executable, never both; the page is called as a function. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

enum { PAGE = 4096 };
typedef int (*Compiled)(void);

static unsigned char* emit(unsigned char* out, const char* code, size_t size) {
  memcpy(out, code, size);
  return out + size;
}

/* A number is pushed; an operator takes two values from the machine's stack and pushes one. */
static Compiled compile(void* page, const char* text) {
  unsigned char* out = page;
  DWORD before;
  char* end;

  while (*text) {
    long number = strtol(text, &end, 10);
    if (end != text) {
      int value = (int)number;
      out = emit(out, "\x68", 1); /* push value */
      out = emit(out, (const char*)&value, sizeof value);
      text = end;
    } else {
      if (*text != ' ')
        out = emit(out, "\x59\x58", 2); /* pop rcx; pop rax */
      if (*text == '+')
        out = emit(out, "\x01\xc8\x50", 3); /* add eax, ecx; push rax */
      if (*text == '-')
        out = emit(out, "\x29\xc8\x50", 3); /* sub eax, ecx; push rax */
      if (*text == '*')
        out = emit(out, "\x0f\xaf\xc1\x50", 4); /* imul eax, ecx; push rax */
      ++text;
    }
  }
  emit(out, "\x58\xc3", 2); /* pop rax; ret */

  if (!VirtualProtect(page, PAGE, PAGE_EXECUTE_READ, &before) || before != PAGE_READWRITE)
    return NULL;
  return (Compiled)(ULONG_PTR)page;
}

static void show_protection(const char* when, const void* page) {
  MEMORY_BASIC_INFORMATION info;
  if (VirtualQuery(page, &info, sizeof info) != sizeof info)
    exit(1);
  printf("%s: %s\n", when,
         info.Protect == PAGE_READWRITE      ? "read and write"
         : info.Protect == PAGE_EXECUTE_READ ? "read and execute"
                                             : "something else");
}

int main(void) {
  static const char* const sums[] = {"6 7 *", "1 2 + 3 4 + *", "100 1 - 2 *", "2 2 * 2 * 2 * 2 * 2 * 2 * 2 *"};
  size_t i;
  void* page = VirtualAlloc(NULL, PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
  if (!page)
    return 1;

  show_protection("while it is written", page);
  for (i = 0; i < sizeof sums / sizeof sums[0]; ++i) {
    DWORD before;
    Compiled run = compile(page, sums[i]);
    if (!run)
      return 1;
    if (i == 0)
      show_protection("while it runs", page);
    printf("%s = %d\n", sums[i], run());
    VirtualProtect(page, PAGE, PAGE_READWRITE, &before);
  }
  return VirtualFree(page, 0, MEM_RELEASE) ? 0 : 1;
}
