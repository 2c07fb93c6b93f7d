// The matrix of bad input: every call with every kind of wrong argument, judged by a small oracle of its own.
//
// Grounds   a stretch of address space with regions of every kind, and a plain array that says what its pages are
// Verdict   what the rules say of one call: it succeeds, fails with one of these errors, or they leave it open
// judge_...   the oracle: the rules' checks in their order, written down a second time from docs/rules
//
// After each failing call the whole of the grounds, contents included, must be as it was (rule N2).
#pragma once

#include "expect.h"
#include "landed.h"

#include <array>
#include <string>
#include <vector>

namespace apitest {

class Grounds {
public:
  static constexpr std::size_t kGranules = 8;
  static constexpr std::size_t kPages = kGranules * 16;

  struct Page {
    int allocation = -1; // index of its first page, -1 for a free page
    DWORD state = MEM_FREE;
    DWORD protect = PAGE_NOACCESS;
  };

  Grounds();
  ~Grounds();
  Grounds(const Grounds&) = delete;
  Grounds& operator=(const Grounds&) = delete;

  char* page(std::size_t index) const { return base_ + index * kPage; }
  // The page that an address lies in; null outside the grounds.
  const Page* at_address(std::uintptr_t address) const;
  // Every page of the range is free, lies in one allocation, is committed; false when it leaves the grounds.
  bool all_free(std::uintptr_t start, std::uintptr_t end) const;
  bool in_one_allocation(std::uintptr_t start, std::uintptr_t end) const;
  bool all_committed(std::uintptr_t start, std::uintptr_t end) const;

  // Nothing has changed since the last rebuild; says what has otherwise.
  std::string difference() const;
  // Everything as at first, after a call that succeeded.
  void rebuild();

  // One address of each kind, and one size.
  struct Named {
    const char* name;
    std::uintptr_t value;
  };
  std::vector<Named> addresses() const;
  std::vector<Named> sizes(std::uintptr_t address) const;

private:
  void clear();
  void build();
  void allocate(std::size_t first, std::size_t count, DWORD type, DWORD protect);
  void change(std::size_t first, std::size_t count, DWORD protect);

  char* base_ = nullptr;
  std::array<Page, kPages> pages_;
  std::vector<MEMORY_BASIC_INFORMATION> walk_;
};

struct Verdict {
  enum class Kind { succeeds, fails, open };
  Kind kind = Kind::succeeds;
  std::vector<DWORD> errors;

  static Verdict success() { return {}; }
  static Verdict failure(std::vector<DWORD> errors) { return {Kind::fails, std::move(errors)}; }
  static Verdict open() { return {Kind::open, {}}; }
  bool allows(DWORD error) const;
};

// The result of one call: null and an error, or what it returned.
struct Outcome {
  const void* result = nullptr;
  DWORD error = 0;
};

// The four ways to make a call; the native one's status is turned into its error by a table of the tests' own.
enum class Form { plain, process, extended, native };
const char* name_of(Form form);
DWORD error_of(NTSTATUS status);

struct AllocCall {
  Form form;
  HANDLE process;
  std::uintptr_t address;
  SIZE_T size;
  DWORD type;
  DWORD protect;
};
struct FreeCall {
  Form form;
  HANDLE process;
  std::uintptr_t address;
  SIZE_T size;
  DWORD type;
};
struct ProtectCall {
  Form form;
  HANDLE process;
  std::uintptr_t address;
  SIZE_T size;
  DWORD protect;
  DWORD* old;
  bool old_is_writable;
};

Verdict judge(const Grounds& grounds, const AllocCall& call);
Verdict judge(const Grounds& grounds, const FreeCall& call);
Verdict judge(const Grounds& grounds, const ProtectCall& call);

// Protections of private memory, as V8 and V9 have them.
bool is_valid_protection(DWORD protect);

// "" if the call came out as the rules say and, where it failed, left the grounds as they were; else what is wrong.
// The grounds are as at first afterwards.
std::string problem(Grounds& grounds, const Verdict& verdict, const Outcome& outcome);

// Every how many-th call of a matrix is made: all, or a sample of them where calls are slow.
std::size_t matrix_stride();

} // namespace apitest
