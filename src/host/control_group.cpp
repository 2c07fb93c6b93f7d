#include "control_group.h"

#include "text_file.h"

namespace winmem::host {

namespace {

enum class Version : std::uint8_t { one, two };

// A path put together from pieces; too long a one names no file.
class Path {
public:
  const char* text() const { return text_; }
  unsigned length() const { return length_; }
  bool fits() const { return fits_; }

  void append(const char* piece, unsigned count) {
    fits_ = fits_ && count < sizeof text_ - length_;
    for (unsigned i = 0; fits_ && i < count; ++i) {
      text_[length_++] = piece[i];
    }
    text_[length_] = 0;
  }
  void append(const char* piece) {
    unsigned count = 0;
    while (piece[count] != 0) {
      ++count;
    }
    append(piece, count);
  }
  void cut(unsigned length) {
    length_ = length;
    text_[length_] = 0;
  }
  // "a/b/c" becomes "a/b", but nothing shorter than `shortest`; false when there is no more to cut.
  bool cut_last(unsigned shortest) {
    unsigned length = length_;
    while (length > shortest && text_[length - 1] != '/') {
      --length;
    }
    if (length <= shortest) {
      return false;
    }
    cut(length - 1);
    return true;
  }

private:
  char text_[kLongestLine] = {};
  unsigned length_ = 0;
  bool fits_ = true;
};

unsigned word_length(const char* text) {
  unsigned length = 0;
  while (text[length] != 0 && text[length] != ' ') {
    ++length;
  }
  return length;
}

const char* next_word(const char* text) {
  text += word_length(text);
  return *text == ' ' ? text + 1 : text;
}

bool is_word(const char* word, const char* wanted) {
  const char* rest = nullptr;
  return after_prefix(word, wanted, rest) && (*rest == 0 || *rest == ' ');
}

// Whether `wanted` is one of the names in a list such as "rw,memory".
bool in_list(const char* list, const char* wanted) {
  for (;;) {
    const char* rest = nullptr;
    if (after_prefix(list, wanted, rest) && (*rest == 0 || *rest == ',' || *rest == ':' || *rest == ' ')) {
      return true;
    }
    while (*list != 0 && *list != ',' && *list != ':' && *list != ' ') {
      ++list;
    }
    if (*list != ',') {
      return false;
    }
    ++list;
  }
}

// Lines are "0::/path" for version 2 and "4:cpu,memory:/path" for version 1.
bool find_group(const char* groups, Version version, Path& out) {
  TextFile file(groups);
  while (const char* line = file.next_line()) {
    const char* at = line;
    while (*at != 0 && *at != ':') {
      ++at;
    }
    if (*at == 0) {
      continue;
    }
    const char* controllers = ++at;
    while (*at != 0 && *at != ':') {
      ++at;
    }
    bool is_two = at == controllers;
    if (*at == ':' && (version == Version::two ? is_two : !is_two && in_list(controllers, "memory"))) {
      out.append(at + 1);
      return out.fits();
    }
  }
  return false;
}

// A mount point as /proc writes it: blanks and the like are \040.
void append_unescaped(Path& out, const char* text, unsigned count) {
  auto is_octal = [](char c) { return c >= '0' && c <= '7'; };
  for (unsigned i = 0; i < count; ++i) {
    char character = text[i];
    if (character == '\\' && i + 3 < count && is_octal(text[i + 1]) && is_octal(text[i + 2]) && is_octal(text[i + 3])) {
      character = static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
      i += 3;
    }
    out.append(&character, 1);
  }
}

// The group's folder: where the hierarchy is mounted, and the part of the group's path below what is mounted there.
//
//     31 23 0:28 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate
//     35 31 0:32 /docker/1f2e /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory
bool find_folder(const char* mounts, Version version, const Path& group, Path& out, unsigned& mount_length) {
  TextFile file(mounts);
  while (const char* line = file.next_line()) {
    const char* root = next_word(next_word(next_word(line)));
    const char* point = next_word(root);
    const char* at = point;
    while (*at != 0 && !is_word(at, "-")) {
      at = next_word(at);
    }
    const char* type = next_word(at);
    const char* options = next_word(next_word(type));
    bool fits =
        version == Version::two ? is_word(type, "cgroup2") : is_word(type, "cgroup") && in_list(options, "memory");
    if (!fits) {
      continue;
    }
    append_unescaped(out, point, word_length(point));
    mount_length = out.length();
    // In a container without a namespace of its own the group's path begins with what is mounted; a path outside of it
    // leaves the mounted folder itself, the best that can be seen from here.
    unsigned common = word_length(root);
    bool is_root = common == 1;
    const char* rest = nullptr;
    if (is_root) {
      rest = group.text();
    } else {
      const char* path = group.text();
      unsigned i = 0;
      while (i < common && path[i] == root[i]) {
        ++i;
      }
      rest = i == common && (path[i] == 0 || path[i] == '/') ? path + i : "";
    }
    const char* outside = nullptr;
    // NOLINTNEXTLINE(readability-suspicious-call-argument): that is the order
    if (!after_prefix(rest, "/..", outside) && !is_word(rest, "/")) {
      out.append(rest);
    }
    return out.fits();
  }
  return false;
}

bool number_in(Path& folder, const char* name, std::uint64_t& value) {
  unsigned length = folder.length();
  folder.append(name);
  bool found = folder.fits() && read_number(folder.text(), value);
  folder.cut(length);
  return found;
}

void lower(Bytes& limit, Path& folder, const char* name) {
  std::uint64_t value = 0;
  if (number_in(folder, name, value) && value < limit) {
    limit = value;
  }
}

// Pages of files on the kernel's two lists: what it takes back first when the group needs room.
Bytes cache_of(Path& folder, Version version) {
  unsigned length = folder.length();
  folder.append("/memory.stat");
  Bytes sum = 0;
  TextFile file(folder.text());
  while (const char* line = file.next_line()) {
    const char* rest = nullptr;
    const char* active = version == Version::two ? "active_file " : "total_active_file ";
    const char* inactive = version == Version::two ? "inactive_file " : "total_inactive_file ";
    std::uint64_t value = 0;
    if ((after_prefix(line, active, rest) || after_prefix(line, inactive, rest)) && parse_number(rest, value)) {
      sum += value;
    }
  }
  folder.cut(length);
  return sum;
}

void read_hierarchy(const char* groups, const char* mounts, Version version, GroupLimits& out) {
  Path group;
  Path folder;
  unsigned mount_length = 0;
  if (!find_group(groups, version, group) || !find_folder(mounts, version, group, folder, mount_length)) {
    return;
  }
  bool is_two = version == Version::two;
  do {
    Bytes lowest = out.memory;
    lower(out.memory, folder, is_two ? "/memory.max" : "/memory.limit_in_bytes");
    if (out.memory < lowest) {
      std::uint64_t in_use = 0;
      out.in_use = number_in(folder, is_two ? "/memory.current" : "/memory.usage_in_bytes", in_use) ? in_use : 0;
      out.cache = cache_of(folder, version);
    }
    if (is_two) {
      lower(out.swap, folder, "/memory.swap.max");
    } else {
      lower(out.memory_and_swap, folder, "/memory.memsw.limit_in_bytes");
    }
  } while (folder.cut_last(mount_length));
}

} // namespace

GroupLimits group_limits(const char* groups, const char* mounts) {
  GroupLimits limits;
  read_hierarchy(groups, mounts, Version::two, limits);
  read_hierarchy(groups, mounts, Version::one, limits);
  return limits;
}

} // namespace winmem::host
