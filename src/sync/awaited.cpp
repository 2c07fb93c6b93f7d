#include "awaited.h"

#include "../object/own.h"
#include "bell.h"
#include "memory_notification.h"

namespace winmem::sync {

namespace {

// Nanoseconds, for what no word tells.
constexpr std::uint64_t kAskAgain = 5'000'000;
constexpr std::uint64_t kAskOfMemoryAgain = 100'000'000;

// Of objects without a slot: a process or thread that is gone, memory that is as awaited, anything else.
bool is_so(const object::Object& object) {
  if (object.type == &object::kProcessType) {
    const auto& process = static_cast<const object::Process&>(object);
    return !object::is_this_process(process) && host::thread_is_gone(process.id);
  }
  if (object.type == &object::kThreadType) {
    return host::thread_is_gone(static_cast<const object::Thread&>(object).id);
  }
  if (object.type == &kMemoryNotificationType) {
    return is_signalled(static_cast<const MemoryNotification&>(object));
  }
  return true;
}

} // namespace

Awaited::Awaited(object::Object& object) : object_(&object) {
  if (is_waitable_type(*object.type)) {
    waitable_ = static_cast<Waitable*>(&object);
  }
}

Taken Awaited::try_take(std::uint32_t thread) {
  if (waitable_ != nullptr) {
    return sync::try_take(*waitable_->slot, thread);
  }
  return is_so(*object_) ? Taken::yes : Taken::no;
}

bool Awaited::seems_signalled(std::uint32_t thread) const {
  if (waitable_ == nullptr) {
    return is_so(*object_);
  }
  State now = read(*waitable_->slot);
  return is_locked(*waitable_->slot, now) || is_signalled(*waitable_->slot, now, thread);
}

void Awaited::count_sleeper() {
  if (waitable_ != nullptr) {
    pulses_ = waitable_->slot->pulses.load(std::memory_order_relaxed);
    waitable_->slot->sleepers.fetch_add(1, std::memory_order_seq_cst);
  }
}

void Awaited::forget_sleeper() {
  if (waitable_ != nullptr) {
    waitable_->slot->sleepers.fetch_sub(1, std::memory_order_relaxed);
  }
}

void Awaited::join_crowd() {
  if (waitable_ != nullptr) {
    waitable_->slot->crowd.fetch_add(1, std::memory_order_seq_cst);
  }
}

void Awaited::leave_crowd() {
  if (waitable_ != nullptr) {
    waitable_->slot->crowd.fetch_sub(1, std::memory_order_relaxed);
  }
}

bool Awaited::watch(std::uint32_t thread, host::WatchedWord& out) {
  Slot& slot = *waitable_->slot;
  State now = read(slot);
  if (is_locked(slot, now) || is_signalled(slot, now, thread)) {
    return false;
  }
  std::uint32_t value = now.value();
  if (slot.kind == Kind::mutex && (value & host::kHasSleepers) == 0) {
    value |= host::kHasSleepers; // so that the kernel wakes somebody when the owner dies
    if (!slot.state.compare_exchange_strong(now.word, to_word(value, now.locker()), std::memory_order_seq_cst)) {
      return false;
    }
  }
  out = {kernel_word(slot), value};
  return true;
}

bool Awaited::was_pulsed() {
  if (waitable_ == nullptr) {
    return false;
  }
  Slot& slot = *waitable_->slot;
  std::uint32_t now = slot.pulses.load(std::memory_order_acquire);
  if (now == pulses_) [[likely]] {
    return false;
  }
  pulses_ = now;
  if (slot.kind == Kind::notification_event) {
    return true;
  }
  std::uint32_t tokens = slot.tokens.load(std::memory_order_relaxed);
  return tokens != 0 && slot.tokens.compare_exchange_strong(tokens, tokens - 1, std::memory_order_acq_rel);
}

void Awaited::pass_on() {
  if (waitable_ != nullptr && waitable_->slot->kind != Kind::notification_event &&
      is_signalled(*waitable_->slot, read(*waitable_->slot), 0)) {
    wake(*waitable_, 1);
  }
}

std::uint64_t Awaited::look_again(bool on_bell) const {
  if (waitable_ == nullptr) {
    if (object_->type == &kMemoryNotificationType) {
      return kAskOfMemoryAgain;
    }
    return is_so(*object_) ? host::kNever : kAskAgain;
  }
  if (on_bell && waitable_->is_named) {
    return kNamedLookAgain;
  }
  return is_shared(*waitable_) ? kLookAgain : host::kNever;
}

std::uint64_t Deadline::at() {
  if (at_ == 0) {
    std::uint64_t now = host::monotonic();
    at_ = patience_ >= host::kNever - now ? host::kNever : now + patience_;
  }
  return at_;
}

bool Deadline::is_over() {
  std::uint64_t end = at();
  return end != host::kNever && host::monotonic() >= end;
}

std::uint64_t Deadline::or_in(std::uint64_t look_again) {
  std::uint64_t end = at();
  if (look_again == host::kNever) {
    return end;
  }
  std::uint64_t then = host::monotonic() + look_again;
  return then < end ? then : end;
}

} // namespace winmem::sync
