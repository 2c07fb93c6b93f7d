-- Arrays and hashes that grow past every size: a sieve, a word count over integers, a sort, nested tables.
local size = tonumber(arg[1]) or 1000000

local function primes(limit)
  local composite, count = {}, 0
  for i = 1, limit do
    composite[i] = false
  end
  for i = 2, limit do
    if not composite[i] then
      count = count + 1
      for k = i * i, limit, i do
        composite[k] = true
      end
    end
  end
  return count
end

local function collisions(limit)
  local seen, again, value = {}, 0, 1
  for _ = 1, limit / 4 do
    value = (value * 48271) % 2147483647
    local key = value % limit + 0.5
    if seen[key] then
      again = again + 1
    end
    seen[key] = value
  end
  return again
end

local function sorted_sum(limit)
  local values, value = {}, 7
  for i = 1, limit / 8 do
    value = (value * 48271) % 2147483647
    values[i] = value
  end
  table.sort(values)
  local sum = 0
  for i = 1, #values, 1000 do
    sum = sum + values[i] % 1000
  end
  return sum
end

local function grid(limit)
  local side = math.floor(math.sqrt(limit))
  local rows = {}
  for y = 1, side do
    local row = {}
    for x = 1, side do
      row[x] = x * y
    end
    rows[y] = row
  end
  local trace = 0
  for i = 1, side do
    trace = trace + rows[i][i]
  end
  return trace
end

for _ = 1, 3 do
  print(primes(size), collisions(size), sorted_sum(size), grid(size))
end
