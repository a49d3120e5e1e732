-- The sweep against the same rows written by hand: an UPDATE … RETURNING of the
-- due clocks with INSERTs of event and notice, in the same batches, each a
-- transaction. Its writer knows the step, whom to tell and the words; no ladder,
-- no calendar, no digest, no pause is looked at.
--     psql -d city -v due=1000 -v rounds=5 -f bench/sweep.sql
-- in a city of bench/large_city.sql, as a superuser. due=0: what an idle sweep costs.
\set ON_ERROR_STOP on
\pset footer off
\if :{?rounds} \else \set rounds 5 \endif
SET client_min_messages = warning;
CREATE SCHEMA IF NOT EXISTS bench;
CREATE TABLE IF NOT EXISTS bench.took (what text, due int, open bigint, ms float8);
TRUNCATE bench.took;

-- As many clocks as asked are halfway: one step of the ladder is due for each.
CREATE OR REPLACE PROCEDURE bench.make_due(due int) LANGUAGE plpgsql AS $$
BEGIN
	SET LOCAL session_replication_role = replica;
	WITH one AS (
		SELECT k.district_id, k.complaint_id, k.seq
		  FROM peoplecall.clock AS k
		 WHERE k.kind = 'resolve' AND k.next_alarm_at > now() AND k.fired = '{}' AND k.stopped_at IS NULL
		 LIMIT due)
	UPDATE peoplecall.clock AS k
	   SET started_at = now() - interval '5 days 1 hour', warn_at = now() - interval '1 hour',
	       due_at = now() + interval '4 days 23 hours', next_alarm_at = now() - interval '1 hour'
	  FROM one AS o
	 WHERE k.district_id = o.district_id AND k.complaint_id = o.complaint_id AND k.seq = o.seq;
END
$$;
CREATE OR REPLACE PROCEDURE bench.by_hand(batch int) LANGUAGE plpgsql AS $$
DECLARE
	district int;
	done int;
BEGIN
	FOREACH district IN ARRAY ARRAY(SELECT DISTINCT k.district_id FROM peoplecall.clock AS k WHERE k.next_alarm_at <= now()) LOOP
		LOOP
			WITH due AS MATERIALIZED (
				SELECT k.complaint_id, k.seq, k.task_seq, k.due_at, c.event_count, c.area, c.title, c.lead_org
				  FROM peoplecall.clock AS k
				  JOIN peoplecall.complaint AS c ON c.district_id = k.district_id AND c.id = k.complaint_id
				 WHERE k.district_id = district AND k.next_alarm_at <= now()
				 ORDER BY k.next_alarm_at
				 LIMIT batch
				   FOR UPDATE SKIP LOCKED
			), rung AS (
				UPDATE peoplecall.clock AS k
				   SET fired = k.fired || 1::bigint, next_alarm_at = k.due_at
				  FROM due AS d
				 WHERE k.district_id = district AND k.complaint_id = d.complaint_id AND k.seq = d.seq
			), counted AS (
				UPDATE peoplecall.complaint AS c
				   SET event_count = c.event_count + 1, last_event_at = now()
				  FROM due AS d
				 WHERE c.district_id = district AND c.id = d.complaint_id
			), written AS (
				INSERT INTO peoplecall.event (district_id, complaint_id, area, seq, at, verb, actor, task_seq, detail)
				SELECT district, d.complaint_id, d.area, d.event_count + 1, now(), 'alarm', current_user, d.task_seq,
				       jsonb_build_object('clock', 'resolve', 'clock_seq', d.seq, 'step', 1, 'was_due', now(), 'ran_at', now(),
					'deadline', d.due_at, 'light', 'yellow', 'org', d.lead_org, 'told', jsonb_build_array(f.id))
				  FROM due AS d
				  LEFT JOIN bench.handler AS f ON f.org = d.lead_org
			), sent AS (
				INSERT INTO peoplecall.notice (district_id, complaint_id, area, seq, to_officer, to_org, phone, template, body, created_at, not_before, key, clocks)
				SELECT district, d.complaint_id, d.area, 1, f.id, f.org, f.phone, 'half',
				       '【催办】' || peoplecall.complaint_no(d.complaint_id) || ' ' || d.title || ' 时限已过半，' || to_char(d.due_at, 'YYYY-MM-DD HH24:MI') || ' 到期',
				       now(), now(), d.complaint_id || '-1', ARRAY[d.seq]
				  FROM due AS d
				  JOIN bench.handler AS f ON f.org = d.lead_org
			)
			SELECT count(*) INTO done FROM due;
			COMMIT;
			EXIT WHEN done = 0;
		END LOOP;
	END LOOP;
END
$$;
DROP TABLE IF EXISTS bench.handler;
CREATE TABLE bench.handler AS
SELECT DISTINCT ON (f.org) f.* FROM peoplecall.officer AS f WHERE f.role = 'handler' AND f.active ORDER BY f.org, f.id;
CREATE UNIQUE INDEX ON bench.handler (org);
ANALYZE bench.handler;
SELECT count(*) AS open FROM peoplecall.clock WHERE stopped_at IS NULL \gset

-- psql, not PL/pgSQL, does the rounds: both commit batch by batch
SELECT format($q$
CALL bench.make_due(%1$s);
SELECT clock_timestamp() AS t0 \gset
CALL peoplecall.sweep(500);
INSERT INTO bench.took SELECT 'sweep', %1$s, %2$s, extract(epoch FROM clock_timestamp() - :'t0') * 1000;
CALL bench.make_due(%1$s);
SELECT clock_timestamp() AS t0 \gset
CALL bench.by_hand(500);
INSERT INTO bench.took SELECT 'by hand', %1$s, %2$s, extract(epoch FROM clock_timestamp() - :'t0') * 1000;
$q$, :due, :open) AS round \gset
SELECT string_agg(:'round', '') AS script FROM generate_series(1, :rounds) \gset
\pset format unaligned
\pset tuples_only on
\set QUIET on
SELECT :'script' \g /tmp/peoplecall_bench_round.sql
\i /tmp/peoplecall_bench_round.sql
\pset tuples_only off
\pset format aligned
SELECT t.open, t.due, t.what, round(percentile_cont(0.5) WITHIN GROUP (ORDER BY t.ms)::numeric, 1) AS median_ms,
       round(min(t.ms)::numeric, 1) AS least, round(max(t.ms)::numeric, 1) AS most
  FROM bench.took AS t GROUP BY 1, 2, 3 ORDER BY 3;
SELECT round((percentile_cont(0.5) WITHIN GROUP (ORDER BY t.ms) FILTER (WHERE what = 'sweep')
            / percentile_cont(0.5) WITHIN GROUP (ORDER BY t.ms) FILTER (WHERE what = 'by hand'))::numeric, 2) AS sweep_by_hand
  FROM bench.took AS t;
