#include "file_section.h"

#include "../file/sharing.h"
#include "../file/transfer.h"

#include <cstring>

namespace winmem::nt {

namespace {

using section::Rights;
using section::Section;

// S5.
object::AccessMask needed_of_file(Rights rights) {
  object::AccessMask needed = FILE_READ_DATA;
  needed |= (rights & section::kWrite) != 0 ? FILE_WRITE_DATA : 0;
  needed |= (rights & section::kExecute) != 0 ? FILE_EXECUTE : 0;
  return needed;
}

// SEC_IMAGE: what is no program is told apart; programs are not mapped as such.
Status check_image(const file::File& file) {
  IMAGE_DOS_HEADER header{};
  host::Transferred read = host::read_file(file.descriptor, &header, sizeof header, 0);
  if (read.status != Status::ok) {
    return read.status;
  }
  DWORD signature = 0;
  if (read.bytes == sizeof header && header.e_magic == IMAGE_DOS_SIGNATURE && header.e_lfanew > 0) {
    read = host::read_file(file.descriptor, &signature, sizeof signature, header.e_lfanew);
  }
  bool is_program = read.status == Status::ok && read.bytes == sizeof signature && signature == IMAGE_NT_SIGNATURE;
  return is_program ? Status::not_supported : Status::invalid_image_format;
}

// S6 to S8.
Status judge_size(std::int64_t wanted, Bytes file_size, Rights rights, Bytes& out) {
  if (wanted == 0) {
    out = file_size;
    return file_size != 0 ? Status::ok : Status::mapped_file_size_zero;
  }
  out = static_cast<Bytes>(wanted);
  bool may_grow = (rights & section::kWrite) != 0;
  return out > kUserEnd || (out > file_size && !may_grow) ? Status::section_too_big : Status::ok;
}

} // namespace

FileGrowth::~FileGrowth() {
  std::uint64_t now = 0;
  if (file_ && file::size_of(*file_, now) == Status::ok && now == size_) {
    static_cast<void>(host::resize_file(file_->descriptor, now, old_size_));
  }
}

Status FileGrowth::grow(object::Ref<file::File> file, Bytes old_size, Bytes size) {
  Status status = host::resize_file(file->descriptor, old_size, size);
  if (status == Status::ok) {
    file_ = std::move(file);
    old_size_ = old_size;
    size_ = size;
  }
  return status;
}

Status create_file_section(const SectionRequest& request, Rights rights, vm::Caching caching, object::Ref<Section>& out,
                           FileGrowth& growth) {
  object::Ref<file::File> file;
  Status status = object::reference(to_handle(request.file), file::kFileType, needed_of_file(rights), file);
  if (status != Status::ok) {
    return status;
  }
  if (file->kind != host::FileKind::regular) {
    return Status::invalid_file_for_section;
  }
  Bytes file_size = 0;
  if (status = file::size_of(*file, file_size); status != Status::ok) {
    return status;
  }
  if ((request.attributes & SEC_IMAGE) != 0) {
    return file_size == 0 ? Status::mapped_file_size_zero : check_image(*file);
  }
  Bytes size = 0;
  if (status = judge_size(request.size, file_size, rights, size); status != Status::ok) {
    return status;
  }
  status = section::create_of_file({.file = file->descriptor, .size = size, .rights = rights, .caching = caching}, out);
  if (status != Status::ok) {
    return status;
  }
  if (out->has_own_file) {
    file::mark_mapped(out->file, size > file_size ? size : file_size); // S45: all of the file, also of a small section
  }
  return size > file_size ? growth.grow(std::move(file), file_size, size) : Status::ok;
}

Status check_section_file(HANDLE file, Rights rights) {
  object::Ref<file::File> found;
  return object::reference(to_handle(file), file::kFileType, needed_of_file(rights), found);
}

void mark_opened_file(object::Handle handle) {
  object::Ref<Section> section;
  host::FileStatus file{};
  if (object::reference(handle, section::kSectionType, 0, section) == Status::ok && section->is_of_file &&
      section->has_own_file && host::file_status(section->file, file) == Status::ok) {
    file::mark_mapped(section->file, file.size);
  }
}

Status extend_section(HANDLE handle, LONGLONG& size) {
  object::Ref<Section> section;
  if (Status status = object::reference(to_handle(handle), section::kSectionType, section::kExtend, section);
      status != Status::ok) {
    return status;
  }
  if (size < 0 || static_cast<Bytes>(size) > kUserEnd) {
    return Status::section_too_big;
  }
  auto bytes = static_cast<Bytes>(size);
  Status status = section::extend(*section, bytes);
  if (status == Status::ok) {
    size = static_cast<LONGLONG>(bytes);
    if (section->has_own_file) {
      file::mark_mapped(section->file, bytes);
    }
  }
  return status;
}

} // namespace winmem::nt
