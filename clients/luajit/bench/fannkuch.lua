-- How many prefix reversals a permutation can need: integer work on one small array, many branches and side traces.
local n = tonumber(arg[1]) or 10

local function fannkuch()
  local perm, count, work = {}, {}, {}
  for i = 1, n do
    perm[i], count[i], work[i] = i, i, i
  end

  local checksum, most, sign = 0, 0, 1
  while true do
    local first = perm[1]
    if first ~= 1 then
      for i = 2, n do
        work[i] = perm[i]
      end
      local flips = 1
      while true do
        local target = work[first]
        if target == 1 then
          break
        end
        work[first] = first
        local low, high = 2, first - 1
        while low < high do
          work[low], work[high] = work[high], work[low]
          low, high = low + 1, high - 1
        end
        first = target
        flips = flips + 1
      end
      checksum = checksum + sign * flips
      if flips > most then
        most = flips
      end
    end

    if sign == 1 then
      perm[1], perm[2] = perm[2], perm[1]
      sign = -1
    else
      perm[2], perm[3] = perm[3], perm[2]
      sign = 1
      for i = 3, n do
        if count[i] ~= 1 then
          count[i] = count[i] - 1
          break
        end
        if i == n then
          return checksum, most
        end
        count[i] = i
        local head = perm[1]
        for j = 1, i do
          perm[j] = perm[j + 1]
        end
        perm[i + 1] = head
      end
    end
  end
end

print(fannkuch())
