#include "debug_list.h"
#include "debug_functions.h"

#include "../host/fork.h"
#include "../host/lock.h"

#include <algorithm>

namespace winmem::crt::debug {
namespace {

constinit host::Lock list_lock;

// All guarded by list_lock.
constinit Header* first = nullptr;
constinit std::uint64_t changes = 0; // of the list's links, away from its newest end
constinit std::uint64_t places = 0;
constinit int requests = 0;
constinit Bytes live = 0;
constinit Totals sums;

void count(Bytes more) {
  live += more;
  sums.requested += more;
  sums.most = std::max(sums.most, live);
}

// The first bytes of a block, which its owner may be writing meanwhile: they are to be shown, and nothing depends on
// them. A loop, since ThreadSanitizer watches memcpy itself.
[[gnu::no_sanitize_thread]] void copy_first_bytes(Header& header, unsigned char* to) {
  const volatile unsigned char* from = data_of(header);
  for (Bytes i = 0; i < std::min(header.size, kShownBytes); ++i) {
    to[i] = from[i];
  }
}

void look_at(Header& header, Seen& seen) {
  seen.damage = damage_of(header);
  seen.header = header;
  seen.data = data_of(header);
  if (seen.damage != Damage::header) {
    copy_first_bytes(header, seen.shown);
  }
}

// Behind vm's and the heap's handlers would be before them: what is registered first runs last before a fork. Nothing
// is waited for under this lock, so it goes with vm's, the innermost.
[[gnu::constructor(101)]] void install_fork_handlers() {
  host::at_fork([] { list_lock.lock(); }, [] { list_lock.unlock(); }, [] { list_lock.unlock(); });
}

} // namespace

int next_request() {
  host::LockHold hold(list_lock);
  return ++requests;
}

void give_back_request(int request) {
  host::LockHold hold(list_lock);
  requests -= requests == request ? 1 : 0;
}

void add(Header& header) {
  host::LockHold hold(list_lock);
  header.place = ++places;
  header.older = first;
  if (first != nullptr) {
    first->newer = &header;
  }
  first = &header;
  count(header.size);
}

void remove(Header& header) {
  host::LockHold hold(list_lock);
  (header.newer != nullptr ? header.newer->older : first) = header.older;
  if (header.older != nullptr) {
    header.older->newer = header.newer;
  }
  ++changes;
  if (_BLOCK_TYPE(header.use) != _FREE_BLOCK) {
    live -= header.size;
  }
  end(header);
}

void keep_as_free(Header& header) {
  host::LockHold hold(list_lock);
  header.use = _FREE_BLOCK;
  live -= header.size;
}

void resize(Header& header, Bytes size) {
  host::LockHold hold(list_lock);
  if (size > header.size) {
    count(size - header.size);
  } else {
    live -= header.size - size;
  }
  set_size(header, size);
}

Totals totals() {
  host::LockHold hold(list_lock);
  return sums;
}

const Header* newest() {
  host::LockHold hold(list_lock);
  return first;
}

bool Walk::next(Seen& seen) {
  host::LockHold hold(list_lock);
  if (began_ && seen.damage == Damage::header) {
    return false;
  }
  if (!began_) {
    at_ = first;
  } else if (changes_ == changes) {
    at_ = at_->older;
  } else {
    // The block may be gone: the first that is older than it is next.
    for (at_ = first; at_ != nullptr && at_->place >= place_;) {
      at_ = at_->older;
    }
  }
  began_ = true;
  changes_ = changes;
  if (at_ == nullptr) {
    return false;
  }
  look_at(*at_, seen);
  place_ = seen.header.place;
  return true;
}

} // namespace winmem::crt::debug
