-- Millions of small tables, most of them garbage at once: the allocator and the collector.
local depth = tonumber(arg[1]) or 15

local function tree(level)
  if level == 0 then
    return {}
  end
  return { tree(level - 1), tree(level - 1) }
end

local function nodes(node)
  local left = node[1]
  if not left then
    return 1
  end
  return 1 + nodes(left) + nodes(node[2])
end

print("stretch", depth + 1, nodes(tree(depth + 1)))
local kept = tree(depth)
for level = 4, depth, 2 do
  local trees = 2 ^ (depth - level + 4)
  local total = 0
  for _ = 1, trees do
    total = total + nodes(tree(level))
  end
  print("trees", trees, level, total)
end
print("kept", depth, nodes(kept))

return kept -- for memory_map.lua, which shows where a living program keeps its objects
