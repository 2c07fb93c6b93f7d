// The process's memory as the kernel has it: mappings from /proc/self/maps, guard markers from /proc/self/pagemap.
//
// Owns:      KernelView: a snapshot. A page's access is its mapping's, or none where a guard marker lies on it or
// nothing
//            is mapped.
// Surprise:  a kernel without guard markers leaves their bit 0, so the same reading is right there.
#pragma once

#include "pages.h"

#include <array>
#include <string>
#include <vector>

namespace model {

class KernelView {
public:
  KernelView(); // takes the snapshot of the mappings

  // Permissions of the 512 pages of a chunk as "rwx" strings of maps, "---" where nothing can be touched.
  using ChunkAccess = std::array<const char*, Pages::kPerChunk>;
  ChunkAccess access_of_chunk(std::uintptr_t base) const;

  // Whether no mapping of the chunk gives any access.
  bool is_out_of_reach(std::uintptr_t base) const;

  std::size_t mappings() const { return mappings_.size(); }

  // Accessible mappings with a whole chunk in them that `in_use` does not know.
  template <class InUse> std::size_t mappings_with_idle_chunks(InUse in_use) const {
    std::size_t count = 0;
    for (const Mapping& mapping : mappings_) {
      std::uintptr_t base = round_up(mapping.range.begin, kChunk);
      while (base + kChunk <= mapping.range.end && in_use(base))
        base += kChunk;
      count += mapping.permissions[0] == 'r' && base + kChunk <= mapping.range.end;
    }
    return count;
  }

private:
  struct Mapping {
    Range range;
    const char* permissions;
  };
  std::vector<Mapping>::const_iterator first_in(std::uintptr_t base) const;

  std::vector<Mapping> mappings_; // ascending
  int pagemap_ = -1;

public:
  KernelView(const KernelView&) = delete;
  KernelView& operator=(const KernelView&) = delete;
  ~KernelView();
};

// Whether the kernel has guard markers (Linux 6.13).
bool kernel_has_markers();

} // namespace model
