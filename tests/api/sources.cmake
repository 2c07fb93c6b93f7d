# What both builds of the rule tests compile; each adds its own platform_….cpp and windows_api_….cpp.

set(API_TEST_SUPPORT
    bad_input_grounds.cpp
    bad_input_oracle.cpp
    memory_map.cpp)

# A test for each rule, and the matrix of bad input.
set(API_RULE_TESTS
    bad_input_alloc_test.cpp
    bad_input_free_test.cpp
    bad_input_protect_query_test.cpp
    give_back_test.cpp
    guard_pages_test.cpp
    handles_test.cpp
    last_error_test.cpp
    memory_status_test.cpp
    memory_transfer_test.cpp
    modules_test.cpp
    native_allocate_test.cpp
    native_free_test.cpp
    native_protect_query_test.cpp
    native_query_region_test.cpp
    native_query_working_set_test.cpp
    native_runtime_test.cpp
    not_yet_test.cpp
    places_test.cpp
    pointer_tests_test.cpp
    rtl_memory_test.cpp
    system_info_test.cpp
    virtual_alloc2_test.cpp
    virtual_alloc_arguments_test.cpp
    virtual_alloc_effects_test.cpp
    virtual_alloc_test.cpp
    virtual_free_test.cpp
    virtual_lock_test.cpp
    virtual_protect_test.cpp
    virtual_query_test.cpp
    write_watch_test.cpp)

# Rules about large numbers, and about threads.
set(API_SCALE_TESTS
    scale_test.cpp
    threads_test.cpp)

# Heaps and their blocks.
set(API_HEAP_TESTS
    heap_alloc_test.cpp
    heap_create_test.cpp
    heap_free_test.cpp
    heap_model_test.cpp
    heap_realloc_test.cpp
    heap_walk_test.cpp)

# Files: opening, moving data, deleting, locking.
set(API_FILE_TESTS
    file_deleting_test.cpp
    file_information_test.cpp
    file_lock_test.cpp
    file_names_test.cpp
    file_opening_test.cpp
    file_transfer_test.cpp)

# Sections and views.
set(API_SECTION_TESTS
    file_section_test.cpp
    file_view_test.cpp
    mapped_name_test.cpp
    section_extend_test.cpp
    section_extended_test.cpp
    native_section_test.cpp
    placeholder_scale_test.cpp
    placeholder_test.cpp
    placeholder_view_test.cpp
    query_object_test.cpp
    section_create_test.cpp
    section_map_test.cpp
    section_names_test.cpp
    section_protect_test.cpp
    section_reserve_test.cpp
    section_unmap_test.cpp)

# Events, mutexes, semaphores, waits.
set(API_SYNC_TESTS
    sync_event_test.cpp
    sync_mutex_test.cpp
    sync_names_test.cpp
    sync_wait_test.cpp)

# What system and process use of memory.
set(API_SYSTEM_TESTS
    memory_notification_test.cpp
    numa_test.cpp
    process_memory_test.cpp
    system_figures_test.cpp
    token_test.cpp
    working_set_test.cpp)

# Faults, handlers and filters. A program of its own: its handlers are the whole process's.
set(API_EXCEPTION_TESTS
    exception_access_test.cpp
    exception_bad_input_test.cpp
    exception_capture_test.cpp
    exception_context_test.cpp
    exception_filter_test.cpp
    exception_guard_test.cpp
    exception_handlers_test.cpp
    exception_kinds_test.cpp
    exception_native_test.cpp
    exception_probes.cpp
    exception_raise_test.cpp
    exception_reserve_test.cpp
    exception_threads_test.cpp
    exception_watch.cpp)

# Objects of GlobalAlloc and LocalAlloc, fixed and moveable; COM's memory and strings; ntdll's heap calls.
set(API_GLOBAL_TESTS
    bstr_test.cpp
    global_alloc_test.cpp
    global_lock_test.cpp
    global_misuse_test.cpp
    global_realloc_test.cpp
    rtl_heap_test.cpp)

# Microsoft's C library, as far as it is about memory.
set(API_CRT_TESTS
    crt_aligned_test.cpp
    crt_heap_test.cpp
    crt_memory_test.cpp
    crt_texts_test.cpp)
