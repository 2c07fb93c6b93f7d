#include "debug_block.h"
#include "debug_functions.h"

#include "../heap/process_block.h"

#include <algorithm>
#include <cstring>
#include <new>

namespace winmem::crt::debug {
namespace {

std::uint64_t mark_of(const Header& header) {
  // With the size in it, so that a size can be believed where the mark is right.
  return (reinterpret_cast<Address>(&header) + (header.size << 1)) ^ 0x6465627567206865; // NOLINT
}

bool is_filled(const unsigned char* from, Bytes size, unsigned char fill) {
  return std::all_of(from, from + size, [fill](unsigned char byte) { return byte == fill; });
}

} // namespace

Header& begin(void* memory, Bytes size) {
  auto* header = new (memory) Header{};
  std::memset(header->gap, kGapFill, kGap);
  set_size(*header, size);
  return *header;
}

Header* find(const void* data) {
  auto at = reinterpret_cast<Address>(data);
  if (at % heap::kAlignment != 0 || at < sizeof(Header)) {
    return nullptr;
  }
  auto* header = reinterpret_cast<Header*>(at - sizeof(Header));
  Bytes whole = heap::process_block::size_of(header);
  return whole != heap::Heap::kNoSize && whole >= kOverhead && header->mark == mark_of(*header) ? header : nullptr;
}

void set_size(Header& header, Bytes size) {
  header.size = size;
  header.mark = mark_of(header);
  std::memset(data_of(header) + size, kGapFill, kGap);
}

Damage damage_of(const Header& header) {
  if (header.mark != mark_of(header)) {
    return Damage::header;
  }
  if (!is_filled(header.gap, kGap, kGapFill)) {
    return Damage::before;
  }
  if (!is_filled(data_of(header) + header.size, kGap, kGapFill)) {
    return Damage::behind;
  }
  if (_BLOCK_TYPE(header.use) == _FREE_BLOCK && !is_filled(data_of(header), header.size, kDeadFill)) {
    return Damage::freed;
  }
  return Damage::none;
}

const char* name_of(int use) {
  switch (_BLOCK_TYPE(use)) {
  case _FREE_BLOCK:
    return "free";
  case _CRT_BLOCK:
    return "crt";
  case _IGNORE_BLOCK:
    return "ignore";
  case _CLIENT_BLOCK:
    return "client";
  default:
    return "normal";
  }
}

const char* capital_name_of(int use) {
  switch (_BLOCK_TYPE(use)) {
  case _FREE_BLOCK:
    return "Free";
  case _CRT_BLOCK:
    return "CRT";
  case _IGNORE_BLOCK:
    return "Ignore";
  case _CLIENT_BLOCK:
    return "Client";
  default:
    return "Normal";
  }
}

} // namespace winmem::crt::debug
