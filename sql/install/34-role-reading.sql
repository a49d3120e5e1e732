-- Reading where the ledger is distributed: the row policies by compiled posts read
-- tables, which a policy on a shard cannot. So each role with posts has policies
-- of its own there, which say in constants what its posts reach.
--
-- A policy by_roles on every case record says what anybody may read, and that
-- the ledger is read in this way: it is in dumps, and another machine goes on.

CREATE FUNCTION peoplecall.reads_by_role() RETURNS boolean
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN peoplecall.has_policy('complaint', 'by_roles');
END
$$;
COMMENT ON FUNCTION peoplecall.reads_by_role() IS
	'used by refresh_reading(): whether rows are read by policies for each role, as in a distributed ledger, and not by those that ask the compiled posts';

-- The names must fit, and must be found again.
CREATE FUNCTION peoplecall.role_policy(role name, barred boolean DEFAULT false) RETURNS name
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (CASE WHEN barred THEN 'barred_for_' ELSE 'by_post_of_' END
		|| CASE WHEN octet_length(role::text) <= 52 THEN role::text ELSE md5(role::text) END)::name;
END
$$;
COMMENT ON FUNCTION peoplecall.role_policy(name, boolean) IS
	'used by write_role_policies(): the name of a role''s policy';

CREATE FUNCTION peoplecall.role_policies() RETURNS TABLE (recorded regclass, policy name, roles oid[])
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT p.polrelid::regclass, p.polname, p.polroles
	  FROM peoplecall.reading_rules() AS r
	  JOIN pg_policy AS p ON p.polrelid = to_regclass(format('peoplecall.%I', r.recorded))
	 WHERE p.polname LIKE 'by\_post\_of\_%' OR p.polname LIKE 'barred\_for\_%';
END
$$;
COMMENT ON FUNCTION peoplecall.role_policies() IS
	'used by refresh_reading(): the policies for each role that there are';

-- Posts of a name that another role has now count for nobody, as at the gate.
CREATE FUNCTION peoplecall.role_posts(role name) RETURNS TABLE (duty peoplecall.duty, org bigint)
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	identity text := peoplecall.role_identity(role);
BEGIN
	RETURN QUERY
	SELECT p.duty, p.org
	  FROM peoplecall.post AS p
	 WHERE p.role = role_posts.role
	   AND (p.role_id IS NULL OR p.role_id = identity
	        OR split_part(p.role_id, '/', 1) <> split_part(identity, '/', 1));
END
$$;
COMMENT ON FUNCTION peoplecall.role_posts(name) IS
	'used by write_role_policies(): the posts that count for a role that exists';

-- An area below another one says nothing more.
CREATE FUNCTION peoplecall.role_areas(role name, personal boolean) RETURNS peoplecall.areacode[]
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	at timestamptz := peoplecall.as_of();
BEGIN
	RETURN ARRAY(
		WITH held AS (
			SELECT DISTINCT a.area
			  FROM (SELECT DISTINCT p.org FROM peoplecall.role_posts(role) AS p
			         WHERE (p.duty = 'personal') = personal) AS h
			  JOIN peoplecall.org AS o ON o.id = h.org AND o.active
			 CROSS JOIN LATERAL (
				SELECT o.area
				 UNION ALL
				SELECT j.area FROM peoplecall.jurisdiction AS j WHERE j.org = o.id) AS a
			 WHERE peoplecall.org_covers(o.id, a.area, at))
		SELECT h.area
		  FROM held AS h
		 WHERE NOT EXISTS (
			SELECT FROM held AS w
			 WHERE h.area OPERATOR(peoplecall.<@) w.area AND h.area OPERATOR(peoplecall.<>) w.area)
		 ORDER BY h.area);
END
$$;
COMMENT ON FUNCTION peoplecall.role_areas(name, boolean) IS
	'used by write_role_policies(): the areas that a role''s posts reach now, of those with the duty personal or of the others';

-- Whoever handles for an org, or has its personal duty, is barred with it and
-- with all above it.
CREATE FUNCTION peoplecall.role_barred(role name) RETURNS bigint[]
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN ARRAY(
		SELECT o.id
		  FROM peoplecall.org AS o
		 WHERE EXISTS (
			SELECT FROM peoplecall.role_posts(role) AS p
			 WHERE p.duty IN ('personal', 'handle') AND peoplecall.org_is_below(p.org, o.id))
		 ORDER BY 1);
END
$$;
COMMENT ON FUNCTION peoplecall.role_barred(name) IS
	'used by write_role_policies(): whose being barred from a citizen''s name bars the role';

-- A policy's comment is its text, so that one which stays is not touched: to
-- change one is to wait for every reader of the table.
CREATE FUNCTION peoplecall.set_role_policy(
	recorded regclass, policy name, role name, rule text, kind text DEFAULT 'PERMISSIVE') RETURNS int
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	same boolean := (SELECT obj_description(p.oid, 'pg_policy') = rule
	                        AND p.polroles = ARRAY[(SELECT r.oid FROM pg_roles AS r WHERE r.rolname = role)]
	                   FROM pg_policy AS p
	                  WHERE p.polrelid = recorded AND p.polname = policy);
BEGIN
	IF same OR (same IS NULL AND rule IS NULL
	            AND NOT EXISTS (SELECT FROM pg_policy AS p
	                             WHERE p.polrelid = recorded AND p.polname = policy)) THEN
		RETURN 0;
	END IF;
	-- two at once would make the same policy
	PERFORM pg_advisory_xact_lock(hashtextextended('peoplecall.grant_reading', 0));
	EXECUTE format('DROP POLICY IF EXISTS %I ON %s', policy, recorded);
	IF rule IS NOT NULL THEN
		EXECUTE format('CREATE POLICY %I ON %s AS %s FOR SELECT TO %s USING (%s)', policy, recorded, kind,
			CASE WHEN role IS NULL THEN 'PUBLIC' ELSE quote_ident(role) END, rule);
		EXECUTE format('COMMENT ON POLICY %I ON %s IS %L', policy, recorded, rule);
	END IF;
	RETURN 1;
END
$$;
COMMENT ON FUNCTION peoplecall.set_role_policy(regclass, name, name, text, text) IS
	'used by write_role_policies(): makes, changes or (rule NULL) drops a policy; 0 where it is so already';

CREATE FUNCTION peoplecall.write_role_policies(role name) RETURNS int
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
	SET client_min_messages = warning
AS $$
DECLARE
	reads peoplecall.areacode[];
	personal peoplecall.areacode[];
	own text;
	barred bigint[];
	rule record;
	written int := 0;
BEGIN
	IF NOT peoplecall.reads_by_role() THEN
		RETURN 0;
	END IF;
	reads := peoplecall.role_areas(role, false);
	personal := peoplecall.role_areas(role, true);
	barred := peoplecall.role_barred(role);
	own := 'org = ANY (' || quote_literal(nullif(ARRAY(
		SELECT DISTINCT p.org FROM peoplecall.role_posts(role) AS p WHERE p.duty = 'handle' ORDER BY 1),
		'{}')::text) || '::bigint[])';
	FOR rule IN SELECT r.*, to_regclass(format('peoplecall.%I', r.recorded)) AS tab FROM peoplecall.reading_rules() AS r LOOP
		written := written + peoplecall.set_role_policy(rule.tab, peoplecall.role_policy(role), role,
			nullif(concat_ws(' OR ', CASE WHEN rule.own_org THEN own END, (
				SELECT string_agg(format('%s OPERATOR(peoplecall.<@) %L::peoplecall.areacode', a.area, c.code),
					' OR ' ORDER BY a.place, c.place)
				  FROM unnest(rule.areas) WITH ORDINALITY AS a (area, place)
				 CROSS JOIN unnest(CASE rule.reach WHEN 'read' THEN reads ELSE personal END)
					WITH ORDINALITY AS c (code, place))), ''));
		IF rule.reach = 'reporter' THEN
			-- RESTRICTIVE: a post that bars counts whichever one lets read
			written := written + peoplecall.set_role_policy(rule.tab, peoplecall.role_policy(role, true), role,
				CASE WHEN barred <> '{}' THEN format('NOT (barred && %L::bigint[])', barred) END, 'RESTRICTIVE');
		END IF;
	END LOOP;
	RETURN written;
END
$$;
COMMENT ON FUNCTION peoplecall.write_role_policies(name) IS
	'used by appoint(), dismiss() and refresh_reading(): the policies of a role as its posts are now; returns how many it changed; 0 where rows are read by compiled posts';

CREATE FUNCTION peoplecall.drop_role_policies() RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
	SET client_min_messages = warning
AS $$
DECLARE
	p record;
BEGIN
	FOR p IN SELECT r.* FROM peoplecall.role_policies() AS r LOOP
		EXECUTE format('DROP POLICY %I ON %s', p.policy, p.recorded);
	END LOOP;
	FOR p IN SELECT r.recorded FROM peoplecall.reading_rules() AS r LOOP
		EXECUTE format('DROP POLICY IF EXISTS by_roles ON peoplecall.%I', p.recorded);
	END LOOP;
END
$$;
COMMENT ON FUNCTION peoplecall.drop_role_policies() IS
	'used by create_ledger(): takes the policies for each role away';

-- Also for roles that have no post any more, and for those that were renamed.
CREATE FUNCTION peoplecall.write_reading() RETURNS int
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
	SET client_min_messages = warning
AS $$
DECLARE
	holder name;
	p record;
	written int := 0;
BEGIN
	-- as appoint() does: two at once would make the same policies
	PERFORM pg_advisory_xact_lock(hashtextextended('peoplecall.grant_reading', 0));
	FOR p IN
		SELECT x.*
		  FROM peoplecall.role_policies() AS x
		 WHERE NOT EXISTS (
			SELECT FROM pg_roles AS r
			  JOIN peoplecall.post AS o ON o.role = r.rolname
			 WHERE x.roles = ARRAY[r.oid]
			   AND x.policy IN (peoplecall.role_policy(r.rolname), peoplecall.role_policy(r.rolname, true)))
	LOOP
		EXECUTE format('DROP POLICY %I ON %s', p.policy, p.recorded);
		written := written + 1;
	END LOOP;
	FOR holder IN
		SELECT DISTINCT o.role
		  FROM peoplecall.post AS o
		  JOIN pg_roles AS r ON r.rolname = o.role
		 WHERE o.role <> current_user
		 ORDER BY 1
	LOOP
		written := written + peoplecall.write_role_policies(holder);
	END LOOP;
	RETURN written;
END
$$;
COMMENT ON FUNCTION peoplecall.write_reading() IS
	'used by distribute() and refresh_reading(): the policies of all roles; returns how many it changed';

CREATE FUNCTION peoplecall.read_by_role() RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
	SET client_min_messages = warning
AS $$
DECLARE
	rule record;
BEGIN
	FOR rule IN SELECT r.*, to_regclass(format('peoplecall.%I', r.recorded)) AS tab FROM peoplecall.reading_rules() AS r LOOP
		EXECUTE format('DROP POLICY IF EXISTS by_post ON %s', rule.tab);
		EXECUTE format('DROP POLICY IF EXISTS by_own_post ON %s', rule.tab);
		PERFORM peoplecall.set_role_policy(rule.tab, 'by_roles', NULL, coalesce(rule.anybody, 'false'));
	END LOOP;
	PERFORM peoplecall.write_reading();
END
$$;
COMMENT ON FUNCTION peoplecall.read_by_role() IS
	'used by distribute(): policies for each role in place of those by compiled posts';

CREATE FUNCTION peoplecall.refresh_reading() RETURNS int
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
COMMENT ON FUNCTION peoplecall.refresh_reading() IS
	'where the ledger is distributed: brings the policies of roles up to date with posts, orgs and jurisdictions; returns how many changed, 0 where rows are read by compiled posts; 42501 unless called by the ledger''s owner';

CREATE FUNCTION peoplecall.refresh_reading_body() RETURNS int
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM peoplecall.gate_actor();
	IF NOT peoplecall.reads_by_role() THEN
		RETURN 0;
	END IF;
	RETURN peoplecall.write_reading();
END
$$;
COMMENT ON FUNCTION peoplecall.refresh_reading_body() IS 'body of refresh_reading()';
