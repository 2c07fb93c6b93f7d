#include "token.h"

#include <atomic>

namespace winmem::process {

namespace {

struct Token : object::Object {
  Token() : Object(kTokenType) {}
};

constinit object::Cells cells(sizeof(Token));
constinit std::atomic<Token*> own{nullptr}; // with one reference for ever

void end_token(object::Object& token) { cells.give(&token); }

constexpr const char* kNames[] = {
    "SeCreateTokenPrivilege",
    "SeAssignPrimaryTokenPrivilege",
    "SeLockMemoryPrivilege",
    "SeIncreaseQuotaPrivilege",
    "SeMachineAccountPrivilege",
    "SeTcbPrivilege",
    "SeSecurityPrivilege",
    "SeTakeOwnershipPrivilege",
    "SeLoadDriverPrivilege",
    "SeSystemProfilePrivilege",
    "SeSystemtimePrivilege",
    "SeProfileSingleProcessPrivilege",
    "SeIncreaseBasePriorityPrivilege",
    "SeCreatePagefilePrivilege",
    "SeCreatePermanentPrivilege",
    "SeBackupPrivilege",
    "SeRestorePrivilege",
    "SeShutdownPrivilege",
    "SeDebugPrivilege",
    "SeAuditPrivilege",
    "SeSystemEnvironmentPrivilege",
    "SeChangeNotifyPrivilege",
    "SeRemoteShutdownPrivilege",
    "SeUndockPrivilege",
    "SeSyncAgentPrivilege",
    "SeEnableDelegationPrivilege",
    "SeManageVolumePrivilege",
    "SeImpersonatePrivilege",
    "SeCreateGlobalPrivilege",
    "SeTrustedCredManAccessPrivilege",
    "SeRelabelPrivilege",
    "SeIncreaseWorkingSetPrivilege",
    "SeTimeZonePrivilege",
    "SeCreateSymbolicLinkPrivilege",
    "SeDelegateSessionUserImpersonatePrivilege",
};
static_assert(sizeof kNames / sizeof *kNames == kLastPrivilege - kFirstPrivilege + 1);

// What the token holds at first: lock memory, shutdown, change notify, undock, increase working set, time zone.
constexpr Privilege kHeld[] = {kLockMemory, 19, 23, 25, 33, 34};
constexpr PrivilegeSet kByDefault = set_of(23);

// Both sets in one word, a bit for each of kHeld; what is held from bit 16 on.
constexpr std::uint32_t to_word(const Privileges& privileges) {
  std::uint32_t word = 0;
  for (unsigned i = 0; i < sizeof kHeld / sizeof *kHeld; ++i) {
    word |= (privileges.enabled & set_of(kHeld[i])) != 0 ? 1U << i : 0;
    word |= (privileges.held & set_of(kHeld[i])) != 0 ? 1U << (16 + i) : 0;
  }
  return word;
}

constexpr Privileges from_word(std::uint32_t word) {
  Privileges privileges;
  for (unsigned i = 0; i < sizeof kHeld / sizeof *kHeld; ++i) {
    privileges.enabled |= (word >> i & 1) != 0 ? set_of(kHeld[i]) : 0;
    privileges.held |= (word >> (16 + i) & 1) != 0 ? set_of(kHeld[i]) : 0;
  }
  return privileges;
}

constexpr std::uint32_t kAtFirst = to_word({.held = ~PrivilegeSet{0}, .enabled = kByDefault});
constinit std::atomic<std::uint32_t> state{kAtFirst};

} // namespace

constexpr object::Type kTokenType = {
    .name = "Token",
    .rights = {.read = 0x00020008, .write = 0x000200E0, .execute = 0x00020000, .all = 0x000F01FF},
    .end = end_token,
};

object::Ref<object::Object> this_token() {
  Token* token = own.load(std::memory_order_acquire);
  if (token == nullptr) {
    object::Ref<Token> made = object::make<Token>(cells);
    if (!made) {
      return {};
    }
    // Who comes second uses the first one's, and gives its own back.
    if (own.compare_exchange_strong(token, made.get(), std::memory_order_acq_rel, std::memory_order_acquire)) {
      token = made.release();
    }
  }
  token->add_reference();
  return object::Ref<object::Object>(token);
}

const char* privilege_name(Privilege privilege) { return kNames[privilege - kFirstPrivilege]; }

Privileges privileges() { return from_word(state.load(std::memory_order_acquire)); }

bool is_enabled(Privilege privilege) { return (privileges().enabled & set_of(privilege)) != 0; }

PrivilegeSet enabled_by_default() { return kByDefault; }

bool change_privileges(const Privileges& from, const Privileges& to) {
  std::uint32_t expected = to_word(from);
  return state.compare_exchange_strong(expected, to_word(to), std::memory_order_acq_rel);
}

} // namespace winmem::process
