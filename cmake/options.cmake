# Every build option of winmem, with its default.
#
# | option                | default             | meaning                                          |
# |-----------------------|---------------------|--------------------------------------------------|
# | WINMEM_BUILD_TESTS    | ON at the top level | build tests/, run them with ctest                |
# | WINMEM_BUILD_EXAMPLES | ON at the top level | build examples/                                  |
# | WINMEM_BUILD_BENCH    | ON at the top level | build bench/                                     |
# | WINMEM_WERROR         | OFF (presets: ON)   | warnings are errors                              |
# | WINMEM_SANITIZE       | empty               | list for -fsanitize=: address, undefined, thread |

option(WINMEM_BUILD_TESTS "Build winmem's tests" ${PROJECT_IS_TOP_LEVEL})
option(WINMEM_BUILD_EXAMPLES "Build winmem's examples" ${PROJECT_IS_TOP_LEVEL})
option(WINMEM_BUILD_BENCH "Build winmem's benchmarks" ${PROJECT_IS_TOP_LEVEL})
option(WINMEM_WERROR "Treat warnings as errors" OFF)
set(WINMEM_SANITIZE "" CACHE STRING "Sanitizers for everything we build: address, undefined, thread")

if(PROJECT_IS_TOP_LEVEL AND NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Build type" FORCE)
endif()
