# The sweep among many open clocks: idle (at most twice the cost of one among
# 10,000), and with 1,000 and 100,000 due against the same rows written by hand
# (at most 1.3 times). It commits batch by batch, so each round is a session; a
# session of pg_cron's is as new. SCALE=full: 10 million open clocks.
set -euo pipefail
if [ "$SCALE" = full ]; then
	open=3333334 dues=(1000 100000) rounds=5
else
	open=66667 dues=(1000 10000) rounds=3
fi

in_psql()
{
	"$pg_bin/psql" -X -q -At -v ON_ERROR_STOP=1 "$@"
}

# city OPEN FIRST: as many open matters more, with three clocks each
city()
{
	in_psql -v open="$1" -v first="$2" -v history=0 -f bench/fixture/large_city.sql -c 'VACUUM ANALYZE' >/dev/null
}

# seconds STATEMENT: in a session of its own
seconds()
{
	in_psql <<-SQL | tail -n 1
		SET client_min_messages = error;
		SELECT bench.now() AS began \gset
		$1;
		SELECT bench.now() - :began;
	SQL
}

# in_turn DUE: seconds of the sweep and by hand, a line each round
in_turn()
{
	local round
	for ((round = 0; round <= rounds; round++)); do
		in_psql -c "CALL bench.make_due($1)"
		printf '%s ' "$(seconds 'CALL peoplecall.sweep()')"
		in_psql -c "CALL bench.make_due($1)"
		seconds 'CALL bench.by_hand(500)'
	done | tail -n +2
}

# idle: the median of nine
idle()
{
	local round
	for ((round = 0; round < 9; round++)); do
		seconds 'CALL peoplecall.sweep()'
	done | sort -g | sed -n 5p
}

in_psql -c 'SET client_min_messages = error; SELECT FROM peoplecall.install_defaults()' -f demo/city.sql >/dev/null
in_psql -f bench/fixture/by_hand.sql >/dev/null
city 3334 0
few=$(idle)
city $((open / 10)) 3334
middle=$(idle)
city $((open - open / 10)) $((3334 + open / 10))
in_psql -c 'CREATE TABLE bench.handler AS SELECT DISTINCT ON (f.org) f.* FROM peoplecall.officer AS f WHERE f.role = '"'handler'"' AND f.active ORDER BY f.org, f.id' \
	-c 'ALTER TABLE bench.handler ADD PRIMARY KEY (org)' -c 'VACUUM ANALYZE' \
	-c 'UPDATE peoplecall.setting SET value = '"'null' WHERE name = 'quiet_hours'"
many=$(idle)
in_psql -c "CALL bench.grown('an idle sweep', 'open clocks', '{10002,$(((open / 10 + 3334) * 3)),$(((open + 3334) * 3))}', '{$few,$middle,$many}')" \
	-c "CALL bench.fact('an idle sweep among $(((open + 3334) * 3)) open clocks', bench.duration($many), '≤ 2 × its cost', $many <= 2 * $few, 'among 10,002', bench.duration($few))"
for due in "${dues[@]}"; do
	in_turn "$due" | in_psql -c 'CREATE TEMPORARY TABLE t (a float8, b float8)' -c "\\copy t FROM STDIN (DELIMITER ' ')" \
		-c "INSERT INTO bench.result (what, against, ours, theirs, ratio, least, most, target, reached)
			SELECT 'a sweep with $due due', 'the same rows by hand', bench.duration(m.a), bench.duration(m.b), m.a / m.b, m.least, m.most,
			       '≤ 1.3 × its cost', m.a <= 1.3 * m.b
			  FROM (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY t.a) AS a, percentile_cont(0.5) WITHIN GROUP (ORDER BY t.b) AS b,
			               min(t.a / t.b) AS least, max(t.a / t.b) AS most FROM t) AS m"
done
