-- proof.lua SCRIPT [ARGUMENT...]: runs a Lua program and proves that its loops became machine code, in memory that
-- winmem made. For each trace that the compiler finishes, the address of its code is asked of VirtualQuery: it must be
-- committed private memory that can be read and executed, and not written. Writes "TRACES BYTES" to the file that
-- PROOF names; the program's own output is not touched.
local virtual = require("virtual_query")
local util = require("jit.util")

local traces, bytes, wrong = 0, 0, nil
local record = virtual.new_records(1)

local function check(trace)
  local code, address = util.tracemc(trace)
  if not code then
    return
  end
  traces, bytes = traces + 1, bytes + #code
  if not virtual.query(address, record) then
    wrong = string.format("VirtualQuery failed for %#x", address)
  elseif record[0].State ~= 0x1000 or record[0].Type ~= 0x20000 or record[0].Protect ~= 0x20 then
    wrong = string.format("machine code at %#x lies in memory with state %#x, type %#x, protection %#x", address,
      record[0].State, record[0].Type, record[0].Protect)
  end
end

local function on_trace(what, trace)
  if what == "stop" then
    check(trace)
  end
end
jit.off(check)
jit.off(on_trace)
jit.attach(on_trace, "trace")

local script = table.remove(arg, 1)
dofile(script)

jit.attach(on_trace)
assert(traces > 0, script .. ": nothing was compiled")
assert(not wrong, wrong)
local file = assert(io.open(os.getenv("PROOF"), "w"))
file:write(string.format("%d %d\n", traces, bytes))
file:close()
