#include "misuse.h"

#include "../base/text_line.h"
#include "../host/code_place.h"
#include "../host/last_words.h"
#include "../host/safe_copy.h"
#include "../vm/vm.h"
#include "registry.h"
#include "span_map.h"
#include "traces.h"

#include <cstring>

namespace winmem::heap {

namespace {

struct Words {
  const char* what; // of the pointer
  const char* next; // what to do
};

constexpr Words kWords[] = {
    {"a block that was freed before (double free)", "find who freed it first: a debugger that stops at free shows it"},
    {"inside a block that was freed before", "look where this pointer is from; its block is gone"},
    {"inside a live block, not its start", "free what the allocation returned"},
    {"a live block of another heap", "free it by HeapFree with that heap's handle"},
    {"memory that is no block: given out to nobody, or freed and taken back", "look who freed it before"},
    {"a heap's handle", "end a heap by HeapDestroy"},
    {"memory of VirtualAlloc", "release it by VirtualFree"},
    {"on this thread's stack", "only what an allocation returned can be freed"},
    {"static data or code of the program or a library", "only what an allocation returned can be freed"},
    {"memory that winmem did not allocate", "give it back to who did: munmap, or the malloc that it is from"},
    {"not mapped: freed before as a large block, or a wild pointer", "look who freed it before, or where it is from"},
    {"a live block, with something written behind its end", "look who writes to it; AddressSanitizer shows it"},
    {"a live block, freed by another thread meanwhile", "find the two threads that free it"},
};
static_assert(sizeof kWords / sizeof kWords[0] == static_cast<unsigned>(Mistake::live) + 1);

Misuse classify_in_slab(const Heap& heap, const Span& slab, Address at) {
  std::uint16_t number = block_around(slab, at);
  if (number == kNoBlock || number >= slab.fresh || slab.cells == nullptr) {
    return {Mistake::never_a_block, slab.heap};
  }
  Misuse found{Mistake::interior, slab.heap, address_of(slab, number), slab.block};
  bool is_start = found.block == at;
  if (!is_live(slab, number)) {
    found.mistake = is_start ? Mistake::double_free : Mistake::inside_freed;
    return found;
  }
  found.size -= slack_of(cell_of(slab, number));
  if (is_start) {
    found.mistake = slab.heap != &heap ? Mistake::other_heap : Mistake::live;
  }
  return found;
}

Misuse classify_whole(const Heap& heap, const Span& span, Address at) {
  Misuse found{Mistake::interior, span.heap, span.begin, requested_of(span)};
  if (at == span.begin) {
    found.mistake = span.heap != &heap ? Mistake::other_heap : Mistake::live;
  } else if (at < span.begin || at >= span.begin + span.room) {
    found = {Mistake::never_a_block, span.heap};
  }
  return found;
}

// In the region of a fixed heap, or the handle of a growable one.
Misuse classify_in_header(const Heap& heap, const Span& span, Address at) {
  const Heap& owner = *span.heap;
  if (at == span.begin) {
    return {Mistake::heap_handle, &owner};
  }
  if (!owner.is_fixed()) {
    return {Mistake::never_a_block, &owner};
  }
  if (Found found = owner.fixed().find(owner, at)) {
    return {&owner != &heap ? Mistake::other_heap : Mistake::live, &owner, at, found.size};
  }
  return {Mistake::never_a_block, &owner};
}

Misuse classify_in_span(const Heap& heap, const Span& span, Address at) {
  switch (span.kind) {
  case SpanKind::slab:
    return classify_in_slab(heap, span, at);
  case SpanKind::single:
    if (is_live_single(span)) {
      return classify_whole(heap, span, at);
    }
    [[fallthrough]];
  case SpanKind::idle:
    return {at == span.begin ? Mistake::double_free : Mistake::inside_freed, span.heap, span.begin, span.room};
  case SpanKind::large:
    return classify_whole(heap, span, at);
  case SpanKind::header:
    break;
  }
  return classify_in_header(heap, span, at);
}

// The heap that has a region without a span at `at`, by any span that the region has.
const Heap* owner_of(AddressRange region) {
  for (Address granule = region.begin; granule < region.end && granule < region.begin + kSegmentSize;
       granule += kGranule) {
    if (const Span* span = span_map::find(granule)) {
      return span->heap;
    }
  }
  return nullptr;
}

bool is_own_stack(Address at) { return host::own_stack_pages().contains(at); }

Misuse classify_elsewhere(const Heap& heap, Address at) {
  vm::Description there = vm::describe(round_down(at, kPage));
  switch (there.owner) {
  case vm::Owner::winmem: {
    const Span* first = span_map::find(there.region.begin);
    if (first != nullptr && (first->kind == SpanKind::large || first->kind == SpanKind::idle)) {
      return classify_in_span(heap, *first, at);
    }
    if (const Heap* owner = owner_of(there.region)) {
      return {Mistake::never_a_block, owner};
    }
    return {Mistake::virtual_memory, nullptr, there.region.begin, there.region.size()};
  }
  case vm::Owner::foreign:
    if (is_own_stack(at)) {
      return {Mistake::stack};
    }
    return {there.foreign.kind == vm::ForeignKind::image ? Mistake::static_data : Mistake::foreign_mapping};
  case vm::Owner::nobody:
    break;
  }
  return {Mistake::unmapped};
}

void tell_place(TextLine& line, const Misuse& found, Address at) {
  if (found.block != 0) {
    bool is_freed = found.mistake == Mistake::double_free || found.mistake == Mistake::inside_freed;
    line.text(", ").number(found.size).text(is_freed ? " bytes at most" : " bytes");
    if (found.block != at) {
      line.text(" at ").hex(found.block).text(", ").number(at - found.block).text(" bytes before this pointer");
    }
  }
  if (found.owner != nullptr && found.mistake != Mistake::heap_handle) {
    if (found.owner == process_heap()) {
      line.text(", of the process heap");
    } else {
      line.text(", of the heap ").hex(found.owner->handle());
    }
  }
}

// A place in code, so that a person or addr2line finds it.
void tell_code(TextLine& line, const char* what, Address at, std::uint32_t thread) {
  constexpr std::size_t kLongestName = 60; // of a function; longer ones would leave no room for the rest
  line.text(what);
  host::CodePlace place = at != 0 ? host::code_place(at) : host::CodePlace{};
  if (at == 0) {
    line.text("somebody unknown");
  } else if (place.module == nullptr) {
    line.hex(at);
  } else {
    if (place.function != nullptr && std::strlen(place.function) <= kLongestName) {
      line.text(place.function).text("+").hex(place.into).text(" ");
    }
    line.text("(").text(place.module).text("+").hex(place.offset).text(")");
  }
  line.text(" in thread ").number(thread);
}

void tell_trace(TextLine& line, Address block) {
  Trace trace;
  if (!traces::find(block, trace)) {
    return;
  }
  if (trace.allocating_thread != 0) {
    tell_code(line, ", allocated by ", trace.allocated_by, trace.allocating_thread);
  }
  if (trace.freeing_thread != 0) {
    tell_code(line, ", freed by ", trace.freed_by, trace.freeing_thread);
  }
}

void print(TextLine& line, const char* next) {
  line.text("; ").text(next);
  const char* text = line.finish();
  host::write_error(text, line.size());
}

TextLine& begin(TextLine& line, const char* function, const void* pointer) {
  return line.text("winmem: ").text(function).text("(").hex(pointer).text("): ");
}

} // namespace

Misuse classify(const Heap& heap, const void* pointer) {
  auto at = reinterpret_cast<Address>(pointer);
  const Span* span = span_map::find(at);
  Misuse found =
      span != nullptr && span->heap != nullptr ? classify_in_span(heap, *span, at) : classify_elsewhere(heap, at);
  if (found.mistake == Mistake::live && heap.is_overrun(pointer)) {
    found.mistake = Mistake::overrun;
  }
  return found;
}

void report_misuse(const char* function, const void* pointer, const Heap& heap) {
  Misuse found = classify(heap, pointer);
  const Words& words = kWords[static_cast<unsigned>(found.mistake)];
  TextLine line;
  begin(line, function, pointer).text(words.what);
  auto at = reinterpret_cast<Address>(pointer);
  tell_place(line, found, at);
  tell_trace(line, found.block != 0 ? found.block : at);
  print(line, words.next);
}

void stop_for_misuse(const char* function, const void* pointer, const Heap& heap) {
  report_misuse(function, pointer, heap);
  host::abort_process();
}

void stop_for_misuse(const char* function, const void* pointer, const char* what, const char* next) {
  TextLine line;
  print(begin(line, function, pointer).text(what), next);
  host::abort_process();
}

} // namespace winmem::heap
