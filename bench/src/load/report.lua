-- What every load script shares: counts the answers that were not the expected one, and ends with one line of JSON.
-- Each wrk thread has its own Lua state; `done` runs in another one and asks the threads for what they counted.

local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

unexpected = 0

-- Makes `response` count every status but this one.
function expect(wanted)
  response = function(status)
    if status ~= wanted then unexpected = unexpected + 1 end
  end
end

function done(summary, latency)
  local bad = 0
  for _, thread in ipairs(threads) do bad = bad + thread:get('unexpected') end
  local errors = summary.errors
  io.write(string.format(
    '\nREPORT {"answers":%d,"unexpected":%d,"socketErrors":%d,"microseconds":%d,"p50":%d,"p99":%d}\n',
    summary.requests, bad, errors.connect + errors.read + errors.write + errors.timeout,
    summary.duration, latency:percentile(50), latency:percentile(99)
  ))
end
