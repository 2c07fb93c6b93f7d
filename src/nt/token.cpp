#include "token.h"

#include "handles.h"
#include "process_handle.h"
#include "user_memory.h"

#include <bit>
#include <winternl.h>

namespace winmem::nt {

namespace {

using process::Privilege;
using process::Privileges;
using process::PrivilegeSet;

// Pseudo handles: the process's token, the thread's, and whichever of them counts. They are good for questions alone.
constexpr object::Handle kProcessToken = ~object::Handle{3};
constexpr object::Handle kThreadToken = ~object::Handle{4};
constexpr object::Handle kEffectiveToken = ~object::Handle{5};

Status check_token(HANDLE token, ACCESS_MASK access) {
  object::Handle handle = to_handle(token);
  if (handle == kProcessToken || handle == kEffectiveToken) {
    return (access & ~ACCESS_MASK{TOKEN_QUERY | TOKEN_QUERY_SOURCE}) == 0 ? Status::ok : Status::access_denied;
  }
  if (handle == kThreadToken) {
    return Status::no_token; // threads have none of their own
  }
  object::Ref<object::Object> found;
  return object::reference(handle, &process::kTokenType, access, found);
}

constexpr DWORD bytes_for(PrivilegeSet set) {
  return static_cast<DWORD>(sizeof(DWORD) + static_cast<unsigned>(std::popcount(set)) * sizeof(LUID_AND_ATTRIBUTES));
}

// The privileges of `set`, with what `state` says of them.
bool write_privileges(TOKEN_PRIVILEGES* to, PrivilegeSet set, const Privileges& state) {
  struct {
    DWORD count;
    LUID_AND_ATTRIBUTES rows[process::kLastPrivilege];
  } list{};
  for (Privilege privilege = process::kFirstPrivilege; privilege <= process::kLastPrivilege; ++privilege) {
    PrivilegeSet bit = process::set_of(privilege);
    if ((set & bit) == 0) {
      continue;
    }
    DWORD attributes = (state.enabled & bit) != 0 ? DWORD{SE_PRIVILEGE_ENABLED} : 0;
    attributes |= (process::enabled_by_default() & bit) != 0 ? DWORD{SE_PRIVILEGE_ENABLED_BY_DEFAULT} : 0;
    list.rows[list.count++] = {.Luid = {.LowPart = privilege, .HighPart = 0}, .Attributes = attributes};
  }
  return write_array_to_user(reinterpret_cast<char*>(to), reinterpret_cast<const char*>(&list), bytes_for(set));
}

// What a program wants of the token.
struct Wish {
  PrivilegeSet on = 0;
  PrivilegeSet off = 0;
  PrivilegeSet remove = 0;
  bool has_unknown = false; // no number of a privilege

  PrivilegeSet named() const { return on | off | remove; }

  void add(const LUID_AND_ATTRIBUTES& row) {
    PrivilegeSet bit = row.Luid.HighPart == 0 ? process::set_of(row.Luid.LowPart) : 0;
    has_unknown = has_unknown || bit == 0;
    if ((row.Attributes & SE_PRIVILEGE_REMOVED) != 0) {
      remove |= bit;
      return;
    }
    bool enables = (row.Attributes & SE_PRIVILEGE_ENABLED) != 0; // the last row that names it counts
    on = enables ? on | bit : on & ~bit;
    off = enables ? off & ~bit : off | bit;
  }

  Privileges applied_to(const Privileges& state) const {
    PrivilegeSet held = state.held & ~remove;
    return {.held = held, .enabled = ((state.enabled | on) & ~off) & held};
  }
};

Status read_wish(const TOKEN_PRIVILEGES* from, Wish& out) {
  DWORD count = 0;
  if (!read_from_user(count, &from->PrivilegeCount)) {
    return Status::access_violation;
  }
  for (DWORD i = 0; i < count; ++i) {
    LUID_AND_ATTRIBUTES row;
    if (!read_from_user(row, from->Privileges + i)) {
      return Status::access_violation;
    }
    out.add(row);
  }
  return Status::ok;
}

struct Previous {
  DWORD room = 0;
  TOKEN_PRIVILEGES* to = nullptr; // nobody asks where this is null
  DWORD* length = nullptr;
};

Status apply(const Wish& wish, const Previous& previous) {
  for (;;) {
    Privileges before = process::privileges();
    Privileges after = wish.applied_to(before);
    if (previous.to != nullptr) {
      PrivilegeSet changed = (before.enabled ^ after.enabled) & after.held;
      if (!write_to_user(previous.length, bytes_for(changed))) {
        return Status::access_violation;
      }
      if (previous.room < bytes_for(changed)) {
        return Status::buffer_too_small;
      }
      if (!write_privileges(previous.to, changed, before)) {
        return Status::access_violation;
      }
    }
    if (process::change_privileges(before, after)) {
      bool all = !wish.has_unknown && (wish.named() & ~before.held) == 0;
      return all ? Status::ok : Status::not_all_assigned;
    }
  }
}

} // namespace

Status open_process_token(HANDLE process, ACCESS_MASK access, HANDLE& out) {
  if (Status status = check_process_query(process); status != Status::ok) {
    return status;
  }
  object::Ref<object::Object> token = process::this_token();
  if (!token) {
    return Status::no_memory;
  }
  const object::GenericRights& rights = process::kTokenType.rights;
  object::Handle handle = 0;
  Status status = object::open(token, object::map_generic(rights, access, rights.all), object::Flags::none, handle);
  if (status == Status::ok) {
    out = reinterpret_cast<HANDLE>(handle);
  }
  return status;
}

Status adjust_privileges(HANDLE token, bool disable_all, const TOKEN_PRIVILEGES* wanted, DWORD room,
                         TOKEN_PRIVILEGES* previous, DWORD* length) {
  if (!disable_all && wanted == nullptr) {
    return Status::invalid_parameter;
  }
  ACCESS_MASK access = TOKEN_ADJUST_PRIVILEGES | (previous != nullptr ? TOKEN_QUERY : 0);
  if (Status status = check_token(token, access); status != Status::ok) {
    return status;
  }
  Wish wish;
  if (disable_all) {
    wish.off = process::privileges().held; // what was removed meanwhile is not missed: it is disabled as well
  } else if (Status status = read_wish(wanted, wish); status != Status::ok) {
    return status;
  }
  Status status = apply(wish, {.room = room, .to = previous, .length = length});
  return disable_all && status == Status::not_all_assigned ? Status::ok : status;
}

Status query_token(HANDLE token, TOKEN_INFORMATION_CLASS type, void* to, DWORD room, DWORD* length) {
  if (type != TokenPrivileges) {
    return Status::invalid_info_class;
  }
  if (Status status = check_token(token, TOKEN_QUERY); status != Status::ok) {
    return status;
  }
  Privileges state = process::privileges();
  if (!write_to_user(length, bytes_for(state.held))) {
    return Status::access_violation;
  }
  if (room < bytes_for(state.held)) {
    return Status::buffer_too_small;
  }
  return write_privileges(static_cast<TOKEN_PRIVILEGES*>(to), state.held, state) ? Status::ok
                                                                                 : Status::access_violation;
}

template <typename Character> Status privilege_by_name(const Character* name, LUID& out) {
  constexpr unsigned kMost = 48; // more than the longest has
  auto lower = [](auto letter) { return letter >= 'A' && letter <= 'Z' ? letter + ('a' - 'A') : +letter; };
  Character text[kMost]{};
  for (unsigned i = 0; i == 0 || text[i - 1] != 0; ++i) {
    if (i == kMost) {
      return Status::no_such_privilege;
    }
    if (!read_from_user(text[i], name + i)) {
      return Status::access_violation;
    }
  }
  for (Privilege privilege = process::kFirstPrivilege; privilege <= process::kLastPrivilege; ++privilege) {
    const char* known = process::privilege_name(privilege);
    unsigned i = 0;
    while (known[i] != 0 && static_cast<std::int64_t>(lower(text[i])) == lower(known[i])) {
      ++i;
    }
    if (known[i] == 0 && text[i] == 0) {
      out = {.LowPart = privilege, .HighPart = 0};
      return Status::ok;
    }
  }
  return Status::no_such_privilege;
}

template Status privilege_by_name(const char* name, LUID& out);
template Status privilege_by_name(const char16_t* name, LUID& out);
template Status privilege_by_name(const char32_t* name, LUID& out);

} // namespace winmem::nt

using namespace winmem;

NTSTATUS NTAPI RtlAdjustPrivilege(ULONG Privilege, BOOLEAN Enable, BOOLEAN Client, PBOOLEAN WasEnabled) {
  if (Client != 0) {
    return static_cast<NTSTATUS>(Status::no_token);
  }
  process::PrivilegeSet bit = process::set_of(Privilege);
  for (;;) {
    process::Privileges before = process::privileges();
    if ((before.held & bit) == 0) {
      return static_cast<NTSTATUS>(Status::privilege_not_held);
    }
    bool was_enabled = (before.enabled & bit) != 0;
    if (!nt::write_to_user(WasEnabled, static_cast<BOOLEAN>(was_enabled))) {
      return static_cast<NTSTATUS>(Status::access_violation);
    }
    process::Privileges after = before;
    after.enabled = Enable != 0 ? before.enabled | bit : before.enabled & ~bit;
    if (process::change_privileges(before, after)) {
      return 0;
    }
  }
}
