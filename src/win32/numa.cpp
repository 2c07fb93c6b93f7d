// NUMA nodes and processors: systemtopologyapi.h's and winbase.h's questions (rule Y90). There is one group of
// processors.
#include "../host/numa.h"
#include "../host/processors.h"
#include "../nt/user_memory.h"
#include "last_error.h"

#include <bit>

using namespace winmem;
using win32::fail;

namespace {

template <typename Value> BOOL give(Value* to, Value value) {
  return nt::write_to_user(to, value) ? TRUE : fail(Status::access_violation);
}

// What is answered of a processor that is not there: all ones.
template <typename Number> BOOL give_node_of(unsigned processor, Number* to) {
  std::uint64_t bit = processor < 64 ? std::uint64_t{1} << processor : 0;
  if ((host::processor_mask() & bit) == 0) {
    if (!nt::write_to_user(to, static_cast<Number>(~Number{0}))) {
      return fail(Status::access_violation);
    }
    return fail(Status::invalid_parameter);
  }
  unsigned highest = host::highest_node();
  unsigned node = 0;
  while (node < highest && (host::node_processors(node) & bit) == 0) {
    ++node;
  }
  return give(to, static_cast<Number>(node));
}

// Linux tells no numbers of the firmware's: nodes are numbered as it lists them.
template <typename Number> BOOL give_node_of_proximity(ULONG id, Number* to) {
  return host::is_node(id) ? give(to, static_cast<Number>(id)) : fail(Status::invalid_parameter);
}

BOOL give_memory_of(unsigned node, PULONGLONG to) {
  return host::is_node(node) ? give(to, ULONGLONG{host::node_memory(node)}) : fail(Status::invalid_parameter);
}

DWORD count_processors(WORD group) {
  if (group != 0 && group != ALL_PROCESSOR_GROUPS) {
    fail(Status::invalid_parameter);
    return 0;
  }
  return static_cast<DWORD>(std::popcount(host::processor_mask()));
}

} // namespace

BOOL WINAPI GetNumaHighestNodeNumber(PULONG HighestNodeNumber) {
  return give(HighestNodeNumber, ULONG{host::highest_node()});
}

BOOL WINAPI GetNumaNodeProcessorMask(UCHAR Node, PULONGLONG ProcessorMask) {
  return host::is_node(Node) ? give(ProcessorMask, ULONGLONG{host::node_processors(Node)})
                             : fail(Status::invalid_parameter);
}

BOOL WINAPI GetNumaNodeProcessorMaskEx(USHORT Node, PGROUP_AFFINITY ProcessorMask) {
  if (!host::is_node(Node)) {
    return fail(Status::invalid_parameter);
  }
  GROUP_AFFINITY affinity{};
  affinity.Mask = host::node_processors(Node);
  return give(ProcessorMask, affinity);
}

BOOL WINAPI GetNumaNodeProcessorMask2(USHORT NodeNumber, PGROUP_AFFINITY ProcessorMasks, USHORT ProcessorMaskCount,
                                      PUSHORT RequiredMaskCount) {
  if (!host::is_node(NodeNumber)) {
    return fail(Status::invalid_parameter);
  }
  GROUP_AFFINITY affinity{};
  affinity.Mask = host::node_processors(NodeNumber);
  USHORT needed = affinity.Mask != 0 ? 1 : 0; // a node of memory alone has no group
  if (!nt::write_to_user(RequiredMaskCount, needed)) {
    return fail(Status::access_violation);
  }
  if (ProcessorMaskCount < needed) {
    win32::set_last_error(ERROR_INSUFFICIENT_BUFFER);
    return FALSE;
  }
  return needed == 0 ? TRUE : give(ProcessorMasks, affinity);
}

BOOL WINAPI GetNumaAvailableMemoryNode(UCHAR Node, PULONGLONG AvailableBytes) {
  return give_memory_of(Node, AvailableBytes);
}

BOOL WINAPI GetNumaAvailableMemoryNodeEx(USHORT Node, PULONGLONG AvailableBytes) {
  return give_memory_of(Node, AvailableBytes);
}

BOOL WINAPI GetNumaProcessorNode(UCHAR Processor, PUCHAR NodeNumber) { return give_node_of(Processor, NodeNumber); }

BOOL WINAPI GetNumaProcessorNodeEx(PPROCESSOR_NUMBER Processor, PUSHORT NodeNumber) {
  PROCESSOR_NUMBER number{};
  if (!nt::read_from_user(number, Processor)) {
    return fail(Status::access_violation);
  }
  if (number.Reserved != 0) {
    return fail(Status::invalid_parameter);
  }
  constexpr unsigned kNone = 64;
  return give_node_of(number.Group == 0 ? number.Number : kNone, NodeNumber);
}

BOOL WINAPI GetNumaProximityNode(ULONG ProximityId, PUCHAR NodeNumber) {
  return give_node_of_proximity(ProximityId, NodeNumber);
}

BOOL WINAPI GetNumaProximityNodeEx(ULONG ProximityId, PUSHORT NodeNumber) {
  return give_node_of_proximity(ProximityId, NodeNumber);
}

DWORD WINAPI GetActiveProcessorCount(WORD GroupNumber) { return count_processors(GroupNumber); }
DWORD WINAPI GetMaximumProcessorCount(WORD GroupNumber) { return count_processors(GroupNumber); }
WORD WINAPI GetActiveProcessorGroupCount(VOID) { return 1; }
WORD WINAPI GetMaximumProcessorGroupCount(VOID) { return 1; }
