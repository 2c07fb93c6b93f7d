#include "page_bits.h"

#include "../host/lock.h"
#include "pool.h"

#include <atomic>
#include <bit>

namespace winmem::vm::page_bits {

namespace {

constexpr unsigned kPagesPerRecord = kChunk / kPage;
constexpr unsigned kWordBits = 64;
constexpr unsigned kWords = kPagesPerRecord / kWordBits;
constexpr unsigned kMaps = 4;
constexpr unsigned kSlots = 8192;
constexpr Bytes kNodeSpan = kSlots * kChunk; // 16 GiB
constexpr unsigned kTop = static_cast<unsigned>((kUserEnd + kNodeSpan - 1) / kNodeSpan);

struct Record {
  std::atomic<std::uint64_t> words[kMaps][kWords];
};
struct Node {
  std::atomic<Record*> records[kSlots];
};

constinit std::atomic<Node*> top[kTop] = {}; // entries are stored once, by release under bits_lock

constinit host::Lock bits_lock; // guards the pools, and the making of nodes and records
constinit Pool node_pool{sizeof(Node), sizeof(Node)};
constinit Pool record_pool{sizeof(Record), Bytes{16} * kPage};

unsigned top_index(Address at) { return static_cast<unsigned>(at / kNodeSpan); }
unsigned slot_index(Address at) { return static_cast<unsigned>(at % kNodeSpan / kChunk); }
unsigned page_index(Address at) { return static_cast<unsigned>(at % kChunk / kPage); }

// The record of the pages around `at`, or nullptr; then all bits are 0 up to `gap_end`.
Record* find(Address at, Address& gap_end) {
  Node* node = top[top_index(at)].load(std::memory_order_acquire);
  gap_end = round_down(at, kNodeSpan) + kNodeSpan;
  if (node == nullptr) {
    return nullptr;
  }
  gap_end = round_down(at, kChunk) + kChunk;
  return node->records[slot_index(at)].load(std::memory_order_acquire);
}

Record* find(Address at) {
  Address gap_end = 0;
  return find(at, gap_end);
}

template <typename Object> Object* make(Pool& pool, std::atomic<Object*>& slot) {
  Object* object = slot.load(std::memory_order_relaxed);
  if (object == nullptr) {
    object = static_cast<Object*>(pool.take()); // zero, as objects never go back
    slot.store(object, std::memory_order_release);
  }
  return object;
}

bool make_record(Address at) {
  host::LockHold hold(bits_lock);
  Node* node = make(node_pool, top[top_index(at)]);
  return node != nullptr && make(record_pool, node->records[slot_index(at)]) != nullptr;
}

constexpr std::uint64_t mask(unsigned from, unsigned to) { // bits [from, to) of one word
  std::uint64_t upper = to == kWordBits ? 0 : ~std::uint64_t{0} << to;
  return ~std::uint64_t{0} << from & ~upper;
}

// Calls visit(word, mask) for the words of a record that hold bits of `piece`, which lies in its 2 MiB.
template <typename Visit> void for_each_word(Record& record, PageBit bit, AddressRange piece, Visit visit) {
  unsigned end = page_index(piece.end - kPage) + 1;
  for (unsigned page = page_index(piece.begin); page < end;) {
    unsigned word_end = (page / kWordBits + 1) * kWordBits;
    unsigned stop = word_end < end ? word_end : end;
    visit(record.words[static_cast<unsigned>(bit)][page / kWordBits],
          mask(page % kWordBits, stop - page / kWordBits * kWordBits));
    page = stop;
  }
}

template <typename Visit> void for_each_record(AddressRange range, Visit visit) {
  for (Address at = range.begin; at < range.end;) {
    Address end = 0;
    Record* record = find(at, end);
    end = end < range.end ? end : range.end;
    if (record != nullptr) {
      visit(*record, AddressRange{at, end});
    }
    at = end;
  }
}

// The number of bits in what visit(word, mask) answers for all words of `range` that there are.
template <typename Visit> std::uint64_t sum_over_words(PageBit bit, AddressRange range, Visit visit) {
  std::uint64_t sum = 0;
  for_each_record(range, [&](Record& record, AddressRange piece) {
    for_each_word(record, bit, piece, [&](std::atomic<std::uint64_t>& word, std::uint64_t bits) {
      sum += static_cast<unsigned>(std::popcount(visit(word, bits)));
    });
  });
  return sum;
}

} // namespace

bool prepare(AddressRange range) {
  for (Address at = round_down(range.begin, kChunk); at < range.end; at += kChunk) {
    if (find(at) == nullptr && !make_record(at)) {
      return false;
    }
  }
  return true;
}

bool test(PageBit bit, Address page) {
  Record* record = find(page);
  unsigned index = page_index(page);
  return record != nullptr &&
         (record->words[static_cast<unsigned>(bit)][index / kWordBits].load() >> (index % kWordBits) & 1) != 0;
}

bool set_one(PageBit bit, Address page) {
  unsigned index = page_index(page);
  std::uint64_t own = std::uint64_t{1} << index % kWordBits;
  return (find(page)->words[static_cast<unsigned>(bit)][index / kWordBits].fetch_or(own) & own) == 0;
}

std::uint64_t set(PageBit bit, AddressRange prepared) {
  return sum_over_words(bit, prepared, [](auto& word, std::uint64_t bits) { return bits & ~word.fetch_or(bits); });
}

std::uint64_t clear(PageBit bit, AddressRange range) {
  return sum_over_words(bit, range, [](auto& word, std::uint64_t bits) {
    return (word.load(std::memory_order_relaxed) & bits) != 0 ? bits & word.fetch_and(~bits) : 0;
  });
}

std::uint64_t count(PageBit bit, AddressRange range) {
  return sum_over_words(bit, range, [](auto& word, std::uint64_t bits) { return bits & word.load(); });
}

Stretch stretch(PageBit bit, AddressRange range) {
  // The first page is looked at once: a stretch is never empty, whatever others do to its bit meanwhile.
  bool is_set = test(bit, range.begin);
  for (Address at = range.begin + kPage; at < range.end;) {
    Address end = 0;
    Record* record = find(at, end);
    end = end < range.end ? end : range.end;
    if (record == nullptr && is_set) {
      return {is_set, at};
    }
    unsigned page_end = page_index(end - kPage) + 1;
    for (unsigned page = record != nullptr ? page_index(at) : page_end; page < page_end;) {
      std::uint64_t word = record->words[static_cast<unsigned>(bit)][page / kWordBits].load();
      std::uint64_t differing = (is_set ? ~word : word) >> page % kWordBits;
      if (differing != 0) {
        page += static_cast<unsigned>(std::countr_zero(differing));
        if (page < page_end) {
          return {is_set, round_down(at, kChunk) + pages_to_bytes(page)};
        }
      }
      page = (page / kWordBits + 1) * kWordBits;
    }
    at = end;
  }
  return {is_set, range.end};
}

Bytes footprint() {
  host::LockHold hold(bits_lock);
  return node_pool.footprint() + record_pool.footprint();
}

void lock_for_fork() { bits_lock.lock(); }
void unlock_after_fork() { bits_lock.unlock(); }

} // namespace winmem::vm::page_bits
