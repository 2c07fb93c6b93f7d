// The rules of private memory, as a judge: what each call must answer in the model's present state, and what it
// changes.
//
// Owns:      Model: the pages, what is known of the memory around them, and one judge_ function per call. A judge
//            looks only; apply_ changes the pages after winmem has given the answer that was expected.
// Rules:     V1-V58, V80-V87, V89, S33-S72 as far as views.cpp says, V110-V112, C1-C11, written out plainly; a verdict
// names the one that decided. Threads:   each thread has its own Model. What lies outside of its allocations may belong
// to another thread, so there
//            the verdict is `either` for a reservation, and `skip` for a call that would change somebody else's memory.
#pragma once

#include "pages.h"

#include <initializer_list>
#include <vector>

namespace model {

inline constexpr std::uint32_t kErrorAccessDenied = 5;
inline constexpr std::uint32_t kErrorNotEnoughMemory = 8;
inline constexpr std::uint32_t kErrorInvalidParameter = 87;
inline constexpr std::uint32_t kErrorInvalidAddress = 487;
inline constexpr std::uint32_t kErrorNoAccess = 998;

struct Verdict {
  enum class Outcome : std::uint8_t {
    success,
    failure, // with one of the codes
    either,  // success, or failure with one of the codes: it depends on memory this model does not know
    skip,    // the call is not made
  };
  Outcome outcome = Outcome::success;
  std::vector<std::uint32_t> codes;
  const char* why = "";

  static Verdict success(const char* why) { return {Outcome::success, {}, why}; }
  static Verdict failure(std::initializer_list<std::uint32_t> codes, const char* why) {
    return {Outcome::failure, codes, why};
  }
  static Verdict either(std::initializer_list<std::uint32_t> codes, const char* why) {
    return {Outcome::either, codes, why};
  }
  static Verdict skip() { return {Outcome::skip, {}, "not this model's memory"}; }

  bool allows(std::uint32_t code) const;
};

// Which memory nobody but this model can have allocated.
struct Territory {
  std::vector<Range> windows;
  // With several threads, of every `stripes` granules of a window number `stripe` is ours. Every third chunk is
  // nobody's: there the threads take the same addresses from each other.
  std::uintptr_t stripes = 1;
  std::uintptr_t stripe = 0;
  static constexpr bool is_contested(std::uintptr_t offset) { return offset / kChunk % 3 == 2; }

  std::uintptr_t capacity = ~std::uintptr_t{0}; // a NULL allocation may fail when more than this would be in use

  bool owns(std::uintptr_t address) const;
  bool owns(Range range) const;
};

struct AllocCall {
  std::uintptr_t address = 0;
  std::uint64_t size = 0;
  std::uint32_t type = 0;
  std::uint32_t protect = 0;

  bool has_requirements = false; // VirtualAlloc2
  std::uintptr_t lowest = 0;
  std::uintptr_t highest = 0; // the last byte; 0 for no bound
  std::uintptr_t alignment = 0;

  bool is_extended = false; // VirtualAlloc2 without requirements, which knows placeholders

  bool reserves() const;
};

struct FreeCall {
  std::uintptr_t address = 0;
  std::uint64_t size = 0;
  std::uint32_t type = 0;
};

struct ViewCall {
  std::uintptr_t address = 0; // of a placeholder, or 0
  std::uint64_t size = 0;
};

class Model {
public:
  explicit Model(Territory territory) : territory_(std::move(territory)) {}

  Pages pages;

  Verdict judge_alloc(const AllocCall& call) const;
  Verdict judge_free(const FreeCall& call) const;    // Win32 errors
  Verdict judge_nt_free(const FreeCall& call) const; // NTSTATUS values
  Verdict judge_view(const ViewCall& call) const;
  Verdict judge_unmap(std::uintptr_t address, bool preserves) const;
  Verdict judge_protect(std::uintptr_t address, std::uint64_t size, std::uint32_t protect, bool bad_pointer) const;

  // What a successful allocation must have answered: the base, where the call decides it. Otherwise 0, and
  // placement_error tells what is wrong with a base that winmem chose, or nullptr.
  static std::uintptr_t expected_base(const AllocCall& call);
  const char* placement_error(const AllocCall& call, std::uintptr_t base) const;

  void apply_alloc(const AllocCall& call, std::uintptr_t base);
  void apply_view(const ViewCall& call, std::uintptr_t base);
  void apply_unmap(std::uintptr_t address, bool preserves);
  void apply_protect(Range range, std::uint32_t protect);
  Range apply_free(const FreeCall& call); // returns the range the native call reports
  void obstruct(Range range);             // foreign memory lies here

  std::uint32_t shown_protect(const Page& page) const; // as a query shows it
  bool knows(std::uintptr_t address) const;            // whether a free page is certainly free

private:
  Verdict judge_new(const AllocCall& call) const;
  Verdict judge_bounds(const AllocCall& call) const;
  Verdict judge_replacing(const AllocCall& call) const;
  Verdict judge_placeholders(const FreeCall& call) const;
  Verdict judge_preserving(const Allocation& allocation, Range range) const;
  Verdict judge_joining(Range range) const;
  Verdict judge_existing(const AllocCall& call) const;
  bool fits_somewhere(const AllocCall& call, std::uintptr_t unit) const;
  Range free_range(const FreeCall& call) const;
  void settle(Range range, std::uint32_t protect, Origin origin);
  void replace(const AllocCall& call);
  Range apply_placeholders(const FreeCall& call);

  Territory territory_;
  std::uintptr_t in_use_ = 0; // bytes in allocations
};

// What a page of a view may get; some protections the model does not judge there.
bool is_left_out_of_views(std::uint32_t protect);
Verdict judge_view_protection(std::uint32_t protect);

// V8, V9.
bool valid_protection(std::uint32_t protect);

// The pages a byte range touches. The caller has made sure that it does not wrap.
inline Range pages_of(std::uintptr_t address, std::uint64_t size) {
  return {round_down(address, kPage), round_up(address + size, kPage)};
}

inline bool leaves_user_space(std::uintptr_t address, std::uint64_t size) {
  return address >= kUserEnd || size > kUserEnd - address;
}

// The access a protection gives, as /proc/self/maps writes it.
const char* kernel_permissions(std::uint32_t protect);
bool readable(std::uint32_t protect);
bool writable(std::uint32_t protect);

} // namespace model
