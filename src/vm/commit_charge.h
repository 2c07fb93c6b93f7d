// The commit charge: how many pages of winmem's regions are committed, against the limit.
//
// Owns:      one count, its highest value, and the limit. Outside of the calls that are under way the count is exactly
//            the number of committed pages of all regions, whatever their protection. Beside it, how much of that is
//            of sections, which a process's private usage is without (Y42).
// Lock:      none. A change takes its pages before it tells the kernel, and gives them back if that fails; so two
// changes
//            that do not fit together never both succeed, and one that fits is never refused for the sake of one that
//            does not.
// Limit:     WINMEM_COMMIT_LIMIT; without it the memory and swap that the machine or the control group has. The latter
// is
//            asked for when a commit does not fit, the first one included: so a limit that was raised meanwhile is
//            seen.
// Surprise:  one count, one cache line, although threads share it. Committing costs system calls, in which the kernel
//            counts in shared lines of its own; see docs/decisions/0013-one-commit-count.md.
#pragma once

#include "../base/address.h"

#include <cstdint>

namespace winmem::vm::commit_charge {

using Pages = std::uint64_t;

// Whether the environment sets the limit; before the first change.
void read_environment();

// Whose pages they are: this process's alone, or a section's.
enum class Share : std::uint8_t { own, section };

// False, with nothing counted, where the limit would be passed.
[[nodiscard]] bool take(Pages pages, Share share = Share::own);
void give_back(Pages pages, Share share = Share::own);

struct Figures {
  Bytes charged = 0;
  Bytes peak = 0;
  Bytes limit = 0;
  Bytes own = 0; // of `charged`, what is no section's
  Bytes own_peak = 0;
};
Figures figures();

// What machine and control group allow now. Nothing changes where the environment sets the limit.
void set_system_limit(Bytes limit);

// Pages that a change has taken: given back when it fails.
class [[nodiscard]] Taken {
public:
  explicit Taken(Pages pages, Share share = Share::own)
      : pages_(pages), share_(share), fits_(pages == 0 || take(pages, share)) {}
  ~Taken() {
    if (fits_ && pages_ != 0) {
      give_back(pages_, share_);
    }
  }
  Taken(const Taken&) = delete;
  Taken& operator=(const Taken&) = delete;

  bool fits() const { return fits_; }
  void keep() { pages_ = 0; }

private:
  Pages pages_;
  Share share_;
  bool fits_;
};

} // namespace winmem::vm::commit_charge
