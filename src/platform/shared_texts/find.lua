-- The text, which is then kept for as long again.
local text = redis.call('GET', KEYS[1])
if text then
    redis.call('EXPIRE', KEYS[1], ARGV[1])
end
return text
