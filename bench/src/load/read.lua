-- GET of the client configuration endpoint (RFC 7592 §2.1), one registered client after the other.
-- Arguments: a file with one line a client, `path token`.

dofile('report.lua')
expect(200)

local requests = {}
local turn = 0

function init(args)
  for line in io.lines(args[1]) do
    local path, token = line:match('^(%S+) (%S+)$')
    table.insert(requests, wrk.format('GET', path, { Authorization = 'Bearer ' .. token }))
  end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end
