-- Hundreds of functions loaded from generated source, each run until it is compiled: machine code is what is made here.
-- Areas for it are reserved near the program, and switched between writable and executable around every trace.
local functions = tonumber(arg[1]) or 600
local rounds = tonumber(arg[2]) or 25

local template = [[
local n = ...
local a, b = %d, %d
for i = 1, n do
  if i %% %d == 0 then
    a = (a * 3 + b + i) %% 65536
  else
    b = (b + a * %d) %% 32768
  end
end
return a + b
]]

local sum = 0
for round = 1, rounds do
  for i = 1, functions do
    local compiled = assert(loadstring(template:format(i, i * 7 + round, i % 5 + 2, i % 11 + 1)))
    sum = sum + compiled(500)
  end
  jit.flush()
end
print(sum)
