#include "name_file.h"

#include "../host/file.h"

#include <cstring>

namespace winmem::object {

namespace {

constexpr std::uint64_t kMagic = 0x31656D616E6D7777; // "wwmname1"
constexpr Bytes kFirstHolders = 1024;
constexpr Bytes kMoreHolders = 8192;
constexpr unsigned kHoldersAtOnce = (kStatePage - kFirstHolders) / sizeof(Holder);
constexpr unsigned kMostBatches = 256; // a hundred thousand processes
static_assert(sizeof(NameHeader) <= kFirstHolders);

Bytes place_of(unsigned batch, unsigned index) {
  Bytes begin = batch == 0 ? kFirstHolders : kMoreHolders + (batch - 1) * kHoldersAtOnce * sizeof(Holder);
  return begin + index * sizeof(Holder);
}

// A part of the list of holders.
struct Batch {
  Holder holders[kHoldersAtOnce];
  unsigned count = 0;

  Batch(int file, unsigned number) {
    host::Transferred got =
        host::read_file(file, holders, sizeof holders, static_cast<std::int64_t>(place_of(number, 0)));
    count = got.status == Status::ok ? static_cast<unsigned>(got.bytes / sizeof(Holder)) : 0;
  }
};

Status write_at(int file, const void* from, Bytes size, Bytes place) {
  host::Transferred written = host::write_file(file, from, size, static_cast<std::int64_t>(place));
  return written.status == Status::ok && written.bytes == size ? Status::ok : Status::insufficient_resources;
}

bool is_plain(char16_t unit) {
  return (unit >= 'a' && unit <= 'z') || (unit >= 'A' && unit <= 'Z') || (unit >= '0' && unit <= '9') || unit == '-' ||
         unit == '_' || unit == '.';
}

char* put_hex(char* to, std::uint64_t value, unsigned digits) {
  while (digits > 0) {
    constexpr unsigned kDigitBits = 4;
    *to++ = "0123456789abcdef"[value >> (--digits * kDigitBits) & 15];
  }
  return to;
}

} // namespace

std::uint64_t hash_of(const Name& name, std::uint64_t seed) {
  constexpr std::uint64_t kPrime = 0x9E3779B97F4A7C15;
  std::uint64_t hash = (seed + 1) * kPrime ^ static_cast<std::uint64_t>(name.space);
  for (unsigned i = 0; i < name.length; ++i) {
    hash = (hash ^ name.text[i]) * kPrime;
    hash ^= hash >> 29;
  }
  return hash;
}

// Letters and digits as they are, all else as %XXXX; of a name that gets too long a part, and 128 bits of hash.
void file_name_of(const Name& name, char (&out)[kFileNameRoom]) {
  constexpr unsigned kEscape = 5;
  constexpr unsigned kHash = 33;
  char* to = out;
  char* last = out + kFileNameRoom - 1 - kHash - kEscape;
  *to++ = name.space == NameSpace::global ? 'G' : 'L';
  *to++ = '-';
  unsigned i = 0;
  for (; i < name.length && to <= last; ++i) {
    if (is_plain(name.text[i])) {
      *to++ = static_cast<char>(name.text[i]);
    } else {
      *to++ = '%';
      to = put_hex(to, name.text[i], 4);
    }
  }
  if (i < name.length) {
    *to++ = '~';
    to = put_hex(to, hash_of(name, 1), 16);
    to = put_hex(to, hash_of(name, 2), 16);
  }
  *to = 0;
}

Status write_header(int file, NameHeader& header, const Name& name) {
  header.magic = 0;
  header.length = name.length;
  header.space = name.space;
  std::memcpy(header.text, name.text, name.length * sizeof(char16_t));
  if (Status status = write_at(file, &header, sizeof header, 0); status != Status::ok) {
    return status;
  }
  header.magic = kMagic;
  return write_at(file, &header.magic, sizeof header.magic, 0);
}

Status read_header(int file, const Name& name, NameHeader& out) {
  host::Transferred got = host::read_file(file, &out, sizeof out, 0);
  if (got.status != Status::ok) {
    return Status::access_denied;
  }
  if (got.bytes < sizeof out || out.magic == 0) {
    return Status::object_name_not_found;
  }
  bool is_its = out.magic == kMagic && out.space == name.space && out.length == name.length &&
                std::memcmp(out.text, name.text, name.length * sizeof(char16_t)) == 0;
  return is_its ? Status::ok : Status::access_denied;
}

Status add_holder(int file, Holder holder, Bytes& place) {
  for (unsigned batch = 0; batch < kMostBatches; ++batch) {
    Batch there(file, batch);
    unsigned i = 0;
    while (i < there.count && there.holders[i].process != 0 && there.holders[i].process != holder.process &&
           host::is_process_alive(there.holders[i].process)) {
      ++i;
    }
    if (i < kHoldersAtOnce) {
      place = place_of(batch, i);
      return write_at(file, &holder, sizeof holder, place);
    }
  }
  return Status::insufficient_resources;
}

void remove_holder(int file, Bytes place) {
  Holder none;
  static_cast<void>(write_at(file, &none, sizeof none, place));
}

int open_shared_file(int file, const NameHeader& header) {
  for (unsigned batch = 0; batch < kMostBatches; ++batch) {
    Batch there(file, batch);
    for (unsigned i = 0; i < there.count; ++i) {
      const Holder& holder = there.holders[i];
      if (holder.process != 0) {
        int opened = host::open_file_of_process(holder.process, holder.file, header.file, header.is_writable);
        if (opened >= 0) {
          return opened;
        }
      }
    }
    if (there.count < kHoldersAtOnce) {
      break;
    }
  }
  return -1;
}

} // namespace winmem::object
