# cmake --install: headers, libraries, the CMake package, winmem.pc and the compiler wrappers.

include(CMakePackageConfigHelpers)

install(DIRECTORY include/ DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/winmem"
    PATTERN "README.md" EXCLUDE)
install(TARGETS winmem_core winmem winmem_static winmem_malloc winmem_static_malloc winmem_headers EXPORT winmem
    LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}"
    ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/winmem")
install(EXPORT winmem NAMESPACE winmem:: FILE winmem-targets.cmake DESTINATION "${package_dir}")
configure_package_config_file(cmake/winmem-config.cmake.in "${CMAKE_CURRENT_BINARY_DIR}/winmem-config.cmake"
    INSTALL_DESTINATION "${package_dir}")
write_basic_package_version_file("${CMAKE_CURRENT_BINARY_DIR}/winmem-config-version.cmake"
    COMPATIBILITY SameMinorVersion)
install(
    FILES "${CMAKE_CURRENT_BINARY_DIR}/winmem-config.cmake" "${CMAKE_CURRENT_BINARY_DIR}/winmem-config-version.cmake"
    DESTINATION "${package_dir}")

file(RELATIVE_PATH up "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig" "${CMAKE_INSTALL_PREFIX}")
file(RELATIVE_PATH lib "${CMAKE_INSTALL_PREFIX}" "${CMAKE_INSTALL_FULL_LIBDIR}")
file(RELATIVE_PATH include "${CMAKE_INSTALL_PREFIX}" "${CMAKE_INSTALL_FULL_INCLUDEDIR}")
configure_file(cmake/winmem.pc.in winmem.pc @ONLY)
configure_file(cmake/winmem-malloc.pc.in winmem-malloc.pc @ONLY)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/winmem.pc" "${CMAKE_CURRENT_BINARY_DIR}/winmem-malloc.pc"
    DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
