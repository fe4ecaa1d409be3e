-- The same from the records themselves, up to the last window and without the roll-up: the sources whose
-- connections carried most.
WITH toDateTime('2026-11-21 00:00:00', 'UTC') AS since, toDateTime('2026-11-22 00:00:00', 'UTC') AS until
SELECT
	src_ip,
	uniqExact(host) AS hosts,
	sum(starts) AS connections,
	sum(orig_bytes) AS sent,
	sum(reply_bytes) AS received
FROM flows FINAL
WHERE window_ms = 60000 AND slot >= since AND slot < until AND reason = ''
GROUP BY src_ip
ORDER BY sent + received DESC, src_ip
LIMIT 20;
