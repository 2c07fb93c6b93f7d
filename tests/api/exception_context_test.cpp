// Rules: E7
//
// The registers that a handler sees, and what becomes of those it changes.
#include "exception_watch.h"
#include "expect.h"
#include "memory_map.h"

#include <xmmintrin.h>

#include <cstring>

namespace apitest {
namespace {

GeneralRegisters known_registers(const void* byte) {
  return {0x1111111111111111, 0x2222222222222222, number(byte),       0x4444444444444444, 0x5555555555555555,
          0x6666666666666666, 0x7777777777777777, 0x8080808080808080, 0x9090909090909090, 0x1010101010101010,
          0x1112131415161718, 0x1212121212121212, 0x1313131313131313, 0x1414141414141414, 0x1515151515151515};
}

GeneralRegisters registers_of(const CONTEXT& context) {
  return {context.Rax, context.Rbx, context.Rcx, context.Rdx, context.Rsi, context.Rdi, context.Rbp, context.R8,
          context.R9,  context.R10, context.R11, context.R12, context.R13, context.R14, context.R15};
}

void set_registers(CONTEXT* context, const GeneralRegisters& values) {
  context->Rax = values.rax;
  context->Rbx = values.rbx;
  context->Rcx = values.rcx;
  context->Rdx = values.rdx;
  context->Rsi = values.rsi;
  context->Rdi = values.rdi;
  context->Rbp = values.rbp;
  context->R8 = values.r8;
  context->R9 = values.r9;
  context->R10 = values.r10;
  context->R11 = values.r11;
  context->R12 = values.r12;
  context->R13 = values.r13;
  context->R14 = values.r14;
  context->R15 = values.r15;
}

bool same(const GeneralRegisters& a, const GeneralRegisters& b) { return std::memcmp(&a, &b, sizeof a) == 0; }

VectorRegisters filled(unsigned char first) {
  VectorRegisters values;
  for (std::size_t i = 0; i < 16; ++i) {
    for (std::size_t byte = 0; byte < 32; ++byte) {
      values.bytes[i][byte] = static_cast<unsigned char>(first + 32 * i + byte);
    }
  }
  return values;
}

const M128A* xmm_registers(const CONTEXT& context) { return context.FltSave.XmmRegisters; }

TEST(ExceptionContext, E7_the_general_registers_are_those_of_the_instruction) {
  Region region = committed(16, PAGE_NOACCESS);
  GeneralRegisters values = known_registers(region.page(1));
  GeneralRegisters seen = {};
  std::uintptr_t instruction = 0;
  Watch watch([&](EXCEPTION_POINTERS* exception) {
    seen = registers_of(*exception->ContextRecord);
    instruction = exception->ContextRecord->Rip;
    skip_instruction(exception->ContextRecord, 2);
    return EXCEPTION_CONTINUE_EXECUTION;
  });

  exception_probe_registers(&values);

  EXPECT_TRUE(same(seen, known_registers(region.page(1))));
  EXPECT_TRUE(same(values, known_registers(region.page(1))));
  EXPECT_EQ(instruction, number(exception_probe_registers_at));
}

TEST(ExceptionContext, E7_general_registers_that_a_handler_changes_take_effect) {
  Region region = committed(16, PAGE_NOACCESS);
  GeneralRegisters values = known_registers(region.page(1));
  const GeneralRegisters others = {~values.rax, ~values.rbx, 0x1234,      ~values.rdx, ~values.rsi,
                                   ~values.rdi, ~values.rbp, ~values.r8,  ~values.r9,  ~values.r10,
                                   ~values.r11, ~values.r12, ~values.r13, ~values.r14, ~values.r15};
  Watch watch([&](EXCEPTION_POINTERS* exception) {
    set_registers(exception->ContextRecord, others);
    skip_instruction(exception->ContextRecord, 2);
    return EXCEPTION_CONTINUE_EXECUTION;
  });

  exception_probe_registers(&values);

  EXPECT_TRUE(same(values, others));
}

TEST(ExceptionContext, E7_an_instruction_is_repeated_with_the_changed_register) {
  Region region = committed(16, PAGE_NOACCESS);
  const char good = 0x42;
  Watch watch([&](EXCEPTION_POINTERS* exception) {
    exception->ContextRecord->Rcx = number(&good);
    return EXCEPTION_CONTINUE_EXECUTION;
  });

  EXPECT_EQ(exception_probe_read(region.page(1)), 0x42);
  EXPECT_EQ(watch.seen(), 1);
}

int seventy_seven() { return 77; }

TEST(ExceptionContext, E7_a_changed_instruction_pointer_takes_effect) {
  Region region = committed(16, PAGE_NOACCESS);
  Watch watch([&](EXCEPTION_POINTERS* exception) {
    exception->ContextRecord->Rip = code_address(seventy_seven);
    return EXCEPTION_CONTINUE_EXECUTION;
  });

  EXPECT_EQ(exception_probe_read(region.page(1)), 77);
}

TEST(ExceptionContext, E7_the_flags_are_kept_and_can_be_changed) {
  constexpr DWORD kCarry = 1;
  constexpr DWORD kDirection = 0x400;
  Region region = committed(16, PAGE_NOACCESS);
  DWORD first_seen = 0;
  // The first round sets two flags by the context and repeats the read; the second one sees them there.
  Watch watch([&](EXCEPTION_POINTERS* exception) {
    CONTEXT* context = exception->ContextRecord;
    if (watch.seen() == 1) {
      context->EFlags |= kCarry | kDirection;
    } else {
      first_seen = context->EFlags;
      context->EFlags &= ~(kCarry | kDirection);
      return_from_probe(context);
    }
    return EXCEPTION_CONTINUE_EXECUTION;
  });

  EXPECT_EQ(exception_probe_read(region.page(1)), 0);

  EXPECT_EQ(watch.seen(), 2);
  EXPECT_EQ(first_seen & (kCarry | kDirection), kCarry | kDirection);
}

TEST(ExceptionContext, E7_the_context_says_what_it_holds) {
  Region region = committed(16, PAGE_NOACCESS);
  Recorder seen;

  exception_probe_read(region.page(1));

  const CONTEXT& context = seen.last_context();
  EXPECT_EQ(context.ContextFlags & CONTEXT_FULL, DWORD{CONTEXT_FULL});
  EXPECT_EQ(context.SegCs, 0x33);
  EXPECT_EQ(context.SegSs, 0x2B);
  EXPECT_EQ(context.MxCsr, _mm_getcsr());
  EXPECT_EQ(context.FltSave.MxCsr, _mm_getcsr());
}

TEST(ExceptionContext, E7_the_stack_pointer_is_that_of_the_instruction) {
  Region region = committed(16, PAGE_NOACCESS);
  Recorder seen;
  const char local = 0;

  exception_probe_read(region.page(1));

  const std::uintptr_t here = number(&local);
  EXPECT_LT(seen.last_context().Rsp, here + 0x1000);
  EXPECT_GT(seen.last_context().Rsp, here - 0x4000);
  EXPECT_EQ(seen.last_context().Rsp % 16, 8u);
}

TEST(ExceptionContext, E7_the_handler_sees_the_vector_registers) {
  Region region = committed(16, PAGE_NOACCESS);
  VectorRegisters values = filled(0x10);
  VectorRegisters seen = {};
  Watch watch([&](EXCEPTION_POINTERS* exception) {
    for (std::size_t i = 0; i < 16; ++i) {
      std::memcpy(seen.bytes[i], &xmm_registers(*exception->ContextRecord)[i], 16);
    }
    skip_instruction(exception->ContextRecord, 2);
    return EXCEPTION_CONTINUE_EXECUTION;
  });

  exception_probe_xmm(&values, region.page(1));

  for (std::size_t i = 0; i < 16; ++i) {
    EXPECT_EQ(std::memcmp(seen.bytes[i], filled(0x10).bytes[i], 16), 0) << "xmm" << i;
  }
}

TEST(ExceptionContext, E7_vector_registers_survive_what_the_handler_does_with_them) {
  Region region = committed(16, PAGE_NOACCESS);
  VectorRegisters values = filled(0x10);
  const char good = 0;
  Watch watch([&](EXCEPTION_POINTERS* exception) {
    VectorRegisters others = filled(0x77);
    exception_probe_xmm(&others, &good);
    skip_instruction(exception->ContextRecord, 2);
    return EXCEPTION_CONTINUE_EXECUTION;
  });

  exception_probe_xmm(&values, region.page(1));

  const VectorRegisters before = filled(0x10);
  EXPECT_EQ(std::memcmp(&values, &before, sizeof values), 0);
}

TEST(ExceptionContext, E7_the_upper_halves_of_ymm_registers_survive_too) {
  if (!processor_has_avx()) {
    GTEST_SKIP() << "no AVX";
  }
  Region region = committed(16, PAGE_NOACCESS);
  VectorRegisters values = filled(0x10);
  const char good = 0;
  Watch watch([&](EXCEPTION_POINTERS* exception) {
    VectorRegisters others = filled(0x77);
    exception_probe_ymm(&others, &good); // clears the upper halves when it leaves
    skip_instruction(exception->ContextRecord, 2);
    return EXCEPTION_CONTINUE_EXECUTION;
  });

  exception_probe_ymm(&values, region.page(1));

  const VectorRegisters before = filled(0x10);
  EXPECT_EQ(std::memcmp(&values, &before, sizeof values), 0);
}

TEST(ExceptionContext, E7_vector_registers_that_a_handler_changes_take_effect) {
  Region region = committed(16, PAGE_NOACCESS);
  VectorRegisters values = filled(0x10);
  const VectorRegisters others = filled(0xA3);
  Watch watch([&](EXCEPTION_POINTERS* exception) {
    for (std::size_t i = 0; i < 16; ++i) {
      std::memcpy(&exception->ContextRecord->FltSave.XmmRegisters[i], others.bytes[i], 16);
    }
    skip_instruction(exception->ContextRecord, 2);
    return EXCEPTION_CONTINUE_EXECUTION;
  });

  exception_probe_xmm(&values, region.page(1));

  for (std::size_t i = 0; i < 16; ++i) {
    EXPECT_EQ(std::memcmp(values.bytes[i], others.bytes[i], 16), 0) << "xmm" << i;
  }
}

TEST(ExceptionContext, E7_the_rounding_mode_that_a_handler_sets_is_its_own) {
  Region region = committed(16, PAGE_NOACCESS);
  const unsigned before = _mm_getcsr();
  Watch watch([&](EXCEPTION_POINTERS* exception) {
    _mm_setcsr((before & ~0x6000u) | 0x4000u); // round up
    return_from_probe(exception->ContextRecord);
    return EXCEPTION_CONTINUE_EXECUTION;
  });

  exception_probe_read(region.page(1));
  const unsigned after = _mm_getcsr();
  _mm_setcsr(before);

  EXPECT_EQ(after & 0x6000u, before & 0x6000u);
}

TEST(ExceptionContext, E7_the_last_error_that_a_handler_sets_stays) {
  Region region = committed(16, PAGE_NOACCESS);
  Watch watch([&](EXCEPTION_POINTERS* exception) {
    SetLastError(4711);
    return_from_probe(exception->ContextRecord);
    return EXCEPTION_CONTINUE_EXECUTION;
  });
  SetLastError(1);

  exception_probe_read(region.page(1));

  EXPECT_EQ(GetLastError(), 4711u);
}

TEST(ExceptionContext, E7_a_handler_may_commit_the_page_that_was_touched) {
  Region region = reserve(64);
  Watch watch([&](EXCEPTION_POINTERS* exception) -> LONG {
    char* touched = at(exception->ExceptionRecord->ExceptionInformation[1]);
    return VirtualAlloc(touched, 1, MEM_COMMIT, PAGE_READWRITE) != nullptr ? EXCEPTION_CONTINUE_EXECUTION
                                                                           : EXCEPTION_CONTINUE_SEARCH;
  });

  for (std::size_t page = 0; page < 64; page += 3) {
    region.page(page)[page] = static_cast<char>(page + 1); // an ordinary store, repeated after the fault
  }

  EXPECT_EQ(watch.seen(), 22);
  for (std::size_t page = 0; page < 64; page += 3) {
    EXPECT_EQ(region.page(page)[page], static_cast<char>(page + 1));
  }
}

TEST(ExceptionContext, E7_every_memory_call_works_inside_a_handler) {
  Region region = committed(16, PAGE_NOACCESS);
  bool right = false;
  Watch watch([&](EXCEPTION_POINTERS* exception) {
    DWORD old = 0;
    auto* base = static_cast<char*>(VirtualAlloc(nullptr, 2 * kGranule, MEM_RESERVE, PAGE_READWRITE));
    right = base != nullptr && VirtualAlloc(base, kPage, MEM_COMMIT, PAGE_READWRITE) == base;
    right = right && ask(base).State == MEM_COMMIT && ask(region.page(1)).Protect == PAGE_NOACCESS;
    right = right && VirtualProtect(base, kPage, PAGE_READONLY, &old) && old == PAGE_READWRITE;
    right = right && VirtualFree(base, kPage, MEM_DECOMMIT) && VirtualFree(base, 0, MEM_RELEASE);
    right = right && VirtualProtect(region.page(1), kPage, PAGE_READWRITE, &old) && old == PAGE_NOACCESS;
    (void)exception;
    return EXCEPTION_CONTINUE_EXECUTION;
  });

  EXPECT_EQ(exception_probe_read(region.page(1)), 0);

  EXPECT_TRUE(right);
  EXPECT_MAP(region, "C1na C1rw C14na");
}

} // namespace
} // namespace apitest
