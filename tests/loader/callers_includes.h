// The headers whose functions are tried, on both sides.
#include <windows.h>

#include <crtdbg.h>
#include <io.h>
#include <malloc.h>
#include <new.h>
#include <objbase.h>
#include <oleauto.h>
#include <psapi.h>
#include <stdlib.h>
#include <string.h>
#include <winternl.h>
