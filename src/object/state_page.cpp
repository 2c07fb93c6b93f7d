#include "state_page.h"

#include "../host/name_directory.h"
#include "name_file.h"

#include <atomic>

namespace winmem::object {

namespace {
constinit std::atomic<Bytes> mapped_bytes{0};
} // namespace

void* map_state(const char* file_name) {
  void* page = host::map_name_page(file_name, kStatePage);
  if (page != nullptr) {
    mapped_bytes.fetch_add(kPage, std::memory_order_relaxed);
  }
  return page;
}

void unmap_state(void* page) {
  if (host::unmap_name_page(page)) {
    mapped_bytes.fetch_sub(kPage, std::memory_order_relaxed);
  }
}

Bytes state_footprint() { return mapped_bytes.load(std::memory_order_relaxed); }

} // namespace winmem::object
