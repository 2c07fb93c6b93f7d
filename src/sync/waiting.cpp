#include "waiting.h"

#include "../host/own_process.h"
#include "../host/thread.h"
#include "awaited.h"
#include "bell.h"

#include <algorithm>
#include <array>
#include <memory>

namespace winmem::sync {

namespace {

// All objects of a wait; room for as many as there may be, without a constructor for those that are not used.
class Party {
public:
  Party(object::Object* const* objects, std::uint32_t count) : count_(count) {
    for (std::uint32_t i = 0; i < count; ++i) {
      std::construct_at(at(i), *objects[i]);
    }
  }
  Party(const Party&) = delete;
  Party& operator=(const Party&) = delete;
  ~Party() {
    if (sleeps_) {
      for (Awaited& each : *this) {
        each.forget_sleeper();
      }
    }
    if (on_bell_) {
      for (Awaited& each : *this) {
        each.leave_crowd();
      }
    }
  }

  Awaited* begin() { return at(0); }
  Awaited* end() { return at(count_); }
  Awaited& operator[](std::uint32_t index) { return *at(index); }
  bool sleeps() const { return sleeps_; }

  // From here on wake-ups may be this wait's. What was seen before does not count any more.
  void count_sleeper() {
    for (Awaited& each : *this) {
      each.count_sleeper();
    }
    sleeps_ = true;
  }

  // To be called before the objects are looked at.
  void listen() { bell_ = on_bell_ ? read_bell() : 0; }

  // Until one of [first, last) changed, perhaps.
  void sleep(Awaited* first, Awaited* last, std::uint32_t thread, Deadline& deadline);

private:
  Awaited* at(std::uint32_t index) { return reinterpret_cast<Awaited*>(room_) + index; }
  void sleep_on_bell(std::uint64_t until);

  alignas(Awaited) std::byte room_[kMostObjects * sizeof(Awaited)];
  const std::uint32_t count_;
  std::uint32_t bell_ = 0;
  bool sleeps_ = false;
  bool on_bell_ = false;
};

void Party::sleep_on_bell(std::uint64_t until) {
  if (!on_bell_) {
    for (Awaited& each : *this) {
      each.join_crowd();
    }
    on_bell_ = true;
    return; // the objects must be looked at once more (B1)
  }
  if (const std::uint32_t* bell = bell_word()) {
    host::sleep_on({bell, bell_}, until);
  } else {
    host::sleep_until(std::min(until, host::monotonic() + kNamedLookAgain));
  }
}

void Party::sleep(Awaited* first, Awaited* last, std::uint32_t thread, Deadline& deadline) {
  std::array<host::WatchedWord, kMostObjects> watched;
  std::size_t count = 0;
  std::uint64_t look_again = host::kNever;
  for (Awaited* each = first; each != last; ++each) {
    if (each->has_word() && !each->watch(thread, watched[count++])) {
      return;
    }
    look_again = std::min(look_again, each->look_again(on_bell_));
  }
  std::uint64_t until = deadline.or_in(look_again);
  if (count == 0) {
    host::sleep_until(until);
  } else if (count == 1) {
    host::sleep_on(watched[0], until);
  } else if (on_bell_ || !host::sleep_on_any(watched.data(), count, until)) {
    sleep_on_bell(until);
  }
}

// Who was woken for an object and takes another one, or none, lets others know.
Outcome leave(Party& party, Outcome outcome) {
  for (Awaited& each : party) {
    each.pass_on();
  }
  return outcome;
}

// ---- all of them ----

bool try_lock_all(Party& party, std::uint32_t thread) {
  for (Awaited& each : party) {
    bool is_ours = each.has_word() ? try_lock(*each.slot(), thread) : each.seems_signalled(thread);
    if (!is_ours) {
      for (Awaited* locked = party.begin(); locked != &each; ++locked) {
        if (locked->has_word()) {
          let_go(*locked->slot(), thread);
        }
      }
      return false;
    }
  }
  return true;
}

Taken try_take_all(Party& party, std::uint32_t thread) {
  if (!try_lock_all(party, thread)) {
    return Taken::no;
  }
  Taken all = Taken::yes;
  for (Awaited& each : party) {
    if (each.has_word() && keep_locked(*each.slot(), thread) == Taken::abandoned) {
      all = Taken::abandoned;
    }
  }
  return all;
}

} // namespace

Outcome wait_for_one(object::Object& object, Patience patience) {
  std::uint32_t thread = host::thread_id();
  Taken taken = Awaited(object).try_take(thread);
  if (taken != Taken::no || patience == 0) {
    return to_outcome(taken, 0);
  }
  object::Object* only = &object;
  return wait_for_any(&only, 1, patience);
}

Outcome wait_for_any(object::Object* const* objects, std::uint32_t count, Patience patience) {
  std::uint32_t thread = host::thread_id();
  Party party(objects, count);
  Deadline deadline(patience);
  for (;;) {
    party.listen();
    for (std::uint32_t i = 0; i < count; ++i) {
      Taken taken = party[i].try_take(thread);
      if (taken == Taken::no && party.sleeps() && party[i].was_pulsed()) {
        taken = Taken::yes;
      }
      if (taken != Taken::no) {
        return party.sleeps() ? leave(party, to_outcome(taken, i)) : to_outcome(taken, i);
      }
    }
    if (deadline.is_test() || deadline.is_over()) {
      return party.sleeps() ? leave(party, {Status::timeout}) : Outcome{Status::timeout};
    }
    if (!party.sleeps()) {
      party.count_sleeper();
    } else {
      party.sleep(party.begin(), party.end(), thread, deadline);
    }
  }
}

Outcome wait_for_all(object::Object* const* objects, std::uint32_t count, Patience patience) {
  std::uint32_t thread = host::thread_id();
  Party party(objects, count);
  Deadline deadline(patience);
  Awaited* slept_on = nullptr;
  for (;;) {
    party.listen();
    Awaited* missing = std::find_if(party.begin(), party.end(),
                                    [thread](const Awaited& each) { return !each.seems_signalled(thread); });
    if (missing == party.end()) {
      Taken taken = try_take_all(party, thread);
      if (taken != Taken::no) {
        return party.sleeps() ? leave(party, to_outcome(taken, 0)) : to_outcome(taken, 0);
      }
      host::yield(); // somebody else was about to take one of them
      continue;
    }
    if (deadline.is_test() || deadline.is_over()) {
      return party.sleeps() ? leave(party, {Status::timeout}) : Outcome{Status::timeout};
    }
    if (!party.sleeps()) {
      party.count_sleeper();
      continue;
    }
    if (slept_on != nullptr && slept_on != missing) {
      slept_on->pass_on(); // its wake-up may have been another's
    }
    slept_on = missing;
    party.sleep(missing, missing + 1, thread, deadline); // nothing can be taken before that one is signalled
  }
}

} // namespace winmem::sync
