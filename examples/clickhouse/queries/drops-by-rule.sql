-- How many packets each rule of each host dropped in a day, and in how many windows. With a group (-g)
-- drops and their bytes are known, with --rules the rule's own counter.
WITH toDateTime('2026-11-21 00:00:00', 'UTC') AS since, toDateTime('2026-11-22 00:00:00', 'UTC') AS until
SELECT
	host,
	rule,
	log_prefix,
	count() AS windows,
	sum(drops) AS dropped,
	sum(drop_bytes) AS dropped_bytes,
	sum(packets) AS counted,
	sum(bytes) AS counted_bytes
FROM rules FINAL
WHERE window_ms = 60000 AND slot >= since AND slot < until
GROUP BY host, rule, log_prefix
ORDER BY dropped DESC, host, rule, log_prefix
LIMIT 50;
