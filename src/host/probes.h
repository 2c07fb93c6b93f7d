// Places in the code that tracers of the system (SystemTap, bpftrace, perf) can stop at: USDT probes. Each is an
// instruction that does nothing, and a note in the library that says where it is and which registers hold its
// arguments.
//
//     bpftrace -e 'usdt:/usr/lib/libwinmem-core.so.0:winmem:alloc { @sizes = hist(arg1); }' -p PID
#pragma once

#if __has_include(<sys/sdt.h>)
#define STAP_SDT_ARG_CONSTRAINT nr // numbers and registers: where memory is allowed, clang stores all to the stack
#include <sys/sdt.h>
#define WINMEM_PROBE(name, block)            DTRACE_PROBE1(winmem, name, block)
#define WINMEM_PROBE_SIZE(name, block, size) DTRACE_PROBE2(winmem, name, block, size)
#else // without the package `systemtap-sdt-dev` there are none
#define WINMEM_PROBE(name, block)            static_cast<void>(block)
#define WINMEM_PROBE_SIZE(name, block, size) (static_cast<void>(block), static_cast<void>(size))
#endif
