-- For wrk: sends the requests of a file in turn, each line a method, a path, a token and a body
-- between tabs. Each uuid of zeros in a body becomes a new one, as a workstation makes one a record.
local requests, turn = {}, 0
local ZEROS = "00000000%-0000%-4000%-8000%-000000000000"

local function new_uuid()
  return string.format("%08x-%04x-4%03x-8%03x-%06x%06x",
    math.random(0, 0x7fffffff), math.random(0, 0xffff), math.random(0, 0xfff),
    math.random(0, 0xfff), math.random(0, 0xffffff), math.random(0, 0xffffff))
end

function init(arguments)
  math.randomseed(tonumber(arguments[2]))
  for line in io.lines(arguments[1]) do
    local method, path, token, body = line:match("^(.-)\t(.-)\t(.-)\t(.*)$")
    requests[#requests + 1] = {method, path, body, {
      ["Content-Type"] = "application/json",
      ["X-Forwarded-Proto"] = "https",
      ["Authorization"] = "Bearer " .. token,
    }}
  end
end

function request()
  turn = turn % #requests + 1
  local method, path, body, headers = unpack(requests[turn])
  return wrk.format(method, path, headers, (body:gsub(ZEROS, new_uuid)))
end

function done(summary, latency)
  local failed = summary.errors
  io.write(string.format("\nFIGURES %d %d %d %d\n", summary.requests, summary.duration,
    latency:percentile(95), failed.status + failed.connect + failed.read + failed.write + failed.timeout))
end
