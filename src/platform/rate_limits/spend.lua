-- Spends of each of KEYS what stands for it in ARGV, all or none. For each there are three numbers, in microseconds: what is spent
-- (less than nothing is given back), how much may be spent at once, and what the asking process knows to be spent: that teaches a
-- Redis that has lost it. Answers for each the wait, and what is spent of it then.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local spent, after, answer, is_refused = {}, {}, {}, false
for i, key in ipairs(KEYS) do
  local cost, capacity, known = tonumber(ARGV[3 * i - 2]), tonumber(ARGV[3 * i - 1]), tonumber(ARGV[3 * i])
  spent[i] = math.max(tonumber(redis.call('GET', key) or 0) - now, known, 0)
  after[i] = math.max(spent[i] + cost, 0)
  answer[2 * i - 1] = 0
  if cost > 0 and after[i] > capacity then
    is_refused = true
    answer[2 * i - 1] = after[i] - capacity
  end
end
for i, key in ipairs(KEYS) do
  if is_refused then
    answer[2 * i] = spent[i]
  else
    answer[2 * i] = after[i]
    if after[i] == 0 then
      redis.call('DEL', key)
    else
      redis.call('SET', key, string.format('%.0f', now + after[i]), 'PX', math.ceil(after[i] / 1000))
    end
  end
end
return answer
