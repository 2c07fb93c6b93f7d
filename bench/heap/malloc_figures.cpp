// The memory figures of malloc: script/bench preloads one allocator after the other.
#include "figures.h"
#include "malloc_side.h"

int main() { return bench::print_figures<bench::Malloc>(); }
