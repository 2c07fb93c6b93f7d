#include "scenario.h"

#include "fail.h"

#include <cstdint>
#include <cstring>

namespace faults {

namespace {
constinit Scenario* first = nullptr;
constinit Scenario** last = &first;
} // namespace

Scenario::Scenario(const char* its_name, Errors its_errors, void (*its_body)(Trial&), bool is_in_pairs)
    : name(its_name), errors(its_errors), body(its_body), in_pairs(is_in_pairs) {
  *last = this;
  last = &next;
}

Scenario* first_scenario() { return first; }

char* reserve(std::size_t pages, void* at) {
  void* region = VirtualAlloc(at, pages * kPage, MEM_RESERVE, PAGE_READWRITE);
  FAULTS_REQUIRE(region != nullptr && (at == nullptr || region == at));
  return static_cast<char*>(region);
}

char* commit(char* begin, std::size_t pages, DWORD protection) {
  FAULTS_REQUIRE(VirtualAlloc(begin, pages * kPage, MEM_COMMIT, protection) != nullptr);
  return begin;
}

void protect(char* begin, std::size_t pages, DWORD protection) {
  DWORD old = 0;
  FAULTS_REQUIRE(VirtualProtect(begin, pages * kPage, protection, &old));
}

void fill(char* begin, std::size_t pages) {
  for (std::size_t i = 0; i < pages; ++i) {
    std::uintptr_t tag = reinterpret_cast<std::uintptr_t>(begin) + i * 0x9E3779B97F4A7C15u;
    std::memcpy(begin + i * kPage, &tag, sizeof tag);
    std::memcpy(begin + (i + 1) * kPage - sizeof tag, &tag, sizeof tag);
  }
}

char* filled(std::size_t pages, void* at) {
  char* begin = commit(reserve(pages, at), pages);
  fill(begin, pages);
  return begin;
}

void release(char* begin) { FAULTS_REQUIRE(VirtualFree(begin, 0, MEM_RELEASE)); }

char* outside() { return reinterpret_cast<char*>(std::uintptr_t{0x2'0000'0000}); }

void catch_faults() {
  auto handler = [](EXCEPTION_POINTERS*) -> LONG { return EXCEPTION_CONTINUE_SEARCH; };
  FAULTS_REQUIRE(AddVectoredExceptionHandler(0, handler) != nullptr);
}

} // namespace faults
