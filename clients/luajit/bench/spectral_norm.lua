-- The largest singular value of an infinite matrix, cut to n by n: tight loops over arrays of numbers.
local n = tonumber(arg[1]) or 2400

local function entry(i, j)
  local diagonal = i + j - 1
  return 1 / (diagonal * (diagonal - 1) * 0.5 + i)
end

local function multiply(x, y)
  for i = 1, n do
    local sum = 0
    for j = 1, n do
      sum = sum + x[j] * entry(i, j)
    end
    y[i] = sum
  end
end

local function multiply_transposed(x, y)
  for i = 1, n do
    local sum = 0
    for j = 1, n do
      sum = sum + x[j] * entry(j, i)
    end
    y[i] = sum
  end
end

local u, v, t = {}, {}, {}
for i = 1, n do
  u[i] = 1
end
for _ = 1, 10 do
  multiply(u, t)
  multiply_transposed(t, v)
  multiply(v, t)
  multiply_transposed(t, u)
end

local vbv, vv = 0, 0
for i = 1, n do
  vbv = vbv + u[i] * v[i]
  vv = vv + v[i] * v[i]
end
print(string.format("%.9f", math.sqrt(vbv / vv)))
