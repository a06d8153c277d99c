local t = {}
for k, v in pairs({a = 1}) do t[#t + 1] = k .. v end
orders[1].reason = table.concat(t, " ")
