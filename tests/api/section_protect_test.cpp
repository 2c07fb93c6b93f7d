// The protection of views, and pages that are copied on write.
// Rules: S54 S55 S60 S61 S62 S63 S64 S65 S66 S67 C12 C14
#include "platform.h"
#include "section_test_support.h"

namespace apitest {
namespace {

constexpr DWORD kViewProtections[] = {PAGE_READONLY,     PAGE_READWRITE,         PAGE_WRITECOPY,
                                      PAGE_EXECUTE_READ, PAGE_EXECUTE_READWRITE, PAGE_EXECUTE_WRITECOPY};
constexpr DWORD kPageProtections[] = {PAGE_NOACCESS, PAGE_READONLY,     PAGE_READWRITE,         PAGE_WRITECOPY,
                                      PAGE_EXECUTE,  PAGE_EXECUTE_READ, PAGE_EXECUTE_READWRITE, PAGE_EXECUTE_WRITECOPY};

// Read, write, execute as bits, as the table of S60 has them.
int rights(DWORD protection) {
  switch (protection) {
  case PAGE_READONLY:
  case PAGE_WRITECOPY:
    return 1;
  case PAGE_READWRITE:
    return 3;
  case PAGE_EXECUTE:
  case PAGE_EXECUTE_READ:
  case PAGE_EXECUTE_WRITECOPY:
    return 5;
  case PAGE_EXECUTE_READWRITE:
    return 7;
  default:
    return 0;
  }
}

TEST(VirtualProtect, S60_C12_a_page_of_a_view_may_not_have_more_than_the_view_was_made_with) {
  Section section = section_of(kGranule, PAGE_EXECUTE_READWRITE);
  for (DWORD original : kViewProtections) {
    for (DWORD current : kPageProtections) {
      for (DWORD wanted : kPageProtections) {
        View view(app::map3(section, nullptr, nullptr, 0, 0, 0, original));
        DWORD old = 0;
        if (!VirtualProtect(view.base(), kPage, current, &old)) {
          continue;
        }
        bool fits = (rights(wanted) & ~rights(original)) == 0;

        BOOL done = VirtualProtect(view.base(), kPage, wanted, &old);

        EXPECT_EQ(done != FALSE, fits) << original << " " << current << " " << wanted;
        if (done) {
          EXPECT_EQ(old, current);
        } else {
          EXPECT_EQ(GetLastError(), 87u);
        }
        EXPECT_EQ(ask(view.base()).Protect, done ? wanted : current);
        EXPECT_EQ(ask(view.base()).AllocationProtect, original);
      }
    }
  }
}

TEST(VirtualProtect, S61_a_guard_may_be_added_and_belongs_to_the_view) {
  Section section = section_of(kGranule);
  View view = view_of(section, FILE_MAP_WRITE);
  View other = view_of(section, FILE_MAP_WRITE);

  EXPECT_EQ(protect(view.page(1), 1, PAGE_READWRITE | PAGE_GUARD), DWORD{PAGE_READWRITE});

  EXPECT_PICTURE(view.base(), 16, "MC1rw MC1rw+g MC14rw");
  EXPECT_PICTURE(other.base(), 16, "MC16rw");
  EXPECT_EQ(protect(view.page(1), 1, PAGE_READWRITE), DWORD{PAGE_READWRITE | PAGE_GUARD});
  EXPECT_PICTURE(view.base(), 16, "MC16rw");
}

TEST(CopyOnWrite, S62_C14_a_page_that_is_written_becomes_the_view_s_own) {
  Section section = section_of(kGranule);
  View shared = view_of(section, FILE_MAP_WRITE);
  View copy = view_of(section, FILE_MAP_COPY);
  shared[2 * kPage] = 'a';
  EXPECT_EQ(copy[2 * kPage], 'a');
  EXPECT_PICTURE(copy.base(), 16, "MC16wc");

  copy[2 * kPage + 1] = 'b';

  EXPECT_PICTURE(copy.base(), 16, "MC2wc MC1rw MC13wc");
  EXPECT_EQ(ask(copy.page(2)).AllocationProtect, DWORD{PAGE_WRITECOPY});
  EXPECT_EQ(shared[2 * kPage + 1], 0);
  EXPECT_EQ(copy[2 * kPage], 'a');
}

TEST(CopyOnWrite, S62_C14_a_page_that_was_read_is_no_copy) {
  Section section = section_of(kGranule);
  View copy = view_of(section, FILE_MAP_COPY);

  EXPECT_TRUE(pages_hold(copy.base(), 16, 0));

  EXPECT_PICTURE(copy.base(), 16, "MC16wc");
}

TEST(CopyOnWrite, S63_a_copy_no_longer_follows_the_section) {
  Section section = section_of(kGranule);
  View shared = view_of(section, FILE_MAP_WRITE);
  View copy = view_of(section, FILE_MAP_COPY);
  copy[0] = 'b';

  shared[1] = 'c';
  shared[kPage] = 'd';

  EXPECT_EQ(copy[1], 0);
  EXPECT_EQ(copy[kPage], 'd');
}

TEST(CopyOnWrite, S63_a_copy_stays_one_whatever_its_protection) {
  Section section = section_of(kGranule);
  View copy = view_of(section, FILE_MAP_COPY);
  copy[0] = 'b';

  EXPECT_EQ(protect(copy.base(), 1, PAGE_READONLY), DWORD{PAGE_READWRITE});
  EXPECT_PICTURE(copy.base(), 2, "MC1ro MC1wc");
  EXPECT_EQ(protect(copy.base(), 1, PAGE_WRITECOPY), DWORD{PAGE_READONLY});

  EXPECT_PICTURE(copy.base(), 2, "MC1rw MC1wc");
  EXPECT_EQ(copy[0], 'b');
}

TEST(CopyOnWrite, S64_a_shared_view_may_be_made_to_copy) {
  Section section = section_of(kGranule);
  View view = view_of(section, FILE_MAP_WRITE);
  View other = view_of(section, FILE_MAP_READ);
  view[kPage] = 'a';

  EXPECT_EQ(protect(view.page(1), 2, PAGE_WRITECOPY), DWORD{PAGE_READWRITE});
  EXPECT_PICTURE(view.base(), 16, "MC1rw MC2wc MC13rw");
  view[kPage + 1] = 'b';
  view[0] = 'c';

  EXPECT_PICTURE(view.base(), 16, "MC2rw MC1wc MC13rw");
  EXPECT_EQ(other[kPage], 'a');
  EXPECT_EQ(other[kPage + 1], 0);
  EXPECT_EQ(other[0], 'c');
}

TEST(CopyOnWrite, S64_pages_that_were_not_written_are_shared_again) {
  Section section = section_of(kGranule);
  View view = view_of(section, FILE_MAP_WRITE);
  View other = view_of(section, FILE_MAP_READ);
  protect(view.base(), 4, PAGE_WRITECOPY);
  view[kPage] = 'a';

  EXPECT_EQ(protect(view.base(), 4, PAGE_READWRITE), DWORD{PAGE_WRITECOPY});
  view[0] = 'b';
  view[kPage + 1] = 'c';
  view[2 * kPage] = 'd';

  EXPECT_PICTURE(view.base(), 16, "MC16rw");
  EXPECT_EQ(other[0], 'b');
  EXPECT_EQ(other[kPage], 0);
  EXPECT_EQ(other[kPage + 1], 0);
  EXPECT_EQ(other[2 * kPage], 'd');
  EXPECT_EQ(view[kPage], 'a');
}

TEST(CopyOnWrite, S65_a_section_that_is_only_read_may_be_copied) {
  Section section = section_of(kGranule, PAGE_READONLY);
  View copy = view_of(section, FILE_MAP_COPY);

  copy[0] = 'a';

  EXPECT_EQ(view_of(section, FILE_MAP_READ)[0], 0);
}

TEST(CopyOnWrite, S66_a_new_view_starts_from_the_section) {
  Section section = section_of(kGranule);
  View shared = view_of(section, FILE_MAP_WRITE);
  View copy = view_of(section, FILE_MAP_COPY);
  copy[0] = 'a';
  shared[1] = 'b';

  View fresh = view_of(section, FILE_MAP_COPY);

  EXPECT_EQ(fresh[0], 0);
  EXPECT_EQ(fresh[1], 'b');
}

TEST(CopyOnWrite, S67_a_copy_is_not_shared) {
  Section section = section_of(kGranule);
  View copy = view_of(section, FILE_MAP_COPY);
  copy[0] = 'a';
  EXPECT_EQ(copy[kPage], 0);

  struct {
    PVOID address;
    ULONG_PTR attributes;
  } pages[] = {{copy.base(), 0}, {copy.page(1), 0}};
  ASSERT_EQ(nt::query(GetCurrentProcess(), nullptr, 4, pages, sizeof pages, nullptr), 0);

  EXPECT_EQ(pages[0].attributes & 1, 1u);
  EXPECT_EQ(pages[1].attributes & 1, 1u);
  EXPECT_EQ(pages[0].attributes >> 15 & 1, 0u);
  EXPECT_EQ(pages[1].attributes >> 15 & 1, 1u);
}

TEST(VirtualAlloc, S54_a_commit_in_a_view_sets_the_protection) {
  Section section = section_of(kGranule);
  View view = view_of(section, FILE_MAP_WRITE);
  view[kPage] = 'a';

  EXPECT_EQ(VirtualAlloc(view.page(1), kPage, MEM_COMMIT, PAGE_READONLY), view.page(1));

  EXPECT_PICTURE(view.base(), 16, "MC1rw MC1ro MC14rw");
  EXPECT_EQ(view[kPage], 'a');
}

TEST(VirtualAlloc, S54_C12_but_to_no_more_than_the_view_was_made_with) {
  Section section = section_of(kGranule);
  View view = view_of(section, FILE_MAP_READ);

  EXPECT_ERROR(87, VirtualAlloc(view.base(), kPage, MEM_COMMIT, PAGE_READWRITE));
  EXPECT_ERROR(487, VirtualAlloc(view.base(), kGranule + 1, MEM_COMMIT, PAGE_READONLY));

  EXPECT_PICTURE(view.base(), 16, "MC16ro");
}

TEST(VirtualAlloc, S55_a_reset_of_a_view_succeeds) {
  Section section = section_of(kGranule);
  View view = view_of(section, FILE_MAP_WRITE);

  EXPECT_EQ(VirtualAlloc(view.base(), kGranule, MEM_RESET, PAGE_READWRITE), view.base());

  EXPECT_PICTURE(view.base(), 16, "MC16rw");
}

TEST(VirtualProtect, S60_V41_write_copy_is_for_views_only) {
  Region region = committed(2);

  DWORD old = 0;
  EXPECT_ERROR(87, VirtualProtect(region.base(), kPage, PAGE_WRITECOPY, &old));

  EXPECT_MAP(region, "C2rw");
}

} // namespace
} // namespace apitest
