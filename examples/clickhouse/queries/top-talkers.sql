-- The addresses that sent and received most in a day, over the fleet. Of a connection that two hosts see, both count.
WITH toDateTime('2026-11-21 00:00:00', 'UTC') AS since, toDateTime('2026-11-22 00:00:00', 'UTC') AS until
SELECT
	address,
	uniqExact(host) AS hosts,
	sum(starts) AS connections,
	sum(sent_bytes) AS sent,
	sum(received_bytes) AS received
FROM addresses FINAL
WHERE window_ms = 60000 AND hour >= since AND hour < until
GROUP BY address
ORDER BY sent + received DESC, address
LIMIT 20;
