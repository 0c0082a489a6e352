-- Buys the carts whose tokens stand in the file that CHECKOUT_TOKENS names, each once, under a key of its own; CHECKOUT_BODY is the body
-- with TOKEN where the token belongs. Whoever has no cart left stops. The last line of the output is for measure.py.

local threads = {}

function setup(thread)
  thread:set("number", #threads)
  threads[#threads + 1] = thread
end

function init()
  local file = os.getenv("CHECKOUT_TOKENS") or error("CHECKOUT_TOKENS must name a file of tokens of carts")
  before, after = (os.getenv("CHECKOUT_BODY") or error("CHECKOUT_BODY must be a body")):match("^(.*)TOKEN(.*)$")
  tokens, turn, refused, first = {}, 0, 0, ""
  local line = 0
  for token in io.lines(file) do
    if line % 2 == number then tokens[#tokens + 1] = token end
    line = line + 1
  end
  headers = { ["Content-Type"] = "application/json", ["Accept"] = "application/json" }
end

function request()
  turn = turn + 1
  local token = tokens[turn]
  if not token then
    wrk.thread:stop()
    -- The same again, which only reads.
    token = tokens[#tokens]
  end
  headers["Idempotency-Key"] = "buy-" .. token
  return wrk.format("POST", wrk.path, headers, before .. token .. after)
end

function response(status, _, body)
  if status ~= 200 or not body:find('"state":"PENDING"', 1, true) then
    refused = refused + 1
    if first == "" then first = status .. " " .. body:sub(1, 300) end
  end
end

function done(summary, latency)
  local refused, used, first = 0, 0, ""
  for _, thread in ipairs(threads) do
    refused = refused + thread:get("refused")
    used = math.max(used, thread:get("turn"))
    if first == "" then first = thread:get("first") end
  end
  local errors = summary.errors
  if first ~= "" then io.write("REFUSED " .. first .. "\n") end
  io.write(string.format(
    "RESULT %d %d %.2f %.2f %d %d\n", summary.requests, summary.duration, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    errors.connect + errors.read + errors.write + errors.timeout + refused, used
  ))
end
