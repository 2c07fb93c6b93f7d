# Faults, handlers and filters.
#
# api_exceptions_tests        the rules; the same source runs under Wine
# api_linux_exceptions_tests  beside signal handlers of a program's own, how processes end, winmem_try

winmem_api_executable(api_exceptions_tests winmem::winmem ${API_EXCEPTION_TESTS})
winmem_api_executable(api_exceptions_tests_static winmem::static ${API_EXCEPTION_TESTS})
winmem_api_executable(api_linux_exceptions_tests winmem::winmem
    exception_probes.cpp exception_watch.cpp scenario.cpp
    linux_exception_chain_test.cpp linux_exception_end_test.cpp linux_exception_process_test.cpp
    linux_exception_signals_test.cpp linux_exception_stack_test.cpp linux_in_page_test.cpp
    winmem_try_c_test.c winmem_try_leave_test.cpp winmem_try_test.cpp)
foreach(target IN ITEMS api_exceptions_tests api_exceptions_tests_static api_linux_exceptions_tests)
    winmem_api_options(${target})
endforeach()

winmem_api_test(api_exceptions api_exceptions_tests "api")
winmem_api_test(api_exceptions_static api_exceptions_tests_static "api")
winmem_api_test(api_exceptions_without_guard api_exceptions_tests "api;oldkernel" WINMEM_DISABLE=guard)
winmem_api_test(api_exceptions_in_a_small_arena api_exceptions_tests "api" WINMEM_ARENA=1G)
winmem_api_test(api_linux_exceptions api_linux_exceptions_tests "api")

# Beside tools. A sanitized program is no good for them, and has tests of its own in api_linux_exceptions.
if(NOT WINMEM_SANITIZE)
    add_test(NAME api_exceptions_in_gdb
        COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/linux_debugger_test.py
            $<TARGET_FILE:api_linux_exceptions_tests>)
    set_tests_properties(api_exceptions_in_gdb PROPERTIES LABELS "api;tools" SKIP_RETURN_CODE 77 TIMEOUT 300)

    # Valgrind makes up the frame of a signal: without vector registers, segments and the direction of an access to a
    # page without access; and it can't itself read code where there is none. The tests about those are left out.
    find_program(WINMEM_VALGRIND NAMES valgrind)
    if(WINMEM_VALGRIND)
        string(CONCAT suites "AccessViolation.*:GuardPage.*:VectoredHandlers.*:TopLevelFilter.*:RaiseException.*:"
            "OwnCopies.*-*runs_into_a_bad_page*:*execution*:*null_and_small*:*inaccessible_page_is_a_write*:"
            "*read_modify_write_is_a_write*:*many*:*thousand*")
        add_test(NAME api_exceptions_in_valgrind
            COMMAND ${WINMEM_VALGRIND} -q --error-exitcode=9
                --suppressions=${CMAKE_CURRENT_SOURCE_DIR}/valgrind.supp
                $<TARGET_FILE:api_exceptions_tests> --gtest_brief=1 --gtest_filter=${suites})
        set_tests_properties(api_exceptions_in_valgrind PROPERTIES LABELS "api;tools" TIMEOUT 300)
    endif()
endif()
