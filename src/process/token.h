// The token: which privileges this process holds, and which of them are enabled.
//
// Owns:      the one token of the process, and the object that handles to it stand for.
// Used:      by nt: who opens and adjusts the token, and the calls that need a privilege.
// Lock:      none; what is held and enabled is one word. A fork's child has a token of its own, as its parent's was.
// Surprise:  no kernel gives winmem these privileges, or takes them: they are those of an ordinary account that
//            may also lock pages in memory, so that programs which enable that first (large pages, physical pages) go
//            on.
#pragma once

#include "../object/object.h"

namespace winmem::process {

extern const object::Type kTokenType;

// Null when there is no memory for the object.
object::Ref<object::Object> this_token();

// Privileges have the numbers that Windows gives them.
using Privilege = std::uint32_t;
inline constexpr Privilege kLockMemory = 4;

inline constexpr Privilege kFirstPrivilege = 2;
inline constexpr Privilege kLastPrivilege = 36;

// What Windows calls the privilege, from the first number to the last.
const char* privilege_name(Privilege privilege);

// Sets of privileges: bit n is that of number n.
using PrivilegeSet = std::uint64_t;
constexpr PrivilegeSet set_of(Privilege privilege) {
  return privilege >= kFirstPrivilege && privilege <= kLastPrivilege ? PrivilegeSet{1} << privilege : 0;
}

struct Privileges {
  PrivilegeSet held = 0;
  PrivilegeSet enabled = 0; // of those held
};

Privileges privileges();
bool is_enabled(Privilege privilege);

// What is enabled unless somebody disables it.
PrivilegeSet enabled_by_default();

// False, and nothing changes, where the token is not `from` any more.
[[nodiscard]] bool change_privileges(const Privileges& from, const Privileges& to);

} // namespace winmem::process
