// The memory figures of the process heap.
#include "figures.h"
#include "heap_side.h"

int main() { return bench::print_figures<bench::ProcessHeap>(); }
