-- Points of the Mandelbrot set counted per row band: pure floating point, one short hot loop.
local size = tonumber(arg[1]) or 1200

local function inside(cr, ci)
  local zr, zi = 0, 0
  for _ = 1, 100 do
    local rr, ii = zr * zr, zi * zi
    if rr + ii > 4 then
      return 0
    end
    zr, zi = rr - ii + cr, 2 * zr * zi + ci
  end
  return 1
end

local band = 0
for row = 0, size - 1 do
  local ci = 2 * row / size - 1
  for column = 0, size - 1 do
    band = band + inside(2 * column / size - 1.5, ci)
  end
  if row % 100 == 99 then
    print(row + 1, band)
    band = 0
  end
end
