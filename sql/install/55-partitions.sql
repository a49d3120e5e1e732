-- The history by months: event as a partitioned table, so that old months can be
-- detached whole. Nothing here may lose, change or hide a line of it: rows stay
-- in the tables that they are in, or go through the partitioned one.

CREATE FUNCTION peoplecall.month_start(at timestamptz, later int DEFAULT 0) RETURNS timestamptz
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	zone text := peoplecall.city_zone();
BEGIN
	RETURN (date_trunc('month', at AT TIME ZONE zone) + make_interval(months => later))
		AT TIME ZONE zone;
END
$$;
COMMENT ON FUNCTION peoplecall.month_start(timestamptz, int) IS
	'used by partition_ledger() and keep_partitions(): the beginning of the month, or of one so many months later, in the zone of setting timezone';

CREATE FUNCTION peoplecall.history_partitions()
	RETURNS TABLE (part name, from_at timestamptz, to_at timestamptz)
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
	SET datestyle = 'ISO'
AS $$
BEGIN
	-- what the server prints of a bound: FROM ('2026-12-01 00:00:00+08') TO (MAXVALUE)
	RETURN QUERY
	SELECT c.relname,
	       CASE b.ends[1] WHEN 'MINVALUE' THEN '-infinity' ELSE trim(b.ends[1], '''') END::timestamptz,
	       CASE b.ends[2] WHEN 'MAXVALUE' THEN 'infinity' ELSE trim(b.ends[2], '''') END::timestamptz
	  FROM pg_inherits AS i
	  JOIN pg_class AS c ON c.oid = i.inhrelid
	  LEFT JOIN LATERAL regexp_match(pg_get_expr(c.relpartbound, c.oid),
		'FROM \((.*)\) TO \((.*)\)') AS b (ends) ON true
	 WHERE i.inhparent = to_regclass('peoplecall.event')
	 ORDER BY 2 NULLS LAST;
END
$$;
COMMENT ON FUNCTION peoplecall.history_partitions() IS
	'the tables that the history consists of where it is partitioned, and the times whose events each holds, from_at included, to_at not; both NULL for the one that takes what fits into no other; no row where it is not partitioned';

-- What makes a table more than its columns, as statements that give the same to
-- another table of its name: the city's own indexes, triggers, policies and
-- rights are among them.
CREATE FUNCTION peoplecall.table_rules(tab regclass) RETURNS text[]
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	t pg_class;
	name text := tab::text;
BEGIN
	SELECT c.* INTO STRICT t FROM pg_class AS c WHERE c.oid = tab;
	RETURN ARRAY(
		SELECT pg_get_indexdef(i.indexrelid)
		  FROM pg_index AS i
		 WHERE i.indrelid = tab AND NOT i.indisprimary
		 ORDER BY i.indexrelid)
	|| ARRAY(
		SELECT format('ALTER TABLE %s ADD CONSTRAINT %I %s', name, k.conname, pg_get_constraintdef(k.oid))
		  FROM pg_constraint AS k
		 WHERE k.conrelid = tab AND k.contype = 'f' AND k.conparentid = 0
		 ORDER BY k.oid)
	|| ARRAY(
		SELECT pg_get_triggerdef(g.oid) || CASE g.tgenabled WHEN 'O' THEN ''
			ELSE format('; ALTER TABLE %s %s TRIGGER %I', name,
				CASE g.tgenabled WHEN 'A' THEN 'ENABLE ALWAYS' WHEN 'R' THEN 'ENABLE REPLICA'
				                 ELSE 'DISABLE' END, g.tgname) END
		  FROM pg_trigger AS g
		 WHERE g.tgrelid = tab AND NOT g.tgisinternal
		 ORDER BY g.tgname)
	|| ARRAY(
		SELECT format('CREATE POLICY %I ON %s AS %s FOR %s TO %s %s %s', p.polname, name,
			CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
			CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE'
			              WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
			(SELECT string_agg(CASE r.id WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(r.id)) END, ', ')
			   FROM unnest(p.polroles) AS r (id)),
			'USING (' || pg_get_expr(p.polqual, tab) || ')',
			'WITH CHECK (' || pg_get_expr(p.polwithcheck, tab) || ')')
		  FROM pg_policy AS p
		 WHERE p.polrelid = tab
		 ORDER BY p.polname)
	|| CASE WHEN t.relrowsecurity THEN ARRAY[format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', name)] END
	|| CASE WHEN t.relforcerowsecurity THEN ARRAY[format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', name)] END
	|| ARRAY(
		SELECT format('GRANT %s%s ON %s TO %s%s', a.privilege_type,
			' (' || quote_ident(g.attname) || ')', name,
			CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END,
			CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
		  FROM (SELECT NULL::name AS attname, t.relacl AS acl
		         UNION ALL
		        SELECT x.attname, x.attacl FROM pg_attribute AS x
		         WHERE x.attrelid = tab AND NOT x.attisdropped) AS g
		 CROSS JOIN LATERAL aclexplode(g.acl) AS a
		 WHERE a.grantee <> t.relowner)
	|| CASE WHEN obj_description(tab, 'pg_class') IS NOT NULL
	        THEN ARRAY[format('COMMENT ON TABLE %s IS %L', name, obj_description(tab, 'pg_class'))] END;
END
$$;
COMMENT ON FUNCTION peoplecall.table_rules(regclass) IS
	'used by partition_history(): statements that give a new table of the same name the indexes but the primary key''s, foreign keys, triggers, policies, rights and comment of this one';

-- A name that something else has already is the server's own error. It is
-- attached, not made in place: that would lock out whoever reads the history.
-- Nobody reads a partition by itself, and nothing is changed in one in passing.
CREATE FUNCTION peoplecall.add_partition(part name, bounds text) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
	SET client_min_messages = warning
AS $$
BEGIN
	EXECUTE format('CREATE TABLE peoplecall.%I (LIKE peoplecall.event INCLUDING ALL)', part);
	EXECUTE format('ALTER TABLE peoplecall.%I ENABLE ROW LEVEL SECURITY', part);
	PERFORM peoplecall.guard_history(part);
	EXECUTE format('ALTER TABLE peoplecall.event ATTACH PARTITION peoplecall.%I %s', part, bounds);
	EXECUTE format('COMMENT ON TABLE peoplecall.%I IS %L', part, 'a part of event; see history_partitions()');
END
$$;
COMMENT ON FUNCTION peoplecall.add_partition(name, text) IS
	'used by keep_partitions(): adds an empty partition to the history';

CREATE FUNCTION peoplecall.take_waiting(waiting regclass) RETURNS void
	LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	-- these are no new lines: what the city hung on the table for such is not called
	called CONSTANT jsonb := (
		SELECT coalesce(jsonb_object_agg(g.tgname, CASE g.tgenabled WHEN 'A' THEN 'ENABLE ALWAYS'
				WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE' END), '{}')
		  FROM pg_trigger AS g
		 WHERE g.tgrelid = 'peoplecall.event'::regclass AND NOT g.tgisinternal
		   AND g.tgtype & 4 = 4 AND g.tgenabled <> 'D');
	t record;
BEGIN
	FOR t IN SELECT k.name FROM jsonb_object_keys(called) AS k (name) LOOP
		EXECUTE format('ALTER TABLE peoplecall.event DISABLE TRIGGER %I', t.name);
	END LOOP;
	EXECUTE format('INSERT INTO peoplecall.event SELECT * FROM %s', waiting);
	EXECUTE format('DROP TABLE %s', waiting);
	FOR t IN SELECT k.key AS name, k.value AS how FROM jsonb_each_text(called) AS k LOOP
		EXECUTE format('ALTER TABLE peoplecall.event %s TRIGGER %I', t.how, t.name);
	END LOOP;
END
$$;
COMMENT ON FUNCTION peoplecall.take_waiting(regclass) IS
	'used by keep_partitions(): puts the lines of a table that was the history''s into their months, and drops it';

CREATE FUNCTION peoplecall.add_months(to_month timestamptz) RETURNS int
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	zone text := peoplecall.city_zone();
	next_month timestamptz := (SELECT max(p.to_at) FROM peoplecall.history_partitions() AS p);
	after_that timestamptz;
	added int := 0;
	other regclass := to_regclass('peoplecall.event_other');
	waits boolean := false;
BEGIN
	-- what came in before its month had a table goes into it now
	IF next_month < to_month AND other IS NOT NULL THEN
		EXECUTE format('SELECT EXISTS (SELECT FROM %s AS e WHERE e.at < $1)', other)
		   INTO waits USING to_month;
	END IF;
	IF waits THEN
		ALTER TABLE peoplecall.event DETACH PARTITION peoplecall.event_other;
		ALTER TABLE peoplecall.event_other RENAME TO event_waiting;
	END IF;
	WHILE next_month < to_month LOOP
		after_that := peoplecall.month_start(next_month, 1);
		PERFORM peoplecall.add_partition(
			'event_' || to_char(next_month AT TIME ZONE zone, 'YYYY_MM'),
			format('FOR VALUES FROM (%L) TO (%L)', next_month, after_that));
		next_month := after_that;
		added := added + 1;
	END LOOP;
	IF waits THEN
		PERFORM peoplecall.add_partition('event_other', 'DEFAULT');
		PERFORM peoplecall.take_waiting(other);
	END IF;
	RETURN added;
END
$$;
COMMENT ON FUNCTION peoplecall.add_months(timestamptz) IS
	'used by keep_partitions(): partitions for each month from the last one there is to before to_month, a month''s beginning; returns how many';

-- The new table takes the old one's name and all that hangs on it.
CREATE FUNCTION peoplecall.replace_history(old name) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
	SET client_min_messages = warning
AS $$
DECLARE
	rules text[] := peoplecall.table_rules('peoplecall.event');
	rule text;
	index_name name;
	trigger_name name;
BEGIN
	ALTER TABLE peoplecall.event DROP CONSTRAINT event_pkey;
	FOR index_name IN
		SELECT c.relname
		  FROM pg_index AS i
		  JOIN pg_class AS c ON c.oid = i.indexrelid
		 WHERE i.indrelid = 'peoplecall.event'::regclass
	LOOP
		EXECUTE format('ALTER INDEX peoplecall.%I RENAME TO %I', index_name,
			left(index_name, 55) || '_before');
	END LOOP;
	-- a partition gets those for each row from the whole
	FOR trigger_name IN
		SELECT g.tgname FROM pg_trigger AS g
		 WHERE g.tgrelid = 'peoplecall.event'::regclass AND NOT g.tgisinternal AND g.tgtype & 1 = 1
	LOOP
		EXECUTE format('DROP TRIGGER %I ON peoplecall.event', trigger_name);
	END LOOP;
	EXECUTE format('ALTER TABLE peoplecall.event RENAME TO %I', old);
	EXECUTE format('CREATE TABLE peoplecall.event (LIKE peoplecall.%I INCLUDING ALL EXCLUDING INDEXES)'
		' PARTITION BY RANGE (at)', old);
	ALTER TABLE peoplecall.event ADD PRIMARY KEY (district_id, complaint_id, seq, at);
	FOREACH rule IN ARRAY rules LOOP
		EXECUTE rule;
	END LOOP;
END
$$;
COMMENT ON FUNCTION peoplecall.replace_history(name) IS
	'used by partition_ledger(): an empty event partitioned by at, with what hung on the table that there was, which is now called old';

CREATE FUNCTION peoplecall.partition_history(since timestamptz) RETURNS int
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	latest timestamptz;
	first_month timestamptz := peoplecall.month_start(coalesce(since, now()));
	moves boolean;
BEGIN
	LOCK TABLE peoplecall.event IN ACCESS EXCLUSIVE MODE;
	SELECT max(e.at) INTO latest FROM peoplecall.event AS e;
	moves := since IS NOT NULL AND latest >= first_month;
	IF latest >= first_month AND NOT moves THEN
		first_month := peoplecall.month_start(latest, 1);
	END IF;
	IF moves THEN
		PERFORM peoplecall.replace_history('event_waiting');
		PERFORM peoplecall.add_partition('event_before',
			format('FOR VALUES FROM (MINVALUE) TO (%L)', first_month));
	ELSE
		-- becomes the first partition as it is: only the new key's index is built
		PERFORM peoplecall.replace_history('event_before');
		EXECUTE format('ALTER TABLE peoplecall.event ATTACH PARTITION peoplecall.event_before'
			' FOR VALUES FROM (MINVALUE) TO (%L)', first_month);
	END IF;
	PERFORM peoplecall.add_partition('event_other', 'DEFAULT');
	RETURN peoplecall.keep_months(3);
END
$$;
COMMENT ON FUNCTION peoplecall.partition_history(timestamptz) IS
	'used by partition_ledger(): event becomes partitioned by months from since on, or from the month after its last event; returns how many months were added; leaves the rows in event_waiting where they are to be moved';

CREATE FUNCTION peoplecall.keep_months(ahead int) RETURNS int
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM peoplecall.history_partitions()) THEN
		RETURN 0;
	END IF;
	IF peoplecall.is_distributed('peoplecall.event') THEN
		PERFORM peoplecall.distributed_settings();
	END IF;
	-- by the clock on the wall: a simulated time needs no tables
	RETURN peoplecall.add_months(peoplecall.month_start(now(), ahead + 1));
END
$$;
COMMENT ON FUNCTION peoplecall.keep_months(int) IS
	'used by keep_partitions(): adds the months that are missing up to ahead months after this one; returns how many';

CREATE FUNCTION peoplecall.partition_ledger(by text DEFAULT 'month', since timestamptz DEFAULT NULL)
	RETURNS int
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
COMMENT ON FUNCTION peoplecall.partition_ledger(text, timestamptz) IS
	'makes the history a table partitioned by months, from the month after the last event on, so that what there is stays in its table, the first partition, and only the new primary key is built; with since, from that month on, for which every row is written again; verbs and readers wait; returns how many months were added, 0 where it is partitioned already; 22023 for another by or a since out of range, 0A000 where the ledger is distributed, 2BP01 where the city''s own views or functions are bound to the table, 42501 unless called by the ledger''s owner';

CREATE FUNCTION peoplecall.partition_ledger_body(by text, since timestamptz) RETURNS int
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	other text;
	added int;
BEGIN
	PERFORM peoplecall.gate_actor();
	IF by IS NULL OR by <> 'month' THEN
		RAISE invalid_parameter_value USING
			MESSAGE = format('a ledger cannot be partitioned by "%s"', peoplecall.shown(by)),
			HINT = 'Use ''month''.';
	END IF;
	IF since NOT BETWEEN now() - interval '100 years' AND now() + interval '10 years' THEN
		RAISE invalid_parameter_value USING
			MESSAGE = format('a history since %s is out of range', since),
			DETAIL = 'Each month has a table: they may begin 100 years ago at the earliest.';
	END IF;
	IF EXISTS (SELECT FROM peoplecall.history_partitions()) THEN
		RETURN 0;
	END IF;
	IF peoplecall.is_distributed('peoplecall.event') THEN
		RAISE feature_not_supported USING
			MESSAGE = 'the history of a distributed ledger cannot be partitioned any more',
			HINT = 'Partition a ledger before it is distributed.';
	END IF;
	SELECT string_agg(DISTINCT x.name, ', ') INTO other
	  FROM (SELECT r.ev_class::regclass::text
	          FROM pg_depend AS d
	          JOIN pg_rewrite AS r ON r.oid = d.objid
	         WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
	           AND d.refobjid = 'peoplecall.event'::regclass
	           AND r.ev_class <> ALL (ARRAY['peoplecall.event'::regclass::oid, 'peoplecall.history'::regclass])
	         UNION ALL
	        SELECT pg_describe_object(d.classid, d.objid, d.objsubid)
	          FROM pg_depend AS d
	          JOIN pg_type AS t ON t.oid = d.refobjid OR t.typarray = d.refobjid
	         WHERE d.refclassid = 'pg_type'::regclass AND t.typrelid = 'peoplecall.event'::regclass
	           AND d.deptype = 'n') AS x (name);
	IF other IS NOT NULL THEN
		RAISE dependent_objects_still_exist USING
			MESSAGE = 'other objects would go on with the old table of the history',
			DETAIL = format('These do: %s.', other),
			HINT = 'Drop them, partition the ledger, and make them again.';
	END IF;
	added := peoplecall.partition_history(since);
	-- a view is bound to the table that bore the name
	PERFORM peoplecall.ledger_views();
	PERFORM peoplecall.take_waiting(to_regclass('peoplecall.event_waiting'));
	RETURN added;
END
$$;
COMMENT ON FUNCTION peoplecall.partition_ledger_body(text, timestamptz) IS 'body of partition_ledger()';

CREATE FUNCTION peoplecall.keep_partitions(ahead int DEFAULT 3) RETURNS int
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
COMMENT ON FUNCTION peoplecall.keep_partitions(int) IS
	'daily: adds the partitions of the history that are missing up to ahead months after this one; returns how many; 0 where it is not partitioned; 22023 for a number below 0 or above 120, 42501 unless called by the ledger''s owner';

CREATE FUNCTION peoplecall.keep_partitions_body(ahead int) RETURNS int
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM peoplecall.gate_actor();
	IF ahead IS NULL OR ahead NOT BETWEEN 0 AND 120 THEN
		RAISE invalid_parameter_value USING
			MESSAGE = 'ahead must be between 0 and 120 months';
	END IF;
	RETURN peoplecall.keep_months(ahead);
END
$$;
COMMENT ON FUNCTION peoplecall.keep_partitions_body(int) IS 'body of keep_partitions()';

CREATE FUNCTION peoplecall.detach_history(before timestamptz, open_too boolean DEFAULT false)
	RETURNS TABLE (part name, from_at timestamptz, to_at timestamptz, events bigint)
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
COMMENT ON FUNCTION peoplecall.detach_history(timestamptz, boolean) IS
	'takes the months of the history that ended before a time out of the ledger, oldest first: each stays a table by itself, of the ledger''s owner, still guarded, to be dumped and dropped; returns them, with the time and the number of their events; take history_anchor(to_at => before) first; 55006 where one holds events of a matter that is open, or is merged into an open one, unless open_too, 22004, 42501 unless called by the ledger''s owner';

CREATE FUNCTION peoplecall.detach_history_body(before timestamptz, open_too boolean)
	RETURNS TABLE (part name, from_at timestamptz, to_at timestamptz, events bigint)
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	still_open bigint;
BEGIN
	PERFORM peoplecall.gate_actor();
	IF before IS NULL THEN
		RAISE null_value_not_allowed USING MESSAGE = 'before must not be null';
	END IF;
	FOR part, from_at, to_at IN
		SELECT p.part, p.from_at, p.to_at
		  FROM peoplecall.history_partitions() AS p
		 WHERE p.to_at <= before
		 ORDER BY p.to_at
	LOOP
		EXECUTE format('LOCK TABLE peoplecall.%I IN ACCESS EXCLUSIVE MODE', part);
		EXECUTE format($q$SELECT count(DISTINCT c.id)
			  FROM peoplecall.%I AS e
			  JOIN peoplecall.complaint AS c ON c.district_id = e.district_id AND c.id = e.complaint_id
			 WHERE c.state IN ('received', 'dispatched', 'completed', 'shelved')
			    -- a merged one is open while its principal is
			    OR (c.state = 'merged' AND c.closed_at IS NULL)$q$, part)
		   INTO still_open;
		IF still_open > 0 AND NOT coalesce(open_too, false) THEN
			RAISE object_in_use USING
				MESSAGE = format('%s holds the history of %s matters that are open', part, still_open),
				HINT = 'Choose an earlier time, or say open_too => true: their history then begins later.';
		END IF;
		EXECUTE format('SELECT count(*) FROM peoplecall.%I', part) INTO events;
		EXECUTE format('ALTER TABLE peoplecall.event DETACH PARTITION peoplecall.%I', part);
		RETURN NEXT;
	END LOOP;
END
$$;
COMMENT ON FUNCTION peoplecall.detach_history_body(timestamptz, boolean) IS 'body of detach_history()';
