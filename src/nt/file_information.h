// What is told of files: attributes, times, sizes, links.
#pragma once

#include "../base/status.h"

#include <fileapi.h>
#include <winbase.h>

namespace winmem::nt {

// By name, links followed.
Status file_attributes(const char* path, WIN32_FILE_ATTRIBUTE_DATA& out);

// By handle, whatever it grants.
Status file_information(HANDLE handle, BY_HANDLE_FILE_INFORMATION& out);
Status file_information(HANDLE handle, FILE_BASIC_INFO& out);
Status file_information(HANDLE handle, FILE_STANDARD_INFO& out);

} // namespace winmem::nt
