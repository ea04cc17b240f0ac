-- POST to the client registration endpoint (RFC 7591 §3.1). Arguments: the endpoint's path, a word for the names.
-- Name and redirect URI differ with each request, so that no answer can be a remembered one.

dofile('report.lua')
expect(201)

local run
local count = 0

function init(args)
  wrk.path = args[1]
  run = args[2]
  wrk.method = 'POST'
  wrk.headers['Content-Type'] = 'application/json'
end

function request()
  count = count + 1
  return wrk.format(nil, nil, nil, string.format(
    '{"client_name":"Bench %s %d",' ..
    '"redirect_uris":["https://app-%d.client.example/callback"],' ..
    '"client_uri":"https://client.example/",' ..
    '"grant_types":["authorization_code","refresh_token"],' ..
    '"response_types":["code"],' ..
    '"token_endpoint_auth_method":"client_secret_basic",' ..
    '"scope":"openid profile email",' ..
    '"contacts":["ops@client.example"]}',
    run, count, count
  ))
end
