// Security identifiers and descriptors, tokens and privileges. Part of winnt.h.
#ifndef WINMEM_WINNT_SECURITY_H
#define WINMEM_WINNT_SECURITY_H

typedef PVOID PSECURITY_DESCRIPTOR;
typedef PVOID PSID;
typedef PVOID PACCESS_TOKEN;
typedef WORD SECURITY_DESCRIPTOR_CONTROL, *PSECURITY_DESCRIPTOR_CONTROL;
typedef DWORD SECURITY_INFORMATION, *PSECURITY_INFORMATION;
typedef BOOLEAN SECURITY_CONTEXT_TRACKING_MODE;

typedef struct _SID_IDENTIFIER_AUTHORITY {
  BYTE Value[6];
} SID_IDENTIFIER_AUTHORITY, *PSID_IDENTIFIER_AUTHORITY;

typedef struct _SID {
  BYTE Revision;
  BYTE SubAuthorityCount;
  SID_IDENTIFIER_AUTHORITY IdentifierAuthority;
  DWORD SubAuthority[1];
} SID, *PISID;

#define SID_REVISION            1
#define SID_MAX_SUB_AUTHORITIES 15
#define SECURITY_MAX_SID_SIZE   (sizeof(SID) - sizeof(DWORD) + (SID_MAX_SUB_AUTHORITIES * sizeof(DWORD)))

typedef struct _SID_AND_ATTRIBUTES {
  PSID Sid;
  DWORD Attributes;
} SID_AND_ATTRIBUTES, *PSID_AND_ATTRIBUTES;

typedef struct _ACL {
  BYTE AclRevision;
  BYTE Sbz1;
  WORD AclSize;
  WORD AceCount;
  WORD Sbz2;
} ACL, *PACL;

typedef struct _SECURITY_DESCRIPTOR {
  BYTE Revision;
  BYTE Sbz1;
  SECURITY_DESCRIPTOR_CONTROL Control;
  PSID Owner;
  PSID Group;
  PACL Sacl;
  PACL Dacl;
} SECURITY_DESCRIPTOR, *PISECURITY_DESCRIPTOR;

#define SECURITY_DESCRIPTOR_REVISION   1
#define SECURITY_DESCRIPTOR_MIN_LENGTH (sizeof(SECURITY_DESCRIPTOR))

typedef enum _SECURITY_IMPERSONATION_LEVEL {
  SecurityAnonymous,
  SecurityIdentification,
  SecurityImpersonation,
  SecurityDelegation
} SECURITY_IMPERSONATION_LEVEL,
    *PSECURITY_IMPERSONATION_LEVEL;

// ---- Privileges ----
#define SE_PRIVILEGE_ENABLED_BY_DEFAULT 1
#define SE_PRIVILEGE_ENABLED            2
#define SE_PRIVILEGE_REMOVED            4
#define SE_PRIVILEGE_USED_FOR_ACCESS    0x80000000U
#define SE_PRIVILEGE_VALID_ATTRIBUTES   0x80000007U

#define SE_ASSIGNPRIMARYTOKEN_NAME  TEXT("SeAssignPrimaryTokenPrivilege")
#define SE_BACKUP_NAME              TEXT("SeBackupPrivilege")
#define SE_CHANGE_NOTIFY_NAME       TEXT("SeChangeNotifyPrivilege")
#define SE_CREATE_GLOBAL_NAME       TEXT("SeCreateGlobalPrivilege")
#define SE_CREATE_PAGEFILE_NAME     TEXT("SeCreatePagefilePrivilege")
#define SE_DEBUG_NAME               TEXT("SeDebugPrivilege")
#define SE_IMPERSONATE_NAME         TEXT("SeImpersonatePrivilege")
#define SE_INCREASE_QUOTA_NAME      TEXT("SeIncreaseQuotaPrivilege")
#define SE_INC_BASE_PRIORITY_NAME   TEXT("SeIncreaseBasePriorityPrivilege")
#define SE_INC_WORKING_SET_NAME     TEXT("SeIncreaseWorkingSetPrivilege")
#define SE_LOAD_DRIVER_NAME         TEXT("SeLoadDriverPrivilege")
#define SE_LOCK_MEMORY_NAME         TEXT("SeLockMemoryPrivilege")
#define SE_MANAGE_VOLUME_NAME       TEXT("SeManageVolumePrivilege")
#define SE_PROF_SINGLE_PROCESS_NAME TEXT("SeProfileSingleProcessPrivilege")
#define SE_RESTORE_NAME             TEXT("SeRestorePrivilege")
#define SE_SECURITY_NAME            TEXT("SeSecurityPrivilege")
#define SE_SHUTDOWN_NAME            TEXT("SeShutdownPrivilege")
#define SE_SYSTEM_ENVIRONMENT_NAME  TEXT("SeSystemEnvironmentPrivilege")
#define SE_SYSTEM_PROFILE_NAME      TEXT("SeSystemProfilePrivilege")
#define SE_TAKE_OWNERSHIP_NAME      TEXT("SeTakeOwnershipPrivilege")
#define SE_TCB_NAME                 TEXT("SeTcbPrivilege")

typedef struct _LUID_AND_ATTRIBUTES {
  LUID Luid;
  DWORD Attributes;
} LUID_AND_ATTRIBUTES, *PLUID_AND_ATTRIBUTES;

typedef struct _PRIVILEGE_SET {
  DWORD PrivilegeCount;
  DWORD Control;
  LUID_AND_ATTRIBUTES Privilege[1];
} PRIVILEGE_SET, *PPRIVILEGE_SET;

// ---- Tokens ----
#define TOKEN_ASSIGN_PRIMARY    1
#define TOKEN_DUPLICATE         2
#define TOKEN_IMPERSONATE       4
#define TOKEN_QUERY             8
#define TOKEN_QUERY_SOURCE      0x0010
#define TOKEN_ADJUST_PRIVILEGES 0x0020
#define TOKEN_ADJUST_GROUPS     0x0040
#define TOKEN_ADJUST_DEFAULT    0x0080
#define TOKEN_ADJUST_SESSIONID  0x0100
#define TOKEN_EXECUTE           0x00020000
#define TOKEN_READ              0x00020008
#define TOKEN_WRITE             0x000200E0
#define TOKEN_ALL_ACCESS        0x000F01FF

typedef enum _TOKEN_INFORMATION_CLASS {
  TokenUser = 1,
  TokenPrivileges = 3,
  TokenElevationType = 18,
  TokenElevation = 20
} TOKEN_INFORMATION_CLASS,
    *PTOKEN_INFORMATION_CLASS;

typedef struct _TOKEN_PRIVILEGES {
  DWORD PrivilegeCount;
  LUID_AND_ATTRIBUTES Privileges[1];
} TOKEN_PRIVILEGES, *PTOKEN_PRIVILEGES;

typedef struct _TOKEN_USER {
  SID_AND_ATTRIBUTES User;
} TOKEN_USER, *PTOKEN_USER;

typedef struct _TOKEN_ELEVATION {
  DWORD TokenIsElevated;
} TOKEN_ELEVATION, *PTOKEN_ELEVATION;

#endif
