# How many events one record stands for: jq -s -r -f reduction.jq FILE
map(select(.type == "window"))
| {events: (map(.starts + .ends + .drops + .logged) | add // 0), records: (map(.records) | add // 0),
   lost: (map(.lost_events + .lost_drops) | add // 0)}
| "\(.events) events in \(.records) records: \(if .records > 0 then .events / .records * 10 | round / 10 else 0 end) to one, \(.lost) lost"
