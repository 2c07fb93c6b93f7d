// Text by printf's rules, for reports and paths.
#pragma once

#include <cstdarg>
#include <cstddef>

namespace winmem::host {

// Writes at most `room` characters, the closing zero included; what does not fit is cut.
[[gnu::format(printf, 3, 0)]] void format_text(char* out, std::size_t room, const char* format, va_list arguments);
[[gnu::format(printf, 3, 4)]] void format_text(char* out, std::size_t room, const char* format, ...);

} // namespace winmem::host
