// The event of an OVERLAPPED, which tells of the end of a transfer or of a wait for a lock.
//
// Used:      by what transfers files and locks ranges of them: begin() where all other arguments are judged, end() with
//            the outcome.
#pragma once

#include "../sync/objects.h"
#include "handles.h"

namespace winmem::nt {

class CompletionEvent {
public:
  // Resets the event, if there is one (W48). Errors: the handle's.
  Status begin(HANDLE handle) {
    if (handle == nullptr) {
      return Status::ok;
    }
    Status status = object::reference(to_handle(handle), sync::kEventType, EVENT_MODIFY_STATE, event_);
    if (status == Status::ok) {
      sync::reset_event(*event_);
    }
    return status;
  }

  // A read at the end of a file has ended as others have.
  void end(Status outcome) {
    if (event_ && (outcome == Status::ok || outcome == Status::end_of_file)) {
      sync::set_event(*event_);
    }
  }

private:
  object::Ref<sync::Waitable> event_;
};

} // namespace winmem::nt
