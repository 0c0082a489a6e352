-- Posts the request bodies that measure.py left, in turn, to whatever path wrk was given.
-- PAGE_BODIES names their file; PAGE_TOKENS, where it is said, one of tokens, each of which sends each body. The last line of the output
-- is for load.py.

local file = os.getenv("PAGE_BODIES") or error("PAGE_BODIES must name a file of request bodies")
local threads = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init()
  local headers = { ["Content-Type"] = "application/json", ["Accept"] = "application/json" }
  requests = {}
  local tokens = os.getenv("PAGE_TOKENS") or ""
  for body in io.lines(file) do
    if tokens == "" then
      requests[#requests + 1] = wrk.format("POST", wrk.path, headers, body)
    else
      for token in io.lines(tokens) do
        headers["Authorization"] = "Bearer " .. token
        requests[#requests + 1] = wrk.format("POST", wrk.path, headers, body)
      end
    end
  end
  -- Threads start at different pages, or they would all want the same one at the same time.
  turn = number * 37
end

function request()
  turn = turn + 1
  return requests[turn % #requests + 1]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    "RESULT %d %d %.2f %.2f %d\n",
    summary.requests,
    summary.duration,
    latency:percentile(50) / 1000,
    latency:percentile(99) / 1000,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout
  ))
end
