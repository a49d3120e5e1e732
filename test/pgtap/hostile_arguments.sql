-- Every function of the extension, its types' and aggregates' too, with every
-- hostile value of every argument's type at every place, the other arguments
-- being plausible: an answer, or an error that says what was wrong. Then every
-- function with plausible arguments over ledgers whose rules are broken.
-- PEOPLECALL_GUARD names another time than 60s for each call, on a server that a
-- checker of memory makes slow and large.
\set QUIET on
\set one_table on
\set guard 60s
\getenv guard PEOPLECALL_GUARD
\ir ../fixture/ledger.sql
\ir ../fixture/small_city.sql
\ir ../fixture/filled_ledger.sql
SET client_min_messages = error;
CREATE EXTENSION IF NOT EXISTS pgtap;
BEGIN;
SET LOCAL search_path = pg_catalog, public, pg_temp;
SELECT * FROM no_plan();
\ir ../fixture/hostile_values.sql

CREATE TEMPORARY TABLE subject AS
SELECT p.oid AS function, p.oid::regprocedure::text AS signature, p.prokind AS kind,
       v.verb IS NOT NULL AS is_verb,
       p.prolang = (SELECT oid FROM pg_language WHERE lanname = 'c') AS in_c,
       420106000000000001 AS complaint, false AS in_full, false AS answers
  FROM pg_proc AS p
  JOIN pg_depend AS d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
  JOIN pg_extension AS e ON e.oid = d.refobjid AND e.extname = 'peoplecall'
  LEFT JOIN peoplecall.verbs() AS v ON v.verb = p.proname
 -- no SQL can make a value of this type
 WHERE 'internal'::regtype <> ALL (p.proargtypes::oid[])
   -- nor called by anybody: they run the statement that they are given, read
   -- or change the table that they are told, the type's input function, pg_cron's
   -- table, Citus's functions
   AND p.proname NOT IN ('ledger_ddl', 'copy_records', 'reading_problem', 'drop_job', 'rulebook_changed',
	'add_partition', 'partition_history', 'add_months', 'guard_history', 'replace_history', 'table_rules', 'take_waiting', 'table_ties', 'set_role_policy', 'send_table');
CREATE TEMPORARY TABLE argument AS
SELECT s.function, a.place::int, format_type(a.type, NULL) AS type, coalesce(p.proargnames[a.place], '') AS name,
       a.place > p.pronargs - p.pronargdefaults AS may_be_omitted,
       (SELECT x.value FROM plausible AS x
         WHERE x.type = format_type(a.type, NULL)
           AND (coalesce(p.proargnames[a.place], '') ~ x.name OR concat(p.proname, '.', p.proargnames[a.place]) ~ x.name)
         ORDER BY x.seq LIMIT 1) AS plausible
  FROM subject AS s JOIN pg_proc AS p ON p.oid = s.function
 CROSS JOIN LATERAL unnest(p.proargtypes::oid[]) WITH ORDINALITY AS a (type, place);
CREATE TEMPORARY TABLE finding (function oid, what text, code text, message text);
-- how many calls there were, and how they ended
CREATE TEMPORARY TABLE ending (function oid, what text, code text, took interval);
SELECT is_empty('SELECT function::regprocedure, type, name FROM argument WHERE plausible IS NULL', 'there is a plausible value for every argument');
SELECT is_empty($$SELECT type FROM argument EXCEPT SELECT type FROM hostile$$, 'and a hostile one');

-- The call of a function with a value at a place and plausible ones elsewhere,
-- or without those that may be omitted.
CREATE FUNCTION pg_temp.call(s subject, at_place int, hostile text) RETURNS text LANGUAGE sql AS $$
	SELECT format(CASE WHEN s.kind = 'p' THEN 'CALL %s(%s)'
	                   WHEN p.prorettype IN ('internal'::regtype, 'trigger'::regtype) THEN 'SELECT %s(%s)'
	                   ELSE 'SELECT sum(length(r::text)) FROM (SELECT %s(%s) AS r) AS a' END,
	              'peoplecall.' || quote_ident(p.proname),
	              replace(replace((
	                 SELECT string_agg(CASE WHEN a.name <> '' AND s.kind <> 'a' THEN quote_ident(a.name) || ' => ' ELSE '' END
	                                   || CASE WHEN a.place = at_place THEN hostile ELSE a.plausible END, ', ' ORDER BY a.place)
	                   FROM argument AS a
	                  WHERE a.function = s.function AND (a.place = at_place OR a.name = '' OR s.in_full OR NOT a.may_be_omitted)),
	                 '{complaint}', s.complaint || '::bigint'), '{district}', (s.complaint / 1000000000000)::text))
	  FROM pg_proc AS p WHERE p.oid = s.function
$$;

-- Runs a statement and undoes it. Its SQLSTATE and message.
CREATE FUNCTION pg_temp.outcome(statement text, OUT code text, OUT message text) LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE statement;
	RAISE EXCEPTION SQLSTATE 'ALLOW';
EXCEPTION
	WHEN query_canceled OR OTHERS THEN
		code := SQLSTATE;
		message := SQLERRM;
END
$$;

-- What an error may not be. Nothing may be an internal error, an assertion of a
-- body, a missing object or a wrong statement of ours; a call that ran into the
-- guard was not quick enough. A verb, besides, tells what is missing or
-- doubled by itself, before a constraint does; and what people call does not
-- repeat megabytes in its message.
CREATE FUNCTION pg_temp.is_bad(s subject, code text, message text) RETURNS bool LANGUAGE sql AS $$
	SELECT code ~ '^(XX|57|58|08|F0|21|24|25|26|34|38|39|3F|40|42)|^P000[134]$' AND code NOT IN ('42501', '42704', '42710')
	    OR s.is_verb AND (code ~ '^(P0|54|0A)'
	                      OR message ~ '^(new row for|null value in|duplicate key|insert or update on|update or delete on|conflicting key)')
	    OR (s.is_verb OR s.in_c) AND length(message) > 300
$$;

-- How a function comes furthest: with which complaint, with how many arguments.
CREATE FUNCTION pg_temp.prepare(f oid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	s subject;
BEGIN
	FOR s IN
		SELECT x.function, x.signature, x.kind, x.is_verb, x.in_c, c.id, g.in_full
		  FROM subject AS x
		 CROSS JOIN unnest(ARRAY[false, true]) AS g (in_full)
		 CROSS JOIN peoplecall.complaint AS c
		 WHERE x.function = f
		   AND (x.is_verb OR c.id = x.complaint)
		   AND (c.id = x.complaint OR EXISTS (SELECT FROM argument AS a WHERE a.function = f AND a.plausible LIKE '%{complaint}%'))
		 ORDER BY c.id = x.complaint DESC, g.in_full, c.id
	LOOP
		IF (pg_temp.outcome(pg_temp.call(s, 0, NULL))).code = 'ALLOW' THEN
			UPDATE subject AS x SET complaint = s.complaint, in_full = s.in_full, answers = true WHERE x.function = f;
			RETURN;
		END IF;
	END LOOP;
END
$$;

-- Each call is a statement of its own, so that the guard is each one's.
CREATE FUNCTION pg_temp.try(f oid, what text, statement text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	s subject;
	started timestamptz := clock_timestamp();
	result record := pg_temp.outcome(statement);
BEGIN
	INSERT INTO ending (function, what, code, took) VALUES (f, what, result.code, clock_timestamp() - started);
	IF result.code <> 'ALLOW' THEN
		SELECT x.* INTO STRICT s FROM subject AS x WHERE x.function = f;
		IF pg_temp.is_bad(s, result.code, result.message) THEN
			INSERT INTO finding (function, what, code, message)
			VALUES (f, what, result.code, concat(left(result.message, 150), ' (' || length(result.message), ' characters)'));
		END IF;
	END IF;
END
$$;
SET LOCAL statement_timeout = :'guard';
\o /dev/null
SELECT format('SELECT pg_temp.prepare(%s)', s.function) FROM subject AS s \gexec
-- a verb takes no more than a megabyte, so nothing behind it gets more
SET LOCAL statement_timeout = 0;
CREATE TEMPORARY TABLE trial AS
SELECT format('SELECT pg_temp.try(%s, %L, %L)', s.function, format('%s %s: %s', a.place, a.name, h.label), pg_temp.call(s, a.place, h.value)) AS statement,
       row_number() OVER (ORDER BY s.signature, a.place) AS n
  FROM subject AS s JOIN argument AS a ON a.function = s.function JOIN hostile AS h ON h.type = a.type
 WHERE h.only_behind_verbs IS DISTINCT FROM (s.is_verb OR s.in_c)
;
SET LOCAL statement_timeout = :'guard';
SELECT statement FROM trial ORDER BY n \gexec
\o
SELECT is_empty(format('SELECT what, code, message FROM finding WHERE function = %s', s.function), s.signature)
  FROM subject AS s ORDER BY s.signature COLLATE "C";
SELECT cmp_ok((SELECT count(*) FROM ending), '>', 10000::bigint, 'there were thousands of calls');
SELECT cmp_ok((SELECT count(*) FROM subject WHERE is_verb AND answers), '>=', 70::bigint, 'most verbs came to their end with what is plausible');

-- Ledgers that no verb and no guard would leave so: the guards are off.
TRUNCATE finding;
CREATE TEMPORARY TABLE damage (what text, statement text);
INSERT INTO damage (what, statement) VALUES
	('orgs in a circle', 'UPDATE peoplecall.org SET superior = CASE id WHEN 1 THEN 11 WHEN 22 THEN 22 ELSE superior END,
		commanded_by = CASE id WHEN 51 THEN 52 WHEN 52 THEN 51 WHEN 11 THEN 11 ELSE commanded_by END'),
	('complaints in a circle', 'UPDATE peoplecall.complaint AS c SET principal_id = o.id, origin_id = o.id, moved_to = o.id,
		state = CASE WHEN c.id % 2 = 0 THEN ''moved'' ELSE ''merged'' END::peoplecall.complaint_state
		FROM peoplecall.complaint AS o WHERE o.id = CASE c.id WHEN 420106000000000001 THEN 420102000000000008 ELSE 420106000000000001 END'),
	('areas in a circle', 'INSERT INTO peoplecall.area_change (old, new, day, kind) VALUES
		(''420102017'', ''420106012'', ''2019-12-01'', ''merge''), (''420106012'', ''420102017'', ''2019-12-01'', ''merge''), (''420102017020'', ''420102017020'', ''infinity'', ''rename'')'),
	('no rules', (SELECT string_agg(format('DELETE FROM peoplecall.%I', r), '; ') FROM unnest(ARRAY['area', 'org', 'org_kind', 'officer', 'category', 'responsibility',
		'grade_rule', 'calendar', 'calendar_window', 'calendar_day', 'sla_policy', 'escalation_step', 'channel', 'setting', 'template', 'jurisdiction', 'post']) AS r)),
	('calendars that never open', 'DELETE FROM peoplecall.calendar_window'),
	('calendars at the end of time', 'UPDATE peoplecall.calendar SET known_until = ''infinity''; INSERT INTO peoplecall.calendar_day (calendar, day, is_workday)
		SELECT name, d, false FROM peoplecall.calendar, unnest(''{-infinity,4714-11-24 BC,5874897-12-31,infinity}''::date[]) AS d'),
	('unknown zones', 'UPDATE peoplecall.calendar SET timezone = ''nowhere''; UPDATE peoplecall.setting SET value = ''"nowhere"'' WHERE name = ''timezone'''),
	('limits without end', 'UPDATE peoplecall.sla_policy SET allowed = ''2147483647wd''; UPDATE peoplecall.escalation_step SET after = ''2147483647wh'' WHERE after IS NOT NULL'),
	('limits of nothing', 'UPDATE peoplecall.sla_policy SET allowed = ''0min''; UPDATE peoplecall.escalation_step SET after = ''0min'' WHERE after IS NOT NULL'),
	('settings of another kind', 'UPDATE peoplecall.setting SET value = ''{"a": []}'''),
	('settings of null', 'UPDATE peoplecall.setting SET value = ''null'''),
	('endless clocks', 'UPDATE peoplecall.clock SET started_at = ''-infinity'', warn_at = ''-infinity'', due_at = ''infinity'', next_alarm_at = ''-infinity'', pauses = ''{(,)}'''),
	('clocks far away', 'UPDATE peoplecall.clock SET started_at = ''4714-11-24 00:00:00+00 BC'', due_at = ''294276-12-31 23:59:59+00'', next_alarm_at = ''4714-11-25 00:00:00+00 BC'''),
	('records of long ago', 'UPDATE peoplecall.complaint SET received_at = ''-infinity'', last_event_at = ''-infinity''; UPDATE peoplecall.task SET sent_at = ''-infinity''; UPDATE peoplecall.event SET at = ''-infinity'''),
	('records of no time', 'UPDATE peoplecall.complaint SET received_at = ''infinity'', closed_at = ''infinity'', last_event_at = ''infinity''; UPDATE peoplecall.task SET sent_at = ''infinity'''),
	('no children of complaints', 'DELETE FROM peoplecall.task; DELETE FROM peoplecall.clock; DELETE FROM peoplecall.reporter; DELETE FROM peoplecall.complaint_text'),
	('templates of braces', 'UPDATE peoplecall.template SET body = ''{{{title}}} {no such} { {title'' || repeat(''{no}'', 10000)'),
	('categories in a line', 'UPDATE peoplecall.complaint SET category = (repeat(''a.'', 2000) || ''a'')::ltree; INSERT INTO peoplecall.category (path, name) VALUES ((repeat(''a.'', 2000) || ''a'')::ltree, ''x'')');
UPDATE subject SET is_verb = false, in_c = false;
\o /dev/null
SET LOCAL statement_timeout = 0;
TRUNCATE trial;
INSERT INTO trial (statement, n)
SELECT format('SELECT pg_temp.try(%s, %L, %L)', s.function, d.what,
              format('SET LOCAL session_replication_role = replica; %s; SET LOCAL session_replication_role = origin; %s', d.statement, pg_temp.call(s, 0, NULL))),
       row_number() OVER (ORDER BY d.what, s.signature)
  FROM damage AS d CROSS JOIN subject AS s
 WHERE s.answers;
SET LOCAL statement_timeout = :'guard';
SELECT statement FROM trial ORDER BY n \gexec
\o
SELECT is_empty(format('SELECT function::regprocedure, code, message FROM finding WHERE what = %L', d.what), d.what)
  FROM damage AS d;

-- What all this took at its height, where the system tells.
SELECT CASE WHEN (pg_stat_file('/proc/self/status', true)).size IS NULL THEN skip('no /proc here')
            WHEN :'guard' <> '60s' THEN skip('a checker has memory of its own')
            ELSE cmp_ok(substring(pg_read_file('/proc/self/status') FROM 'VmHWM:\s+(\d+) kB')::int, '<', 1000000, 'the backend stayed below a gigabyte') END;
SELECT * FROM finish();
ROLLBACK;
