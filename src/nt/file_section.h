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

// Whether a handle is one of a file, and allows a section with these rights (S4, S5).
Status check_section_file(HANDLE file, section::Rights rights);

// A section that was opened by its name keeps its file from being cut (S45), whoever made it lives on or not.
void mark_opened_file(object::Handle handle);

// S84. `size` is the new size, and then what it has become.
Status extend_section(HANDLE handle, LONGLONG& size);

} // namespace winmem::nt
