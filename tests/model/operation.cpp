#include "operation.h"

#include <array>
#include <charconv>
#include <istream>
#include <ostream>
#include <sstream>
#include <utility>

namespace model {
namespace {

template <class Enum, std::size_t Count> using Names = std::array<std::pair<Enum, std::string_view>, Count>;

constexpr Names<Call, 13> kCalls = {{{Call::alloc, "alloc"},
                                     {Call::churn, "churn"},
                                     {Call::alloc2, "alloc2"},
                                     {Call::place, "place"},
                                     {Call::view, "view"},
                                     {Call::unmap, "unmap"},
                                     {Call::free, "free"},
                                     {Call::nt_free, "nt_free"},
                                     {Call::protect, "protect"},
                                     {Call::query, "query"},
                                     {Call::write, "write"},
                                     {Call::probe, "probe"},
                                     {Call::check, "check"}}};

constexpr Names<Place::Origin, 9> kOrigins = {{{Place::Origin::null, "null"},
                                               {Place::Origin::arena, "arena"},
                                               {Place::Origin::outside, "outside"},
                                               {Place::Origin::slot, "slot"},
                                               {Place::Origin::inside, "inside"},
                                               {Place::Origin::after, "after"},
                                               {Place::Origin::border, "border"},
                                               {Place::Origin::recent, "recent"},
                                               {Place::Origin::wild, "wild"}}};

template <class Enum, std::size_t Count> std::string_view name_of(const Names<Enum, Count>& names, Enum value) {
  for (const auto& [each, name] : names)
    if (each == value)
      return name;
  return "?";
}

template <class Enum, std::size_t Count>
bool value_of(const Names<Enum, Count>& names, std::string_view name, Enum& value) {
  for (const auto& [each, its_name] : names)
    if (its_name == name) {
      value = each;
      return true;
    }
  return false;
}

template <class Integer> bool parse_hex(std::string_view text, Integer& value) {
  bool negative = text.starts_with('-');
  if (negative)
    text.remove_prefix(1);
  if (!text.starts_with("0x"))
    return false;
  text.remove_prefix(2);
  std::uint64_t magnitude = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), magnitude, 16);
  value = static_cast<Integer>(negative ? ~magnitude + 1 : magnitude);
  return error == std::errc() && end == text.data() + text.size();
}

std::string hex(std::int64_t value) {
  std::ostringstream out;
  std::uint64_t magnitude = static_cast<std::uint64_t>(value);
  if (value < 0 && value > -0x1000000)
    out << "-0x" << std::hex << (~magnitude + 1);
  else
    out << "0x" << std::hex << magnitude;
  return out.str();
}

std::string hex(std::uint64_t value) {
  std::ostringstream out;
  out << "0x" << std::hex << value;
  return out.str();
}

} // namespace

// Only what differs from the default is written: a line holds what its call looks at and nothing else.
std::string to_text(const Operation& operation) {
  std::ostringstream out;
  out << name_of(kCalls, operation.call) << ' ' << name_of(kOrigins, operation.place.origin) << ' '
      << operation.place.index << ' ' << hex(operation.place.offset);
  auto field = [&](const char* name, std::uint64_t value) {
    if (value != 0)
      out << ' ' << name << '=' << hex(value);
  };
  field("size", operation.size);
  field("type", operation.type);
  field("protect", operation.protect);
  field("slot", static_cast<std::uint64_t>(operation.slot));
  field("ex", operation.ex);
  field("bad_pointer", operation.bad_pointer);
  field("span", operation.span);
  field("alignment", operation.alignment);
  field("repeat", operation.repeat);
  field("stride", operation.stride);
  return out.str();
}

std::optional<Operation> from_text(std::string_view line) {
  std::istringstream in{std::string(line)};
  std::string call, origin, offset, field;
  Operation operation;
  if (!(in >> call >> origin >> operation.place.index >> offset) || !value_of(kCalls, call, operation.call) ||
      !value_of(kOrigins, origin, operation.place.origin) || !parse_hex(offset, operation.place.offset))
    return std::nullopt;
  while (in >> field) {
    std::size_t equals = field.find('=');
    std::uint64_t value = 0;
    if (equals == std::string::npos || !parse_hex(std::string_view(field).substr(equals + 1), value))
      return std::nullopt;
    std::string name = field.substr(0, equals);
    if (name == "size")
      operation.size = value;
    else if (name == "type")
      operation.type = static_cast<std::uint32_t>(value);
    else if (name == "protect")
      operation.protect = static_cast<std::uint32_t>(value);
    else if (name == "slot")
      operation.slot = static_cast<int>(value);
    else if (name == "ex")
      operation.ex = value != 0;
    else if (name == "bad_pointer")
      operation.bad_pointer = value != 0;
    else if (name == "span")
      operation.span = value;
    else if (name == "alignment")
      operation.alignment = value;
    else if (name == "repeat")
      operation.repeat = static_cast<std::uint32_t>(value);
    else if (name == "stride")
      operation.stride = value;
    else
      return std::nullopt;
  }
  return operation;
}

std::string to_text(const Sequences& sequences) {
  std::string text;
  for (const Sequence& sequence : sequences) {
    text += "thread\n";
    for (const Operation& operation : sequence)
      text += to_text(operation) + '\n';
  }
  return text;
}

std::optional<Sequences> sequences_from_text(std::istream& in) {
  Sequences sequences;
  std::string line;
  while (std::getline(in, line)) {
    if (line.empty() || line.starts_with('#'))
      continue;
    if (line == "thread") {
      sequences.emplace_back();
      continue;
    }
    std::optional<Operation> operation = from_text(line);
    if (!operation || sequences.empty())
      return std::nullopt;
    sequences.back().push_back(*operation);
  }
  return sequences;
}

std::ostream& operator<<(std::ostream& out, const Operation& operation) { return out << to_text(operation); }

} // namespace model
