-- Spends KEYS[1]'s ARGV[1] (microseconds; less than nothing is given back) where no more than ARGV[2] are spent at once.
-- ARGV[3] is what the asking process knows to be spent: it teaches a Redis that has lost it. Answers the wait.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local cost, capacity, known = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local spent = math.max(tonumber(redis.call('GET', KEYS[1]) or 0) - now, known, 0)
local after = math.max(spent + cost, 0)
if cost > 0 and after > capacity then
  return after - capacity
end
if after == 0 then
  redis.call('DEL', KEYS[1])
else
  redis.call('SET', KEYS[1], string.format('%.0f', now + after), 'PX', math.ceil(after / 1000))
end
return 0
