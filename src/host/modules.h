// The ELF images that the dynamic linker loaded: the program, its libraries, the linker itself, the vDSO.
//
// Used:      by vm (memory of an image is MEM_IMAGE) and by process (the program's own handle).
// Lock:      none of ours. The look-up is glibc's _dl_find_object, which takes none either, allocates nothing and may
//            run in a signal handler, also in one that interrupted dlopen. dl_iterate_phdr takes the linker's lock.
// Cost:      about 5 ns.
// Surprise:  a segment may begin or end in mid-page, so whether a page belongs to an image is asked of its first and of
//            its last byte. The bound at the top is p_vaddr + p_memsz: .bss belongs to the image, and the anonymous
//            mapping behind it may go on with foreign memory (K61).
#pragma once

#include "../base/address.h"

namespace winmem::host {

struct Image {
  AddressRange range; // whole pages, from the first segment's to the last one's, holes included
};

// The image that has a byte in `page`.
bool image_at(Address page, Image& out);

// The program itself.
bool program_image(Image& out);

// The path that the program was started by, as execve was given it; never nullptr.
const char* program_path();

} // namespace winmem::host
