-- wrk: each request a path of the file PATHS, drawn at random, with the token TOKEN.
local paths = {}
for line in io.lines(os.getenv("PATHS")) do paths[#paths + 1] = line end
local headers = { ["Authorization"] = "Bearer " .. os.getenv("TOKEN") }
local seed = 0
function setup(thread) thread:set("id", seed); seed = seed + 1 end
function init() math.randomseed(2026 + id) end
function request() return wrk.format("GET", paths[math.random(#paths)], headers) end
function done(summary, latency)
  io.write(string.format("%.0f %.2f %d\n", summary.requests / (summary.duration / 1e6), latency:percentile(99) / 1000,
    summary.errors.status + summary.errors.read + summary.errors.timeout))
end
