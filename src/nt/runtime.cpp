// ntdll's small things: counted strings, the version of Windows, text for debuggers.
//
// What takes wide characters is defined twice, for those of 16 and of 32 bits.
#include <winternl.h>

#include <ntstatus.h>

#include <cstddef>
#include <limits>
#include <string_view>

namespace {

constexpr ULONG kMajor = 10;
constexpr ULONG kMinor = 0;
constexpr ULONG kBuild = 19045; // the last Windows 10

// Length and room are in bytes; what a USHORT cannot tell is cut behind a whole character.
template <class String, class Character> void describe(String* out, const Character* text) {
  constexpr std::size_t kMost = std::numeric_limits<USHORT>::max() / sizeof(Character) - 1;
  std::size_t count = text != nullptr ? std::char_traits<Character>::length(text) : 0;
  std::size_t bytes = (count < kMost ? count : kMost) * sizeof(Character);
  out->Length = static_cast<USHORT>(text != nullptr ? bytes : 0);
  out->MaximumLength = static_cast<USHORT>(text != nullptr ? bytes + sizeof(Character) : 0);
  out->Buffer = reinterpret_cast<decltype(out->Buffer)>(const_cast<Character*>(text));
}

// OSVERSIONINFOW and OSVERSIONINFOEXW for each size of characters.
template <class Character> struct Version {
  ULONG size;
  ULONG major;
  ULONG minor;
  ULONG build;
  ULONG platform;
  Character service_pack[128];
};

template <class Character> struct VersionMore : Version<Character> {
  USHORT service_pack_major;
  USHORT service_pack_minor;
  USHORT suite;
  UCHAR product;
  UCHAR reserved;
};
static_assert(sizeof(Version<char16_t>) == 276 && sizeof(VersionMore<char16_t>) == 284);

template <class Character> NTSTATUS version(void* out) {
  auto* info = static_cast<Version<Character>*>(out);
  info->major = kMajor;
  info->minor = kMinor;
  info->build = kBuild;
  info->platform = VER_PLATFORM_WIN32_NT;
  info->service_pack[0] = 0;
  if (info->size == sizeof(VersionMore<Character>)) {
    auto* more = static_cast<VersionMore<Character>*>(out);
    more->service_pack_major = 0;
    more->service_pack_minor = 0;
    more->suite = VER_SUITE_SINGLEUSERTS;
    more->product = VER_NT_WORKSTATION;
    more->reserved = 0;
  }
  return STATUS_SUCCESS;
}

} // namespace

VOID NTAPI RtlInitString(PSTRING DestinationString, PCSZ SourceString) { describe(DestinationString, SourceString); }

VOID NTAPI RtlInitAnsiString(PANSI_STRING DestinationString, PCSZ SourceString) {
  RtlInitString(DestinationString, SourceString);
}

// The program's next instruction is the one behind: a handler that goes on has to step over this byte, as on Windows.
VOID WINAPI DbgBreakPoint() { __asm__ volatile("int3"); }

// Windows shows such text in a debugger, of the process or of the system; without one it is lost. There is neither
// here, and the format is not looked at.
ULONG DbgPrint(PCCH, ...) { return STATUS_SUCCESS; }

ULONG DbgPrintEx(ULONG, ULONG, PCCH, ...) { return STATUS_SUCCESS; }

WINMEM_BEGIN_C

WINMEM_API void NTAPI winmem_RtlInitUnicodeString(PUNICODE_STRING out, const char16_t* text) { describe(out, text); }

WINMEM_API void NTAPI winmem_RtlInitUnicodeString_utf32(PUNICODE_STRING out, const char32_t* text) {
  describe(out, text);
}

WINMEM_API NTSTATUS NTAPI winmem_RtlGetVersion(void* out) { return version<char16_t>(out); }

WINMEM_API NTSTATUS NTAPI winmem_RtlGetVersion_utf32(void* out) { return version<char32_t>(out); }

WINMEM_END_C
