#include "instruction.h"

#include "../base/address.h"
#include "../host/safe_copy.h"

#include <cstdint>
#include <cstring>

namespace winmem::exception {

namespace {

// The bytes of one instruction, which may end right before an inaccessible page.
class Bytes15 {
public:
  explicit Bytes15(Address at) {
    length_ = static_cast<unsigned>(round_up(at + 1, kPage) - at);
    length_ = length_ < sizeof bytes_ ? length_ : sizeof bytes_;
    if (!host::copy_from(bytes_, at, length_)) {
      length_ = 0;
    }
    if (length_ != 0 && length_ < sizeof bytes_ &&
        host::copy_from(bytes_ + length_, at + length_, sizeof bytes_ - length_)) {
      length_ = sizeof bytes_;
    }
  }

  // Zero behind the end, which is no prefix and part of no instruction asked about here.
  std::uint8_t operator[](unsigned i) const { return i < length_ ? bytes_[i] : 0; }

private:
  std::uint8_t bytes_[15] = {};
  unsigned length_ = 0;
};

bool is_legacy_prefix(std::uint8_t byte) {
  switch (byte) {
  case 0x26:
  case 0x2E:
  case 0x36:
  case 0x3E:
  case 0x64:
  case 0x65:
  case 0x66:
  case 0x67:
  case 0xF0:
  case 0xF2:
  case 0xF3:
    return true;
  default:
    return false;
  }
}

struct Prefixes {
  unsigned length = 0;
  std::uint8_t rex = 0;
  bool operand_is_16 = false;
  bool address_is_32 = false;
  std::uint8_t segment = 0; // 0x64 or 0x65
};

Prefixes read_prefixes(const Bytes15& bytes) {
  Prefixes found;
  while (is_legacy_prefix(bytes[found.length])) {
    std::uint8_t byte = bytes[found.length++];
    found.operand_is_16 = found.operand_is_16 || byte == 0x66;
    found.address_is_32 = found.address_is_32 || byte == 0x67;
    found.segment = byte == 0x64 || byte == 0x65 ? byte : found.segment;
  }
  if ((bytes[found.length] & 0xF0) == 0x40) {
    found.rex = bytes[found.length++];
  }
  return found;
}

std::uint64_t register_of(const CONTEXT& context, unsigned number) {
  const DWORD64* const registers[] = {
      &context.Rax, &context.Rcx, &context.Rdx, &context.Rbx, &context.Rsp, &context.Rbp, &context.Rsi, &context.Rdi,
      &context.R8,  &context.R9,  &context.R10, &context.R11, &context.R12, &context.R13, &context.R14, &context.R15};
  return *registers[number & 15];
}

std::int32_t displacement(const Bytes15& bytes, unsigned at, unsigned size) {
  if (size == 1) {
    return static_cast<std::int8_t>(bytes[at]);
  }
  std::uint32_t value = 0;
  for (unsigned i = 0; i < 4; ++i) {
    value |= std::uint32_t{bytes[at + i]} << (8 * i);
  }
  return static_cast<std::int32_t>(value);
}

// The address of the memory operand whose ModRM byte is at `at`; the instruction has nothing behind the operand.
Address operand_address(const CONTEXT& context, const Bytes15& bytes, unsigned at, const Prefixes& prefixes) {
  unsigned mode = bytes[at] >> 6;
  unsigned base = bytes[at] & 7;
  unsigned extend_base = (prefixes.rex & 1U) << 3;
  unsigned next = at + 1;
  Address address = 0;
  bool has_base = true;
  if (base == 4) {
    std::uint8_t scaled = bytes[next++];
    unsigned index = ((scaled >> 3) & 7U) | ((prefixes.rex & 2U) << 2);
    base = scaled & 7U;
    has_base = base != 5 || mode != 0;
    address += index != 4 ? register_of(context, index) << (scaled >> 6) : 0;
    address += has_base ? register_of(context, base | extend_base) : 0;
  } else if (base == 5 && mode == 0) {
    has_base = false;
    address = context.Rip + next + 4; // relative to the next instruction
  } else {
    address = register_of(context, base | extend_base);
  }
  if (mode == 1) {
    address += static_cast<Address>(std::int64_t{displacement(bytes, next, 1)});
  } else if (mode == 2 || !has_base) {
    address += static_cast<Address>(std::int64_t{displacement(bytes, next, 4)});
  }
  return prefixes.address_is_32 ? address & 0xFFFFFFFF : address;
}

} // namespace

bool is_privileged(const void* instruction) {
  Bytes15 bytes(reinterpret_cast<Address>(instruction));
  Prefixes prefixes = read_prefixes(bytes);
  std::uint8_t first = bytes[prefixes.length];
  std::uint8_t second = bytes[prefixes.length + 1];
  unsigned group = (bytes[prefixes.length + 2] >> 3) & 7U;
  switch (first) {
  case 0xF4: // hlt
  case 0xFA: // cli
  case 0xFB: // sti
    return true;
  case 0x0F:
    break;
  default: // in, out, ins, outs
    return (first >= 0x6C && first <= 0x6F) || (first >= 0xE4 && first <= 0xE7) || (first >= 0xEC && first <= 0xEF);
  }
  switch (second) {
  case 0x00: // lldt, ltr
    return group == 2 || group == 3;
  case 0x01: // lgdt, lidt, lmsw, invlpg
    return group == 2 || group == 3 || group == 6 || group == 7;
  case 0x06: // clts
  case 0x07: // sysret
  case 0x08: // invd
  case 0x09: // wbinvd
  case 0x30: // wrmsr
  case 0x32: // rdmsr
  case 0x33: // rdpmc
  case 0x35: // sysexit
    return true;
  default: // control and debug registers
    return second >= 0x20 && second <= 0x23;
  }
}

bool divides_by_zero(const CONTEXT& context) {
  Bytes15 bytes(context.Rip);
  Prefixes prefixes = read_prefixes(bytes);
  std::uint8_t opcode = bytes[prefixes.length];
  unsigned at = prefixes.length + 1;
  bool divides = (opcode == 0xF6 || opcode == 0xF7) && (bytes[at] & 0x30) == 0x30; // div, idiv
  if (!divides) {
    return true;
  }
  unsigned size = opcode == 0xF6 ? 1 : (prefixes.rex & 8) != 0 ? 8 : prefixes.operand_is_16 ? 2 : 4;
  std::uint64_t divisor = 0;
  if (bytes[at] >= 0xC0) {
    unsigned number = (bytes[at] & 7U) | ((prefixes.rex & 1U) << 3);
    bool is_high_byte = size == 1 && prefixes.rex == 0 && number >= 4; // ah, ch, dh, bh
    divisor = is_high_byte ? register_of(context, number - 4) >> 8 : register_of(context, number);
  } else if (prefixes.segment != 0 || !host::copy_from(&divisor, operand_address(context, bytes, at, prefixes), size)) {
    return true; // thread-local: where that is, the context does not say
  }
  std::uint64_t mask = size == 8 ? ~std::uint64_t{0} : (std::uint64_t{1} << size * 8) - 1;
  return (divisor & mask) == 0;
}

} // namespace winmem::exception
