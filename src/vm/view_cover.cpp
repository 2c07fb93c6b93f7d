#include "view_cover.h"

#include "chunks.h"
#include "page_span.h"

namespace winmem::vm::view_cover {

namespace {

using host::Kernel;

unsigned pages_in(AddressRange piece) { return static_cast<unsigned>(bytes_to_pages(piece.size())); }

void unpin(AddressRange pinned) {
  for_each_piece(pinned, [](AddressRange piece) {
    chunks::unpin(chunks::at(piece.begin), piece.begin, pages_in(piece));
    return true;
  });
}

bool pin(AddressRange range) {
  if (!chunks::prepare(range)) {
    return false;
  }
  Address end = for_each_piece(range, [](AddressRange piece) {
    chunks::Chunk& chunk = chunks::at(piece.begin);
    if (is_whole(piece)) {
      chunks::pin_whole(chunk, pages_in(piece));
      return true;
    }
    return chunks::pin_open(chunk, piece.begin, pages_in(piece));
  });
  if (end != range.end) {
    unpin({range.begin, end});
  }
  return end == range.end;
}

// A part of an open chunk, fresh and inaccessible: read-write under markers as the rest of it. Where the kernel refuses
// that it stays inaccessible, and whoever commits there next sees to it.
void close_gap(AddressRange piece) {
  if (host::install_guards(piece) != Kernel::ok || host::protect(piece, host::Access::read_write) != Kernel::ok) {
    chunks::mark_odd(piece);
  }
}

} // namespace

Status status_of(Kernel answer) {
  switch (answer) {
  case Kernel::ok:
    return Status::ok;
  case Kernel::no_memory:
    return Status::no_memory;
  case Kernel::in_use:
    return Status::conflicting_addresses;
  case Kernel::no_device:
    return Status::invalid_file_for_section;
  case Kernel::refused: // executable memory from a file system without, for one
    break;
  }
  return Status::access_denied;
}

Status lay(AddressRange range, const host::FileMapping& mapping, Place place) {
  bool is_chunked = place == Place::chunked;
  if (is_chunked && !pin(range)) {
    return Status::no_memory;
  }
  Status status = status_of(host::replace_by_file(range, mapping));
  if (status != Status::ok && is_chunked) {
    unpin(range);
  }
  return status;
}

Status lift(AddressRange range, Place place) {
  if (host::replace(range) != Kernel::ok) {
    return Status::no_memory;
  }
  // point of no return
  if (place != Place::chunked) {
    host::exclude_from_dumps(range);
    return Status::ok;
  }
  if (AddressRange whole = range.round_in(kChunk); !whole.empty()) {
    host::exclude_from_dumps(whole);
  }
  for_each_piece(range, [](AddressRange piece) {
    chunks::Chunk& chunk = chunks::at(piece.begin);
    if (is_whole(piece)) {
      chunks::close_bare(chunk, piece.begin);
    } else {
      close_gap(piece);
      chunks::unpin(chunk, piece.begin, pages_in(piece));
    }
    return true;
  });
  return Status::ok;
}

} // namespace winmem::vm::view_cover
