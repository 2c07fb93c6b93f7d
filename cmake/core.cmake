# libwinmem-core.so.0: every room under src/, exporting winmem_… names only.
#
# The objects are built once (winmem_core_objects, position independent) and serve the shared core, the static
# library and tests/unit, which looks inside.

find_package(Python3 3.9 REQUIRED COMPONENTS Interpreter)

# The generated parts come from one table: which names the SDK's libraries export.
set(WINMEM_GENERATED "${CMAKE_CURRENT_BINARY_DIR}/generated")
set(WINMEM_NAMES "${CMAKE_CURRENT_SOURCE_DIR}/src/exports/names.tsv")
set(WINMEM_MALLOC_NAMES "${CMAKE_CURRENT_SOURCE_DIR}/src/exports/malloc_names.tsv")
set(WINMEM_EXPORT_FILES
    "${WINMEM_GENERATED}/core_names.h"
    "${WINMEM_GENERATED}/shell.S" "${WINMEM_GENERATED}/shell.map"
    "${WINMEM_GENERATED}/malloc_shell.S" "${WINMEM_GENERATED}/malloc_shell.map")
add_custom_command(
    OUTPUT ${WINMEM_EXPORT_FILES}
    COMMAND Python3::Interpreter "${CMAKE_CURRENT_SOURCE_DIR}/cmake/make_exports.py" "${WINMEM_NAMES}"
            "${WINMEM_MALLOC_NAMES}" "${WINMEM_GENERATED}"
    DEPENDS "${WINMEM_NAMES}" "${WINMEM_MALLOC_NAMES}" "${CMAKE_CURRENT_SOURCE_DIR}/cmake/make_exports.py"
    COMMENT "Generating the exported names"
    VERBATIM)
add_custom_target(winmem_exports DEPENDS ${WINMEM_EXPORT_FILES})

# What programs see: the SDK headers as system headers (their macros cast as C does), the shields that keep the
# compiler's own headers from taking _WIN32 for Windows, and the header with the keywords of Microsoft's compiler that
# is included before everything else. The _WIN32 family of macros is winmem-cc's business, never a target's.
add_library(winmem_headers INTERFACE)
add_library(winmem::headers ALIAS winmem_headers)
set_target_properties(winmem_headers PROPERTIES EXPORT_NAME headers)
target_include_directories(winmem_headers SYSTEM INTERFACE
    "$<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/include/shield;${CMAKE_CURRENT_SOURCE_DIR}/include>"
    "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/winmem/shield;${CMAKE_INSTALL_INCLUDEDIR}/winmem>")
target_compile_options(winmem_headers INTERFACE
    "$<$<COMPILE_LANGUAGE:C,CXX>:SHELL:-include winmem_compat.h>")

file(GLOB winmem_core_sources CONFIGURE_DEPENDS
    "${CMAKE_CURRENT_SOURCE_DIR}/src/*/*.cpp" "${CMAKE_CURRENT_SOURCE_DIR}/src/*/*.S")
add_library(winmem_core_objects OBJECT ${winmem_core_sources})
add_dependencies(winmem_core_objects winmem_exports)
include("${CMAKE_CURRENT_SOURCE_DIR}/src/exports/exports.cmake")

# How the core is compiled, for whoever includes its headers (tests/unit): C++20, src/ on the path.
target_compile_features(winmem_core_objects PUBLIC cxx_std_20)
target_include_directories(winmem_core_objects PUBLIC "${CMAKE_CURRENT_SOURCE_DIR}/src")
target_include_directories(winmem_core_objects SYSTEM PUBLIC "${CMAKE_CURRENT_SOURCE_DIR}/include")
set_target_properties(winmem_core_objects PROPERTIES
    POSITION_INDEPENDENT_CODE ON
    CXX_EXTENSIONS ON
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON
    # A changed name must rebuild what was compiled with the old one.
    OBJECT_DEPENDS "${WINMEM_GENERATED}/core_names.h")
target_compile_definitions(winmem_core_objects PRIVATE WINMEM_CORE=1)
target_compile_options(winmem_core_objects PRIVATE
    # Callbacks of the program may throw through our frames, so unwind tables stay although we never throw.
    $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions -fno-rtti -fasynchronous-unwind-tables>
    # No call into libstdc++ for function-local statics; the core has none that need a guard.
    $<$<COMPILE_LANGUAGE:CXX>:-fno-threadsafe-statics>
    # The core is loaded with the program, before main; reading a thread-local must not call anything.
    -ftls-model=initial-exec
    # The core may itself be malloc: the compiler must not turn our loops or names into calls of it.
    $<$<COMPILE_LANGUAGE:CXX>:-fno-builtin-malloc -fno-builtin-free -fno-builtin-calloc -fno-builtin-realloc>
    # core_names.h turns VirtualAlloc into winmem_VirtualAlloc.
    "$<$<COMPILE_LANGUAGE:CXX>:SHELL:-include ${WINMEM_GENERATED}/core_names.h>")
winmem_warnings(winmem_core_objects)

# It leaves stacks by other ways than returning, which sanitizers that count calls do not understand.
set_source_files_properties(
    "${CMAKE_CURRENT_SOURCE_DIR}/src/host/faults.cpp" PROPERTIES COMPILE_OPTIONS -fno-sanitize=all)

# Common to the shared libraries: they stay until the process ends, and every name is resolved at link and load time.
set(WINMEM_LINK_OPTIONS -Wl,-z,nodelete -Wl,-z,now -Wl,-z,relro -Wl,--hash-style=gnu)
if(NOT WINMEM_SANITIZE)
    # A sanitizer's run-time comes with the program, so its names are open here.
    list(APPEND WINMEM_LINK_OPTIONS -Wl,-z,defs)
endif()

# CMake would add libstdc++ for the sake of the C++ objects. Nothing here needs it, and a program in C has none.
set(CMAKE_CXX_IMPLICIT_LINK_LIBRARIES "")

add_library(winmem_core SHARED)
add_library(winmem::core ALIAS winmem_core)
target_link_libraries(winmem_core PRIVATE $<BUILD_INTERFACE:winmem_core_objects> INTERFACE winmem_headers)
set_target_properties(winmem_core PROPERTIES
    OUTPUT_NAME winmem-core
    EXPORT_NAME core
    VERSION ${PROJECT_VERSION}
    SOVERSION 0
    # C's linker driver: a need for libstdc++ is a link error.
    LINKER_LANGUAGE C
    LINK_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/cmake/core.map")
target_link_options(winmem_core PRIVATE ${WINMEM_LINK_OPTIONS}
    "-Wl,--version-script=${CMAKE_CURRENT_SOURCE_DIR}/cmake/core.map")
