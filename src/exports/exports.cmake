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
