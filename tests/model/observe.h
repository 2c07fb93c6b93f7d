// What winmem and the kernel say of one page, compared with the model.
//
// Owns:      Mismatch, which every comparison here and in player.cpp fails by, and the tag that marks a written page.
#pragma once

#include "rules.h"

#include <stdexcept>
#include <string>

namespace model {

struct Mismatch : std::runtime_error {
  using std::runtime_error::runtime_error;
};

std::string hex(std::uint64_t value);

// Compares one query answer with the model; `address` must be known to it.
void check_query(const Model& model, std::uintptr_t address);

// Marks a writable page.
void write_tag(std::uintptr_t page, std::uint64_t tag);

// Reads a committed, readable page and compares its tag with the model's.
void check_contents(const Model& model, std::uintptr_t page);

// Whether the kernel would read from, and write to, this page for the program.
bool kernel_reads(std::uintptr_t page);
bool kernel_writes(std::uintptr_t page); // writes what is there already

} // namespace model
