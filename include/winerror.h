// Error codes of the Windows API (what GetLastError returns), and HRESULTs.
#ifndef _WINERROR_
#define _WINERROR_

#ifndef _HRESULT_DEFINED
#define _HRESULT_DEFINED
typedef int HRESULT; // LONG on Windows
#endif

// ---- Error codes, by number ----
#define NO_ERROR                          0
#define ERROR_SUCCESS                     0
#define ERROR_INVALID_FUNCTION            1
#define ERROR_FILE_NOT_FOUND              2
#define ERROR_PATH_NOT_FOUND              3
#define ERROR_TOO_MANY_OPEN_FILES         4
#define ERROR_ACCESS_DENIED               5
#define ERROR_INVALID_HANDLE              6
#define ERROR_ARENA_TRASHED               7
#define ERROR_NOT_ENOUGH_MEMORY           8
#define ERROR_INVALID_BLOCK               9
#define ERROR_BAD_ENVIRONMENT             10
#define ERROR_BAD_FORMAT                  11
#define ERROR_INVALID_ACCESS              12
#define ERROR_INVALID_DATA                13
#define ERROR_OUTOFMEMORY                 14
#define ERROR_INVALID_DRIVE               15
#define ERROR_CURRENT_DIRECTORY           16
#define ERROR_NOT_SAME_DEVICE             17
#define ERROR_NO_MORE_FILES               18
#define ERROR_WRITE_PROTECT               19
#define ERROR_BAD_UNIT                    20
#define ERROR_NOT_READY                   21
#define ERROR_BAD_COMMAND                 22
#define ERROR_CRC                         23
#define ERROR_BAD_LENGTH                  24
#define ERROR_SEEK                        25
#define ERROR_SECTOR_NOT_FOUND            27
#define ERROR_WRITE_FAULT                 29
#define ERROR_READ_FAULT                  30
#define ERROR_GEN_FAILURE                 31
#define ERROR_SHARING_VIOLATION           32
#define ERROR_LOCK_VIOLATION              33
#define ERROR_HANDLE_EOF                  38
#define ERROR_HANDLE_DISK_FULL            39
#define ERROR_NOT_SUPPORTED               50
#define ERROR_DUP_NAME                    52
#define ERROR_BAD_NETPATH                 53
#define ERROR_DEV_NOT_EXIST               55
#define ERROR_UNEXP_NET_ERR               59
#define ERROR_FILE_EXISTS                 80
#define ERROR_CANNOT_MAKE                 82
#define ERROR_INVALID_PASSWORD            86
#define ERROR_INVALID_PARAMETER           87
#define ERROR_NO_PROC_SLOTS               89
#define ERROR_TOO_MANY_SEMAPHORES         100
#define ERROR_BROKEN_PIPE                 109
#define ERROR_OPEN_FAILED                 110
#define ERROR_BUFFER_OVERFLOW             111
#define ERROR_DISK_FULL                   112
#define ERROR_NO_MORE_SEARCH_HANDLES      113
#define ERROR_INVALID_TARGET_HANDLE       114
#define ERROR_CALL_NOT_IMPLEMENTED        120
#define ERROR_SEM_TIMEOUT                 121
#define ERROR_INSUFFICIENT_BUFFER         122
#define ERROR_INVALID_NAME                123
#define ERROR_INVALID_LEVEL               124
#define ERROR_MOD_NOT_FOUND               126
#define ERROR_PROC_NOT_FOUND              127
#define ERROR_WAIT_NO_CHILDREN            128
#define ERROR_NEGATIVE_SEEK               131
#define ERROR_DIR_NOT_EMPTY               145
#define ERROR_TOO_MANY_TCBS               155
#define ERROR_SIGNAL_REFUSED              156
#define ERROR_DISCARDED                   157
#define ERROR_NOT_LOCKED                  158
#define ERROR_BAD_PATHNAME                161
#define ERROR_SIGNAL_PENDING              162
#define ERROR_MAX_THRDS_REACHED           164
#define ERROR_LOCK_FAILED                 167
#define ERROR_BUSY                        170
#define ERROR_INVALID_SEGMENT_NUMBER      180
#define ERROR_INVALID_ORDINAL             182
#define ERROR_ALREADY_EXISTS              183
#define ERROR_INVALID_FLAG_NUMBER         186
#define ERROR_SEM_NOT_FOUND               187
#define ERROR_INVALID_STARTING_CODESEG    188
#define ERROR_INVALID_MODULETYPE          190
#define ERROR_INVALID_EXE_SIGNATURE       191
#define ERROR_BAD_EXE_FORMAT              193
#define ERROR_ITERATED_DATA_EXCEEDS_64k   194
#define ERROR_INVALID_MINALLOCSIZE        195
#define ERROR_ENVVAR_NOT_FOUND            203
#define ERROR_NO_SIGNAL_SENT              205
#define ERROR_FILENAME_EXCED_RANGE        206
#define ERROR_NESTING_NOT_ALLOWED         215
#define ERROR_EXE_MACHINE_TYPE_MISMATCH   216
#define ERROR_FILE_TOO_LARGE              223
#define ERROR_BAD_PIPE                    230
#define ERROR_PIPE_BUSY                   231
#define ERROR_NO_DATA                     232
#define ERROR_MORE_DATA                   234
#define WAIT_TIMEOUT                      258
#define ERROR_NO_MORE_ITEMS               259
#define ERROR_CANNOT_COPY                 266
#define ERROR_DIRECTORY                   267
#define ERROR_NOT_OWNER                   288
#define ERROR_TOO_MANY_POSTS              298
#define ERROR_PARTIAL_COPY                299
#define ERROR_DELETE_PENDING              303
#define ERROR_MR_MID_NOT_FOUND            317
#define ERROR_ENCLAVE_FAILURE             349
#define ERROR_NO_SUCH_DEVICE              433
#define ERROR_INVALID_ADDRESS             487
#define ERROR_ARITHMETIC_OVERFLOW         534
#define ERROR_ABIOS_ERROR                 538
#define ERROR_WX86_WARNING                539
#define ERROR_UNWIND                      542
#define ERROR_BAD_STACK                   543
#define ERROR_INVALID_UNWIND_TARGET       544
#define ERROR_INVALID_QUOTA_LOWER         547
#define ERROR_TOO_MANY_THREADS            565
#define ERROR_THREAD_NOT_IN_PROCESS       566
#define ERROR_PAGEFILE_QUOTA_EXCEEDED     567
#define ERROR_CONTROL_C_EXIT              572
#define ERROR_UNHANDLED_EXCEPTION         574
#define ERROR_INVALID_IMAGE_HASH          577
#define ERROR_NO_PAGEFILE                 578
#define ERROR_MUTANT_LIMIT_EXCEEDED       587
#define ERROR_DATA_NOT_ACCEPTED           592
#define ERROR_COMMITMENT_MINIMUM          635
#define ERROR_ASSERTION_FAILURE           668
#define ERROR_HANDLES_CLOSED              676
#define ERROR_LONGJUMP                    682
#define ERROR_UNWIND_CONSOLIDATE          684
#define ERROR_OBJECT_NAME_EXISTS          698
#define ERROR_THREAD_WAS_SUSPENDED        699
#define ERROR_IMAGE_NOT_AT_BASE           700
#define ERROR_IMAGE_MACHINE_TYPE_MISMATCH 706
#define ERROR_FATAL_APP_EXIT              713
#define ERROR_WAS_UNLOCKED                715
#define ERROR_WAS_LOCKED                  717
#define ERROR_ALREADY_WIN32               719
#define ERROR_NO_YIELD_PERFORMED          721
#define ERROR_HIBERNATED                  726
#define ERROR_WAIT_1                      731
#define ERROR_WAIT_63                     734
#define ERROR_ABANDONED_WAIT_0            735
#define ERROR_ABANDONED_WAIT_63           736
#define ERROR_USER_APC                    737
#define ERROR_REPARSE                     741
#define ERROR_PAGE_FAULT_TRANSITION       747
#define ERROR_PAGE_FAULT_DEMAND_ZERO      748
#define ERROR_PAGE_FAULT_COPY_ON_WRITE    749
#define ERROR_PAGE_FAULT_GUARD_PAGE       750
#define ERROR_PAGE_FAULT_PAGING_FILE      751
#define ERROR_CACHE_PAGE_LOCKED           752
#define ERROR_NOT_CAPABLE                 775
#define ERROR_MEMORY_HARDWARE             779
#define ERROR_ENCLAVE_NOT_TERMINATED      814
#define ERROR_ENCLAVE_VIOLATION           815
#define ERROR_OPERATION_ABORTED           995
#define ERROR_IO_INCOMPLETE               996
#define ERROR_IO_PENDING                  997
#define ERROR_NOACCESS                    998
#define ERROR_SWAPERROR                   999
#define ERROR_STACK_OVERFLOW              1001
#define ERROR_INVALID_MESSAGE             1002
#define ERROR_CAN_NOT_COMPLETE            1003
#define ERROR_INVALID_FLAGS               1004
#define ERROR_UNRECOGNIZED_VOLUME         1005
#define ERROR_FILE_INVALID                1006
#define ERROR_NO_TOKEN                    1008
#define ERROR_SERVICE_ALREADY_RUNNING     1056
#define ERROR_UNABLE_TO_LOCK_MEDIA        1108
#define ERROR_NO_UNICODE_TRANSLATION      1113
#define ERROR_DLL_INIT_FAILED             1114
#define ERROR_IO_DEVICE                   1117
#define ERROR_NOT_ENOUGH_SERVER_MEMORY    1130
#define ERROR_POSSIBLE_DEADLOCK           1131
#define ERROR_MAPPED_ALIGNMENT            1132
#define ERROR_NO_MORE_USER_HANDLES        1158
#define ERROR_NOT_FOUND                   1168
#define ERROR_NO_MATCH                    1169
#define ERROR_USER_MAPPED_FILE            1224
#define ERROR_RETRY                       1237
#define ERROR_ALREADY_INITIALIZED         1247
#define ERROR_REG_NAT_CONSUMPTION         1261
#define ERROR_STACK_BUFFER_OVERRUN        1282
#define ERROR_DEBUGGER_INACTIVE           1284
#define ERROR_UNIDENTIFIED_ERROR          1287
#define ERROR_INVALID_CRUNTIME_PARAMETER  1288
#define ERROR_INVALID_LABEL               1299
#define ERROR_NOT_ALL_ASSIGNED            1300
#define ERROR_SOME_NOT_MAPPED             1301
#define ERROR_REVISION_MISMATCH           1306
#define ERROR_NO_IMPERSONATION_TOKEN      1309
#define ERROR_NO_SUCH_PRIVILEGE           1313
#define ERROR_PRIVILEGE_NOT_HELD          1314
#define ERROR_INVALID_SECURITY_DESCR      1338
#define ERROR_ALLOTTED_SPACE_EXCEEDED     1344
#define ERROR_INTERNAL_ERROR              1359
#define ERROR_TOO_MANY_SECRETS            1381
#define ERROR_DISK_CORRUPT                1393
#define ERROR_CURRENT_DOMAIN_NOT_ALLOWED  1399
#define ERROR_INVALID_INDEX               1413
#define ERROR_CLIPBOARD_NOT_OPEN          1418
#define ERROR_NO_SYSTEM_RESOURCES         1450
#define ERROR_NONPAGED_SYSTEM_RESOURCES   1451
#define ERROR_PAGED_SYSTEM_RESOURCES      1452
#define ERROR_WORKING_SET_QUOTA           1453
#define ERROR_PAGEFILE_QUOTA              1454
#define ERROR_COMMITMENT_LIMIT            1455
#define ERROR_TIMEOUT                     1460
#define ERROR_FAIL_FAST_EXCEPTION         1653
#define ERROR_DYNAMIC_CODE_BLOCKED        1655
#define ERROR_INVALID_USER_BUFFER         1784
#define ERROR_RESOURCE_DATA_NOT_FOUND     1812
#define ERROR_NOT_ENOUGH_QUOTA            1816
#define ERROR_ACTIVE_CONNECTIONS          2402
#define ERROR_NOT_A_REPARSE_POINT         4390
#define ERROR_INVALID_STATE               5023
#define ERROR_SHARED_POLICY               8218

// ---- HRESULTs ----
#define FACILITY_NULL   0
#define FACILITY_WIN32  7
#define FACILITY_NT_BIT 268435456

#define SEVERITY_SUCCESS 0
#define SEVERITY_ERROR   1

#define S_OK           ((HRESULT)0)
#define S_FALSE        ((HRESULT)1)
#define E_NOTIMPL      ((HRESULT)0x80004001U)
#define E_NOINTERFACE  ((HRESULT)0x80004002U)
#define E_POINTER      ((HRESULT)0x80004003U)
#define E_FAIL         ((HRESULT)0x80004005U)
#define E_UNEXPECTED   ((HRESULT)0x8000FFFFU)
#define E_ACCESSDENIED ((HRESULT)0x80070005U)
#define E_HANDLE       ((HRESULT)0x80070006U)
#define E_OUTOFMEMORY  ((HRESULT)0x8007000EU)
#define E_INVALIDARG   ((HRESULT)0x80070057U)
#define NOERROR        0

#define _HRESULT_TYPEDEF_(sc) ((HRESULT)sc)
#define SUCCEEDED(hr)         (((HRESULT)(hr)) >= 0)
#define FAILED(hr)            (((HRESULT)(hr)) < 0)
#define IS_ERROR(Status)      (((unsigned int)(Status)) >> 31 == SEVERITY_ERROR)
#define HRESULT_CODE(hr)      ((hr)&0xFFFF)
#define SCODE_CODE(sc)        ((sc)&0xFFFF)
#define HRESULT_FACILITY(hr)  (((hr) >> 16) & 0x1fff)
#define SCODE_FACILITY(sc)    (((sc) >> 16) & 0x1fff)
#define HRESULT_SEVERITY(hr)  (((hr) >> 31) & 0x1)
#define SCODE_SEVERITY(sc)    (((sc) >> 31) & 0x1)
#define MAKE_HRESULT(sev, fac, code)                                                                                   \
  ((HRESULT)(((unsigned int)(sev) << 31) | ((unsigned int)(fac) << 16) | ((unsigned int)(code))))
#define MAKE_SCODE(sev, fac, code) MAKE_HRESULT(sev, fac, code)
#define HRESULT_FROM_NT(x)         ((HRESULT)((x) | FACILITY_NT_BIT))

// A Win32 error as an HRESULT; what is one already stays as it is.
static __inline__ __attribute__((unused)) HRESULT HRESULT_FROM_WIN32(unsigned int x) {
  return (HRESULT)x <= 0 ? (HRESULT)x : (HRESULT)((x & 0x0000FFFFU) | (FACILITY_WIN32 << 16) | 0x80000000U);
}
#define __HRESULT_FROM_WIN32(x)                                                                                        \
  ((HRESULT)(x) <= 0 ? ((HRESULT)(x))                                                                                  \
                     : ((HRESULT)(((unsigned int)(x)&0x0000FFFFU) | (FACILITY_WIN32 << 16) | 0x80000000U)))

#endif
