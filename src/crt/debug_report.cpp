// crtdbg.h: reports, and where they go.
//
// Where Windows would show a message to a debugger or in a box, it is written to standard error: there is neither
// here. A box's first button is Abort, so an error or a failed assertion in a box ends the process; a warning goes on.
// A report file is a descriptor: HANDLEs of files are still to come.
#include "../host/fork.h"
#include "../host/formatted_text.h"
#include "../host/last_words.h"
#include "../host/lock.h"
#include "debug_heap.h"
#include "process_blocks.h"

#include <algorithm>
#include <atomic>
#include <cstdarg>
#include <cstdint>
#include <cstring>

using namespace winmem;

namespace {

constexpr int kStandardOutput = 1;
constexpr int kStandardError = 2;
constexpr Bytes kLongest = 4096; // of a report; what is longer is cut

constexpr int kKnownModes = _CRTDBG_MODE_FILE | _CRTDBG_MODE_DEBUG | _CRTDBG_MODE_WNDW;

// Single words, as in Microsoft's library: who changes them while others report sees either.
constinit std::atomic<int> modes[_CRT_ERRCNT] = {_CRTDBG_MODE_DEBUG, _CRTDBG_MODE_WNDW, _CRTDBG_MODE_WNDW};
constinit std::atomic<_HFILE> files[_CRT_ERRCNT] = {}; // nullptr stands for _CRTDBG_INVALID_HFILE
constinit std::atomic<_CRT_REPORT_HOOK> last_hook{nullptr};

// Those of _CrtSetReportHook2, the newest first.
struct Hooked {
  _CRT_REPORT_HOOK call = nullptr;
  int count = 0;
};
constexpr int kMostHooks = 32;
constinit host::Lock hooks_lock;
constinit Hooked hooks[kMostHooks]; // guarded by hooks_lock
constinit int hook_count = 0;       // likewise

bool is_type(int type) { return type >= 0 && type < _CRT_ERRCNT; }

// Asks the program's hooks; true when one of them has dealt with the report.
bool is_taken(int type, char* text, int& result) {
  Hooked asked[kMostHooks];
  int count = 0;
  {
    host::LockHold hold(hooks_lock);
    count = hook_count;
    std::copy_n(hooks, count, asked);
  }
  for (int i = 0; i < count; ++i) {
    if (asked[i].call(type, text, &result) != 0) {
      return true;
    }
  }
  _CRT_REPORT_HOOK call = last_hook.load(std::memory_order_acquire);
  return call != nullptr && call(type, text, &result) != 0;
}

// The descriptor of a report file; -1 for none.
int descriptor_of(_HFILE file) {
  if (file == _CRTDBG_FILE_STDOUT) {
    return kStandardOutput;
  }
  if (file == _CRTDBG_FILE_STDERR) {
    return kStandardError;
  }
  auto number = reinterpret_cast<std::intptr_t>(file);
  return number > 0 && number <= INT32_MAX ? static_cast<int>(number) : -1;
}

void write(int type, const char* text) {
  int mode = modes[type].load(std::memory_order_relaxed);
  int file = (mode & _CRTDBG_MODE_FILE) != 0 ? descriptor_of(files[type].load(std::memory_order_relaxed)) : -1;
  Bytes size = std::strlen(text);
  if (file >= 0) {
    host::write_text(file, text, size);
  }
  bool is_shown = (mode & (_CRTDBG_MODE_DEBUG | _CRTDBG_MODE_WNDW)) != 0;
  if (is_shown && file != kStandardError) {
    host::write_text(kStandardError, text, size);
  }
  if ((mode & _CRTDBG_MODE_WNDW) != 0 && type != _CRT_WARN) {
    host::abort_process();
  }
}

[[gnu::constructor(101)]] void install_fork_handlers() {
  host::at_fork([] { hooks_lock.lock(); }, [] { hooks_lock.unlock(); }, [] { hooks_lock.unlock(); });
}

} // namespace

int crt::debug::report_text(int type, const char* file, int line, const char* text) {
  char whole[kLongest];
  const char* failed = type == _CRT_ASSERT ? "Assertion failed: " : "";
  const char* end = type == _CRT_ASSERT ? "\n" : "";
  if (file != nullptr) {
    host::format_text(whole, sizeof whole, "%s(%d) : %s%s%s", file, line, failed, text, end);
  } else {
    host::format_text(whole, sizeof whole, "%s%s%s", failed, text, end);
  }
  int result = 0;
  if (!is_taken(type, whole, result)) {
    write(type, whole);
  }
  return result;
}

// Checked as printf is. NOLINTNEXTLINE(cert-dcl50-cpp)
void crt::debug::report(int type, const char* format, ...) {
  char text[kLongest];
  va_list arguments;
  va_start(arguments, format);
  host::format_text(text, sizeof text, format, arguments);
  va_end(arguments);
  report_text(type, nullptr, 0, text);
}

// By printf's rules, which the header does not say: a program may pass NULL.
[[gnu::format(printf, 5, 6)]] int _CrtDbgReport(int _ReportType, const char* _FileName, int _Linenumber,
                                                const char* _ModuleName, const char* _Format, ...) {
  static_cast<void>(_ModuleName); // stands in a box only
  if (!is_type(_ReportType)) {
    return -1;
  }
  char text[kLongest] = "";
  if (_Format != nullptr) {
    va_list arguments;
    va_start(arguments, _Format);
    host::format_text(text, sizeof text, _Format, arguments);
    va_end(arguments);
  }
  return crt::debug::report_text(_ReportType, _FileName, _Linenumber, text);
}

int _CrtSetReportMode(int _ReportType, int _ReportMode) {
  if (!is_type(_ReportType) || (_ReportMode != _CRTDBG_REPORT_MODE && (_ReportMode & ~kKnownModes) != 0)) {
    crt::invalid_parameter();
    return -1;
  }
  std::atomic<int>& mode = modes[_ReportType];
  return _ReportMode == _CRTDBG_REPORT_MODE ? mode.load(std::memory_order_relaxed)
                                            : mode.exchange(_ReportMode, std::memory_order_relaxed);
}

_HFILE _CrtSetReportFile(int _ReportType, _HFILE _ReportFile) {
  if (!is_type(_ReportType)) {
    crt::invalid_parameter();
    return _CRTDBG_HFILE_ERROR;
  }
  std::atomic<_HFILE>& file = files[_ReportType];
  _HFILE before = _ReportFile == _CRTDBG_REPORT_FILE ? file.load(std::memory_order_relaxed)
                                                     : file.exchange(_ReportFile, std::memory_order_relaxed);
  return before != nullptr ? before : _CRTDBG_INVALID_HFILE;
}

_CRT_REPORT_HOOK _CrtSetReportHook(_CRT_REPORT_HOOK _PFnNewHook) {
  return last_hook.exchange(_PFnNewHook, std::memory_order_acq_rel);
}

_CRT_REPORT_HOOK _CrtGetReportHook() { return last_hook.load(std::memory_order_acquire); }

int _CrtSetReportHook2(int _Mode, _CRT_REPORT_HOOK _PFnNewHook) {
  if ((_Mode != _CRT_RPTHOOK_INSTALL && _Mode != _CRT_RPTHOOK_REMOVE) || _PFnNewHook == nullptr) {
    crt::invalid_parameter();
    return -1;
  }
  {
    host::LockHold hold(hooks_lock);
    Hooked* end = hooks + hook_count;
    Hooked* known = std::find_if(hooks, end, [=](const Hooked& hooked) { return hooked.call == _PFnNewHook; });
    if (known != end && _Mode == _CRT_RPTHOOK_INSTALL) {
      std::rotate(hooks, known, known + 1);
      return ++hooks[0].count;
    }
    if (known != end) {
      int left = --known->count;
      if (left == 0) {
        std::move(known + 1, end, known);
        --hook_count;
      }
      return left;
    }
    if (_Mode == _CRT_RPTHOOK_INSTALL && hook_count < kMostHooks) {
      std::move_backward(hooks, end, end + 1);
      hooks[0] = {_PFnNewHook, 1};
      ++hook_count;
      return 1;
    }
  }
  if (_Mode == _CRT_RPTHOOK_REMOVE) {
    crt::invalid_parameter();
  } else {
    crt::no_memory();
  }
  return -1;
}
