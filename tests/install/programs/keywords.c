/* The words of Microsoft's compiler, used before windows.h. Compiled as C and as C++, by gcc and clang, warnings on. */
#ifdef __cplusplus
#define STATIC_ASSERT static_assert
extern "C" {
#else
#define STATIC_ASSERT _Static_assert
#endif

#define EXPORT dllexport
__declspec(EXPORT) int exported;
__declspec(dllimport) int imported(void);
extern __declspec(align(16)) char aligned[16];
struct __declspec(align(32)) Aligned {
  char c;
};
STATIC_ASSERT(sizeof(struct Aligned) == 32, "__declspec(align) reached the type");
static __declspec(thread) int in_thread;
__declspec(thread) static int in_thread_too;
__declspec(noinline) static int counted(void) { return ++in_thread + ++in_thread_too; }
__declspec(noinline noreturn) void never_returns(void);
__declspec(deprecated) void old(void);
__declspec(deprecated("use new")) void older(void);
__declspec(restrict) __declspec(noalias) void* allocated(unsigned __int64 size);
__declspec(selectany) int chosen = 3;
typedef int(__stdcall* Callback)(int __unaligned* __w64 pointer);
static __forceinline int inlined(void) { return counted(); }
__forceinline static int inlined_too(void) { return inlined(); }
int __cdecl call(Callback callback);
int __cdecl call(Callback callback) { return callback ? callback(&exported) : inlined_too(); }

#define PACKED_BEGIN __pragma(pack(push, 1))
#define PACKED_END   __pragma(pack(pop))
PACKED_BEGIN
struct Packed {
  __int8 first;
  unsigned __int16 second;
  __int32 third;
  signed __int64 fourth;
};
PACKED_END
STATIC_ASSERT(sizeof(struct Packed) == 15, "__pragma(pack) reached the structure");

#ifdef __cplusplus
}
#include <cstdint>
#include <type_traits>
static_assert(std::is_same<__int64, std::int64_t>::value, "__int64 is int64_t");
__interface Shape { virtual int corners() = 0; };
#endif
