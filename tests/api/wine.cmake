# The same tests built by mingw-w64 against its own headers, and run under Wine: is the rule as Wine knows it?
#
# Sanitized builds leave this out: the Windows program is the same in each of them. Where a tool is missing the test
# stays, says which, and counts as skipped.

if(WINMEM_SANITIZE)
    return()
endif()

find_program(WINMEM_MINGW_CXX NAMES x86_64-w64-mingw32-g++-posix)
find_program(WINMEM_WINE NAMES wine)
find_path(WINMEM_GOOGLETEST_SOURCE NAMES src/gtest-all.cc PATHS /usr/src/googletest/googletest NO_DEFAULT_PATH)

set(run_under_wine ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/run_under_wine.py)
set(missing "")
foreach(need IN ITEMS "WINMEM_MINGW_CXX g++-mingw-w64-x86-64" "WINMEM_WINE wine" "WINMEM_GOOGLETEST_SOURCE googletest")
    string(REPLACE " " ";" need ${need})
    list(GET need 0 variable)
    list(GET need 1 package)
    if(NOT ${variable})
        list(APPEND missing ${package})
    endif()
endforeach()

if(missing)
    add_test(NAME api_rules_under_wine COMMAND ${run_under_wine} --missing "${missing}")
    set_tests_properties(api_rules_under_wine PROPERTIES LABELS "wine" SKIP_RETURN_CODE 77)
    return()
endif()

include(ExternalProject)
ExternalProject_Add(api_tests_windows
    SOURCE_DIR ${CMAKE_CURRENT_SOURCE_DIR}/windows
    BINARY_DIR ${CMAKE_CURRENT_BINARY_DIR}/windows
    CMAKE_ARGS
        -DCMAKE_TOOLCHAIN_FILE=${CMAKE_CURRENT_SOURCE_DIR}/windows/mingw.cmake
        -DCMAKE_BUILD_TYPE=RelWithDebInfo
        -DGOOGLETEST_SOURCE=${WINMEM_GOOGLETEST_SOURCE}
        -DWERROR=${WINMEM_WERROR}
    INSTALL_COMMAND ""
    BUILD_ALWAYS ON
    EXCLUDE_FROM_ALL OFF)

foreach(suite IN ITEMS rules scale exceptions heap global section file sync system crt)
    add_test(NAME api_${suite}_under_wine
        COMMAND ${run_under_wine}
            --program ${CMAKE_CURRENT_BINARY_DIR}/windows/api_${suite}_tests.exe
            --differences ${CMAKE_CURRENT_SOURCE_DIR}/wine_differences.tsv
            --prefix ${CMAKE_CURRENT_BINARY_DIR}/wineprefix)
    # One at a time: they share the prefix, which the first one makes.
    set_tests_properties(api_${suite}_under_wine PROPERTIES
        LABELS "wine" SKIP_RETURN_CODE 77 TIMEOUT 300 RESOURCE_LOCK wineprefix)
endforeach()
