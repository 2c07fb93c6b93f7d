#include "holes.h"

#include "pool.h"

namespace winmem::vm::holes {

namespace {

struct Hole : Pooled {
  AddressRange range;
  Bytes most_below;
  Hole* left;
  Hole* right;
};

constinit Pool pool{sizeof(Hole), 64 * 1024};
constinit Hole* root = nullptr;
constinit Pooled* spares = nullptr;

// The treap's priorities are a hash of the hole's identity, so they need no room and no random source.
std::uint64_t priority(const Hole* hole) {
  auto value = reinterpret_cast<std::uint64_t>(hole) * 0x9E3779B97F4A7C15u;
  return value ^ (value >> 29);
}

Bytes most_in(const Hole* hole) { return hole != nullptr ? hole->most_below : 0; }

void update(Hole* hole) {
  Bytes most = hole->range.size();
  most = most_in(hole->left) > most ? most_in(hole->left) : most;
  most = most_in(hole->right) > most ? most_in(hole->right) : most;
  hole->most_below = most;
}

// All holes of `tree` below `at` go to `low`, the others to `high`.
void split(Hole* tree, Address at, Hole*& low, Hole*& high) {
  if (tree == nullptr) {
    low = high = nullptr;
    return;
  }
  if (tree->range.begin < at) {
    split(tree->right, at, tree->right, high);
    low = tree;
  } else {
    split(tree->left, at, low, tree->left);
    high = tree;
  }
  update(tree);
}

Hole* join(Hole* low, Hole* high) {
  if (low == nullptr || high == nullptr) {
    return low != nullptr ? low : high;
  }
  Hole* top = nullptr;
  if (priority(low) > priority(high)) {
    low->right = join(low->right, high);
    top = low;
  } else {
    high->left = join(low, high->left);
    top = high;
  }
  update(top);
  return top;
}

void insert(Hole*& tree, Hole* hole) {
  if (tree == nullptr || priority(hole) > priority(tree)) {
    split(tree, hole->range.begin, hole->left, hole->right);
    tree = hole;
  } else {
    insert(hole->range.begin < tree->range.begin ? tree->left : tree->right, hole);
  }
  update(tree);
}

Hole* make(AddressRange range) {
  auto* hole = static_cast<Hole*>(pool.take());
  if (hole != nullptr) {
    hole->range = range;
    hole->left = hole->right = nullptr;
    update(hole);
  }
  return hole;
}

// Cuts `range` out of the hole that holds it. `rest` is what is left above it when the hole falls in two.
bool cut(Hole*& tree, AddressRange range, AddressRange& rest) {
  if (tree == nullptr) {
    return false;
  }
  AddressRange& whole = tree->range;
  if (range.end <= whole.begin || range.begin >= whole.end) {
    if (!cut(range.begin < whole.begin ? tree->left : tree->right, range, rest)) {
      return false;
    }
  } else if (!whole.contains(range)) {
    return false;
  } else if (range.begin == whole.begin && range.end == whole.end) {
    Hole* gone = tree;
    tree = join(tree->left, tree->right);
    pool.give(gone);
    return true;
  } else if (range.begin == whole.begin) {
    whole.begin = range.end;
  } else {
    rest = {range.end, whole.end};
    whole.end = range.begin;
  }
  update(tree);
  return true;
}

// Lengthens the hole that ends where `range` begins; nullptr when there is none. O2 is kept on the way up.
Hole* lengthen(Hole* tree, AddressRange range) {
  if (tree == nullptr) {
    return nullptr;
  }
  Hole* found = nullptr;
  if (tree->range.end == range.begin) {
    tree->range.end = range.end;
    found = tree;
  } else {
    found = lengthen(range.begin < tree->range.begin ? tree->left : tree->right, range);
  }
  update(tree);
  return found;
}

Hole* hole_starting_at(Address at) {
  Hole* hole = root;
  while (hole != nullptr && hole->range.begin != at) {
    hole = at < hole->range.begin ? hole->left : hole->right;
  }
  return hole;
}

constexpr Address align_down(Address value, Bytes alignment) { return value & ~(alignment - 1); }
constexpr Address align_up(Address value, Bytes alignment) { return align_down(value + alignment - 1, alignment); }

Address lowest(const Hole* tree, const Wanted& wanted) {
  if (most_in(tree) < wanted.size || tree == nullptr) {
    return 0;
  }
  if (tree->range.begin > wanted.within.begin) {
    if (Address found = lowest(tree->left, wanted)) {
      return found;
    }
  }
  AddressRange usable = tree->range.intersect(wanted.within);
  Address begin = align_up(usable.begin, wanted.alignment);
  if (begin >= usable.begin && begin < usable.end && usable.end - begin >= wanted.size) {
    return begin;
  }
  return tree->range.end < wanted.within.end ? lowest(tree->right, wanted) : 0;
}

Address highest(const Hole* tree, const Wanted& wanted) {
  if (most_in(tree) < wanted.size || tree == nullptr) {
    return 0;
  }
  if (tree->range.end < wanted.within.end) {
    if (Address found = highest(tree->right, wanted)) {
      return found;
    }
  }
  AddressRange usable = tree->range.intersect(wanted.within);
  if (usable.size() >= wanted.size) {
    Address begin = align_down(usable.end - wanted.size, wanted.alignment);
    if (begin >= usable.begin) {
      return begin;
    }
  }
  return tree->range.begin > wanted.within.begin ? highest(tree->left, wanted) : 0;
}

} // namespace

Address find_lowest(const Wanted& wanted) { return lowest(root, wanted); }
Address find_highest(const Wanted& wanted) { return highest(root, wanted); }

Taken take(AddressRange range) {
  Hole* second = make({}); // before anything changes
  if (second == nullptr) {
    return Taken::no_memory;
  }
  AddressRange rest{};
  bool taken = cut(root, range, rest);
  if (taken && !rest.empty()) {
    second->range = rest;
    update(second);
    insert(root, second);
  } else {
    pool.give(second);
  }
  return taken ? Taken::yes : Taken::not_free;
}

void put_back(AddressRange range) {
  if (Hole* above = hole_starting_at(range.end)) {
    AddressRange nothing{};
    range.end = above->range.end;
    cut(root, above->range, nothing); // gives `above` back to the pool, so `range` was widened first
  }
  if (lengthen(root, range) == nullptr) {
    auto* hole = static_cast<Hole*>(spares);
    spares = hole->next_pooled;
    hole->range = range;
    hole->left = hole->right = nullptr;
    update(hole);
    insert(root, hole);
  } else {
    remove_spare();
  }
}

bool add_spare() {
  Hole* hole = make({});
  if (hole == nullptr) {
    return false;
  }
  hole->next_pooled = spares;
  spares = hole;
  return true;
}

void remove_spare() {
  Pooled* spare = spares;
  spares = spare->next_pooled;
  pool.give(spare);
}

bool start_with(AddressRange range) {
  Hole* hole = make(range);
  if (hole == nullptr) {
    return false;
  }
  insert(root, hole);
  return true;
}

Bytes footprint() { return pool.footprint(); }

} // namespace winmem::vm::holes
