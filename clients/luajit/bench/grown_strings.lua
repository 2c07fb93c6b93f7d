-- Buffers that double until they hold 200 KB to 3 MB of text. Linux can grow such a block where it stands or move its
-- pages (mremap); on Windows LuaJIT allocates, copies and frees, and so it does on winmem.
local rounds = tonumber(arg[1]) or 30

local sum = 0
for round = 1, rounds do
  for step = 0, 4 do
    local bytes = 200000 * 2 ^ step
    local text = string.rep("winmem! ", bytes / 8)
    sum = sum + text:byte(bytes - step - round % 8)
    text = nil
    collectgarbage()
  end
end
print(sum)
