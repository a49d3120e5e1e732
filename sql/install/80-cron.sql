-- pg_cron. It lives in one database of a cluster and is asked for only when
-- these are called.

CREATE FUNCTION peoplecall.schedule_jobs() RETURNS TABLE (jobname text, schedule text, command text)
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	job record;
	owner name := peoplecall.require_ledger_owner('schedule_jobs');
BEGIN
	PERFORM peoplecall.require_cron(owner);
	-- the superuser schedules for the owner; the owner by himself
	IF (SELECT r.rolsuper FROM pg_roles AS r WHERE r.rolname = current_user)
	   AND NOT has_schema_privilege(owner, 'cron', 'USAGE')
	THEN
		EXECUTE format('GRANT USAGE ON SCHEMA cron TO %I', owner);
	END IF;
	FOR job IN SELECT j.* FROM peoplecall.jobs() AS j LOOP
		-- anew, since a job's row says where its server was, which after a failover
		-- may be elsewhere
		PERFORM peoplecall.drop_job(job.jobname, owner);
		IF owner = current_user THEN
			PERFORM cron.schedule(job.jobname, job.schedule, job.command);
		ELSE
			PERFORM cron.schedule_in_database(job.jobname, job.schedule, job.command,
				current_database()::text, owner::text);
		END IF;
	END LOOP;
	RETURN QUERY SELECT j.* FROM peoplecall.jobs() AS j;
END
$$;
COMMENT ON FUNCTION peoplecall.schedule_jobs() IS
	'schedules the sweep every minute, refresh_appraisals() every five minutes, refresh_reading() as often, raise_hot() every hour, refresh_likeness(), forget_changes(), keep_partitions() and the housekeeping daily by pg_cron, as the ledger''s owner; again changes nothing but where the jobs connect to, cron.host and port; PC007 with the statements to run where pg_cron is not in this database; 42501 unless called by a superuser or the owner';

CREATE FUNCTION peoplecall.unschedule_jobs() RETURNS int
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	job record;
	owner name := peoplecall.require_ledger_owner('unschedule_jobs');
	dropped int := 0;
BEGIN
	PERFORM peoplecall.require_cron(owner);
	FOR job IN SELECT j.* FROM peoplecall.jobs() AS j LOOP
		dropped := dropped + peoplecall.drop_job(job.jobname, owner);
	END LOOP;
	RETURN dropped;
END
$$;
COMMENT ON FUNCTION peoplecall.unschedule_jobs() IS
	'removes what schedule_jobs() scheduled; returns the number of jobs removed; PC007, 42501';

-- pg_cron's times are GMT: 18:10 is ten past two at night in China.
CREATE FUNCTION peoplecall.jobs() RETURNS TABLE (jobname text, schedule text, command text)
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY VALUES
		('peoplecall sweep'::text, '* * * * *'::text, 'CALL peoplecall.sweep()'::text),
		('peoplecall appraisal', '*/5 * * * *', 'CALL peoplecall.refresh_appraisals()'),
		('peoplecall hot matters', '7 * * * *', 'SELECT peoplecall.raise_hot()'),
		('peoplecall likeness', '40 18 * * *', 'SELECT peoplecall.refresh_likeness()'),
		('peoplecall changes', '50 18 * * *', 'SELECT peoplecall.forget_changes()'),
		('peoplecall partitions', '20 18 * * *', 'SELECT peoplecall.keep_partitions()'),
		('peoplecall reading', '*/5 * * * *', 'SELECT peoplecall.refresh_reading()'),
		('peoplecall housekeeping', '10 18 * * *',
		 'DELETE FROM cron.job_run_details WHERE end_time < now() - interval ''7 days''');
END
$$;
COMMENT ON FUNCTION peoplecall.jobs() IS 'the jobs that schedule_jobs() schedules';

CREATE FUNCTION peoplecall.drop_job(jobname text, owner name) RETURNS int
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	dropped int;
BEGIN
	SELECT count(cron.unschedule(j.jobid))::int INTO dropped
	  FROM cron.job AS j
	 WHERE j.jobname = drop_job.jobname AND j.username = owner
	   AND j.database = current_database();
	RETURN dropped;
END
$$;
COMMENT ON FUNCTION peoplecall.drop_job(text, name) IS 'removes the owner''s job of that name in this database';

CREATE FUNCTION peoplecall.require_ledger_owner(what text) RETURNS name
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	owner name := (SELECT r.rolname
	                 FROM pg_class AS c
	                 JOIN pg_roles AS r ON r.oid = c.relowner
	                WHERE c.oid = to_regclass('peoplecall.complaint'));
BEGIN
	IF owner IS NULL THEN
		RAISE SQLSTATE 'PC002' USING
			MESSAGE = 'there is no ledger in this database',
			HINT = 'Run SELECT peoplecall.create_ledger() first.';
	END IF;
	IF NOT pg_has_role(owner, 'USAGE') THEN
		RAISE insufficient_privilege USING
			MESSAGE = format('permission denied for %s', what),
			HINT = format('Call it as a superuser or as role "%s".', owner);
	END IF;
	RETURN owner;
END
$$;
COMMENT ON FUNCTION peoplecall.require_ledger_owner(text) IS
	'the ledger''s owner; PC002 where there is no ledger, 42501 for others';

CREATE FUNCTION peoplecall.require_cron(owner name) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	home text;
BEGIN
	IF EXISTS (SELECT FROM pg_extension AS e WHERE e.extname = 'pg_cron') THEN
		RETURN;
	END IF;
	BEGIN
		home := current_setting('cron.database_name', true);
	EXCEPTION WHEN insufficient_privilege THEN
		RAISE SQLSTATE 'PC007' USING
			MESSAGE = 'pg_cron is not in this database',
			DETAIL = 'The server runs pg_cron in a database that only superusers and pg_read_all_settings are told.',
			HINT = 'Ask a superuser to call it: he is told what to run, and where.';
	END;
	RAISE SQLSTATE 'PC007' USING
		MESSAGE = 'pg_cron is not in this database',
		DETAIL = CASE WHEN home IS NULL THEN 'The server does not load pg_cron.'
		              ELSE format('The server runs pg_cron in database "%s".', home) END,
		HINT = CASE WHEN home IS NULL
			THEN 'Add pg_cron to shared_preload_libraries, set cron.database_name, restart, and run CREATE EXTENSION pg_cron there.'
			WHEN home = current_database()
			THEN 'Run CREATE EXTENSION pg_cron here.'
			ELSE format('Run in database "%s", as a superuser: %s', home,
				(SELECT string_agg(format('SELECT cron.schedule_in_database(%L, %L, %L, %L, %L);',
					j.jobname, j.schedule, j.command, current_database(), owner), ' ')
				   FROM peoplecall.jobs() AS j
				  WHERE j.command NOT LIKE '%cron.%')) END;
END
$$;
COMMENT ON FUNCTION peoplecall.require_cron(name) IS
	'PC007 where pg_cron is not in this database, with the way out';
