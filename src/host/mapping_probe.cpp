#include "mapping_probe.h"

#include "modules.h"
#include "syscall.h"

#include <elf.h>
#include <sys/auxv.h>
#include <sys/uio.h>

namespace winmem::host {

namespace {

bool is_mapped(Address page) {
  unsigned char in_core = 0;
  return page < kUserEnd && system_call(SYS_mincore, static_cast<long>(page), kPage, as_argument(&in_core)) == 0;
}

// A copy through the kernel: a bad address is an error, not a fault.
bool copy_from(Address from, void* to, Bytes size) {
  iovec local{to, size};
  iovec remote{reinterpret_cast<void*>(from), size};
  long self = system_call(SYS_getpid);
  return system_call(SYS_process_vm_readv, self, as_argument(&local), 1, as_argument(&remote), 1, 0) ==
         static_cast<long>(size);
}

// The image's segment that holds the page: its pages, and what the program headers allow. False when no segment holds
// it or the headers can't be read.
bool segment_at(const Image& image, Address page, Mapping& out) {
  Elf64_Ehdr header;
  if (!copy_from(image.range.begin, &header, sizeof header) || header.e_phentsize != sizeof(Elf64_Phdr)) {
    return false;
  }
  bool first = true;
  Address load_bias = 0;
  for (unsigned i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr segment;
    if (!copy_from(image.range.begin + header.e_phoff + i * sizeof segment, &segment, sizeof segment)) {
      return false;
    }
    if (segment.p_type != PT_LOAD) {
      continue;
    }
    if (first) { // ELF wants them in ascending order
      load_bias = image.range.begin - round_down(segment.p_vaddr, kPage);
      first = false;
    }
    Address begin = load_bias + segment.p_vaddr;
    AddressRange pages = AddressRange{begin, begin + segment.p_memsz}.round_out(kPage);
    if (pages.contains(page)) {
      out = {.range = pages,
             .read = (segment.p_flags & PF_R) != 0,
             .write = (segment.p_flags & PF_W) != 0,
             .execute = (segment.p_flags & PF_X) != 0,
             .guessed = true};
      return true;
    }
  }
  return false;
}

bool is_readable(Address page) {
  char byte;
  return copy_from(page, &byte, 1);
}

// The next address above `at` of which we know without asking: an image that auxv names, or the first stack.
Address next_landmark(Address at) {
  Address best = 0;
  constexpr unsigned long kEntries[] = {AT_PHDR, AT_BASE, AT_SYSINFO_EHDR, AT_EXECFN};
  for (unsigned long entry : kEntries) {
    Address page = round_down(getauxval(entry), kPage);
    if (page > at && (best == 0 || page < best) && is_mapped(page)) {
      best = page;
    }
  }
  return best;
}

// The run of mapped pages with one access around `page`.
void describe(Address page, Mapping& out) {
  Image image;
  if (image_at(page, image) && segment_at(image, page, out)) {
    return;
  }
  bool readable = is_readable(page);
  auto alike = [&](Address other) {
    Image none;
    return is_mapped(other) && !image_at(other, none) && is_readable(other) == readable;
  };
  out = {.range = {page, page + kPage}, .read = readable, .write = readable, .guessed = true};
  while (page - out.range.begin < kProbeWindow && out.range.begin != 0 && alike(out.range.begin - kPage)) {
    out.range.begin -= kPage;
  }
  while (out.range.end - page < kProbeWindow && alike(out.range.end)) {
    out.range.end += kPage;
  }
}

} // namespace

bool probe_mapping(Address at, Mapping& out) {
  Address page = round_down(at, kPage);
  for (Address end = page + kProbeWindow; page < end; page += kPage) {
    if (page >= kUserEnd) {
      return false;
    }
    if (is_mapped(page)) {
      describe(page, out);
      return true;
    }
  }
  page = next_landmark(page);
  if (page == 0) {
    return false;
  }
  describe(page, out);
  return true;
}

} // namespace winmem::host
