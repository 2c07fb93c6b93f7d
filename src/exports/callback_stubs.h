// Stubs: functions that are called in one calling convention and call on in the other.
//
// Owns:      the pages of stubs. A stub is 16 bytes of code that finds its cell (target and converter) one
//            page further; code is written once for a whole page, so none is ever writable and executable, and none
//            that runs changes.
// Holds:     S1  the same function gets the same stub, unless two threads ask first at once
//            S2  the stub of a stub in the other direction is the function itself: what a program set, it gets back
//            S3  a stub stays for ever: nobody knows who still holds it. 32 bytes each.
// Threads:   no lock; after fork the child has the same stubs.
#pragma once

#include <cstdint>

namespace winmem::exports {

using Code = void (*)(); // a function of any type and convention

enum class Convention : std::uint8_t { linux_to_microsoft, microsoft_to_linux };

// Integers and pointers only.
inline constexpr int kMostStubParameters = 7;

// A function that is called in the first convention and calls `target` in the second. nullptr for nullptr, and when
// there is no memory.
Code stub_for(Code target, Convention convention);

} // namespace winmem::exports
