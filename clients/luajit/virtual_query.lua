-- VirtualQuery for Lua: calls the one that this LuaJIT is linked with, which is winmem's.
local ffi = require("ffi")

ffi.cdef([[
typedef struct {
  void* BaseAddress;
  void* AllocationBase;
  uint32_t AllocationProtect;
  uint16_t PartitionId;
  size_t RegionSize;
  uint32_t State, Protect, Type;
} MEMORY_BASIC_INFORMATION;
size_t VirtualQuery(const void* address, MEMORY_BASIC_INFORMATION* buffer, size_t length);
]])

local size = ffi.sizeof("MEMORY_BASIC_INFORMATION")
assert(size == 48)

local M = {
  states = { [0x1000] = "commit", [0x2000] = "reserve", [0x10000] = "free" },
  types = { [0] = "", [0x20000] = "private", [0x40000] = "mapped", [0x1000000] = "image" },
  protections = {
    [0] = "", [1] = "no access", [2] = "read", [4] = "read, write", [8] = "write-copy",
    [0x10] = "execute", [0x20] = "read, execute", [0x40] = "read, write, execute", [0x80] = "execute, write-copy",
  },
  top = 0x7fffffff0000, -- where user space ends on Windows x64
}

-- Fills one record; false above user space. A number is enough as an address, since all of them are below 2^53.
function M.query(address, record)
  return ffi.C.VirtualQuery(ffi.cast("void*", address), record, size) == size
end

function M.number(pointer)
  return tonumber(ffi.cast("uintptr_t", pointer))
end

function M.new_records(count)
  return ffi.new("MEMORY_BASIC_INFORMATION[?]", count)
end

return M
