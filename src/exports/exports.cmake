# GetProcAddress's table, generated from names.tsv into the core. Included by cmake/core.cmake.

set(winmem_export_table "${WINMEM_GENERATED}/export_table.cpp")
add_custom_command(
    OUTPUT "${winmem_export_table}"
    COMMAND Python3::Interpreter "${CMAKE_CURRENT_LIST_DIR}/make_table.py" "${WINMEM_NAMES}" "${WINMEM_MALLOC_NAMES}"
            "${winmem_export_table}"
    DEPENDS "${WINMEM_NAMES}" "${WINMEM_MALLOC_NAMES}" "${CMAKE_CURRENT_LIST_DIR}/make_table.py"
            "${CMAKE_CURRENT_SOURCE_DIR}/cmake/make_exports.py"
    COMMENT "Generating the table of exported functions"
    VERBATIM)
target_sources(winmem_core_objects PRIVATE "${winmem_export_table}")

# winmem_find's table, compiled as a program for Windows sees the headers: its wide characters have 16 bits.
set(winmem_microsoft_table "${WINMEM_GENERATED}/microsoft_table.cpp")
add_custom_command(
    OUTPUT "${winmem_microsoft_table}"
    COMMAND Python3::Interpreter "${CMAKE_CURRENT_LIST_DIR}/make_microsoft_table.py" "${WINMEM_NAMES}"
            "${WINMEM_MALLOC_NAMES}" "${winmem_microsoft_table}"
    DEPENDS "${WINMEM_NAMES}" "${WINMEM_MALLOC_NAMES}" "${CMAKE_CURRENT_LIST_DIR}/make_microsoft_table.py"
            "${CMAKE_CURRENT_LIST_DIR}/make_table.py" "${CMAKE_CURRENT_SOURCE_DIR}/cmake/make_exports.py"
    COMMENT "Generating the table of functions in Microsoft's calling convention"
    VERBATIM)
set_source_files_properties("${winmem_microsoft_table}" PROPERTIES COMPILE_OPTIONS
    "-UWINMEM_CORE;-fshort-wchar;-Wno-ignored-attributes")
target_sources(winmem_core_objects PRIVATE "${winmem_microsoft_table}")
