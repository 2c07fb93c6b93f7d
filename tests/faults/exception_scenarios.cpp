// Exceptions: handlers, what a fault needs of the kernel, how a process ends by one.
#include "fail.h"
#include "scenario.h"
#include "winmem.h"

#include <csignal>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace faults {
namespace {

LONG WINAPI search_on(EXCEPTION_POINTERS*) { return EXCEPTION_CONTINUE_SEARCH; }

// Makes the page at which it failed read-write.
LONG WINAPI open_page(EXCEPTION_POINTERS* info) {
  auto at = info->ExceptionRecord->ExceptionInformation[1];
  DWORD old = 0;
  bool opened = info->ExceptionRecord->ExceptionCode == static_cast<DWORD>(EXCEPTION_ACCESS_VIOLATION) &&
                VirtualProtect(reinterpret_cast<void*>(at), 1, PAGE_READWRITE, &old) != 0;
  return opened ? EXCEPTION_CONTINUE_EXECUTION : EXCEPTION_CONTINUE_SEARCH;
}

LONG WINAPI go_on(EXCEPTION_POINTERS*) { return EXCEPTION_CONTINUE_EXECUTION; }

void handle_with(PVECTORED_EXCEPTION_HANDLER handler) {
  FAULTS_REQUIRE(AddVectoredExceptionHandler(1, handler) != nullptr);
}

void store(char* at, char value) { *reinterpret_cast<volatile char*>(at) = value; }

// Runs it in a process of its own; how that ends. Without winmem's fork handlers, whose calls in parent and child come
// in no fixed order.
template <typename Body> int status_of(Body body) {
  pid_t child = _Fork();
  if (child == 0) {
    rlimit none{};
    setrlimit(RLIMIT_CORE, &none);
    body();
    _exit(99);
  }
  int status = 0;
  FAULTS_REQUIRE(waitpid(child, &status, 0) == child);
  return status;
}

SCENARIO(first_vectored_handler, kOutOfMemory) {
  trial.call([] { return AddVectoredExceptionHandler(1, search_on) != nullptr; });
}

SCENARIO(another_vectored_handler, kOutOfMemory) {
  handle_with(search_on);
  trial.call([] { return AddVectoredExceptionHandler(0, search_on) != nullptr; });
}

SCENARIO(continue_handler, kOutOfMemory) {
  trial.call([] { return AddVectoredContinueHandler(1, search_on) != nullptr; });
}

// Where the handler cannot mend it, the body is given up and the last error says why.
SCENARIO(access_violation_that_a_handler_mends, kOutOfMemory) {
  char* region = filled(16);
  protect(region, 16, PAGE_READONLY);
  handle_with(open_page);
  trial.call([=] {
    auto body = [](void* at) { store(static_cast<char*>(at), 7); };
    auto filter = [](EXCEPTION_POINTERS*, void*) -> int { return EXCEPTION_EXECUTE_HANDLER; };
    return winmem_try(body, filter, region + 3 * kPage, nullptr) != 0 && region[3 * kPage] == 7;
  });
}

SCENARIO(raised_exception_that_a_handler_takes, kNever) {
  handle_with(go_on);
  trial.call([] {
    RaiseException(0xE0001234, 0, 0, nullptr);
    return true;
  });
}

SCENARIO(guarantee_of_stack_for_an_overflow, kOutOfMemory) {
  handle_with(search_on);
  trial.call([] {
    ULONG size = 0x40000;
    return SetThreadStackGuarantee(&size) != 0;
  });
}

SCENARIO(guarantee_of_stack_before_any_handler, kOutOfMemory) {
  trial.call([] {
    ULONG size = 0x40000;
    return SetThreadStackGuarantee(&size) != 0;
  });
}

SCENARIO(access_violation_that_nobody_takes, kNever) {
  char* region = reserve(16);
  handle_with(search_on);
  trial.call([=] {
    int status = status_of([=] { store(region, 1); });
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV;
  });
}

SCENARIO(raised_exception_that_nobody_takes, kNever) {
  handle_with(search_on);
  trial.call([] {
    int status = status_of([] { RaiseException(0xE0001234, EXCEPTION_NONCONTINUABLE, 0, nullptr); });
    return (WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT) ||
           (WIFEXITED(status) && WEXITSTATUS(status) == 128 + SIGABRT);
  });
}

// Its end takes its alternate stack away.
SCENARIO(thread_with_an_alternate_stack, kNever) {
  handle_with(search_on);
  char* region = reserve(16);
  auto run = [](void* at) -> void* { return VirtualFree(at, kPage, MEM_DECOMMIT) != 0 ? at : nullptr; };
  pthread_t first; // its stack stays with libc for the next
  FAULTS_REQUIRE(pthread_create(
                     &first, nullptr, [](void* at) { return at; }, nullptr) == 0);
  FAULTS_REQUIRE(pthread_join(first, nullptr) == 0);
  trial.call([=] {
    pthread_t thread;
    void* answer = nullptr;
    return pthread_create(&thread, nullptr, run, region) == 0 && pthread_join(thread, &answer) == 0 && answer == region;
  });
}

} // namespace
} // namespace faults
