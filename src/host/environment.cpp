#include "environment.h"

#include "syscall.h"

#include <cstring>
#include <sys/auxv.h>
#include <sys/resource.h>
#include <unistd.h>

namespace winmem::host {

// getenv by hand: it must work before libc's constructors have run and in a signal handler.
const char* environment(const char* name) {
  if (environ == nullptr || getauxval(AT_SECURE) != 0) {
    return nullptr;
  }
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const char* text = *entry;
    const char* wanted = name;
    while (*wanted != 0 && *text == *wanted) {
      ++text;
      ++wanted;
    }
    if (*wanted == 0 && *text == '=') {
      return text + 1;
    }
  }
  return nullptr;
}

Bytes parse_size(const char* text) {
  Bytes value = 0;
  for (; *text >= '0' && *text <= '9'; ++text) {
    if (__builtin_mul_overflow(value, Bytes{10}, &value) ||
        __builtin_add_overflow(value, static_cast<Bytes>(*text - '0'), &value)) {
      return ~Bytes{0};
    }
  }
  int shift = 0;
  switch (*text) {
  case 0:
    return value;
  case 'K':
  case 'k':
    shift = 10;
    break;
  case 'M':
  case 'm':
    shift = 20;
    break;
  case 'G':
  case 'g':
    shift = 30;
    break;
  case 'T':
  case 't':
    shift = 40;
    break;
  default:
    return 0;
  }
  if (text[1] != 0) {
    return 0;
  }
  return value > (~Bytes{0} >> shift) ? ~Bytes{0} : value << shift;
}

Bytes address_space_left() {
  rlimit limit{};
  if (system_call(SYS_prlimit64, 0, RLIMIT_AS, 0, as_argument(&limit)) != 0 || limit.rlim_cur == RLIM_INFINITY) {
    return ~Bytes{0};
  }
  return limit.rlim_cur;
}

std::uint64_t process_secret() {
  std::uint64_t secret = 0;
  const auto* bytes = reinterpret_cast<const char*>(getauxval(AT_RANDOM)); // sixteen; none in a strange sandbox
  if (bytes != nullptr) {
    std::memcpy(&secret, bytes + sizeof secret, sizeof secret); // the first eight are libc's
  }
  return secret | 1;
}

} // namespace winmem::host
