#include "robust_list.h"

#include "syscall.h"

#include <atomic>
#include <cstddef>

namespace winmem::host {

namespace {

// The kernel's struct robust_list_head.
struct Head {
  void* first;
  long word_from_node;
  void* pending;
};

// The address of the head is libc's choice, once for each thread; a fork's child has it at the same place.
thread_local constinit Head* own_head __attribute__((tls_model("initial-exec"))) = nullptr;
thread_local constinit bool asked __attribute__((tls_model("initial-exec"))) = false;

Head* head() {
  if (!asked) {
    Head* found = nullptr;
    std::size_t size = 0;
    long result = system_call(SYS_get_robust_list, 0, as_argument(&found), as_argument(&size));
    bool fits = result == 0 && found != nullptr && size == sizeof(Head) &&
                found->word_from_node == -static_cast<long>(kNodeOffset);
    own_head = fits ? found : nullptr;
    asked = true;
  }
  return own_head;
}

// The lowest bit of a link says of libc's own nodes which kind of mutex comes.
void* without_mark(void* link) {
  return reinterpret_cast<void*>(reinterpret_cast<std::uintptr_t>(link) & ~std::uintptr_t{1});
}

void*& next_of(void* node) { return *static_cast<void**>(node); }
void*& previous_of(void* node) { return static_cast<void**>(node)[-1]; }

// The kernel reads this thread's list only when the thread has ended: what counts is the order of the instructions.
void in_order() { std::atomic_signal_fence(std::memory_order_seq_cst); }

} // namespace

bool has_robust_list() { return head() != nullptr; }

void announce(RobustNode& node) {
  if (Head* list = head()) {
    list->pending = &node.next;
    in_order();
  }
}

void enlist(RobustNode& node) {
  if (Head* list = head()) {
    void* next = without_mark(list->first);
    node.next = list->first;
    node.previous = list;
    in_order();
    previous_of(next) = &node.next;
    in_order();
    list->first = &node.next;
    in_order();
  }
}

void delist(RobustNode& node) {
  if (head() != nullptr && node.next != nullptr) {
    previous_of(without_mark(node.next)) = node.previous;
    in_order();
    next_of(without_mark(node.previous)) = node.next;
    in_order();
    node.next = nullptr;
    node.previous = nullptr;
  }
}

void conclude() {
  if (Head* list = head()) {
    in_order();
    list->pending = nullptr;
  }
}

bool thread_is_gone(std::uint32_t thread) { return system_call(SYS_tkill, static_cast<long>(thread), 0) == -ESRCH; }

} // namespace winmem::host
