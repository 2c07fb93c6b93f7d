-- Errors raised inside compiled code, by functions that the code calls, must arrive at pcall: the machine-code areas
-- have to be known to the unwinder. Prints one line; fails if an error does not arrive or nothing was compiled.

-- Ordinary sizes until the loop is compiled, then one at which making a table raises an error without trying.
local new_table = require("table.new")
local sizes = {}
for i = 1, 200 do
  sizes[i] = i < 200 and 8 or 2 ^ 28
end
local function make_tables()
  local made = 0
  for i = 1, #sizes do
    local t = new_table(sizes[i], 0)
    t[1] = i
    made = made + t[1]
  end
  return made
end

local caught = 0
for _ = 1, 20 do
  local ok, message = pcall(make_tables)
  assert(not ok and tostring(message):find("table overflow"), message)
  caught = caught + 1
end
assert(require("jit.util").traceinfo(1), "the loop was not compiled, so nothing was proved")
print(string.format("%d errors raised in compiled code were caught", caught))
