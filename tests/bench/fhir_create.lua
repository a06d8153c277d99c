-- wrk: each request creates an order of a known patient, under numbers of its own; with the token TOKEN. PATIENTS: the file of their ids.
local patients = {}
for line in io.lines(os.getenv("PATIENTS")) do patients[#patients + 1] = line end
local headers = { ["Authorization"] = "Bearer " .. os.getenv("TOKEN"), ["Content-Type"] = "application/fhir+json", ["Prefer"] = "return=minimal" }
local seed = 0
local made = 0
function setup(thread) thread:set("id", seed); seed = seed + 1 end
function request()
  made = made + 1
  local number = string.format("%d-%d", id, made)
  local patient = patients[1 + made % #patients]
  local body = '{"resourceType":"ServiceRequest","identifier":[' ..
    '{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"PLAC"}]},"value":"P' .. number .. '"},' ..
    '{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"ACSN"}]},"value":"A' .. number .. '"}],' ..
    '"status":"active","intent":"order","priority":"routine","code":{"coding":[{"system":"urn:local","code":"CTHEAD","display":"CT head"}]},' ..
    '"orderDetail":[{"coding":[{"system":"http://dicom.nema.org/resources/ontology/DCM","code":"CT"}]}],' ..
    '"subject":{"reference":"Patient/' .. patient .. '"},"occurrenceDateTime":"2026-12-01T10:30:00Z"}'
  return wrk.format("POST", "/fhir/ServiceRequest", headers, body)
end
function done(summary, latency)
  io.write(string.format("%.0f %.2f %d\n", summary.requests / (summary.duration / 1e6), latency:percentile(99) / 1000,
    summary.errors.status + summary.errors.read + summary.errors.timeout))
end
