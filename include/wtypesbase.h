// COM's basic types.
#ifndef __wtypesbase_h__
#define __wtypesbase_h__

#include "windef.h"

typedef WCHAR OLECHAR;
typedef OLECHAR* LPOLESTR;
typedef const OLECHAR* LPCOLESTR;

typedef double DOUBLE;
typedef LONG SCODE;
typedef SCODE* PSCODE;

#define OLESTR(str) L##str

#endif
