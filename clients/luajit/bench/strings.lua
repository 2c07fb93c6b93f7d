-- Text built, searched, cut and joined: string interning, buffers that grow, garbage of every size.
local rounds = tonumber(arg[1]) or 30

local state = 42
local function random(limit)
  state = (state * 16807) % 2147483647
  return state % limit + 1
end

local words = {}
for i = 1, 5000 do
  local letters = {}
  for k = 1, random(9) + 2 do
    letters[k] = string.char(96 + random(26))
  end
  words[i] = table.concat(letters)
end

local total, upper, hits = 0, 0, 0
for round = 1, rounds do
  local lines = {}
  for i = 1, 4000 do
    local line = {}
    for k = 1, 8 do
      line[k] = words[random(#words)]
    end
    lines[i] = string.format("%05d %s", i, table.concat(line, " "))
  end
  local text = table.concat(lines, "\n")
  total = total + #text

  local counts = {}
  for word in text:gmatch("%a+") do
    counts[word] = (counts[word] or 0) + 1
  end
  for _, count in pairs(counts) do
    hits = hits + count * count
  end

  local shouted = text:gsub("%f[%a]a%a*", string.upper)
  for _ in shouted:gmatch("%u+") do
    upper = upper + 1
  end

  local grown = ""
  for i = 1, 1000 do
    grown = grown .. words[(round + i) % #words + 1]
  end
  total = total + #grown
end
print(total, hits, upper)
