-- POST of a client credentials grant to the token endpoint (RFC 6749 §4.4), one registered client after the other.
-- Arguments: a file with one line a client, `path credentials`, the credentials as HTTP Basic wants them.

dofile('report.lua')
expect(200)

local requests = {}
local turn = 0

function init(args)
  for line in io.lines(args[1]) do
    local path, credentials = line:match('^(%S+) (%S+)$')
    local headers = {
      Authorization = 'Basic ' .. credentials,
      ['Content-Type'] = 'application/x-www-form-urlencoded',
    }
    table.insert(requests, wrk.format('POST', path, headers, 'grant_type=client_credentials'))
  end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end
