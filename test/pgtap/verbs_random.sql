-- Every verb at random over weeks: the clock goes on by up to an hour and a half
-- with each act, the sweep comes late, and now and then somebody edits the
-- rulebook. Nothing is refused but for reasons of the workflow, whatever was
-- asked, moved, merged, returned and decided before, and what is left is whole.
-- test/t/007_mixed_load.pl does the same by several clients at once, but within
-- seconds, where no deadline comes and no calendar matters.
--
-- -v seed=0.7 -v acts=5000 take another walk, and a longer one.
\set QUIET on
\ir ../fixture/ledger.sql
\ir ../fixture/small_city.sql
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
BEGIN;
SELECT no_plan();
\ir ../fixture/acting.sql
SET LOCAL TimeZone = 'Asia/Shanghai';
SET LOCAL peoplecall.as_of = '2019-11-04 08:00+08';
\ir ../fixture/mixed_load.sql
UPDATE peoplecall.setting SET value = '9' WHERE name ~ '^(request_.*_times|reopen_limit)$';
\if :{?seed} \else \set seed 0.42 \endif
\if :{?acts} \else \set acts 900 \endif

CREATE TEMPORARY TABLE done (verb text NOT NULL, call text NOT NULL, refused text, message text, at timestamptz NOT NULL);

-- The operators of areas and grades are for whoever looks for them.
CREATE FUNCTION pg_temp.act(which text) RETURNS void
	LANGUAGE plpgsql SET search_path = public, peoplecall AS $$
DECLARE
	call text := public.choose_call(which);
	state text;
	said text;
BEGIN
	BEGIN
		EXECUTE format('SELECT count(*) FROM %s', call);
	EXCEPTION WHEN OTHERS THEN
		GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, said = MESSAGE_TEXT;
	END;
	INSERT INTO done VALUES (which, call, state, said, peoplecall.as_of());
END
$$;
-- Edits of the rulebook, but for procedures, which want a transaction of their own.
CREATE FUNCTION pg_temp.edit() RETURNS void
	LANGUAGE plpgsql SET search_path = public, peoplecall AS $$
DECLARE
	call text := public.next_edit();
BEGIN
	IF call !~ '^(CALL|ANALYZE)' THEN
		EXECUTE call;
		INSERT INTO done VALUES ('edit', call, NULL, NULL, peoplecall.as_of());
	END IF;
END
$$;
CREATE FUNCTION pg_temp.weeks(acts int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	-- few matters, of which each has a long story, mostly of what was asked for it
	deck text[] := ARRAY(
		SELECT a.verb
		  FROM public.attempt AS a
		 CROSS JOIN generate_series(1, CASE WHEN a.verb IN ('decide', 'resume', 'dispatch') THEN 10
		                                    WHEN a.verb IN ('submit', 'request') THEN 4
		                                    WHEN a.verb IN ('accept', 'complete', 'send_back') THEN 4
		                                    ELSE 1 END)
		 ORDER BY a.verb, a.call);
	district int;
BEGIN
	FOR n IN 1 .. acts LOOP
		PERFORM set_config('peoplecall.as_of', (peoplecall.as_of() + random() * interval '90 minutes')::text, true);
		PERFORM pg_temp.act(deck[1 + floor(random() * cardinality(deck))::int]);
		IF random() < 0.02 THEN
			PERFORM pg_temp.sweep();
		END IF;
		IF random() < 0.05 THEN
			PERFORM pg_temp.edit();
		END IF;
	END LOOP;
	-- edits want their recomputing
	FOREACH district IN ARRAY '{420102,420106}'::int[] LOOP
		PERFORM peoplecall.recompute(district, batch => 10000);
	END LOOP;
	PERFORM pg_temp.sweep();
END
$$;

SELECT setseed(:seed) \g /dev/null
SELECT pg_temp.weeks(:acts);

SELECT is_empty($$
	SELECT d.at, d.call, d.refused, d.message
	  FROM done AS d
	 WHERE d.refused !~ '^PC00[156]$'
	   -- where nothing was there to draw, the call says NULL
	   AND NOT (d.refused = '22004' AND d.call ~ '\mNULL\M')
	   AND NOT EXISTS (SELECT FROM public.attempt AS a WHERE a.verb = d.verb AND d.refused = ANY (a.refusals))$$,
	'nothing was refused but for reasons of the workflow');
SELECT cmp_ok(count(*) FILTER (WHERE d.refused IS NULL), '>', count(d.refused), 'more was done than refused') FROM done AS d;
SELECT is_empty('SELECT * FROM peoplecall.check_ledger()', 'the ledger is whole');
SELECT is_empty('SELECT * FROM peoplecall.verify_history()', 'so is its history');
SELECT is_empty('SELECT * FROM peoplecall.check_appraisal()', 'and the appraisal');
SELECT is_empty('SELECT * FROM peoplecall.sweep_status', 'no complaint failed in a sweep');
SELECT is_empty($$
	SELECT k.complaint_id, k.seq, k.kind
	  FROM peoplecall.clock AS k
	 WHERE k.stopped_at IS NULL AND k.due_at < 'infinity' AND k.due_at IS DISTINCT FROM
	       peoplecall.due_at(k.started_at, k.allowed, k.extensions, k.pauses, k.calendar)$$,
	'every open deadline follows from what is stored with it');
SELECT is_empty($$
	SELECT k.complaint_id, k.pauses, g.pauses
	  FROM peoplecall.clock AS k
	  JOIN peoplecall.complaint AS c ON c.id = k.complaint_id AND c.origin_id IS NULL
	 CROSS JOIN LATERAL (
		SELECT range_agg(tstzrange(r.asked_at, coalesce(r.ended_at, r.until))) AS pauses
		  FROM peoplecall.request AS r
		  JOIN peoplecall.task AS t USING (district_id, complaint_id)
		 WHERE r.complaint_id = k.complaint_id AND t.seq = r.task_seq AND t.role = 'lead'
		   AND r.granted AND r.kind IN ('suspend', 'shelve')) AS g
	 WHERE k.kind = 'total' AND k.stopped_at IS NULL AND k.pauses <> coalesce(g.pauses, '{}')$$,
	'a matter waited for what was granted to its lead, and for nothing else');
SELECT is_empty($$
	SELECT e.complaint_id, e.seq
	  FROM peoplecall.event AS e
	 WHERE e.at < (SELECT max(x.at) FROM peoplecall.event AS x WHERE x.complaint_id = e.complaint_id AND x.seq < e.seq)$$,
	'no event is before an earlier one');
SELECT * FROM finish();
ROLLBACK;
