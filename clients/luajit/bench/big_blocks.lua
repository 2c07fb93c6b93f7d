-- Blocks of 200 KB to 3 MB, made, filled and dropped: each is an allocation of its own from the system and goes back.
local ffi = require("ffi")
local rounds = tonumber(arg[1]) or 100

local sum = 0
for round = 1, rounds do
  for step = 0, 4 do
    local bytes = 200000 * 2 ^ step
    local block = ffi.new("uint32_t[?]", bytes / 4)
    for i = 0, bytes / 4 - 1, 64 do
      block[i] = i + round
    end
    sum = sum + block[128 * step + 64]
    block = nil
    collectgarbage()
  end
end
print(sum)
