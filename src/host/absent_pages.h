// Mappings of a file in memory in which a page that the file does not have is a fault (SIGBUS, EFAULT in system calls),
// where the kernel else would make the page: userfaultfd, whose faults nobody reads.
//
// Owns:      this process's userfaultfd. It lies high, is closed on exec, and what it watches ends when it is closed: a
//            program that closes all descriptors makes such pages appear by touch again.
// Used:      by vm, for views of sections whose pages are committed one by one. Nothing here allocates or takes a lock.
// Fork:      the kernel drops all watches in the child, which calls forget_watches_in_child() and watches anew.
#pragma once

#include "../base/address.h"

namespace winmem::host {

// Watches `range`, whole mappings or parts of them. False when the kernel or a sandbox does not let us: nothing is
// watched then. What is mapped over it later is not watched.
[[nodiscard]] bool watch_absent_pages(AddressRange range);

// The descriptor that a fork's child inherited still acts on its parent.
void forget_watches_in_child();

} // namespace winmem::host
