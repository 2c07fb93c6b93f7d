// Automation's strings.
#ifndef _OLEAUTO_H_
#define _OLEAUTO_H_

#include "wtypes.h"

WINMEM_BEGIN_C

// A copy of psz up to its first zero. NULL for NULL and without memory. All strings are freed by SysFreeString (H146).
WINBASEAPI BSTR WINAPI SysAllocString(const OLECHAR* psz) WINMEM_WIDE(SysAllocString);

// A string of ui characters, zeroes among them kept, and a zero behind them; uninitialised where strIn is NULL. NULL
// without memory (H146).
WINBASEAPI BSTR WINAPI SysAllocStringLen(const OLECHAR* strIn, UINT ui) WINMEM_WIDE(SysAllocStringLen);

// The same for len bytes of any kind (H146).
WINBASEAPI BSTR WINAPI SysAllocStringByteLen(LPCSTR psz, UINT len) WINMEM_WIDE(SysAllocStringByteLen);

// Puts a copy of psz, which may be part of the old string, in the place of *pbstr and frees that. FALSE without memory,
// and nothing changed. A NULL psz makes *pbstr NULL (H146).
WINBASEAPI INT WINAPI SysReAllocString(BSTR* pbstr, const OLECHAR* psz) WINMEM_WIDE(SysReAllocString);

// The same for len characters; where psz is NULL the old ones stay, as far as they go (H146).
WINBASEAPI INT WINAPI SysReAllocStringLen(BSTR* pbstr, const OLECHAR* psz, unsigned int len)
    WINMEM_WIDE(SysReAllocStringLen);

// Frees a string; nothing for NULL and for what is no string (H146).
WINBASEAPI void WINAPI SysFreeString(BSTR bstrString);

// How many characters, or bytes, a string has without the zero behind it; 0 of NULL (H146).
WINBASEAPI UINT WINAPI SysStringLen(BSTR pbstr) WINMEM_WIDE(SysStringLen);
WINBASEAPI UINT WINAPI SysStringByteLen(BSTR bstr);

WINMEM_END_C

#endif
