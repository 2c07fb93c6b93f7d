// A list of spans that are linked through themselves.
#pragma once

#include "span.h"

namespace winmem::heap {

class SpanList {
public:
  Span* first() const { return first_; }

  void push(Span& span) {
    span.previous = nullptr;
    span.next = first_;
    if (first_ != nullptr) {
      first_->previous = &span;
    }
    first_ = &span;
  }

  void remove(Span& span) {
    (span.previous != nullptr ? span.previous->next : first_) = span.next;
    if (span.next != nullptr) {
      span.next->previous = span.previous;
    }
  }

  // `visit` may remove the span it is given.
  template <typename Visit> void for_each(Visit visit) const {
    for (Span* span = first_; span != nullptr;) {
      Span* next = span->next;
      visit(*span);
      span = next;
    }
  }

private:
  Span* first_ = nullptr;
};

} // namespace winmem::heap
