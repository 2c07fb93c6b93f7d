// What an exception handler or filter may answer.
#ifndef _INC_EXCPT
#define _INC_EXCPT

// The answer of a language's own handler (EXCEPTION_ROUTINE).
typedef enum _EXCEPTION_DISPOSITION {
  ExceptionContinueExecution = 0,
  ExceptionContinueSearch = 1,
  ExceptionNestedException = 2,
  ExceptionCollidedUnwind = 3
} EXCEPTION_DISPOSITION;

// The answer of a filter or of a vectored handler.
#define EXCEPTION_CONTINUE_SEARCH    0
#define EXCEPTION_EXECUTE_HANDLER    1
#define EXCEPTION_CONTINUE_EXECUTION (-1)

#endif
