# How many events one record stands for: jq -s -r -f reduction.jq FILE
# Of several window lengths the shortest; another with --argjson window_ms 60000.
include "lib/chosen" {search: "./"};

chosen
| map(select(.type == "window" and has("starts")))	# a snapshot counts no events
| {events: (map(.starts + .ends + .drops + .logged) | add // 0), records: (map(.records) | add // 0),
   lost: (map(.lost_events + .lost_drops) | add // 0),
   # null: not known how many; a later window of the same run adds lost drops
   more: (any(.[]; has("lost_events") and .lost_events == null)
	or (group_by([.host, .netns, .run]) | any(.[]; .[-1] | has("lost_drops") and .lost_drops == null)))}
| "\(.events | digits) events in \(.records | digits) records: \(if .records > 0 then .events / .records * 10 | round / 10 else 0 end) to one, \(if .more then "more than " else "" end)\(.lost | digits) lost"
