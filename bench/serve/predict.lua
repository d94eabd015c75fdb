-- wrk: predictions with eight features for one session.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer " .. os.getenv("HONE_KEY")
local r = math.random
request = function()
  return wrk.format(nil, nil, nil, string.format('{"features":[%.4f,%.4f,%.4f,%.4f,%.4f,%.4f,%.4f,%.4f]}', r(), r(), r(), r(), r(), r(), r(), r()))
end
