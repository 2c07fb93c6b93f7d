# winmem_warnings(<target>): the warnings winmem's own code is held to. Consumers never see these flags.

function(winmem_warnings target)
    target_compile_options(${target} PRIVATE
        $<$<COMPILE_LANGUAGE:C,CXX>:-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wcast-align
            -Wformat=2 -Wundef -Wvla>
        $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual>
        $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wduplicated-cond -Wlogical-op>
        $<$<COMPILE_LANG_AND_ID:CXX,Clang>:-Wthread-safety>)
    if(WINMEM_SANITIZE)
        # GCC loses track of what is initialised among a sanitizer's checks.
        target_compile_options(${target} PRIVATE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-maybe-uninitialized>)
    endif()
    if(WINMEM_WERROR)
        target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:C,CXX>:-Werror>)
    endif()
endfunction()
