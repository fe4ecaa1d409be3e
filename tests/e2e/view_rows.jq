# The rows that the live view shows of one window, in the order of their bytes, as far as no two have
# the same number: `way proto source destination bytes/s packets/s starts ends drops'.
def rounded: # as 999, 1.0k, 12.3k, 123k, 1.0M
	def go($unit):
		if . < 1000000 then (. / 100 | floor) as $tenths |
			if . < 100000 then "\($tenths / 10 | floor).\($tenths % 10)\($unit)" else "\(. / 1000 | floor)\($unit)" end
		else . / 1000 | floor | go({"k": "M", "M": "G", "G": "T"}[$unit]) end;
	if . < 1000 then tostring else go("k") end;
def per_second: . * 1000 / $ms | floor | rounded;
def address: if test(":") then "[\(.)]" else . end;
def bytes: (.orig_bytes // 0) + (.reply_bytes // 0);
map(select(.type == "flow")) | sort_by(-bytes) |
(map(bytes) | . as $all | length as $n | [range($n)] | map(select($all[.] == $all[. + 1])) | (first // $n)) as $n |
.[:$n][] |
[.direction, .proto,
	.src_ip,
	(if .dst_port then "\(.dst_ip | address):\(.dst_port)" elif .icmp_type then "\(.dst_ip) type \(.icmp_type)" else .dst_ip end),
	(bytes | per_second), (.orig_packets + .reply_packets | per_second),
	(.starts, .ends, .drops | rounded)] | join(" ")
