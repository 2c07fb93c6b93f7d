// crtdbg.h: what is on the debug heap, now and against before, and whether it is sound.
#include "../heap/registry.h"
#include "debug_heap.h"
#include "process_blocks.h"

#include <malloc.h>

using namespace winmem;
using crt::debug::Damage;
using crt::debug::Header;
using crt::debug::Seen;
using crt::debug::Walk;

namespace {

// The kinds whose blocks make a difference: not free ones, and the library's own if the program wants to see them.
bool makes_a_difference(int type) {
  return type != _FREE_BLOCK && (type != _CRT_BLOCK || (crt::debug::flags() & _CRTDBG_CHECK_CRT_DF) != 0);
}

const char* place_of(Damage damage) {
  switch (damage) {
  case Damage::before:
    return "before";
  case Damage::behind:
    return "after";
  case Damage::freed:
    return "in freed";
  default:
    return "over the header of";
  }
}

} // namespace

void crt::debug::report_damage(const Seen& seen) {
  if (seen.damage == Damage::header) {
    report(_CRT_ERROR, "HEAP CORRUPTION DETECTED: the header of the block at %p was written over.\n", seen.data);
    return;
  }
  const Header& header = seen.header;
  if (header.file != nullptr) {
    report(_CRT_ERROR,
           "HEAP CORRUPTION DETECTED: %s %s block (#%d) at %p, %zu bytes long.\nMemory allocated at %s(%d).\n",
           place_of(seen.damage), capital_name_of(header.use), header.request, seen.data, header.size, header.file,
           header.line);
  } else {
    report(_CRT_ERROR, "HEAP CORRUPTION DETECTED: %s %s block (#%d) at %p, %zu bytes long.\n", place_of(seen.damage),
           capital_name_of(header.use), header.request, seen.data, header.size);
  }
}

int _CrtCheckMemory() {
  if ((crt::debug::flags() & _CRTDBG_ALLOC_MEM_DF) == 0) {
    return 1;
  }
  int heap = _heapchk();
  bool sound = heap == _HEAPOK || heap == _HEAPEMPTY;
  if (!sound) {
    crt::debug::report(_CRT_WARN, "_heapchk: the books of the process heap do not agree.\n");
  }
  Walk walk;
  for (Seen seen; walk.next(seen);) {
    if (seen.damage != Damage::none) {
      crt::debug::report_damage(seen);
      sound = false;
    }
  }
  return sound ? 1 : 0;
}

void _CrtMemCheckpoint(_CrtMemState* _State) {
  if (_State == nullptr) {
    crt::invalid_parameter();
    return;
  }
  _CrtMemState state = {};
  state.pBlockHeader = reinterpret_cast<_CrtMemBlockHeader*>(const_cast<Header*>(crt::debug::newest()));
  Walk walk;
  for (Seen seen; walk.next(seen);) {
    int type = _BLOCK_TYPE(seen.header.use);
    if (seen.damage != Damage::header && type < _MAX_BLOCKS) {
      ++state.lCounts[type];
      state.lSizes[type] += seen.header.size;
    }
  }
  crt::debug::Totals totals = crt::debug::totals();
  state.lHighWaterCount = totals.most;
  state.lTotalCount = totals.requested;
  *_State = state;
}

int _CrtMemDifference(_CrtMemState* _State, const _CrtMemState* _OldState, const _CrtMemState* _NewState) {
  if (_State == nullptr || _OldState == nullptr || _NewState == nullptr) {
    crt::invalid_parameter();
    return 0;
  }
  _CrtMemState result = {};
  bool differs = false;
  for (int type = 0; type < _MAX_BLOCKS; ++type) {
    result.lCounts[type] = _NewState->lCounts[type] - _OldState->lCounts[type];
    result.lSizes[type] = _NewState->lSizes[type] - _OldState->lSizes[type];
    differs = differs || (makes_a_difference(type) && (result.lCounts[type] != 0 || result.lSizes[type] != 0));
  }
  result.lHighWaterCount = _NewState->lHighWaterCount - _OldState->lHighWaterCount;
  result.lTotalCount = _NewState->lTotalCount - _OldState->lTotalCount;
  *_State = result;
  return differs ? 1 : 0;
}

void _CrtMemDumpStatistics(const _CrtMemState* _State) {
  if (_State == nullptr) {
    crt::invalid_parameter();
    return;
  }
  for (int type = 0; type < _MAX_BLOCKS; ++type) {
    crt::debug::report(_CRT_WARN, "%zd bytes in %zd %s Blocks.\n", static_cast<std::ptrdiff_t>(_State->lSizes[type]),
                       static_cast<std::ptrdiff_t>(_State->lCounts[type]), crt::debug::capital_name_of(type));
  }
  crt::debug::report(_CRT_WARN, "Largest number used: %zd bytes.\n",
                     static_cast<std::ptrdiff_t>(_State->lHighWaterCount));
  crt::debug::report(_CRT_WARN, "Total allocations: %zd bytes.\n", static_cast<std::ptrdiff_t>(_State->lTotalCount));
}

void _CrtDoForAllClientObjects(_CrtDoForAllClientObjectsCallback _Callback, void* _Context) {
  if (_Callback == nullptr) {
    crt::invalid_parameter();
    return;
  }
  if ((crt::debug::flags() & _CRTDBG_ALLOC_MEM_DF) == 0) {
    return;
  }
  Walk walk;
  for (Seen seen; walk.next(seen);) {
    if (seen.damage != Damage::header && _BLOCK_TYPE(seen.header.use) == _CLIENT_BLOCK) {
      _Callback(const_cast<void*>(seen.data), _Context);
    }
  }
}

int _CrtIsValidPointer(const void* _Pointer, unsigned int _Size, int _ReadWrite) {
  static_cast<void>(_Size); // since Visual Studio 2010, as its page has it
  static_cast<void>(_ReadWrite);
  return _Pointer != nullptr ? 1 : 0;
}

int _CrtIsValidHeapPointer(const void* _Pointer) {
  if (_Pointer == nullptr) {
    return 0;
  }
  heap::Heap* heap = heap::process_heap();
  bool is_plain = heap != nullptr && heap->size_of(_Pointer, true) != heap::Heap::kNoSize;
  return is_plain || crt::debug::find(_Pointer) != nullptr ? 1 : 0;
}

int _CrtIsMemoryBlock(const void* _Block, unsigned int _Size, long* _RequestNumber, char** _FileName,
                      int* _LineNumber) {
  const Header* header = _Block != nullptr ? crt::debug::find(_Block) : nullptr;
  bool is_one = header != nullptr && header->size == _Size && _BLOCK_TYPE(header->use) != _FREE_BLOCK;
  if (_RequestNumber != nullptr) {
    *_RequestNumber = is_one ? header->request : 0;
  }
  if (_FileName != nullptr) {
    *_FileName = is_one ? const_cast<char*>(header->file) : nullptr;
  }
  if (_LineNumber != nullptr) {
    *_LineNumber = is_one ? header->line : 0;
  }
  return is_one ? 1 : 0;
}

int _CrtReportBlockType(const void* _Block) {
  const Header* header = _Block != nullptr ? crt::debug::find(_Block) : nullptr;
  return header != nullptr ? header->use : -1;
}
