// Exceptions: the record, the context of a thread, and unwinding. Part of winnt.h.
#ifndef WINMEM_WINNT_EXCEPTION_H
#define WINMEM_WINNT_EXCEPTION_H

// Flags of a record, and the first parameter of an access violation (rule E1).
#define EXCEPTION_READ_FAULT         0x00
#define EXCEPTION_NONCONTINUABLE     0x01
#define EXCEPTION_WRITE_FAULT        0x01
#define EXCEPTION_UNWINDING          0x02
#define EXCEPTION_EXIT_UNWIND        0x04
#define EXCEPTION_EXECUTE_FAULT      0x08
#define EXCEPTION_STACK_INVALID      0x08
#define EXCEPTION_MAXIMUM_PARAMETERS 0x0F
#define EXCEPTION_NESTED_CALL        0x10
#define EXCEPTION_TARGET_UNWIND      0x20
#define EXCEPTION_COLLIDED_UNWIND    0x40
#define EXCEPTION_UNWIND             0x66
#define EXCEPTION_SOFTWARE_ORIGINATE 0x80

// One exception (rules E1, E5).
typedef struct _EXCEPTION_RECORD {
  DWORD ExceptionCode;
  DWORD ExceptionFlags;
  struct _EXCEPTION_RECORD* ExceptionRecord;
  PVOID ExceptionAddress;
  DWORD NumberParameters;
  ULONG_PTR ExceptionInformation[15];
} EXCEPTION_RECORD, *PEXCEPTION_RECORD;

typedef struct _EXCEPTION_RECORD64 {
  DWORD ExceptionCode;
  DWORD ExceptionFlags;
  DWORD64 ExceptionRecord;
  DWORD64 ExceptionAddress;
  DWORD NumberParameters;
  DWORD __unusedAlignment;
  DWORD64 ExceptionInformation[15];
} EXCEPTION_RECORD64, *PEXCEPTION_RECORD64;

// ---- The context of a thread ----
#define CONTEXT_AMD64               0x00100000
#define CONTEXT_CONTROL             0x00100001
#define CONTEXT_INTEGER             0x00100002
#define CONTEXT_SEGMENTS            0x00100004
#define CONTEXT_FLOATING_POINT      0x00100008
#define CONTEXT_FULL                0x0010000B
#define CONTEXT_DEBUG_REGISTERS     0x00100010
#define CONTEXT_ALL                 0x0010001F
#define CONTEXT_XSTATE              0x00100040
#define CONTEXT_EXCEPTION_ACTIVE    0x08000000
#define CONTEXT_SERVICE_ACTIVE      0x10000000
#define CONTEXT_UNWOUND_TO_CALL     0x20000000
#define CONTEXT_EXCEPTION_REQUEST   0x40000000
#define CONTEXT_EXCEPTION_REPORTING 0x80000000U

typedef struct DECLSPEC_ALIGN(16) _M128A {
  ULONGLONG Low;
  LONGLONG High;
} M128A, *PM128A;

typedef struct DECLSPEC_ALIGN(16) _XSAVE_FORMAT {
  WORD ControlWord;
  WORD StatusWord;
  BYTE TagWord;
  BYTE Reserved1;
  WORD ErrorOpcode;
  DWORD ErrorOffset;
  WORD ErrorSelector;
  WORD Reserved2;
  DWORD DataOffset;
  WORD DataSelector;
  WORD Reserved3;
  DWORD MxCsr;
  DWORD MxCsr_Mask;
  M128A FloatRegisters[8];
  M128A XmmRegisters[16];
  BYTE Reserved4[96];
} XSAVE_FORMAT, *PXSAVE_FORMAT;

typedef XSAVE_FORMAT XMM_SAVE_AREA32, *PXMM_SAVE_AREA32;

// The registers of a thread. What a vectored handler changes here takes effect when it continues (rule E7).
typedef struct DECLSPEC_ALIGN(16) _CONTEXT {
  // Homes of the register parameters, for the callee.
  DWORD64 P1Home;
  DWORD64 P2Home;
  DWORD64 P3Home;
  DWORD64 P4Home;
  DWORD64 P5Home;
  DWORD64 P6Home;

  DWORD ContextFlags; // CONTEXT_...: which of the following parts are valid
  DWORD MxCsr;

  WORD SegCs;
  WORD SegDs;
  WORD SegEs;
  WORD SegFs;
  WORD SegGs;
  WORD SegSs;
  DWORD EFlags;

  DWORD64 Dr0;
  DWORD64 Dr1;
  DWORD64 Dr2;
  DWORD64 Dr3;
  DWORD64 Dr6;
  DWORD64 Dr7;

  DWORD64 Rax;
  DWORD64 Rcx;
  DWORD64 Rdx;
  DWORD64 Rbx;
  DWORD64 Rsp;
  DWORD64 Rbp;
  DWORD64 Rsi;
  DWORD64 Rdi;
  DWORD64 R8;
  DWORD64 R9;
  DWORD64 R10;
  DWORD64 R11;
  DWORD64 R12;
  DWORD64 R13;
  DWORD64 R14;
  DWORD64 R15;

  DWORD64 Rip;

  __extension__ union {
    XMM_SAVE_AREA32 FltSave;
    __extension__ struct {
      M128A Header[2];
      M128A Legacy[8];
      M128A Xmm0;
      M128A Xmm1;
      M128A Xmm2;
      M128A Xmm3;
      M128A Xmm4;
      M128A Xmm5;
      M128A Xmm6;
      M128A Xmm7;
      M128A Xmm8;
      M128A Xmm9;
      M128A Xmm10;
      M128A Xmm11;
      M128A Xmm12;
      M128A Xmm13;
      M128A Xmm14;
      M128A Xmm15;
    } DUMMYSTRUCTNAME;
  } DUMMYUNIONNAME;

  M128A VectorRegister[26];
  DWORD64 VectorControl;

  DWORD64 DebugControl;
  DWORD64 LastBranchToRip;
  DWORD64 LastBranchFromRip;
  DWORD64 LastExceptionToRip;
  DWORD64 LastExceptionFromRip;
} CONTEXT, *PCONTEXT;

// What a handler or filter gets.
typedef struct _EXCEPTION_POINTERS {
  PEXCEPTION_RECORD ExceptionRecord;
  PCONTEXT ContextRecord;
} EXCEPTION_POINTERS, *PEXCEPTION_POINTERS;

typedef LONG(NTAPI* PVECTORED_EXCEPTION_HANDLER)(struct _EXCEPTION_POINTERS* ExceptionInfo);

// A handler of a frame, as languages install them.
typedef EXCEPTION_DISPOSITION NTAPI EXCEPTION_ROUTINE(struct _EXCEPTION_RECORD* ExceptionRecord, PVOID EstablisherFrame,
                                                      struct _CONTEXT* ContextRecord, PVOID DispatcherContext);
typedef EXCEPTION_ROUTINE* PEXCEPTION_ROUTINE;

typedef struct _EXCEPTION_REGISTRATION_RECORD {
  struct _EXCEPTION_REGISTRATION_RECORD* Next;
  PEXCEPTION_ROUTINE Handler;
} EXCEPTION_REGISTRATION_RECORD, *PEXCEPTION_REGISTRATION_RECORD;

// The head of a thread's environment block.
typedef struct _NT_TIB {
  struct _EXCEPTION_REGISTRATION_RECORD* ExceptionList;
  PVOID StackBase;
  PVOID StackLimit;
  PVOID SubSystemTib;
  __extension__ union {
    PVOID FiberData;
    DWORD Version;
  } DUMMYUNIONNAME;
  PVOID ArbitraryUserPointer;
  struct _NT_TIB* Self;
} NT_TIB, *PNT_TIB;

// ---- Unwinding by tables ----

#define UNWIND_HISTORY_TABLE_SIZE 12

typedef struct _IMAGE_RUNTIME_FUNCTION_ENTRY {
  DWORD BeginAddress;
  DWORD EndAddress;
  __extension__ union {
    DWORD UnwindInfoAddress;
    DWORD UnwindData;
  } DUMMYUNIONNAME;
} RUNTIME_FUNCTION, *PRUNTIME_FUNCTION;

typedef RUNTIME_FUNCTION* NTAPI GET_RUNTIME_FUNCTION_CALLBACK(DWORD64 ControlPc, PVOID Context);
typedef GET_RUNTIME_FUNCTION_CALLBACK* PGET_RUNTIME_FUNCTION_CALLBACK;

typedef struct _UNWIND_HISTORY_TABLE_ENTRY {
  ULONG_PTR ImageBase;
  PRUNTIME_FUNCTION FunctionEntry;
} UNWIND_HISTORY_TABLE_ENTRY, *PUNWIND_HISTORY_TABLE_ENTRY;

typedef struct _UNWIND_HISTORY_TABLE {
  DWORD Count;
  BYTE LocalHint;
  BYTE GlobalHint;
  BYTE Search;
  BYTE Once;
  ULONG_PTR LowAddress;
  ULONG_PTR HighAddress;
  UNWIND_HISTORY_TABLE_ENTRY Entry[12];
} UNWIND_HISTORY_TABLE, *PUNWIND_HISTORY_TABLE;

// Where an unwound frame saved the registers that a call preserves.
typedef struct _KNONVOLATILE_CONTEXT_POINTERS {
  __extension__ union {
    PM128A FloatingContext[16];
    __extension__ struct {
      PM128A Xmm0;
      PM128A Xmm1;
      PM128A Xmm2;
      PM128A Xmm3;
      PM128A Xmm4;
      PM128A Xmm5;
      PM128A Xmm6;
      PM128A Xmm7;
      PM128A Xmm8;
      PM128A Xmm9;
      PM128A Xmm10;
      PM128A Xmm11;
      PM128A Xmm12;
      PM128A Xmm13;
      PM128A Xmm14;
      PM128A Xmm15;
    } DUMMYSTRUCTNAME;
  } DUMMYUNIONNAME;
  __extension__ union {
    PDWORD64 IntegerContext[16];
    __extension__ struct {
      PDWORD64 Rax;
      PDWORD64 Rcx;
      PDWORD64 Rdx;
      PDWORD64 Rbx;
      PDWORD64 Rsp;
      PDWORD64 Rbp;
      PDWORD64 Rsi;
      PDWORD64 Rdi;
      PDWORD64 R8;
      PDWORD64 R9;
      PDWORD64 R10;
      PDWORD64 R11;
      PDWORD64 R12;
      PDWORD64 R13;
      PDWORD64 R14;
      PDWORD64 R15;
    } DUMMYSTRUCTNAME;
  } DUMMYUNIONNAME2;
} KNONVOLATILE_CONTEXT_POINTERS, *PKNONVOLATILE_CONTEXT_POINTERS;

typedef VOID(NTAPI* PAPCFUNC)(ULONG_PTR Parameter);
typedef VOID(NTAPI* PFLS_CALLBACK_FUNCTION)(PVOID lpFlsData);

// ---- Functions ----

WINMEM_BEGIN_C

// The registers of the caller, as after the return from this call: control, integer, segment and floating-point parts.
NTSYSAPI VOID NTAPI RtlCaptureContext(PCONTEXT ContextRecord);

// Goes on where ContextRecord says, with the parts that its ContextFlags name. ExceptionRecord may be NULL; if it is
// STATUS_UNWIND_CONSOLIDATE, its first parameter is a function that is called with it and returns where to go on.
NTSYSAPI VOID NTAPI RtlRestoreContext(PCONTEXT ContextRecord, struct _EXCEPTION_RECORD* ExceptionRecord);

// Raises the exception in the record, whose ExceptionAddress becomes where the call returns to. Returns if a handler
// lets the program go on.
NTSYSAPI VOID NTAPI RtlRaiseException(PEXCEPTION_RECORD ExceptionRecord);

// The return addresses of the calls that are under way on this stack, the caller's own place first; FramesToSkip are
// left out, at most FramesToCapture (65,535) are written. Returns how many. *BackTraceHash, if wanted, is equal for
// equal traces. Programs must have unwind tables, as they have by default.
NTSYSAPI WORD NTAPI RtlCaptureStackBackTrace(DWORD FramesToSkip, DWORD FramesToCapture, PVOID* BackTrace,
                                             PDWORD BackTraceHash);

WINMEM_END_C

#endif
