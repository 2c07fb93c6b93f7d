// NUMA nodes: which there are, and their processors.
#ifndef _SYSTEMTOPOLOGYAPI_H_
#define _SYSTEMTOPOLOGYAPI_H_

#include "minwinbase.h"
#include "minwindef.h"

WINMEM_BEGIN_C

// The highest number of a node: 0 where there is one. [Y90] ERROR_NOACCESS.
WINBASEAPI BOOL WINAPI GetNumaHighestNodeNumber(PULONG HighestNodeNumber);

// The processors of a node that this process may use, of group 0, the only one. [Y90]
// Errors: ERROR_INVALID_PARAMETER (no such node), ERROR_NOACCESS.
WINBASEAPI BOOL WINAPI GetNumaNodeProcessorMaskEx(USHORT Node, PGROUP_AFFINITY ProcessorMask);

// The same for each group of which the node has processors: how many those are, and ERROR_INSUFFICIENT_BUFFER where
// there is no room for them.
WINBASEAPI BOOL WINAPI GetNumaNodeProcessorMask2(USHORT NodeNumber, PGROUP_AFFINITY ProcessorMasks,
                                                 USHORT ProcessorMaskCount, PUSHORT RequiredMaskCount);

// The node of a proximity domain; nodes are numbered as they are. ERROR_INVALID_PARAMETER, ERROR_NOACCESS.
WINBASEAPI BOOL WINAPI GetNumaProximityNodeEx(ULONG ProximityId, PUSHORT NodeNumber);

WINMEM_END_C

#endif
