// Words that belong to threads, and that the kernel marks when their thread ends in any way, kill -9 and exec included.
//
// The kernel keeps one list for each thread; libc has made it, for its robust mutexes, and owns its head. Our nodes
// join that list in libc's own form: a node's address is behind the word by what the head says, and the pointer to the
// previous node lies right before it.
//
// Used:      by sync, for mutexes: announce(word), then the exchange that makes the thread the owner, then
//            enlist(word), conclude(); to give it back announce, delist, the exchange, conclude. Between announce and
//            conclude the kernel looks at the announced word, too; so a thread may die at any instruction.
// Holds:     R1  an owned word has the owner's thread id in its low 30 bits, while it is in the list.
//            R2  memory of a node stays mapped while the node is in a list.
// Limits:    the kernel walks 2048 nodes of a thread. Without a head of libc's form (has_robust_list() is false) words
//            are not marked.
#pragma once

#include <cstdint>

namespace winmem::host {

// What the kernel knows of an owned word.
inline constexpr std::uint32_t kOwnerBits = 0x3FFFFFFF;   // the thread's id; 0: nobody's
inline constexpr std::uint32_t kOwnerDied = 0x40000000;   // set by the kernel, which clears the owner
inline constexpr std::uint32_t kHasSleepers = 0x80000000; // the kernel then wakes one

// Lies so that the word is 32 bytes before `next`.
struct RobustNode {
  void* previous = nullptr;
  void* next = nullptr;
};
inline constexpr std::uint32_t kNodeOffset = 32; // from the word to `next`

bool has_robust_list();
void announce(RobustNode& node);
void enlist(RobustNode& node);
void delist(RobustNode& node);
void conclude();

// Whether there is no thread by this id, in any process that this one may know of.
bool thread_is_gone(std::uint32_t thread);

} // namespace winmem::host
