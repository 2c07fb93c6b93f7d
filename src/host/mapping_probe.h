// Mappings found by trying: the last way of process_map.h, for processes that see no /proc (a bare chroot).
//
// mincore tells whether a page is mapped (ENOMEM if not), process_vm_readv whether it can be read. Nothing tells where
// a mapping began, whether it can be written, or what lies far above; so this answers
//   - truly:  whether the page asked about is mapped and readable; the free pages up to kProbeWindow above it
//   - by ELF: the images, whose program headers say what is writable and executable
//   - rough:  other memory is taken as readable and writable, neighbours as one mapping; it reaches kProbeWindow to
//             either side at most; beyond the window the next mapping is the next image, the vDSO or the first stack,
//             so that anonymous memory in between is seen only by who asks about it
// Every answer carries Mapping::guessed.
#pragma once

#include "process_map.h"

namespace winmem::host {

inline constexpr Bytes kProbeWindow = Bytes{4096} * kPage;

bool probe_mapping(Address at, Mapping& out);

} // namespace winmem::host
