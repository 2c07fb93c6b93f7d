// What happens at fork: parent and child go on with whole tables and their own copy of private memory.
#pragma once

namespace winmem::vm {

// Registers the pthread_atfork handlers; called once, before the first region exists. They come first of all, since
// child handlers run in order of registration (K141) and no other should meet our tables before they are ready.
void install_fork_handlers();

} // namespace winmem::vm
