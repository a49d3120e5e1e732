-- plpgsql_check finds nothing in any PL/pgSQL function or procedure of the
-- extension: no error, no warning, nothing slow, on a database with a ledger.
\set QUIET on
-- it must be there before the session's first PL/pgSQL function runs
LOAD 'plpgsql_check';
\ir ../fixture/ledger.sql
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS plpgsql_check;
BEGIN;
-- What the jobs call, where pg_cron is not in this database: its signatures.
CREATE FUNCTION pg_temp.stand_in_for_pg_cron() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	IF to_regnamespace('cron') IS NOT NULL THEN
		RETURN;
	END IF;
	CREATE SCHEMA cron;
	CREATE TABLE cron.job (jobid bigint, schedule text, command text, nodename text,
		nodeport int, database text, username text, active boolean, jobname text);
	CREATE FUNCTION cron.schedule(job_name text, schedule text, command text) RETURNS bigint
		LANGUAGE sql AS 'SELECT 1::bigint';
	CREATE FUNCTION cron.schedule_in_database(job_name text, schedule text, command text,
		database text, username text DEFAULT NULL, active boolean DEFAULT true) RETURNS bigint
		LANGUAGE sql AS 'SELECT 1::bigint';
	CREATE FUNCTION cron.unschedule(job_id bigint) RETURNS boolean
		LANGUAGE sql AS 'SELECT true';
END
$$;
SELECT pg_temp.stand_in_for_pg_cron() \g /dev/null
-- and what distribute() calls, where Citus is not
\ir ../fixture/citus.sql
SELECT pg_temp.pretend_citus() WHERE to_regclass('pg_catalog.pg_dist_partition') IS NULL \g /dev/null
SELECT no_plan();

CREATE TEMPORARY TABLE body AS
SELECT p.oid::regprocedure AS function, p.oid,
       -- a trigger function is checked for each table whose trigger calls it;
       -- a trigger without the transition tables never reaches what reads them
       coalesce(t.tgrelid, 0)::regclass AS relation, t.old_rows, t.new_rows
  FROM pg_proc AS p
  JOIN pg_language AS l ON l.oid = p.prolang AND l.lanname = 'plpgsql'
  LEFT JOIN (SELECT g.tgfoid, g.tgrelid, max(g.tgoldtable) AS old_rows, max(g.tgnewtable) AS new_rows
               FROM pg_trigger AS g
              GROUP BY g.tgfoid, g.tgrelid) AS t
    ON t.tgfoid = p.oid
 WHERE p.pronamespace = 'peoplecall'::regnamespace;

SELECT cmp_ok((SELECT count(*) FROM body), '>', 80::bigint, 'there are bodies to check');
SELECT is((SELECT array_agg(b.function) FROM body AS b JOIN pg_proc AS p ON p.oid = b.oid
            WHERE p.prorettype = 'trigger'::regtype AND b.relation = 0::regclass), NULL, 'every trigger function has a trigger');
SELECT is((SELECT string_agg(concat_ws(' ', f.lineno, f.level, f.sqlstate, f.message, f.detail, f.query), E'\n')
             FROM plpgsql_check_function_tb(b.oid, b.relation, fatal_errors => false, other_warnings => true,
                  performance_warnings => true, extra_warnings => true,
                  compatibility_warnings => true, oldtable => b.old_rows, newtable => b.new_rows) AS f),
          NULL, concat_ws(' on ', b.function, nullif(b.relation::text, '-')))
  FROM body AS b
 ORDER BY b.function::text, b.relation::text;

SELECT * FROM finish();
ROLLBACK;
