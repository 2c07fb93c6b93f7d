-- Errors raised inside compiled code, by functions that the code calls, must arrive at pcall: the machine-code areas
-- have to be known to the unwinder. Prints one line; fails if an error arrives late, never, or not in compiled code.
local compiled = 0
jit.attach(function(what)
  if what == "stop" then
    compiled = compiled + 1
  end
end, "trace")

local function double_forever()
  local text = "x"
  while true do
    text = text .. text
  end
end

local caught = 0
for _ = 1, 20 do
  local ok, message = pcall(double_forever)
  assert(not ok and tostring(message):find("string length overflow") or message == "not enough memory", message)
  caught = caught + 1
end
assert(compiled > 0, "the loop was not compiled, so nothing was proved")
print(string.format("%d errors raised in compiled code were caught", caught))
