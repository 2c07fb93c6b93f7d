-- memory_map.lua SCRIPT [ARGUMENT...]: runs a Lua program, then walks the address space of this process with
-- VirtualQuery and prints it as Windows shows it: every region in use, then totals. Fails unless the walk visited each
-- byte once, and unless the program's objects and its machine code lie in private memory.
local virtual = require("virtual_query")
local util = require("jit.util")

local script = table.remove(arg, 1)
local kept = { dofile(script) }

-- What of the program is still alive: every object that can be reached has its address in its "%p".
local function live_addresses()
  local seen, queue, addresses = {}, { _G, kept, package.loaded }, {}
  while #queue > 0 do
    local object = table.remove(queue)
    if not seen[object] then
      seen[object] = true
      addresses[#addresses + 1] = tonumber(string.format("%p", object))
      if type(object) == "table" then
        for key, value in next, object do
          for _, item in ipairs({ key, value }) do
            local kind = type(item)
            if (kind == "table" or kind == "function" or kind == "string") and not seen[item] then
              queue[#queue + 1] = item
            end
          end
        end
      elseif type(object) == "function" then
        for i = 1, 60 do
          local name, value = debug.getupvalue(object, i)
          if not name then
            break
          end
          if type(value) == "table" or type(value) == "function" then
            queue[#queue + 1] = value
          end
        end
      end
    end
  end
  return addresses
end

local function code_addresses()
  local addresses = {}
  for trace = 1, 1000 do
    local code, address = util.tracemc(trace)
    if code then
      addresses[#addresses + 1] = address
    end
  end
  return addresses
end

-- Names of mapped files, by address; winmem's K32GetMappedFileName will answer this one day.
local function file_names()
  local names = {}
  for line in io.lines("/proc/self/maps") do
    local from, to, name = line:match("^(%x+)-(%x+) %S+ %S+ %S+ %S+%s+(.+)$")
    if from then
      names[#names + 1] = { from = tonumber(from, 16), to = tonumber(to, 16), name = name:match("[^/]+$") }
    end
  end
  return names
end

-- The walk itself allocates nothing, so what it sees does not move under it.
local most = 65536
local records = virtual.new_records(most)
local function walk()
  local count, address = 0, 0
  while count < most and virtual.query(address, records[count]) do
    assert(virtual.number(records[count].BaseAddress) == address, "the walk met a gap")
    address = address + tonumber(records[count].RegionSize)
    count = count + 1
  end
  return count, address
end
jit.off(walk)
jit.off(virtual.query)

collectgarbage()
collectgarbage("stop")
local objects, code, files = live_addresses(), code_addresses(), file_names()
table.sort(objects)
local count, ending = walk()
assert(ending == virtual.top, string.format("the walk ended at %#x", ending))

local function any_in(addresses, from, to)
  for _, address in ipairs(addresses) do
    if address >= from and address < to then
      return true
    end
  end
  return false
end

local function size_text(bytes)
  for _, unit in ipairs({ "KiB", "MiB", "GiB", "TiB" }) do
    bytes = bytes / 1024
    if bytes < 1000 or unit == "TiB" then
      return string.format(bytes < 10 and bytes % 1 ~= 0 and "%.1f %s" or "%.0f %s", bytes, unit)
    end
  end
end

-- One line for neighbours that look the same, such as the heap's many allocations of equal size.
local line
local function print_line()
  if line then
    local times = line.times > 1 and line.times .. " x " or ""
    print(string.format("%012x  %14s  %s", line.from, times .. size_text(line.size), line.text))
  end
end
local function add_region(from, size, text)
  if line and line.size == size and line.text == text and line.from + line.times * size == from then
    line.times = line.times + 1
  else
    print_line()
    line = { from = from, size = size, text = text, times = 1 }
  end
end

local totals, order = {}, {}
local in_private = { objects = 0, code = 0 }
print(string.format("%-12s  %14s  %-7s  %-13s  %-7s  %s", "base", "size", "state", "protection", "type", "what it is"))
for i = 0, count - 1 do
  local r = records[i]
  local from = virtual.number(r.BaseAddress)
  local size = tonumber(r.RegionSize)
  local state, kind = virtual.states[r.State], virtual.types[r.Type]
  local what = ""
  if any_in(code, from, from + size) then
    what = "LuaJIT: machine code"
    assert(kind == "private" and r.Protect == 0x20, what .. ": is in the wrong kind of memory")
    in_private.code = in_private.code + 1
  elseif any_in(objects, from, from + size) then
    what = "LuaJIT: heap, with live objects"
    assert(kind == "private" and r.Protect == 4, what .. ": is in the wrong kind of memory")
    in_private.objects = in_private.objects + 1
  else
    for _, file in ipairs(files) do
      if from >= file.from and from < file.to then
        what = file.name
      end
    end
    -- A guess: the heap's allocations have this size and alignment, and nothing else here is likely to.
    if what == "" and kind == "private" and from % 65536 == 0 and size % 131072 == 0 then
      what = "LuaJIT: heap"
    end
  end
  if state ~= "free" then
    add_region(from, size, string.format("%-7s  %-13s  %-7s  %s", state,
      virtual.protections[r.Protect] or string.format("%#x", r.Protect), kind, what))
  end
  local group = kind == "" and state or kind .. ", " .. state
  if not totals[group] then
    totals[group] = { regions = 0, bytes = 0 }
    order[#order + 1] = group
  end
  totals[group].regions = totals[group].regions + 1
  totals[group].bytes = totals[group].bytes + size
end
print_line()

assert(in_private.objects > 0 and in_private.code > 0, "the program's own memory was not met on the walk")
table.sort(order)
print(string.format("\n%-18s  %7s  %9s", "in all", "regions", "size"))
for _, group in ipairs(order) do
  print(string.format("%-18s  %7d  %9s", group, totals[group].regions, size_text(totals[group].bytes)))
end
print(string.format("%d regions from 0 to %#x, every byte visited once", count, ending))
