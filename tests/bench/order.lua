-- What such scripts do: read some fields, look something up, search, decide, set some fields.
local urgency = tables.priority{code = message["OBR-5"]}

for _, order in ipairs(orders) do
  local location = order.message["PV1-3.1"] or ""
  if location:match([[^RAD\b]]) then
    order.patient_location = "Radiology " .. (order.message["PV1-3.2"] or "")
  end
  if urgency then order.urgency = urgency.urgency end
  local reason = order.message["OBR-31.2"]
  if reason and reason ~= null then
    order.reason = reason:gsub([[\s+]], " ")
  end
  for _, step in ipairs(order.steps) do
    if step.modality == "CT" then
      step.requested_contrast = order.message["OBR-13"]
    end
  end
end
