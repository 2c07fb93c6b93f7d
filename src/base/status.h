// What a call below the public layer answers. The values are NTSTATUS values, so that nt passes them on unchanged.
#pragma once

#include <cstdint>

namespace winmem {

enum class [[nodiscard]] Status : std::uint32_t{
    ok = 0,
    abandoned = 0x80,                // a success
    timeout = 0x102,                 // a success
    not_all_assigned = 0x106,        // a success
    object_name_exists = 0x40000000, // a success
    was_locked = 0x40000019,         // a success
    guard_page_violation = 0x80000001,
    not_implemented = 0xC0000002,
    info_length_mismatch = 0xC0000004,
    access_violation = 0xC0000005,
    invalid_handle = 0xC0000008,
    invalid_parameter = 0xC000000D,
    no_memory = 0xC0000017,
    conflicting_addresses = 0xC0000018,
    unable_to_free_vm = 0xC000001A,
    not_locked = 0xC000002A,
    not_committed = 0xC000002D,
    end_of_file = 0xC0000011,
    invalid_device_request = 0xC0000010,
    access_denied = 0xC0000022,
    buffer_too_small = 0xC0000023,
    no_such_privilege = 0xC0000060,
    no_token = 0xC000007C,
    object_name_invalid = 0xC0000033,
    object_name_not_found = 0xC0000034,
    object_name_collision = 0xC0000035,
    object_path_not_found = 0xC000003A,
    object_path_syntax_bad = 0xC000003B,
    sharing_violation = 0xC0000043,
    file_lock_conflict = 0xC0000054,
    range_not_locked = 0xC000007E,
    disk_full = 0xC000007F,
    media_write_protected = 0xC00000A2,
    file_is_a_directory = 0xC00000BA,
    io_device_error = 0xC0000185,
    invalid_user_buffer = 0xC00000E8,
    not_same_device = 0xC00000D4,
    not_a_directory = 0xC0000103,
    name_too_long = 0xC0000106,
    object_type_mismatch = 0xC0000024,
    invalid_page_protection = 0xC0000045,
    mutant_not_owned = 0xC0000046,
    semaphore_limit_exceeded = 0xC0000047,
    mutant_limit_exceeded = 0xC0000191,
    invalid_parameter_mix = 0xC0000030,
    privilege_not_held = 0xC0000061,
    working_set_quota = 0xC00000A1,
    not_supported = 0xC00000BB,
    insufficient_resources = 0xC000009A,
    invalid_lock_range = 0xC00001A1,
    handle_not_closable = 0xC0000235,
    buffer_overflow = 0x80000005, // a warning: what fits was written
    partial_copy = 0x8000000D,    // a warning: what could be reached was copied
    invalid_parameter_1 = 0xC00000EF,
    invalid_parameter_2 = 0xC00000F0,
    invalid_parameter_3 = 0xC00000F1,
    invalid_parameter_4 = 0xC00000F2,
    invalid_parameter_5 = 0xC00000F3,
    free_vm_not_at_base = 0xC000009F,
    unable_to_delete_section = 0xC000001B,
    invalid_info_class = 0xC0000003,
    memory_not_allocated = 0xC00000A0,
    commitment_limit = 0xC000012D,
    invalid_address = 0xC0000141,
    not_mapped_view = 0xC0000019,
    invalid_view_size = 0xC000001F,
    invalid_file_for_section = 0xC0000020,
    section_too_big = 0xC0000040,
    already_committed = 0xC0000021,
    section_not_extended = 0xC0000087,
    invalid_image_format = 0xC000007B,
    file_invalid = 0xC0000098,
    mapped_file_size_zero = 0xC000011E,
    user_mapped_file = 0xC0000243,
    section_not_image = 0xC0000049,
    bad_working_set_limit = 0xC000004C,
    section_protection = 0xC000004E,
    invalid_parameter_6 = 0xC00000F4,
    invalid_parameter_8 = 0xC00000F6,
    invalid_parameter_9 = 0xC00000F7,
    mapped_alignment = 0xC0000220,
};

} // namespace winmem
