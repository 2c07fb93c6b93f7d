#include "map_reader.h"

#include "features.h"
#include "syscall.h"

#include <cstddef>
#include <fcntl.h>

namespace winmem::host {

namespace {

constexpr Address kKernelHalf = Address{1} << 63; // the text ends with [vsyscall] there

struct KnownName {
  const char* text;
  MapName name;
};

constexpr KnownName kNames[] = {
    {"", MapName::none},       {"[stack]", MapName::stack}, {"[heap]", MapName::heap},
    {"[vdso]", MapName::vdso}, {"[vvar]", MapName::vvar},   {"[vvar_vclock]", MapName::vvar},
};

bool same(const char* a, const char* b) {
  while (*a != 0 && *a == *b) {
    ++a;
    ++b;
  }
  return *a == *b;
}

// The open file as a stream of characters.
class TextSource {
public:
  explicit TextSource(int file) : file_(file) {}

  int next() { return at_ < filled_ || refill() ? static_cast<unsigned char>(text_[at_++]) : -1; }

  void skip_line() {
    for (;;) {
      while (at_ < filled_) {
        if (text_[at_++] == '\n') {
          return;
        }
      }
      if (!refill()) {
        return;
      }
    }
  }

  bool failed() const { return failed_; }
  bool was_empty() const { return total_ == 0; }

private:
  bool refill() {
    long got = 0;
    do {
      got = system_call(SYS_read, file_, as_argument(text_), sizeof text_);
    } while (got == -EINTR);
    failed_ = failed_ || got < 0;
    at_ = 0;
    filled_ = got > 0 ? static_cast<std::size_t>(got) : 0;
    total_ += filled_;
    return filled_ != 0;
  }

  int file_;
  bool failed_ = false;
  std::size_t at_ = 0;
  std::size_t filled_ = 0;
  std::size_t total_ = 0;
  char text_[4096];
};

} // namespace

MapName classify_map_name(const char* text) {
  for (const KnownName& row : kNames) {
    if (same(row.text, text)) {
      return row.name;
    }
  }
  return MapName::other;
}

int open_map_text() {
  if (disabled(Feature::proc)) {
    return -ENOENT;
  }
  return static_cast<int>(system_call(SYS_openat, AT_FDCWD, as_argument("/proc/self/maps"), O_RDONLY | O_CLOEXEC));
}

MapText read_map_text(Address at, Mapping& out) {
  int file = open_map_text();
  if (file < 0) {
    return MapText::unreadable;
  }
  TextSource source(file);
  MapLines<TextSource> lines(source);
  bool found = lines.seek(at, out);
  system_call(SYS_close, file);
  if (found) {
    return out.range.begin < kKernelHalf ? MapText::found : MapText::nothing;
  }
  return source.failed() || source.was_empty() ? MapText::unreadable : MapText::nothing;
}

} // namespace winmem::host
