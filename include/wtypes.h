// Automation's basic types.
#ifndef __wtypes_h__
#define __wtypes_h__

#include "wtypesbase.h"

// A string that knows its length: 4 bytes before it tell how many bytes it has, without the terminator behind it.
typedef OLECHAR* BSTR;
typedef BSTR* LPBSTR;

#endif
