# libwinmem.so: the SDK's names, each a jump into the core; and libwinmem.a, both in one archive.

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
