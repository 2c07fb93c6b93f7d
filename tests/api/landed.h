// What winmem has of the Windows memory API so far, where that shows in answers of calls that it already has.
//
// A feature that has not landed answers ERROR_INVALID_PARAMETER, and changes nothing. The change that brings it sets
// its flag to kAlways; the tests then expect what Windows does, in this build as in the Windows one.
#pragma once

#include "windows_api.h"

namespace apitest::landed {

inline constexpr bool kAlways = true;
inline constexpr bool kOnlyOnWindows = !kIsWinmem;

inline constexpr bool kGuardPages = kAlways;
inline constexpr bool kPhysicalPages = kOnlyOnWindows;
inline constexpr bool kLargePages = kOnlyOnWindows;
inline constexpr bool kPlaceholders = kAlways;
inline constexpr bool kViews = kAlways;

} // namespace apitest::landed
