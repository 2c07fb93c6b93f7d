#include "callback_stubs.h"

#include "../base/address.h"
#include "../host/memory.h"

#include <atomic>
#include <bit>
#include <cstring>
#include <new>

namespace winmem::exports {

namespace {

// Each converter is reached by a jump from a stub, with the cell's address in r10, which both conventions give away.
// Seven parameters are copied, as many as there may be: the words above fewer are the caller's own, and may be read.

// NOLINTBEGIN(hicpp-no-assembler)
__attribute__((naked)) void convert_linux_to_microsoft() {
  __asm__(R"(
    subq $0x48, %rsp
    .cfi_adjust_cfa_offset 0x48
    movq 0x50(%rsp), %rax
    movq %rax, 0x30(%rsp)
    movq %r9, 0x28(%rsp)
    movq %r8, 0x20(%rsp)
    movq %rcx, %r9
    movq %rdx, %r8
    movq %rsi, %rdx
    movq %rdi, %rcx
    call *(%r10)
    addq $0x48, %rsp
    .cfi_adjust_cfa_offset -0x48
    ret
  )");
}

__attribute__((naked)) void convert_microsoft_to_linux() {
  __asm__(R"(
    pushq %rdi
    .cfi_adjust_cfa_offset 8
    pushq %rsi
    .cfi_adjust_cfa_offset 8
    subq $0xb8, %rsp
    .cfi_adjust_cfa_offset 0xb8
    movaps %xmm6, 0x10(%rsp)
    movaps %xmm7, 0x20(%rsp)
    movaps %xmm8, 0x30(%rsp)
    movaps %xmm9, 0x40(%rsp)
    movaps %xmm10, 0x50(%rsp)
    movaps %xmm11, 0x60(%rsp)
    movaps %xmm12, 0x70(%rsp)
    movaps %xmm13, 0x80(%rsp)
    movaps %xmm14, 0x90(%rsp)
    movaps %xmm15, 0xa0(%rsp)
    movq %rcx, %rdi
    movq %rdx, %rsi
    movq %r8, %rdx
    movq %r9, %rcx
    movq 0xf0(%rsp), %r8
    movq 0xf8(%rsp), %r9
    movq 0x100(%rsp), %rax
    movq %rax, (%rsp)
    call *(%r10)
    movaps 0x10(%rsp), %xmm6
    movaps 0x20(%rsp), %xmm7
    movaps 0x30(%rsp), %xmm8
    movaps 0x40(%rsp), %xmm9
    movaps 0x50(%rsp), %xmm10
    movaps 0x60(%rsp), %xmm11
    movaps 0x70(%rsp), %xmm12
    movaps 0x80(%rsp), %xmm13
    movaps 0x90(%rsp), %xmm14
    movaps 0xa0(%rsp), %xmm15
    addq $0xb8, %rsp
    .cfi_adjust_cfa_offset -0xb8
    popq %rsi
    .cfi_adjust_cfa_offset -8
    popq %rdi
    .cfi_adjust_cfa_offset -8
    ret
  )");
}
// NOLINTEND(hicpp-no-assembler)

Code converter_of(Convention convention) {
  return convention == Convention::linux_to_microsoft ? convert_linux_to_microsoft : convert_microsoft_to_linux;
}

// Two words that the stub's code reads, in this order.
struct Cell {
  std::atomic<Code> target;
  std::atomic<Code> converter; // written last: a cell without is not in use yet
};

struct StubCode {
  std::uint8_t bytes[16];
};
static_assert(sizeof(Cell) == sizeof(StubCode));
constexpr std::size_t kStubs = kPage / sizeof(StubCode);

// endbr64; lea r10, [this stub's cell]; jmp [r10 + 8]. The cell lies one page further for each stub alike.
constexpr StubCode kStubCode = {
    {0xF3, 0x0F, 0x1E, 0xFA, 0x4C, 0x8D, 0x15, 0xF5, 0x0F, 0x00, 0x00, 0x41, 0xFF, 0x62, 0x08, 0xCC}};
static_assert(kPage - 11 == 0x0FF5, "counted from behind the lea");

struct StubPages {
  StubCode code[kStubs];
  Cell cells[kStubs - 1];
  StubPages* next;
  std::atomic<std::uint32_t> taken;
};
static_assert(sizeof(StubPages) <= 2 * kPage);

constinit std::atomic<StubPages*> newest{nullptr};

StubPages* make_pages() {
  void* memory = host::map_tables(2 * kPage);
  if (memory == nullptr) {
    return nullptr;
  }
  auto* pages = new (memory) StubPages;
  for (StubCode& code : pages->code) {
    code = kStubCode;
  }
  auto begin = reinterpret_cast<Address>(memory);
  if (host::protect({begin, begin + kPage}, host::Access::read_execute) != host::Kernel::ok) {
    static_cast<void>(host::unmap({begin, begin + 2 * kPage}));
    return nullptr;
  }
  return pages;
}

template <class Wanted> Code find(Wanted wanted) {
  for (StubPages* pages = newest.load(std::memory_order_acquire); pages != nullptr; pages = pages->next) {
    for (std::size_t i = 0; i < kStubs - 1; ++i) {
      Code stub = std::bit_cast<Code>(&pages->code[i]);
      Code converter = pages->cells[i].converter.load(std::memory_order_acquire);
      if (converter == nullptr) {
        continue;
      }
      Code target = pages->cells[i].target.load(std::memory_order_relaxed);
      if (Code found = wanted(stub, target, converter)) {
        return found;
      }
    }
  }
  return nullptr;
}

Code make_stub(Code target, Code converter) {
  for (;;) {
    StubPages* pages = newest.load(std::memory_order_acquire);
    if (pages != nullptr) {
      std::uint32_t index = pages->taken.load(std::memory_order_relaxed);
      while (index < kStubs - 1) {
        if (pages->taken.compare_exchange_weak(index, index + 1, std::memory_order_relaxed)) {
          pages->cells[index].target.store(target, std::memory_order_relaxed);
          pages->cells[index].converter.store(converter, std::memory_order_release);
          return std::bit_cast<Code>(&pages->code[index]);
        }
      }
    }
    StubPages* fresh = make_pages();
    if (fresh == nullptr) {
      return nullptr;
    }
    fresh->next = pages;
    if (!newest.compare_exchange_strong(pages, fresh, std::memory_order_acq_rel)) {
      auto begin = reinterpret_cast<Address>(fresh); // another thread was faster
      static_cast<void>(host::unmap({begin, begin + 2 * kPage}));
    }
  }
}

} // namespace

Code stub_for(Code target, Convention convention) {
  if (target == nullptr) {
    return nullptr;
  }
  Code converter = converter_of(convention);
  Code found = find([&](Code stub, Code its_target, Code its_converter) -> Code {
    if (stub == target && its_converter != converter) {
      return its_target; // S2
    }
    return its_target == target && its_converter == converter ? stub : nullptr; // S1
  });
  return found != nullptr ? found : make_stub(target, converter);
}

} // namespace winmem::exports
