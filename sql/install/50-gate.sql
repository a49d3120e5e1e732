-- The gate's questions, which bodies ask, and what tells the time of an act.
CREATE FUNCTION peoplecall.as_of() RETURNS timestamptz
	LANGUAGE c STABLE PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_as_of_now';
COMMENT ON FUNCTION peoplecall.as_of() IS
	'the time that views compare with: the setting peoplecall.as_of, else the start of the statement';

CREATE FUNCTION peoplecall.act_time(last_event timestamptz) RETURNS timestamptz
	LANGUAGE c VOLATILE PARALLEL UNSAFE
	AS 'MODULE_PATHNAME', 'pc_act_time';
COMMENT ON FUNCTION peoplecall.act_time(timestamptz) IS
	'inside a verb: the setting peoplecall.as_of, else the clock, but never before the last event; 42501 outside';

CREATE FUNCTION peoplecall.gate_actor() RETURNS name
	LANGUAGE c VOLATILE PARALLEL UNSAFE
	AS 'MODULE_PATHNAME', 'pc_gate_actor';
COMMENT ON FUNCTION peoplecall.gate_actor() IS
	'inside a verb: the role that called it; 42501 outside';

CREATE FUNCTION peoplecall.gate_officer() RETURNS bigint
	LANGUAGE c VOLATILE PARALLEL UNSAFE
	AS 'MODULE_PATHNAME', 'pc_gate_officer';
COMMENT ON FUNCTION peoplecall.gate_officer() IS
	'inside a verb: the officer for whom the caller acts, NULL for nobody; 42501 outside';

CREATE FUNCTION peoplecall.gate_state(complaint bigint, state peoplecall.complaint_state) RETURNS void
	LANGUAGE c VOLATILE PARALLEL UNSAFE
	AS 'MODULE_PATHNAME', 'pc_gate_state';
COMMENT ON FUNCTION peoplecall.gate_state(bigint, peoplecall.complaint_state) IS
	'inside a verb: PC001 unless the verb leaves from that state; 22004; 42501 outside';

CREATE FUNCTION peoplecall.gate_area(area peoplecall.areacode, level peoplecall.area_level, not_org bigint) RETURNS bigint
	LANGUAGE c VOLATILE PARALLEL UNSAFE
	AS 'MODULE_PATHNAME', 'pc_gate_area';
COMMENT ON FUNCTION peoplecall.gate_area(peoplecall.areacode, peoplecall.area_level, bigint) IS
	'inside a verb: the org of a post of the caller that reaches the area, at or above the level where one is given, and is not not_org; with a level, none of an org that the matter is about or below it counts; NULL for the owner; 42501 where there is none';

CREATE FUNCTION peoplecall.gate_outside(area peoplecall.areacode, level peoplecall.area_level, handling bigint[]) RETURNS bigint
	LANGUAGE c VOLATILE PARALLEL UNSAFE
	AS 'MODULE_PATHNAME', 'pc_gate_outside';
COMMENT ON FUNCTION peoplecall.gate_outside(peoplecall.areacode, peoplecall.area_level, bigint[]) IS
	'inside a verb: as gate_area(), for whoever judges: the post is not of one of the orgs given, nor of one that the matter is about, nor of one below any of them but a body that inspects; below the top org, which has no superior, is everybody, and that alone bars nobody';

CREATE FUNCTION peoplecall.gate_recuse(org bigint) RETURNS void
	LANGUAGE c VOLATILE PARALLEL UNSAFE
	AS 'MODULE_PATHNAME', 'pc_gate_recuse';
COMMENT ON FUNCTION peoplecall.gate_recuse(bigint) IS
	'inside a verb: the matter is about this org (NULL: about none), so that in gate_outside(), and in gate_area() where a level is asked for, no post of it or below it counts';

CREATE FUNCTION peoplecall.gate_narrow(duty peoplecall.duty) RETURNS void
	LANGUAGE c VOLATILE PARALLEL UNSAFE
	AS 'MODULE_PATHNAME', 'pc_gate_narrow';
COMMENT ON FUNCTION peoplecall.gate_narrow(peoplecall.duty) IS
	'inside a verb: of the verb''s duties only this one counts from now on; 22004';

CREATE FUNCTION peoplecall.gate_org(org bigint) RETURNS bigint
	LANGUAGE c VOLATILE PARALLEL UNSAFE
	AS 'MODULE_PATHNAME', 'pc_gate_org';
COMMENT ON FUNCTION peoplecall.gate_org(bigint) IS
	'inside a verb: the org of a post of the caller for that org or one above it in the line; NULL for the owner; 42501 where there is none';

CREATE FUNCTION peoplecall.gate_orgs() RETURNS bigint[]
	LANGUAGE c VOLATILE PARALLEL UNSAFE
	AS 'MODULE_PATHNAME', 'pc_gate_orgs';
COMMENT ON FUNCTION peoplecall.gate_orgs() IS
	'inside a verb: the orgs for which the caller holds a post with one of the verb''s duties; 42501 outside';

CREATE FUNCTION peoplecall.verbs(OUT verb text, OUT duties peoplecall.duty[], OUT states peoplecall.complaint_state[])
	RETURNS SETOF record
	LANGUAGE c STABLE PARALLEL SAFE ROWS 40
	AS 'MODULE_PATHNAME', 'pc_verb_table';
COMMENT ON FUNCTION peoplecall.verbs() IS
	'every verb, the duties of which one is needed (none: the ledger''s owner), the complaint''s states that it leaves from (none: it needs no complaint)';

CREATE FUNCTION peoplecall.act_for(officer bigint) RETURNS void
	LANGUAGE c VOLATILE PARALLEL UNSAFE
	AS 'MODULE_PATHNAME', 'pc_act_for';
COMMENT ON FUNCTION peoplecall.act_for(bigint) IS
	'until the transaction ends, verbs of this role ask for the officer''s posts and events name him; NULL ends it; 42501 without a post with the duty delegate over his org, PC005 for the owner where there is no such officer';

CREATE FUNCTION peoplecall.my_orgs() RETURNS bigint[]
	LANGUAGE c STABLE PARALLEL RESTRICTED
	AS 'MODULE_PATHNAME', 'pc_my_orgs';
COMMENT ON FUNCTION peoplecall.my_orgs() IS
	'the orgs for which the caller, or the officer he acts for, has the duty handle; for the ledger''s owner every org; NULL where no ledger stands';

-- Posts. The duty configure must reach the org of the post.
CREATE FUNCTION peoplecall.appoint(role name, duty peoplecall.duty, org bigint) RETURNS bigint
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
CREATE FUNCTION peoplecall.appoint(officer bigint, duty peoplecall.duty, org bigint) RETURNS bigint
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
CREATE FUNCTION peoplecall.dismiss(role name, duty peoplecall.duty, org bigint) RETURNS boolean
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
CREATE FUNCTION peoplecall.dismiss(officer bigint, duty peoplecall.duty, org bigint) RETURNS boolean
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
COMMENT ON FUNCTION peoplecall.appoint(name, peoplecall.duty, bigint) IS
	'gives a database role a duty for an org and lets it read the ledger''s views; returns the post''s id, the same when repeated; the post is the role''s that has the name now, and of no other that gets it later; 42501, 42704 for an unknown role, PC005 for an unknown org';
COMMENT ON FUNCTION peoplecall.appoint(bigint, peoplecall.duty, bigint) IS
	'gives an officer a duty for an org; an application acts for him after act_for(); returns the post''s id, the same when repeated; 42501, PC005 for an unknown officer or org';
COMMENT ON FUNCTION peoplecall.dismiss(name, peoplecall.duty, bigint) IS
	'ends a role''s post; false where there was none; 42501';
COMMENT ON FUNCTION peoplecall.dismiss(bigint, peoplecall.duty, bigint) IS
	'ends an officer''s post; false where there was none; 42501';

CREATE FUNCTION peoplecall.role_identity(role name) RETURNS text
	LANGUAGE c STABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_role_identity';
COMMENT ON FUNCTION peoplecall.role_identity(name) IS
	'which role of which cluster has the name now: another one that gets it later is told from it; NULL where none has it';

-- Posts that hold nothing, or hold by a name alone.
CREATE FUNCTION peoplecall.check_posts()
	RETURNS TABLE (
		post bigint,
		role name,
		officer bigint,
		duty peoplecall.duty,
		org bigint,
		problem text)
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM peoplecall.require_tables();
	IF to_regclass('peoplecall.post') IS NULL THEN
		RAISE EXCEPTION 'there is no ledger in this database' USING
			ERRCODE = 'PC002',
			HINT = 'Run SELECT peoplecall.create_ledger(''owner'') once.';
	END IF;
	RETURN QUERY
	WITH named AS (
		SELECT p.id, p.role, p.officer, p.duty, p.org, p.role_id,
		       peoplecall.role_identity(p.role) AS id_now, r.rolname AS renamed_to,
		       -- the same cluster tells by its number, another one does not
		       split_part(p.role_id, '/', 1) = split_part(peoplecall.role_identity(current_user), '/', 1) AS here
		  FROM peoplecall.post AS p
		  LEFT JOIN pg_roles AS r
		    ON split_part(p.role_id, '/', 1) = split_part(peoplecall.role_identity(current_user), '/', 1)
		   AND r.oid::text = split_part(p.role_id, '/', 2)
	), judged AS (
		SELECT n.id, n.role, n.officer, n.duty, n.org,
		       CASE WHEN n.here AND n.renamed_to <> n.role THEN format('the role was renamed to "%s"', n.renamed_to)
		            WHEN n.role IS NOT NULL AND n.id_now IS NULL THEN 'there is no such role'
		            WHEN n.here AND n.id_now <> n.role_id THEN 'another role has that name now'
		            WHEN n.role IS NOT NULL AND n.here IS NOT TRUE THEN 'by name alone'
		            WHEN f.active IS FALSE THEN 'the officer is not active'
		            WHEN NOT o.active THEN 'the org is not active' END AS problem
		  FROM named AS n
		  JOIN peoplecall.org AS o ON o.id = n.org
		  LEFT JOIN peoplecall.officer AS f ON f.id = n.officer)
	SELECT j.id, j.role, j.officer, j.duty, j.org, j.problem
	  FROM judged AS j
	 WHERE j.problem IS NOT NULL
	 ORDER BY j.id;
END
$$;
COMMENT ON FUNCTION peoplecall.check_posts() IS
	'posts that hold nothing: of a role that is gone, was renamed, or whose name another role has now, of an officer or an org that is not active; and those that whoever has the role''s name holds, since they were not written by appoint() in this cluster (a restored dump): appoint() confirms or revives a post, dismiss() ends it; needs SELECT on post; PC002 without a ledger';

-- A post is a role's or an officer's; the other of the two is NULL.
CREATE FUNCTION peoplecall.add_post(role name, officer bigint, duty peoplecall.duty, org bigint) RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	identity text := peoplecall.role_identity(add_post.role);
	actor name := peoplecall.gate_actor();
	post_id bigint;
BEGIN
	-- whoever has the name now is who is meant, not one who had it
	UPDATE peoplecall.post AS p
	   SET role_id = identity, appointed_by = actor, appointed_at = now()
	 WHERE p.role = add_post.role AND p.officer IS NULL
	   AND p.duty = add_post.duty AND p.org = add_post.org
	   AND p.role_id IS DISTINCT FROM identity;
	INSERT INTO peoplecall.post (role, officer, duty, org, appointed_by, role_id)
	VALUES (add_post.role, add_post.officer, add_post.duty, add_post.org, actor, identity)
	ON CONFLICT DO NOTHING;
	SELECT p.id INTO STRICT post_id
	  FROM peoplecall.post AS p
	 WHERE p.role IS NOT DISTINCT FROM add_post.role
	   AND p.officer IS NOT DISTINCT FROM add_post.officer
	   AND p.duty = add_post.duty AND p.org = add_post.org;
	RETURN post_id;
END
$$;
COMMENT ON FUNCTION peoplecall.add_post(name, bigint, peoplecall.duty, bigint) IS
	'the id of the post, written where it is new; used by appoint()';

CREATE FUNCTION peoplecall.appoint_body(role name, duty peoplecall.duty, org bigint) RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	post_id bigint;
BEGIN
	IF num_nulls(role, duty, org) > 0 THEN
		RAISE null_value_not_allowed USING MESSAGE = 'role, duty and org must not be null';
	END IF;
	PERFORM peoplecall.gate_org(org);
	IF NOT EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = role) THEN
		RAISE undefined_object USING MESSAGE = format('role "%s" does not exist', role);
	END IF;
	PERFORM peoplecall.require_org(org);

	post_id := peoplecall.add_post(role, NULL, duty, org);
	PERFORM peoplecall.grant_reading(role);
	RETURN post_id;
END
$$;
COMMENT ON FUNCTION peoplecall.appoint_body(name, peoplecall.duty, bigint) IS 'body of appoint()';

CREATE FUNCTION peoplecall.appoint_body(officer bigint, duty peoplecall.duty, org bigint) RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF num_nulls(officer, duty, org) > 0 THEN
		RAISE null_value_not_allowed USING MESSAGE = 'officer, duty and org must not be null';
	END IF;
	PERFORM peoplecall.gate_org(org);
	PERFORM peoplecall.require_org(org);
	IF NOT EXISTS (SELECT FROM peoplecall.officer AS o WHERE o.id = appoint_body.officer) THEN
		RAISE SQLSTATE 'PC005' USING MESSAGE = format('there is no officer %s', officer);
	END IF;
	RETURN peoplecall.add_post(NULL, officer, duty, org);
END
$$;
COMMENT ON FUNCTION peoplecall.appoint_body(bigint, peoplecall.duty, bigint) IS 'body of appoint()';

CREATE FUNCTION peoplecall.dismiss_body(role name, duty peoplecall.duty, org bigint) RETURNS boolean
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF num_nulls(role, duty, org) > 0 THEN
		RAISE null_value_not_allowed USING MESSAGE = 'role, duty and org must not be null';
	END IF;
	PERFORM peoplecall.gate_org(org);
	DELETE FROM peoplecall.post AS p
	 WHERE p.role = dismiss_body.role AND p.officer IS NULL
	   AND p.duty = dismiss_body.duty AND p.org = dismiss_body.org;
	IF NOT FOUND THEN
		RETURN false;
	END IF;
	-- a role that was dropped has no rights left to take
	IF EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = dismiss_body.role) THEN
		PERFORM peoplecall.grant_reading(role);
	END IF;
	RETURN true;
END
$$;
COMMENT ON FUNCTION peoplecall.dismiss_body(name, peoplecall.duty, bigint) IS 'body of dismiss()';

CREATE FUNCTION peoplecall.dismiss_body(officer bigint, duty peoplecall.duty, org bigint) RETURNS boolean
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF num_nulls(officer, duty, org) > 0 THEN
		RAISE null_value_not_allowed USING MESSAGE = 'officer, duty and org must not be null';
	END IF;
	PERFORM peoplecall.gate_org(org);
	DELETE FROM peoplecall.post AS p
	 WHERE p.officer = dismiss_body.officer AND p.role IS NULL
	   AND p.duty = dismiss_body.duty AND p.org = dismiss_body.org;
	RETURN FOUND;
END
$$;
COMMENT ON FUNCTION peoplecall.dismiss_body(bigint, peoplecall.duty, bigint) IS 'body of dismiss()';

CREATE FUNCTION peoplecall.require_org(org bigint) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM peoplecall.org AS o WHERE o.id = require_org.org AND o.active) THEN
		RAISE SQLSTATE 'PC005' USING MESSAGE = format('there is no active org %s', org);
	END IF;
END
$$;
COMMENT ON FUNCTION peoplecall.require_org(bigint) IS 'PC005 unless the org exists and is active';

CREATE FUNCTION peoplecall.gate_reaches(area peoplecall.areacode) RETURNS boolean
	LANGUAGE c VOLATILE PARALLEL UNSAFE
	AS 'MODULE_PATHNAME', 'pc_gate_reaches';
COMMENT ON FUNCTION peoplecall.gate_reaches(peoplecall.areacode) IS
	'inside a verb: whether a post of the caller with one of the verb''s duties reaches the area; 42501 outside';

CREATE FUNCTION peoplecall.gate_channel(channel text) RETURNS void
	LANGUAGE c VOLATILE PARALLEL UNSAFE
	AS 'MODULE_PATHNAME', 'pc_gate_channel';
COMMENT ON FUNCTION peoplecall.gate_channel(text) IS
	'inside a verb: the channel of what is taken in; posts with the duty intake that are bound to others do not count from here on; 22004; 42501 outside';

CREATE FUNCTION peoplecall.gate_channels() RETURNS text[]
	LANGUAGE c VOLATILE PARALLEL UNSAFE
	AS 'MODULE_PATHNAME', 'pc_gate_channels';
COMMENT ON FUNCTION peoplecall.gate_channels() IS
	'inside a verb: the channels that the caller is bound to, with those that count as one of them; NULL for one who is free; 42501 outside';

CREATE FUNCTION peoplecall.channel_of(channel text, at timestamptz) RETURNS text
	LANGUAGE c STABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_counts_as';
COMMENT ON FUNCTION peoplecall.channel_of(text, timestamptz) IS
	'what a channel counts as at that time: the one that it was merged into from the day of the merging on, else itself';

CREATE FUNCTION peoplecall.gate_district(district_id int) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM peoplecall.gate_actor();
	IF district_id IS NULL THEN
		RAISE null_value_not_allowed USING MESSAGE = 'district_id must not be null';
	END IF;
	PERFORM peoplecall.gate_area(district_id::bigint::peoplecall.areacode, NULL, NULL);
END
$$;
COMMENT ON FUNCTION peoplecall.gate_district(int) IS
	'inside a verb: 42501 unless a post of the caller with one of the verb''s duties reaches the district; 22004';
