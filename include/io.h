// Handles behind descriptors of C's library, and the other way round.
#ifndef WINMEM_IO_H
#define WINMEM_IO_H

#include <stdint.h>

#include "corecrt.h"

// For _open_osfhandle; all but _O_NOINHERIT have no effect there.
#ifndef _O_RDONLY
#define _O_RDONLY    0x0000
#define _O_APPEND    0x0008
#define _O_NOINHERIT 0x0080
#define _O_TEXT      0x4000
#define _O_BINARY    0x8000
#endif

WINMEM_BEGIN_C

// The handle of an open descriptor below 1024, the same one until it is closed; it is the descriptor's, and not to be
// closed by itself. -1: errno is EBADF (it is not open), EMFILE.
WINMEM_API intptr_t _get_osfhandle(int _FileHandle);

// A new descriptor for the file of a handle, which belongs to the descriptor from then on: it is closed some time after
// the descriptor was, not at once. -1: errno is EBADF (no handle of a file), EMFILE.
WINMEM_API int _open_osfhandle(intptr_t _OSFileHandle, int _Flags);

// Makes the file of a descriptor `size` bytes long; what is added is zero. 0, or -1 with errno EBADF, EACCES (it is not
// open to be written), ENOSPC, EINVAL (negative, an invalid parameter). _chsize_s returns the error itself (H168).
WINMEM_API int _chsize(int fd, long size);
WINMEM_API errno_t _chsize_s(int fd, int64_t size);

WINMEM_END_C

#endif
