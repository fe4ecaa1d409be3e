-- Windows whose flows do not add up to what their own record says: lines of theirs are missing, or are
-- still on their way. `flows' without a window are those whose last line is missing.
SELECT
	host,
	netns,
	run,
	slot,
	window_start_us,
	sum(of_window) AS window_records,
	sum(starts_said) AS starts_of_window,
	sum(starts_here) AS starts_of_flows,
	sum(ends_said) AS ends_of_window,
	sum(ends_here) AS ends_of_flows,
	sum(drops_said) AS drops_of_window,
	sum(drops_here) AS drops_of_flows,
	sum(bytes_said) AS bytes_of_window,
	sum(bytes_here) AS bytes_of_flows
FROM
(
	WITH toDateTime('2026-11-21 00:00:00', 'UTC') AS since, toDateTime('2026-11-22 00:00:00', 'UTC') AS until
	SELECT
		host, netns, run, slot, window_start_us,
		1 AS of_window,
		ifNull(starts, 0) AS starts_said, 0 AS starts_here,
		ifNull(ends, 0) AS ends_said, 0 AS ends_here,
		ifNull(drops, 0) AS drops_said, 0 AS drops_here,
		ifNull(orig_bytes, 0) + ifNull(reply_bytes, 0) AS bytes_said, 0 AS bytes_here
	FROM windows FINAL
	WHERE window_ms = 60000 AND slot >= since AND slot < until
	UNION ALL
	WITH toDateTime('2026-11-21 00:00:00', 'UTC') AS since, toDateTime('2026-11-22 00:00:00', 'UTC') AS until
	SELECT
		host, netns, run, slot, window_start_us,
		0, 0, sum(ifNull(starts, 0)), 0, sum(ifNull(ends, 0)), 0, sum(ifNull(drops, 0)),
		0, sum(ifNull(orig_bytes, 0) + ifNull(reply_bytes, 0))
	FROM flows FINAL
	WHERE window_ms = 60000 AND slot >= since AND slot < until
	GROUP BY host, netns, run, slot, window_start_us
)
GROUP BY host, netns, run, slot, window_start_us
HAVING window_records = 0 OR starts_of_window != starts_of_flows OR ends_of_window != ends_of_flows
	OR drops_of_window != drops_of_flows OR bytes_of_window != bytes_of_flows
ORDER BY host, netns, slot, window_start_us;
