-- Past one machine: which tables of the ledger go where under Citus, and the
-- verb that sends them there. Citus is asked for only when it is called.

CREATE FUNCTION peoplecall.distribution()
	RETURNS TABLE (place int, tab name, how text, by_column name, colocated_with name, reason text)
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- each after those that its foreign keys refer to
	RETURN QUERY
	SELECT row_number() OVER ()::int, p.*
	  FROM (
		SELECT r.name::name, 'reference', NULL::name, NULL::name, 'rulebook: every machine has it whole'
		  FROM unnest(ARRAY['area', 'area_history', 'area_change', 'org_kind', 'org', 'jurisdiction',
			'officer', 'officer_absence', 'duty_roster', 'category', 'channel', 'channel_role',
			'calendar', 'calendar_window', 'calendar_day', 'ruling', 'responsibility', 'grade_rule',
			'sla_policy', 'escalation_step', 'post', 'setting', 'template', 'gram_rarity']) AS r (name)
		UNION ALL
		SELECT c.name, 'distributed', 'district_id', CASE WHEN c.name <> 'complaint' THEN 'complaint' END,
		       'case record: lies where its complaint lies'
		  FROM unnest(ARRAY['complaint', 'reporter', 'supplement', 'task', 'clock', 'event', 'notice',
			'request', 'attachment', 'rating', 'revisit', 'supervision', 'sweep_status',
			'coordination', 'coordination_party', 'complaint_text',
			'listing', 'listing_resident', 'claim', 'listing_event', 'alliance_member',
			'volunteer', 'volunteer_person',
			'appraisal', 'appraisal_mark', 'appraisal_fact', 'appraisal_sum',
			'change_queue', 'change']) AS c (name)
		UNION ALL VALUES
			('intake_key', 'distributed', 'external_id', NULL,
			 'found by the channel''s own number, before the district is known'),
			('track_key', 'distributed', 'code', NULL,
			 'found by the citizen''s code, before the district is known'),
			('change_head', 'local', NULL, NULL,
			 'one row, which whoever numbers changes locks: he does it on the coordinator'),
			('staging_complaint', 'local', NULL, NULL,
			 'what the coordinator was given to import; a row goes when its matter is in the ledger')
		) AS p;
END
$$;
COMMENT ON FUNCTION peoplecall.distribution() IS
	'the plan of distribute(), in the order in which tables are sent: how is reference (whole on every machine), distributed (by a column, with colocated_with on the same machine) or local (the coordinator''s alone), and why; works without Citus and without a ledger';

-- What Citus itself remembers; a dump does not, and restored on one machine the
-- same ledger is not distributed.
CREATE FUNCTION peoplecall.is_distributed(tab text) RETURNS boolean
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found_it boolean := false;
BEGIN
	IF to_regclass('pg_catalog.pg_dist_partition') IS NOT NULL THEN
		EXECUTE 'SELECT EXISTS (SELECT FROM pg_catalog.pg_dist_partition AS p'
			' WHERE p.logicalrelid = to_regclass($1))' INTO found_it USING tab;
	END IF;
	RETURN found_it;
END
$$;
COMMENT ON FUNCTION peoplecall.is_distributed(text) IS
	'used by distribute(): whether a table is a reference table or distributed by Citus; false without Citus';

-- Guards on tables of a distributed ledger, and reference tables beside
-- distributed ones in one transaction, are Citus's to allow.
CREATE FUNCTION peoplecall.distributed_settings() RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM set_config('citus.multi_shard_modify_mode', 'sequential', true),
	        set_config('citus.enable_unsafe_triggers', 'on', true);
END
$$;
COMMENT ON FUNCTION peoplecall.distributed_settings() IS
	'used by distribute(), create_ledger() and keep_partitions(): sets, for the transaction, what Citus needs to change the tables of a distributed ledger';

CREATE FUNCTION peoplecall.require_citus() RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	available boolean := EXISTS (SELECT FROM pg_available_extensions AS a WHERE a.name = 'citus');
BEGIN
	IF EXISTS (SELECT FROM pg_extension AS e WHERE e.extname = 'citus') THEN
		RETURN;
	END IF;
	RAISE SQLSTATE 'PC007' USING
		MESSAGE = 'Citus is not in this database',
		DETAIL = CASE WHEN available THEN 'The server has it, this database does not.'
		              ELSE 'The server does not have it.' END,
		HINT = CASE WHEN available THEN '' ELSE 'Install Citus on this server and on every worker, put citus first in shared_preload_libraries, and restart. ' END
			|| 'Run CREATE EXTENSION citus here, with the files of peoplecall on every worker, add the workers by citus_add_node(), and call it again.';
END
$$;
COMMENT ON FUNCTION peoplecall.require_citus() IS
	'used by distribute(): PC007 where Citus is not in this database, with the way out';

-- What the city hung on its tables and Citus would refuse is said before
-- anything is changed.
CREATE FUNCTION peoplecall.require_distributable() RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	wrong text;
BEGIN
	SELECT string_agg(p.tab, ', ' ORDER BY p.place) INTO wrong
	  FROM peoplecall.distribution() AS p
	 WHERE to_regclass(format('peoplecall.%I', p.tab)) IS NULL;
	IF wrong IS NOT NULL THEN
		RAISE SQLSTATE 'PC002' USING
			MESSAGE = 'the ledger is not up to date',
			DETAIL = format('These tables are missing: %s.', wrong),
			HINT = 'Run SELECT peoplecall.create_ledger() first.';
	END IF;

	SELECT string_agg(format('%s on %s', k.conname, k.conrelid::regclass), ', ' ORDER BY k.oid) INTO wrong
	  FROM pg_constraint AS k
	  JOIN peoplecall.distribution() AS p ON k.confrelid = to_regclass(format('peoplecall.%I', p.tab))
	 WHERE k.contype = 'f' AND p.how = 'distributed' AND k.conparentid = 0
	   AND NOT EXISTS (SELECT FROM peoplecall.distribution() AS d
	                    WHERE d.how = 'distributed' AND k.conrelid = to_regclass(format('peoplecall.%I', d.tab)))
	   AND NOT peoplecall.is_distributed(k.conrelid::regclass::text);
	IF wrong IS NOT NULL THEN
		RAISE feature_not_supported USING
			MESSAGE = 'foreign keys of other tables refer to tables that are to be distributed',
			DETAIL = format('These do: %s.', wrong),
			HINT = 'Drop them; distribute those tables too, by district_id and with peoplecall.complaint, and add them again.';
	END IF;

	SELECT string_agg(DISTINCT format('%s on %s', p.polname, p.polrelid::regclass), ', ') INTO wrong
	  FROM pg_policy AS p
	  JOIN pg_depend AS d ON d.classid = 'pg_policy'::regclass AND d.objid = p.oid AND d.refclassid = 'pg_proc'::regclass
	  JOIN pg_proc AS f ON f.oid = d.refobjid
	 WHERE f.pronamespace = 'peoplecall'::regnamespace AND f.provolatile <> 'i'
	   AND p.polname NOT IN ('by_post', 'by_own_post');
	IF wrong IS NOT NULL THEN
		RAISE feature_not_supported USING
			MESSAGE = 'row policies that read the rulebook cannot be distributed',
			DETAIL = format('These do: %s.', wrong),
			HINT = 'Drop them, and write them with constants, current_user and immutable functions.';
	END IF;
END
$$;
COMMENT ON FUNCTION peoplecall.require_distributable() IS
	'used by distribute(): PC002 where tables are missing, 0A000 where foreign keys or row policies of the city''s own stand against it';

-- Foreign keys and triggers of these tables, and of their partitions, as pairs of
-- statements that take them off and put them on again as they are.
CREATE FUNCTION peoplecall.table_ties(tabs regclass[]) RETURNS TABLE (off_it text, on_again text)
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', k.conrelid::regclass, k.conname),
	       format('ALTER TABLE %s ADD CONSTRAINT %I %s', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid))
	  FROM pg_constraint AS k
	 WHERE k.contype = 'f' AND k.conparentid = 0
	   AND (k.conrelid = ANY (tabs) OR k.confrelid = ANY (tabs))
	 ORDER BY k.oid;
	RETURN QUERY
	SELECT format('DROP TRIGGER %I ON %s', g.tgname, g.tgrelid::regclass),
	       pg_get_triggerdef(g.oid) || CASE g.tgenabled WHEN 'O' THEN ''
			ELSE format('; ALTER TABLE %s %s TRIGGER %I', g.tgrelid::regclass,
				CASE g.tgenabled WHEN 'A' THEN 'ENABLE ALWAYS' WHEN 'R' THEN 'ENABLE REPLICA'
				                 ELSE 'DISABLE' END, g.tgname) END
	  FROM pg_trigger AS g
	 WHERE NOT g.tgisinternal AND g.tgparentid = 0
	   AND (g.tgrelid = ANY (tabs)
	        OR EXISTS (SELECT FROM pg_inherits AS i WHERE i.inhrelid = g.tgrelid AND i.inhparent = ANY (tabs)))
	 ORDER BY g.oid;
END
$$;
COMMENT ON FUNCTION peoplecall.table_ties(regclass[]) IS
	'used by distribute(): statements that drop the foreign keys and triggers of tables, and those that make them again';

CREATE FUNCTION peoplecall.send_table(tab name, how text, by_column name, colocated_with name) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	whole text := format('peoplecall.%I', tab);
BEGIN
	IF how = 'reference' THEN
		EXECUTE 'SELECT create_reference_table($1::regclass)' USING whole;
	ELSE
		EXECUTE 'SELECT create_distributed_table($1::regclass, $2, colocate_with => $3)'
		  USING whole, by_column::text, coalesce('peoplecall.' || quote_ident(colocated_with), 'none');
	END IF;
END
$$;
COMMENT ON FUNCTION peoplecall.send_table(name, text, name, name) IS
	'used by distribute(): makes a table a reference table, or distributes it';

CREATE FUNCTION peoplecall.distribute() RETURNS int
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
COMMENT ON FUNCTION peoplecall.distribute() IS
	'spreads the ledger over the machines of Citus, by the plan of distribution(): the rulebook on every one, case records by district; from then on rows are read by policies for each role; verbs and readers wait, and every row is copied; returns how many tables were sent, 0 where all are; PC007 with the way out where Citus is not in this database, and then nothing is changed; PC002, 0A000 where the city''s own foreign keys or row policies stand against it, 42501 unless called by the ledger''s owner';

CREATE FUNCTION peoplecall.distribute_body() RETURNS int
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	waiting regclass[];
	on_again text[] := '{}'::text[];
	t record;
BEGIN
	PERFORM peoplecall.gate_actor();
	PERFORM peoplecall.require_citus();
	PERFORM pg_advisory_xact_lock(hashtextextended('peoplecall.create_ledger', 0));
	PERFORM peoplecall.require_distributable();
	PERFORM peoplecall.distributed_settings();
	waiting := ARRAY(
		SELECT to_regclass(format('peoplecall.%I', p.tab))
		  FROM peoplecall.distribution() AS p
		 WHERE p.how <> 'local' AND NOT peoplecall.is_distributed(format('peoplecall.%I', p.tab))
		 ORDER BY p.place);

	FOR t IN SELECT x.* FROM peoplecall.table_ties(waiting) AS x LOOP
		EXECUTE t.off_it;
		on_again := array_append(on_again, t.on_again);
	END LOOP;
	PERFORM peoplecall.read_by_role();
	FOR t IN
		SELECT p.* FROM peoplecall.distribution() AS p
		 WHERE to_regclass(format('peoplecall.%I', p.tab)) = ANY (waiting)
		 ORDER BY p.place
	LOOP
		PERFORM peoplecall.send_table(t.tab, t.how, t.by_column, t.colocated_with);
	END LOOP;
	FOR n IN 1 .. cardinality(on_again) LOOP
		EXECUTE on_again[n];
	END LOOP;
	RETURN cardinality(waiting);
END
$$;
COMMENT ON FUNCTION peoplecall.distribute_body() IS 'body of distribute()';
