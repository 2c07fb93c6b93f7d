#include "chunk_decommit.h"

#include "chunks.h"

namespace winmem::vm {

using host::Access;
using host::Kernel;

// Gives every page of the span its old kernel protection again. Each of these calls makes pieces equal to their
// neighbours once more, so it needs no mapping and works at the limit (K112).
void restore_protection(const PageSpan& span) {
  for_each_kernel_run(span, [&](PageRun run) {
    AddressRange range{span.region.address_of(run.begin), span.region.address_of(run.end)};
    if (run.state != PageState::reserved || span.region.place != Place::chunked) {
      static_cast<void>(host::protect(range, told_access(span.region, run.state)));
      return;
    }
    // Where the protection is odd a marker may be missing, too, so inaccessible is right there.
    AddressRange same{range.begin, range.begin};
    bool plain = false;
    auto restore = [&] {
      if (!same.empty()) {
        static_cast<void>(host::protect(same, plain ? Access::read_write : Access::none));
      }
    };
    for_each_piece(range, [&](AddressRange piece) {
      if (bool now = chunks::has_plain_protection(piece.begin); now != plain) {
        restore();
        same.begin = piece.begin;
        plain = now;
      }
      same.end = piece.end;
      return true;
    });
    restore();
  });
}

namespace {

// Read-write again below the markers, so that the next commit need not say so. May fail for want of a mapping.
void level_protection(AddressRange range) {
  if (host::protect(range, Access::read_write) != Kernel::ok) {
    chunks::mark_odd(range);
  }
}

// Open chunks, side by side: markers discard the pages and hide them, whatever their protection (K3), in one call.
bool hide(const PageSpan& part) {
  AddressRange range = part.range();
  if (host::install_guards(range) == Kernel::ok) {
    if (!all_have(part, Access::read_write)) {
      level_protection(range);
    }
    return true;
  }
  chunks::mark_odd(range);
  if (host::protect(range, Access::none) == Kernel::ok && host::discard(range) == Kernel::ok) {
    return true;
  }
  restore_protection(part);
  return false;
}

// A part of a chunk, with committed pages or without.
struct Edge {
  AddressRange range{};
  unsigned committed = 0;
};

// Of two chunks at most. What has committed pages lies in open ones.
Status decommit_parts(const PageSpan& span) {
  Edge parts[2];
  unsigned count = 0;
  RunCounter counter(span);
  for_each_piece(span.range(), [&](AddressRange piece) {
    if (unsigned committed = counter.committed(piece); committed != 0) {
      parts[count++] = {piece, committed};
    }
    return true;
  });
  if (!hide(part_of(span, {parts[0].range.begin, parts[count - 1].range.end}))) {
    return Status::no_memory;
  }
  for (unsigned i = 0; i < count; ++i) {
    chunks::unpin(chunks::at(parts[i].range.begin), parts[i].range.begin, parts[i].committed);
  }
  return Status::ok;
}

// All is made inaccessible first, in one call, since that alone can be undone. The next call, which drops the contents,
// decides: whatever is refused from there on, no page can be touched.
bool close_with_edges(const PageSpan& span, chunks::WholeHold& hold, AddressRange hidden, const Edge (&edges)[2]) {
  AddressRange open = hold.open();
  if (host::protect(hidden, Access::none) != Kernel::ok) {
    restore_protection(part_of(span, hidden));
    return false;
  }
  bool bare = open.empty() || host::remove_guards(open) == Kernel::ok; // with the contents, frees page tables (K10)
  // The way back may be refused as well, so there is another way on before it.
  if ((!bare || host::discard(hidden) != Kernel::ok) && host::replace(hidden) != Kernel::ok) {
    chunks::mark_odd(open);
    restore_protection(part_of(span, hidden));
    return false;
  }
  // point of no return
  if (!open.empty()) {
    hold.set_closed();
  }
  for (const Edge& edge : edges) {
    if (edge.committed == 0) {
      continue;
    }
    if (host::install_guards(edge.range) == Kernel::ok) {
      level_protection(edge.range);
    } else {
      chunks::mark_odd(edge.range);
    }
  }
  return true;
}

// Where a mapping is wanting for that: markers need none. One call again.
bool mark_with_edges(chunks::WholeHold& hold, AddressRange hidden, const Edge (&edges)[2]) {
  if (!hold.can_mark(hidden) || host::install_guards(hidden) != Kernel::ok) {
    return false;
  }
  hold.set_marked(hidden);
  for (const Edge& edge : edges) {
    if (edge.committed != 0) {
      level_protection(edge.range);
    }
  }
  return true;
}

} // namespace

Status decommit_chunked(const PageSpan& span) {
  AddressRange range = span.range();
  AddressRange whole = range.round_in(kChunk);
  if (whole.empty()) {
    return decommit_parts(span);
  }
  Edge edges[] = {{{range.begin, whole.begin}}, {{whole.end, range.end}}};
  {
    chunks::WholeHold hold(whole);
    AddressRange hidden = hold.open();
    for (Edge& edge : edges) {
      edge.committed = edge.range.empty() ? 0 : RunCounter(span).committed(edge.range);
      if (edge.committed != 0) {
        hidden = hidden.empty() ? edge.range
                                : AddressRange{hidden.begin < edge.range.begin ? hidden.begin : edge.range.begin,
                                               hidden.end > edge.range.end ? hidden.end : edge.range.end};
      }
    }
    if (!close_with_edges(span, hold, hidden, edges) && !mark_with_edges(hold, hidden, edges)) {
      return Status::no_memory;
    }
  }
  for (const Edge& edge : edges) {
    if (edge.committed != 0) {
      chunks::unpin(chunks::at(edge.range.begin), edge.range.begin, edge.committed);
    }
  }
  return Status::ok;
}

} // namespace winmem::vm
