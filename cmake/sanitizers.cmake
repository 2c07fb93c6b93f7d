# WINMEM_SANITIZE applies to everything built here, tests included: a sanitizer sees a program whole or not at all.

if(WINMEM_SANITIZE)
    list(JOIN WINMEM_SANITIZE "," winmem_sanitize_list)
    add_compile_options("$<$<COMPILE_LANGUAGE:C,CXX>:-fsanitize=${winmem_sanitize_list};-fno-omit-frame-pointer>")
    add_link_options("-fsanitize=${winmem_sanitize_list}")
    if("undefined" IN_LIST WINMEM_SANITIZE)
        # A finding of UBSan must fail the test that caused it.
        add_compile_options("$<$<COMPILE_LANGUAGE:C,CXX>:-fno-sanitize-recover=undefined>")
    endif()
endif()
