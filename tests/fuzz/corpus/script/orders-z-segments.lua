-- ZRX|1|CT room 2|L|KM oral: room, side and contrast of the order above it.
local sides = {L = "LEFT", R = "RIGHT", B = "BOTH SIDES"}

local function book(order, room, zrx)
  local modality, number = room:match([[^(\w+) room (\d+)$]])
  if not modality then
    reject("the room is written as modality, room, number", zrx)
  end
  order.modality = modality
  order.study_type = tables.study_type{modality = modality}.study_type
  for _, step in ipairs(order.steps) do
    step.modality = modality
    step.station_ae = modality .. "_ROOM" .. number
  end
end

for _, order in ipairs(orders) do
  for zrx in order.message:segments("ZRX") do
    if zrx[2] and zrx[2] ~= null then
      book(order, zrx[2], zrx)
    end

    local side = sides[zrx[3]]
    if side then
      order.procedure_description = (order.procedure_description or "") .. " " .. side
    elseif zrx[3] then
      warn("the side is neither L, R nor B", zrx)
    end

    local contrast = zrx[4]
    for _, step in ipairs(order.steps) do
      step.requested_contrast = contrast
    end
  end
end
