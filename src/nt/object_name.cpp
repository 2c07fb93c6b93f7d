#include "object_name.h"

#include "handles.h"
#include "user_memory.h"

#include <algorithm>
#include <cstring>

namespace winmem::nt {

namespace {

constexpr std::size_t kMostUnits = object::kLongestName - 1;
constexpr std::size_t kMostPathUnits = kMostUnits + 64; // with the directories of a native name
constexpr char16_t kSeparator = '\\';

struct Units {
  char16_t text[kMostPathUnits];
  std::size_t count = 0;
  std::size_t most = kMostUnits;

  bool add(char32_t point) {
    constexpr char32_t kFirstPair = 0x10000;
    constexpr unsigned kPairBits = 10;
    if (count + (point >= kFirstPair ? 2 : 1) > most) {
      return false;
    }
    if (point >= kFirstPair) {
      point -= kFirstPair;
      text[count++] = static_cast<char16_t>(0xD800 | point >> kPairBits);
      text[count++] = static_cast<char16_t>(0xDC00 | (point & 0x3FF));
    } else {
      text[count++] = static_cast<char16_t>(point);
    }
    return true;
  }
};

// The caller's characters, a piece of a page at a time: reading what is not winmem's costs a system call.
template <class Character> class Reader {
public:
  // At most `most` characters will be asked for.
  explicit Reader(const Character* from, std::size_t most = ~std::size_t{0})
      : at_(reinterpret_cast<Address>(from)), left_(most) {}

  Status next(Character& out) {
    if (used_ == count_) {
      if (Status status = refill(); status != Status::ok) {
        return status;
      }
    }
    out = piece_[used_++];
    return Status::ok;
  }

private:
  static constexpr std::size_t kPiece = 64;

  Status refill() {
    Bytes room = round_down(at_, kPage) + kPage - at_;
    Bytes whole = room / sizeof(Character);
    count_ = whole == 0 ? 1 : std::min({whole, kPiece, left_});
    used_ = 0;
    Bytes size = count_ * sizeof(Character);
    if (detail::touchable(at_, size, host::Access::read)) {
      copy_to_end();
    } else if (!host::copy_from(piece_, at_, size)) {
      return Status::access_violation;
    }
    at_ += count_ * sizeof(Character);
    left_ -= count_;
    return Status::ok;
  }

  // Not beyond a zero: what is behind it is not the name's, which sanitizers know.
  void copy_to_end() {
    const auto* from = reinterpret_cast<const char*>(at_);
    std::size_t i = 0;
    do {
      std::memcpy(&piece_[i], from + i * sizeof(Character), sizeof(Character));
    } while (piece_[i++] != 0 && i < count_);
    count_ = i;
  }

  Address at_;
  std::size_t left_;
  Character piece_[kPiece];
  std::size_t used_ = 0;
  std::size_t count_ = 0;
};

// One code point of UTF-8, of which the first byte is read. A byte that is no UTF-8 stands for itself, as U+DC80 and
// on.
Status decode(unsigned char first, Reader<char>& reader, char32_t& out, char& kept, bool& has_kept) {
  constexpr char32_t kStray = 0xDC00;
  unsigned more = first >= 0xF0 && first < 0xF5   ? 3
                  : first >= 0xE0 && first < 0xF0 ? 2
                  : first >= 0xC2 && first < 0xE0 ? 1
                                                  : 0;
  if (first < 0x80 || more == 0) {
    out = first < 0x80 ? first : kStray | first;
    return Status::ok;
  }
  out = first & (0x3F >> more);
  for (unsigned i = 0; i < more; ++i) {
    char byte = 0;
    if (Status status = reader.next(byte); status != Status::ok) {
      return status;
    }
    if ((static_cast<unsigned char>(byte) & 0xC0) != 0x80) {
      kept = byte;
      has_kept = true;
      out = kStray | first;
      return Status::ok;
    }
    out = out << 6 | (static_cast<unsigned char>(byte) & 0x3F);
  }
  return Status::ok;
}

Status read_units(const char* from, Units& out) {
  Reader<char> reader(from);
  char next = 0;
  bool has_next = false;
  for (;;) {
    if (!has_next) {
      if (Status status = reader.next(next); status != Status::ok) {
        return status;
      }
    }
    has_next = false;
    if (next == 0) {
      return Status::ok;
    }
    char32_t point = 0;
    if (Status status = decode(static_cast<unsigned char>(next), reader, point, next, has_next); status != Status::ok) {
      return status;
    }
    if (!out.add(point)) {
      return Status::name_too_long;
    }
  }
}

// `length` characters, or to the end if it is negative.
template <class Character> Status read_units(const Character* from, std::ptrdiff_t length, Units& out) {
  constexpr char32_t kLastPoint = 0x10FFFF;
  Reader<Character> reader(from, static_cast<std::size_t>(length)); // a negative one is no bound
  for (std::ptrdiff_t i = 0; i != length; ++i) {
    Character next = 0;
    if (Status status = reader.next(next); status != Status::ok) {
      return status;
    }
    if (next == 0 && length < 0) {
      return Status::ok;
    }
    if (static_cast<char32_t>(next) > kLastPoint) {
      return Status::object_name_invalid;
    }
    if (!out.add(next)) {
      return Status::name_too_long;
    }
  }
  return Status::ok;
}

Status read_units(const char16_t* from, Units& out) { return read_units(from, -1, out); }
Status read_units(const char32_t* from, Units& out) { return read_units(from, -1, out); }

bool take(const char16_t*& from, const char16_t* end, const char16_t* words) {
  const char16_t* at = from;
  while (*words != 0) {
    if (at == end || *at++ != *words++) {
      return false;
    }
  }
  from = at;
  return true;
}

// What is left of a name once the directories of a native one are gone (S20).
Status parse(const char16_t* from, const char16_t* end, object::NameSpace space, object::Name& out) {
  out.space = space;
  out.length = 0;
  if (take(from, end, u"Global\\")) {
    out.space = object::NameSpace::global;
  } else {
    take(from, end, u"Local\\");
  }
  for (const char16_t* at = from; at != end; ++at) {
    if (*at == kSeparator) {
      return Status::object_path_not_found;
    }
  }
  auto length = static_cast<std::size_t>(end - from);
  if (length == 0 || length > kMostUnits) {
    return length == 0 ? Status::object_name_invalid : Status::name_too_long;
  }
  std::memcpy(out.text, from, length * sizeof(char16_t));
  out.length = static_cast<std::uint16_t>(length);
  return Status::ok;
}

Status parse_path(const Units& units, object::Name& out) {
  const char16_t* from = units.text;
  const char16_t* end = from + units.count;
  if (*from != kSeparator) {
    return Status::object_path_syntax_bad;
  }
  if (take(from, end, u"\\BaseNamedObjects\\")) {
    return parse(from, end, object::NameSpace::global, out);
  }
  if (take(from, end, u"\\Sessions\\")) {
    const char16_t* digits = from;
    while (from != end && *from >= '0' && *from <= '9') {
      ++from;
    }
    if (from != digits && take(from, end, u"\\BaseNamedObjects\\")) {
      return parse(from, end, object::NameSpace::session, out);
    }
  }
  return Status::object_path_not_found;
}

// There are no directory objects, so no handle can be one.
Status refuse_root(HANDLE root) {
  object::Ref<object::Object> object;
  Status status = object::reference(to_handle(root), nullptr, 0, object);
  return status == Status::ok ? Status::object_type_mismatch : status;
}

} // namespace

template <class Character> Status read_name(const Character* text, object::Name& out) {
  out.length = 0;
  if (text == nullptr) {
    return Status::ok;
  }
  Units units;
  if (Status status = read_units(text, units); status != Status::ok) {
    return status;
  }
  return units.count == 0 ? Status::ok : parse(units.text, units.text + units.count, object::NameSpace::session, out);
}

template Status read_name(const char*, object::Name&);
template Status read_name(const char16_t*, object::Name&);
template Status read_name(const char32_t*, object::Name&);

template <class Character> Status read_attributes(const OBJECT_ATTRIBUTES* attributes, ObjectAttributes& out) {
  out.name.length = 0;
  if (attributes == nullptr) {
    return Status::ok;
  }
  OBJECT_ATTRIBUTES given;
  if (!read_from_user(given, attributes)) {
    return Status::access_violation;
  }
  if (given.Length != sizeof given || (given.Attributes & ~ULONG{OBJ_VALID_ATTRIBUTES}) != 0) {
    return Status::invalid_parameter;
  }
  out.flags = (given.Attributes & OBJ_INHERIT) != 0 ? object::Flags::inherit : object::Flags::none;
  out.opens_existing = (given.Attributes & OBJ_OPENIF) != 0;
  UNICODE_STRING name{};
  if (given.ObjectName != nullptr && !read_from_user(name, given.ObjectName)) {
    return Status::access_violation;
  }
  if (name.Length == 0) {
    return Status::ok;
  }
  if (name.Length % sizeof(Character) != 0) {
    return Status::object_name_invalid;
  }
  if ((given.Attributes & OBJ_PERMANENT) != 0) {
    return Status::privilege_not_held;
  }
  if (given.RootDirectory != nullptr) {
    return refuse_root(given.RootDirectory);
  }
  Units units;
  units.most = kMostPathUnits;
  Status status = read_units(reinterpret_cast<const Character*>(name.Buffer),
                             static_cast<std::ptrdiff_t>(name.Length / sizeof(Character)), units);
  return status == Status::ok ? parse_path(units, out.name) : status;
}

template Status read_attributes<char16_t>(const OBJECT_ATTRIBUTES*, ObjectAttributes&);
template Status read_attributes<char32_t>(const OBJECT_ATTRIBUTES*, ObjectAttributes&);

} // namespace winmem::nt
