-- Placements of queens on a board, by backtracking: recursion, small arrays, unpredictable branches.
local size = tonumber(arg[1]) or 12

local columns, up, down = {}, {}, {}
local found = 0

local function place(row)
  if row > size then
    found = found + 1
    return
  end
  for column = 1, size do
    local u, d = row + column, row - column + size
    if not (columns[column] or up[u] or down[d]) then
      columns[column], up[u], down[d] = true, true, true
      place(row + 1)
      columns[column], up[u], down[d] = false, false, false
    end
  end
end

for board = 4, size do
  size, found = board, 0
  place(1)
  print(board, found)
end
