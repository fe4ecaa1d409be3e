# How many events one record stands for: jq -s -r -f reduction.jq FILE
# Of several levels the shortest has all events; the others repeat them.
(map(.window_ms // empty) | min) as $shortest
| map(select(.type == "window" and .window_ms == $shortest))
| {events: (map(.starts + .ends + .drops + .logged) | add // 0), records: (map(.records) | add // 0),
   lost: (map(.lost_events + .lost_drops) | add // 0),
   # null: packets were lost, and a later window says how many
   more: (length > 0 and (.[-1] | has("lost_drops") and .lost_drops == null))}
| "\(.events) events in \(.records) records: \(if .records > 0 then .events / .records * 10 | round / 10 else 0 end) to one, \(if .more then "more than " else "" end)\(.lost) lost"
