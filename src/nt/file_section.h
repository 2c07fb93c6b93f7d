// Sections of files: what the file's handle must allow, and how large the section is.
#pragma once

#include "../file/file.h"
#include "../section/section.h"
#include "section.h"

namespace winmem::nt {

// A file that grew for a section. It is cut back if the section comes to nothing, unless others changed its size since.
class FileGrowth {
public:
  FileGrowth() = default;
  FileGrowth(const FileGrowth&) = delete;
  FileGrowth& operator=(const FileGrowth&) = delete;
  ~FileGrowth();

  // S7. disk_full, and the like: the file is as before.
  Status grow(object::Ref<file::File> file, Bytes old_size, Bytes size);
  void keep() { file_.reset(); }

private:
  object::Ref<file::File> file_;
  Bytes old_size_ = 0;
  Bytes size_ = 0;
};

// S4 to S9, C17. The attributes of `request` and its protection were judged.
Status create_file_section(const SectionRequest& request, section::Rights rights, vm::Caching caching,
                           object::Ref<section::Section>& out, FileGrowth& growth);

// S84. `size` is the new size, and then what it has become.
Status extend_section(HANDLE handle, LONGLONG& size);

} // namespace winmem::nt
