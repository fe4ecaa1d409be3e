-- One address over a week: each hour in which a host saw it, as source or as destination. What it did in
-- one of these hours, address-hour.sql says.
WITH toDateTime('2026-11-15 00:00:00', 'UTC') AS since, toDateTime('2026-11-22 00:00:00', 'UTC') AS until
SELECT
	hour,
	host,
	role,
	sum(starts) AS connections,
	sum(unreplied) AS unanswered,
	sum(drops) AS dropped,
	sum(sent_bytes) AS sent,
	sum(received_bytes) AS received
FROM addresses FINAL
WHERE address = '10.0.0.10' AND window_ms = 60000 AND hour >= since AND hour < until
GROUP BY hour, host, role
ORDER BY hour, host, role;
