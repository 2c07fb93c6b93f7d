#include "modules.h"

#include <atomic>
#include <dlfcn.h>
#include <elf.h>
#include <sys/auxv.h>

namespace winmem::host {

namespace {

// Where the program's segments lie. Asked of its headers, since _dl_find_object knows a program that was linked to a
// fixed address or statically by its segments only, each as a range of its own. `end` is stored first and `begin`
// last: who sees a begin sees its end.
struct ProgramRange {
  std::atomic<Address> begin{0};
  std::atomic<Address> end{0};
};
constinit ProgramRange known_program;

// What to add to the headers' addresses. They tell where they are themselves, but a static program's may not: then by
// the segment that begins the file, behind whose first 64 bytes, the file's header, every linker puts them.
bool find_load_bias(const Elf64_Phdr* headers, unsigned long count, Address& bias) {
  auto actual = reinterpret_cast<Address>(headers);
  for (unsigned long i = 0; i < count; ++i) {
    if (headers[i].p_type == PT_PHDR) {
      bias = actual - headers[i].p_vaddr;
      return true;
    }
  }
  for (unsigned long i = 0; i < count; ++i) {
    if (headers[i].p_type == PT_LOAD && headers[i].p_offset == 0) {
      bias = actual - headers[i].p_vaddr - sizeof(Elf64_Ehdr);
      return true;
    }
  }
  return false;
}

[[gnu::noinline]] AddressRange read_program_headers() {
  const auto* headers = reinterpret_cast<const Elf64_Phdr*>(getauxval(AT_PHDR));
  unsigned long count = getauxval(AT_PHNUM);
  Address bias = 0;
  if (headers == nullptr || !find_load_bias(headers, count, bias)) {
    return {};
  }
  AddressRange range{~Address{0}, 0};
  for (unsigned long i = 0; i < count; ++i) {
    if (headers[i].p_type == PT_LOAD) {
      Address begin = bias + headers[i].p_vaddr;
      Address end = begin + headers[i].p_memsz;
      range.begin = begin < range.begin ? begin : range.begin;
      range.end = end > range.end ? end : range.end;
    }
  }
  range = range.round_out(kPage);
  known_program.end.store(range.end, std::memory_order_relaxed);
  known_program.begin.store(range.begin, std::memory_order_release);
  return range;
}

AddressRange program_range() {
  Address begin = known_program.begin.load(std::memory_order_acquire); // pairs with the release above
  return begin != 0 ? AddressRange{begin, known_program.end.load(std::memory_order_relaxed)} : read_program_headers();
}

bool image_of_byte(Address byte, Image& out) {
  dl_find_object found;
  if (_dl_find_object(reinterpret_cast<void*>(byte), &found) != 0) {
    return false;
  }
  AddressRange program = program_range();
  AddressRange bytes{reinterpret_cast<Address>(found.dlfo_map_start), reinterpret_cast<Address>(found.dlfo_map_end)};
  out.range = program.contains(byte) ? program : bytes.round_out(kPage);
  return true;
}

} // namespace

bool image_at(Address page, Image& out) { return image_of_byte(page, out) || image_of_byte(page + kPage - 1, out); }

bool program_image(Image& out) {
  out.range = program_range();
  return !out.range.empty();
}

const char* program_path() {
  const auto* path = reinterpret_cast<const char*>(getauxval(AT_EXECFN));
  return path != nullptr ? path : "";
}

} // namespace winmem::host
