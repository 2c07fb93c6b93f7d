/* Included before everything else in lj_alloc.c and lj_mcode.c, which are compiled with their Windows branches on.

   LuaJIT takes "Windows" for two things: whose functions it calls, which is what we want here, and the calling
   convention and stack unwinder of the machine, which on Linux stay System V's. lj_arch.h derives the second,
   LJ_ABI_WIN, from the first. Left at 1 it has one effect in these two files: machine-code areas are no longer
   registered with the unwinder (lj_err_register_mcode becomes empty), and then an error raised by a function that
   compiled code called, such as "not enough memory", ends the program instead of reaching pcall.
   check_errors.lua proves that it reaches it. */

#include "lj_arch.h"
#undef LJ_ABI_WIN
#define LJ_ABI_WIN 0
