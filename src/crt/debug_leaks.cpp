// crtdbg.h: the blocks that are still there, told one by one.
#include "debug_heap.h"

#include <algorithm>
#include <atomic>

using namespace winmem;
using crt::debug::Damage;
using crt::debug::Header;
using crt::debug::Seen;
using crt::debug::Walk;

namespace {

constinit std::atomic<_CRT_DUMP_CLIENT> dump_client{nullptr};

// Free blocks leak nothing, ignored ones were asked to be, and the library's own are told to those who want them.
bool is_told(int use) {
  int type = _BLOCK_TYPE(use);
  return type == _NORMAL_BLOCK || type == _CLIENT_BLOCK ||
         (type == _CRT_BLOCK && (crt::debug::flags() & _CRTDBG_CHECK_CRT_DF) != 0);
}

// " Data: <text            > 74 65 78 74 ..." of at most 16 bytes.
void tell_data(const Seen& seen) {
  char text[crt::debug::kShownBytes + 1] = {};
  char hex[crt::debug::kShownBytes * 3 + 1] = {};
  Bytes count = std::min(seen.header.size, crt::debug::kShownBytes);
  constexpr char kDigits[] = "0123456789ABCDEF";
  for (Bytes i = 0; i < count; ++i) {
    unsigned char byte = seen.shown[i];
    text[i] = byte >= ' ' && byte <= '~' ? static_cast<char>(byte) : ' ';
    hex[i * 3] = ' ';
    hex[i * 3 + 1] = kDigits[byte >> 4];
    hex[i * 3 + 2] = kDigits[byte & 15]; // NOLINT(readability-magic-numbers)
  }
  crt::debug::report(_CRT_WARN, " Data: <%s>%s\n", text, hex);
}

void tell(const Seen& seen) {
  const Header& header = seen.header;
  if (header.file != nullptr) {
    crt::debug::report(_CRT_WARN, "%s(%d) : ", header.file, header.line);
  }
  crt::debug::report(_CRT_WARN, "{%d} ", header.request);
  if (_BLOCK_TYPE(header.use) == _CLIENT_BLOCK) {
    crt::debug::report(_CRT_WARN, "client block at %p, subtype %x, %zu bytes long.\n", seen.data,
                       static_cast<unsigned>(_BLOCK_SUBTYPE(header.use)), header.size);
    if (_CRT_DUMP_CLIENT dump = dump_client.load(std::memory_order_acquire)) {
      dump(const_cast<void*>(seen.data), header.size);
      return;
    }
  } else {
    crt::debug::report(_CRT_WARN, "%s block at %p, %zu bytes long.\n", crt::debug::name_of(header.use), seen.data,
                       header.size);
  }
  tell_data(seen);
}

// At the end of the process, behind the program's own destructors and handlers of exit: the program was linked with
// this library, so what it registered is newer, and runs first.
[[gnu::destructor(101)]] void check_at_exit() {
  if ((crt::debug::flags() & _CRTDBG_LEAK_CHECK_DF) != 0) {
    _CrtDumpMemoryLeaks();
  }
}

} // namespace

_CRT_DUMP_CLIENT _CrtSetDumpClient(_CRT_DUMP_CLIENT _PFnNewDump) {
  return dump_client.exchange(_PFnNewDump, std::memory_order_acq_rel);
}

_CRT_DUMP_CLIENT _CrtGetDumpClient() { return dump_client.load(std::memory_order_acquire); }

void _CrtMemDumpAllObjectsSince(const _CrtMemState* _State) {
  const void* stop = _State != nullptr ? data_of(*reinterpret_cast<const Header*>(_State->pBlockHeader)) : nullptr;
  crt::debug::report(_CRT_WARN, "Dumping objects ->\n");
  Walk walk;
  for (Seen seen; walk.next(seen) && (_State == nullptr || _State->pBlockHeader == nullptr || seen.data != stop);) {
    if (seen.damage == Damage::header) {
      crt::debug::report_damage(seen);
    } else if (is_told(seen.header.use)) {
      tell(seen);
    }
  }
  crt::debug::report(_CRT_WARN, "Object dump complete.\n");
}

int _CrtDumpMemoryLeaks() {
  Walk walk;
  for (Seen seen; walk.next(seen);) {
    if (seen.damage != Damage::header && is_told(seen.header.use)) {
      crt::debug::report(_CRT_WARN, "Detected memory leaks!\n");
      _CrtMemDumpAllObjectsSince(nullptr);
      return 1;
    }
  }
  return 0;
}
