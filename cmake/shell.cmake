# libwinmem.so: the SDK's names, each a jump into the core; and libwinmem.a, both in one archive.
# libwinmem-malloc.so and .a: malloc's names, likewise; the archive needs libwinmem.a behind it.

set(shell_source "${WINMEM_GENERATED}/shell.S")

add_library(winmem SHARED "${shell_source}")
add_library(winmem::winmem ALIAS winmem)
add_dependencies(winmem winmem_exports)
# PUBLIC: winmem.h's own functions are called in the core directly.
target_link_libraries(winmem PUBLIC winmem_core winmem_headers)
set_target_properties(winmem PROPERTIES
    # The core lies beside it, wherever an installation is moved to.
    INSTALL_RPATH "$ORIGIN"
    VERSION ${PROJECT_VERSION}
    SOVERSION 0
    LINKER_LANGUAGE C
    LINK_DEPENDS "${WINMEM_GENERATED}/shell.map")
target_link_options(winmem PRIVATE ${WINMEM_LINK_OPTIONS} "-Wl,--version-script=${WINMEM_GENERATED}/shell.map")

# Objects are position independent, so the archive also goes into shared objects.
add_library(winmem_static STATIC "${shell_source}")
add_library(winmem::static ALIAS winmem_static)
add_dependencies(winmem_static winmem_exports)
target_link_libraries(winmem_static PRIVATE $<BUILD_INTERFACE:winmem_core_objects> INTERFACE winmem_headers)
set_target_properties(winmem_static PROPERTIES
    OUTPUT_NAME winmem
    EXPORT_NAME static
    LINKER_LANGUAGE C
    POSITION_INDEPENDENT_CODE ON)

# For programs that link it (winmem::malloc) and for any program that preloads it. It shows no name of the SDK's.
set(malloc_shell_source "${WINMEM_GENERATED}/malloc_shell.S")
add_library(winmem_malloc SHARED "${malloc_shell_source}")
add_library(winmem::malloc ALIAS winmem_malloc)
add_dependencies(winmem_malloc winmem_exports)
target_link_libraries(winmem_malloc PRIVATE winmem_core)
# A program may use malloc without naming it (in its libraries alone), and the linker would leave the library out.
target_link_options(winmem_malloc
    PRIVATE ${WINMEM_LINK_OPTIONS} "-Wl,--version-script=${WINMEM_GENERATED}/malloc_shell.map"
    INTERFACE -Wl,--no-as-needed)
set_target_properties(winmem_malloc PROPERTIES
    OUTPUT_NAME winmem-malloc
    EXPORT_NAME malloc
    INSTALL_RPATH "$ORIGIN"
    VERSION ${PROJECT_VERSION}
    SOVERSION 0
    LINKER_LANGUAGE C
    LINK_DEPENDS "${WINMEM_GENERATED}/malloc_shell.map")

add_library(winmem_static_malloc STATIC "${malloc_shell_source}")
add_library(winmem::static_malloc ALIAS winmem_static_malloc)
add_dependencies(winmem_static_malloc winmem_exports)
target_link_libraries(winmem_static_malloc INTERFACE winmem_static)
# Else libc's own might be taken, where only libraries behind this one use malloc.
target_link_options(winmem_static_malloc INTERFACE -Wl,-u,malloc)
set_target_properties(winmem_static_malloc PROPERTIES
    OUTPUT_NAME winmem-malloc
    EXPORT_NAME static_malloc
    LINKER_LANGUAGE C
    POSITION_INDEPENDENT_CODE ON)
