// Blocks between the classes and a megabyte: each has whole granules of a segment for itself.
//
// Owns:      freed ones, which keep their granules for a while for the next block of as many. They also stand behind
//            the slabs, which get their granules here: rather than that the heap grows, what is idle is given up.
// Lock:      the heap's. Each call does all or nothing.
#pragma once

#include "segment.h"
#include "span_list.h"

namespace winmem::heap {

class Singles {
public:
  explicit Singles(Segments& segments) : segments_(segments) {}

  // `aligned`: at the start of a granule. nullptr without memory.
  void* take(Heap& heap, Bytes size, bool aligned);
  void give(Span& single);

  // For slabs.
  Granules take_granules(Heap& heap, unsigned granules);

  // What was idle at the last tick already goes back to the segments (Decay).
  void tick();
  // All that is idle.
  void trim();

  Bytes idle() const { return idle_granules_ * kGranule; }

private:
  static void* make_live(Span& single, Bytes size, bool aligned);
  void dissolve(Span& idle);

  Segments& segments_;
  SpanList idle_[kMostGranules] = {}; // by their granules, less one
  unsigned idle_granules_ = 0;
};

} // namespace winmem::heap
