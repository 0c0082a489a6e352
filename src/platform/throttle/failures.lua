-- Failures under KEYS[1]. ARGV[1]: 0 looks, 1 counts one unless there is a wait, 2 counts one, 3 forgets them all.
-- ARGV[2]: those that the asking process counted while Redis did not answer; ARGV[3] and [4]: all that it knows of, and the
-- microseconds still to wait: they teach a Redis that has lost them. ARGV[5]: failures that cost nothing; ARGV[6] and [7]: the
-- first and the longest wait; ARGV[8]: when failures are forgotten. Answers the wait before, the failures, the wait now.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local mode, unheard, known, wait = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local count, till = known, now + wait
local kept = redis.call('HMGET', KEYS[1], 'count', 'until')
if kept[1] then
  count = tonumber(kept[1]) + unheard
  till = tonumber(kept[2])
  if unheard > 0 then
    till = math.max(till, now + wait)
  end
end
local before = math.max(till - now, 0)
if mode == 2 or (mode == 1 and before == 0) then
  count = count + 1
  local beyond = count - tonumber(ARGV[5]) - 1
  if beyond >= 0 then
    till = now + math.min(tonumber(ARGV[6]) * 2 ^ math.min(beyond, 20), tonumber(ARGV[7]))
  end
elseif mode == 3 then
  -- Kept as none, so that no process teaches those it remembers.
  count, till = 0, now
end
if mode > 0 or unheard > 0 or (not kept[1] and known > 0) then
  redis.call('HSET', KEYS[1], 'count', string.format('%.0f', count), 'until', string.format('%.0f', till))
  redis.call('PEXPIRE', KEYS[1], math.ceil(tonumber(ARGV[8]) / 1000))
end
return { before, count, math.max(till - now, 0) }
