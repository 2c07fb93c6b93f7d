#include "twin.h"

#include "host/syscall.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <unistd.h>

namespace faults {

namespace {

constexpr std::uintptr_t kPage = 4096;

constinit CallLog start_log_{};
constinit std::atomic<bool> watching{true};
constinit CallLog* log_ = &start_log_;
constinit bool start_plan_read = false; // the start has one thread
constinit Fault plan[kMostFaults] = {};
constinit unsigned planned = 0;

constexpr unsigned kMostLacking = 4;
constinit Lacking lacking_[kMostLacking] = {};
constinit unsigned lacking_count = 0;

constinit std::atomic<Observer> observer_{nullptr};

constexpr unsigned kMostMapped = 4096;
constinit Mapped mapped_[kMostMapped] = {};
constinit unsigned mapped_count_ = 0;
constinit std::atomic_flag mapped_lock = ATOMIC_FLAG_INIT;

[[noreturn]] void give_up(const char* text) {
  [[maybe_unused]] ssize_t written = write(2, text, std::strlen(text));
  std::abort();
}

long operation_of(long number, const long* arguments) {
  switch (number) {
  case SYS_madvise:
  case SYS_msync:
    return arguments[2];
  case SYS_mmap:
    return arguments[3] & MAP_FIXED_NOREPLACE;
  case SYS_fcntl:
  case SYS_ioctl:
    return arguments[1];
  case SYS_futex:
    return arguments[1] & FUTEX_CMD_MASK;
  case SYS_rt_sigaction:
    return arguments[1] != 0; // installs, or only asks
  case SYS_sigaltstack:
    return arguments[0] != 0;
  case SYS_membarrier:
    return arguments[0];
  default:
    return 0;
  }
}

long real_call(long number, const long* a) {
  return winmem::host::system_call(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

void forget_mapped(std::uintptr_t begin, std::uintptr_t end) {
  for (unsigned i = 0; i < mapped_count_; ++i) {
    Mapped& each = mapped_[i];
    if (each.end <= begin || end <= each.begin) {
      continue;
    }
    if (each.begin < begin && end < each.end) { // the middle: what is above becomes one more
      if (mapped_count_ == kMostMapped) {
        give_up("twin: too many mappings\n");
      }
      mapped_[mapped_count_++] = {end, each.end, each.is_table, each.was_opened, each.is_view};
      each.end = begin;
    } else if (each.begin < begin) {
      each.end = begin;
    } else {
      each.begin = std::min(end, each.end);
    }
  }
}

// Keeps the list of what winmem has mapped.
void note_mapping(long number, const long* arguments, long result) {
  while (mapped_lock.test_and_set(std::memory_order_acquire)) {
  }
  if (number == SYS_mmap && (arguments[3] & MAP_FIXED) != 0) {
    // in the place of one that is known
  } else if (number == SYS_mmap && (result > 0 || result < -4095)) {
    auto begin = static_cast<std::uintptr_t>(result);
    if (mapped_count_ == kMostMapped) {
      give_up("twin: too many mappings\n");
    }
    // Of a file, where winmem wants it: the program's, whatever its protection. Else a table, with or without a file.
    bool is_view = arguments[4] >= 0 && arguments[0] != 0;
    mapped_[mapped_count_++] = {begin, begin + static_cast<std::uintptr_t>(arguments[1]),
                                !is_view && (arguments[2] & PROT_WRITE) != 0, is_view, is_view};
  } else if (number == SYS_munmap && result == 0) {
    auto begin = static_cast<std::uintptr_t>(arguments[0]);
    forget_mapped(begin, begin + static_cast<std::uintptr_t>(arguments[1]));
  } else if (number == SYS_mprotect && result == 0 && arguments[2] != PROT_NONE) {
    auto begin = static_cast<std::uintptr_t>(arguments[0]);
    for (unsigned i = 0; i < mapped_count_; ++i) {
      mapped_[i].was_opened = mapped_[i].was_opened || (mapped_[i].begin <= begin && begin < mapped_[i].end);
    }
  }
  mapped_lock.clear(std::memory_order_release);
}

long make(long number, const long* arguments) {
  long result = real_call(number, arguments);
  if (number == SYS_mmap || number == SYS_munmap || number == SYS_mprotect) {
    note_mapping(number, arguments, result);
  }
  return result;
}

long fail(long number, const long* arguments, const Answer& answer) {
  long changed[6];
  std::copy_n(arguments, 6, changed);
  switch (answer.how) {
  case How::refused:
    break;
  case How::half:
    changed[1] = static_cast<long>(static_cast<std::uintptr_t>(arguments[1]) / 2 / kPage * kPage);
    if (changed[1] != 0) {
      make(number, changed);
    }
    break;
  case How::done:
    make(number, changed);
    break;
  case How::one_byte:
    changed[2] = 1;
    return make(number, changed);
  case How::elsewhere:
    changed[0] = 0;
    changed[3] &= ~long{MAP_FIXED_NOREPLACE};
    return make(number, changed);
  }
  return -answer.error;
}

const Answer* lacking_answer(const Call& call, Answer& out) {
  for (unsigned i = 0; i < lacking_count; ++i) {
    const Lacking& each = lacking_[i];
    if (each.number == call.number && (each.operation == kAny || each.operation == call.operation)) {
      out = {.error = each.error};
      return &out;
    }
  }
  return nullptr;
}

// What the plan has for the call that is the n-th; nullptr: nothing.
const Answer* planned_answer(const Call& call, unsigned nth) {
  for (unsigned i = 0; i < planned; ++i) {
    const Fault& fault = plan[i];
    if (nth == fault.nth && (fault.number == call.number || fault.number == kAny)) {
      return &fault.answer;
    }
    if (fault.from_then_on && nth > fault.nth && fault.nth < kMostCalls) {
      const Call& first = log_->calls[fault.nth];
      if ((fault.number == first.number || fault.number == kAny) && first.number == call.number &&
          first.operation == call.operation) {
        return &fault.answer;
      }
    }
  }
  return nullptr;
}

void read_start_plan() {
  start_plan_read = true;
  const char* text = std::getenv(kStartVariable);
  int how = 0;
  int from_then_on = 0;
  Fault fault;
  if (text != nullptr && std::sscanf(text, "%u %ld %d %d", &fault.nth, &fault.answer.error, &how, &from_then_on) == 4) {
    fault.answer.how = static_cast<How>(how);
    fault.from_then_on = from_then_on != 0;
    plan[0] = fault;
    planned = 1;
  }
}

} // namespace

bool Call::operator==(const Call& other) const {
  return line == other.line && number == other.number && operation == other.operation &&
         std::strcmp(file, other.file) == 0;
}

void watch(CallLog& log, const Fault* faults, unsigned count) {
  log.count = 0;
  log.refused = 0;
  log_ = &log;
  planned = count;
  std::copy_n(faults, count, plan);
  watching.store(true, std::memory_order_seq_cst);
}

void stop_watching() { watching.store(false, std::memory_order_seq_cst); }

bool was_made(long number) {
  return std::any_of(log_->calls, log_->calls + std::min(log_->count, kMostCalls),
                     [number](const Call& call) { return call.number == number; });
}

void lack(const Lacking& lacking) {
  if (lacking_count == kMostLacking) {
    give_up("twin: too much is lacking\n");
  }
  lacking_[lacking_count++] = lacking;
}

void observe(Observer observer) { observer_.store(observer, std::memory_order_seq_cst); }

const CallLog& start_log() { return start_log_; }

FaultText to_text(const Fault& fault) {
  FaultText out{};
  std::snprintf(out.text, sizeof out.text, "%u %ld %d %d", fault.nth, fault.answer.error,
                static_cast<int>(fault.answer.how), fault.from_then_on ? 1 : 0);
  return out;
}

unsigned mapped_count() { return mapped_count_; }
const Mapped& mapped(unsigned i) { return mapped_[i]; }

} // namespace faults

namespace winmem::host {

long twin_call(const char* file, int line, long number, long a, long b, long c, long d, long e, long f) {
  const long arguments[6] = {a, b, c, d, e, f};
  const faults::Call call{file, line, number, faults::operation_of(number, arguments)};
  faults::Answer lacks{};
  const faults::Answer* answer = nullptr;
  if (!faults::start_plan_read) {
    faults::read_start_plan();
  }
  if (faults::Observer observer = faults::observer_.load(std::memory_order_seq_cst)) {
    observer(call);
  }
  if (faults::watching.load(std::memory_order_acquire)) {
    unsigned nth = __atomic_fetch_add(&faults::log_->count, 1, __ATOMIC_SEQ_CST);
    if (nth < faults::kMostCalls) {
      faults::log_->calls[nth] = call;
    }
    answer = faults::planned_answer(call, nth);
    if (answer != nullptr) {
      __atomic_fetch_add(&faults::log_->refused, 1, __ATOMIC_SEQ_CST);
    }
    if (answer == nullptr) {
      answer = faults::lacking_answer(call, lacks);
    }
  }
  return answer != nullptr ? faults::fail(number, arguments, *answer) : faults::make(number, arguments);
}

} // namespace winmem::host
