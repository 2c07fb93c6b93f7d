#include "decode.h"

#include "winapi.h"

#include <array>

namespace fuzz {
namespace {

using model::Call;
using model::Operation;
using model::Place;

class Choices {
public:
  Choices(const std::uint8_t* data, std::size_t size) : at_(data), end_(data + size) {}

  bool are_left() const { return at_ != end_; }
  std::uint8_t next() { return at_ != end_ ? *at_++ : std::uint8_t{0}; }

  template <class Value, std::size_t Count> Value one_of(const std::array<Value, Count>& values) {
    return values[next() % Count];
  }

private:
  const std::uint8_t* at_;
  const std::uint8_t* end_;
};

constexpr std::array kCalls = {Call::alloc,   Call::alloc, Call::alloc,   Call::alloc, Call::alloc,
                               Call::free,    Call::free,  Call::nt_free, Call::free,  Call::protect,
                               Call::protect, Call::write, Call::query,   Call::probe, Call::alloc2};
constexpr std::array kOrigins = {Place::Origin::slot,   Place::Origin::slot,   Place::Origin::inside,
                                 Place::Origin::recent, Place::Origin::arena,  Place::Origin::outside,
                                 Place::Origin::null,   Place::Origin::border, Place::Origin::after,
                                 Place::Origin::recent, Place::Origin::inside, Place::Origin::wild};
constexpr std::array<std::int64_t, 4> kUnits = {0x1000, 0x10000, 0x200000, 0x1000};
constexpr std::array<std::int64_t, 12> kDeltas = {0, 0, 0, 0, 0, 0, 0x1000, -0x1000, 1, -1, 0xFFF, 0x8000};
constexpr std::array<std::uint64_t, 6> kOddSizes = {
    0, 1, std::uint64_t{1} << 30, std::uint64_t{1} << 47, ~std::uint64_t{0}, 0x40000001};
constexpr std::array<std::uint32_t, 12> kAllocTypes = {MEM_RESERVE,
                                                       MEM_COMMIT,
                                                       MEM_RESERVE | MEM_COMMIT,
                                                       MEM_COMMIT,
                                                       MEM_RESERVE | MEM_TOP_DOWN,
                                                       MEM_COMMIT,
                                                       MEM_RESET,
                                                       MEM_RESET_UNDO,
                                                       MEM_RESERVE | MEM_COMMIT | MEM_TOP_DOWN,
                                                       MEM_COMMIT,
                                                       MEM_RESERVE | MEM_RESET,
                                                       0};
constexpr std::array<std::uint32_t, 6> kFreeTypes = {MEM_DECOMMIT, MEM_RELEASE, MEM_DECOMMIT,
                                                     MEM_RELEASE,  MEM_RELEASE, MEM_DECOMMIT | MEM_RELEASE};
constexpr std::array<std::uint32_t, 12> kProtections = {PAGE_READWRITE,
                                                        PAGE_READONLY,
                                                        PAGE_NOACCESS,
                                                        PAGE_EXECUTE_READ,
                                                        PAGE_READWRITE,
                                                        PAGE_EXECUTE_READWRITE,
                                                        PAGE_READWRITE | PAGE_GUARD,
                                                        PAGE_READWRITE | PAGE_NOCACHE,
                                                        PAGE_EXECUTE,
                                                        PAGE_READONLY | PAGE_READWRITE,
                                                        PAGE_WRITECOPY,
                                                        PAGE_READWRITE};
constexpr std::array<std::int64_t, 5> kWild = {0x1, 0x1000, 0x7FFFFFFF0000, 0x800000000000, -1};

std::int64_t offset(Choices& choices) {
  std::int64_t unit = choices.one_of(kUnits);
  std::int64_t count = choices.next() % 64;
  return unit * count + choices.one_of(kDeltas);
}

std::uint64_t size(Choices& choices) {
  std::uint8_t kind = choices.next();
  if (kind % 8 == 7)
    return choices.one_of(kOddSizes);
  std::int64_t unit = kUnits[kind % kUnits.size()];
  std::int64_t bytes = unit * (choices.next() % 32) + choices.one_of(kDeltas);
  return bytes < 0 ? 0 : static_cast<std::uint64_t>(bytes);
}

Operation operation(Choices& choices) {
  Operation result;
  result.call = choices.one_of(kCalls);
  result.place.origin = choices.one_of(kOrigins);
  result.place.index = choices.next() % model::kSlots;
  result.place.offset = result.place.origin == Place::Origin::wild ? choices.one_of(kWild) : offset(choices);
  result.size = size(choices);
  switch (result.call) {
  case Call::alloc2:
    result.alignment = std::uint64_t{0x4000} << choices.next() % 8 & ~std::uint64_t{0x4000};
    result.span = std::uint64_t{0x10000} * (choices.next() % 128);
    [[fallthrough]];
  case Call::alloc:
    result.type = choices.one_of(kAllocTypes);
    result.protect = choices.one_of(kProtections);
    result.slot = choices.next() % model::kSlots;
    break;
  case Call::protect:
    result.protect = choices.one_of(kProtections);
    break;
  default:
    result.type = choices.one_of(kFreeTypes);
  }
  std::uint8_t extras = choices.next();
  result.ex = extras % 4 == 1;
  if (extras % 16 == 15) { // a pattern of islands
    result.repeat = choices.next() % 32;
    result.stride = static_cast<std::uint64_t>(choices.one_of(kUnits)) * (1 + choices.next() % 3);
  }
  return result;
}

} // namespace

model::Sequence decode(const std::uint8_t* data, std::size_t size) {
  Choices choices(data, size);
  model::Sequence sequence;
  while (choices.are_left() && sequence.size() < kMostOperations)
    sequence.push_back(operation(choices));
  return sequence;
}

} // namespace fuzz
