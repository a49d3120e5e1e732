-- Registering where one lives and where one serves (双报到): branches at the
-- community they serve, members at home. Who a person is stays in a table of
-- its own, for the duty personal; what he does counts back to his home unit.

CREATE FUNCTION peoplecall.register_volunteer(
	kind text, name text, community peoplecall.areacode, home_org bigint DEFAULT NULL,
	phone text DEFAULT NULL) RETURNS bigint
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
CREATE FUNCTION peoplecall.unregister_volunteer(volunteer bigint, reason text DEFAULT NULL) RETURNS boolean
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
CREATE FUNCTION peoplecall.home_counts(
	org bigint DEFAULT NULL, from_at timestamptz DEFAULT '-infinity',
	to_at timestamptz DEFAULT 'infinity',
	OUT home_org bigint, OUT name text, OUT branches bigint, OUT members bigint,
	OUT residents bigint, OUT communities bigint, OUT claims bigint, OUT claims_open bigint,
	OUT claims_fulfilled bigint, OUT claims_lapsed bigint) RETURNS SETOF record
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
COMMENT ON FUNCTION peoplecall.register_volunteer(text, text, peoplecall.areacode, bigint, text) IS
	'registers a branch at the community it serves, a member or a resident at home; returns the volunteer''s id, the same while the registration stands: a branch is known by home_org and name, a person also by his phone, where both are known; 22004, 22023 for an unknown kind, an area that is no community, or a phone without digits, PC005 for an unknown area or org, 42501';
COMMENT ON FUNCTION peoplecall.unregister_volunteer(bigint, text) IS
	'ends a registration, of a person it deletes name and phone; false where it had ended; PC001 while a claim of his is open, 22004, PC005, 42501';
COMMENT ON FUNCTION peoplecall.home_counts(bigint, timestamptz, timestamptz) IS
	'what counts back to an org (NULL: the caller''s own) and to those below it in the line: branches, members and residents registered by now, in how many communities, and of the claims that they made from from_at until before to_at all, open, fulfilled and lapsed, wherever in the city; orgs without any are left out; 22004, 42501';

CREATE FUNCTION peoplecall.masked_name(name text) RETURNS text
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN left(btrim(name), 1) || '**';
END
$$;
COMMENT ON FUNCTION peoplecall.masked_name(text) IS
	'used by register_volunteer(): what of a person''s name everybody may read, its first character';

CREATE FUNCTION peoplecall.register_volunteer_body(
	kind text, name text, community peoplecall.areacode, home_org bigint, phone text) RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	at timestamptz := peoplecall.act_time(NULL);
	district int := peoplecall.district_of_area(community);
	digits text;
	volunteer bigint;
BEGIN
	PERFORM peoplecall.require_text('kind', kind);
	PERFORM peoplecall.require_text('name', name);
	PERFORM peoplecall.require_length('name', name, 200);
	PERFORM peoplecall.require_length('phone', phone, 60);
	name := btrim(name);
	phone := nullif(btrim(phone), '');
	IF kind NOT IN ('branch', 'member', 'resident') THEN
		RAISE invalid_parameter_value USING
			MESSAGE = format('there is no kind of volunteer "%s"', peoplecall.shown(kind)),
			HINT = 'Kinds are branch, member and resident.';
	END IF;
	PERFORM peoplecall.require_area(community);
	IF peoplecall.level(community) <> 'community' THEN
		RAISE invalid_parameter_value USING
			MESSAGE = format('volunteers register at a community, and %s is a %s', community,
				peoplecall.level(community));
	END IF;
	digits := coalesce(peoplecall.phone_digits(phone), '');
	IF phone IS NOT NULL AND digits = '' THEN
		RAISE invalid_parameter_value USING MESSAGE = 'phone is no phone number';
	END IF;
	PERFORM peoplecall.gate_area(community, NULL, NULL);
	IF home_org IS NOT NULL THEN
		PERFORM peoplecall.require_org(home_org);
	END IF;

	-- two at once follow one another; whoever waited sees the other's row
	PERFORM pg_advisory_xact_lock(hashtextextended(
		format('peoplecall.register_volunteer %s %s %s %s', community, kind, home_org, name), 0));
	volunteer := peoplecall.known_volunteer(district, kind, name, community, home_org, digits);
	IF volunteer IS NOT NULL THEN
		RETURN volunteer;
	END IF;
	volunteer := district * 1000000000000 + nextval('peoplecall.complaint_serial');
	INSERT INTO peoplecall.volunteer (district_id, id, kind, name, community, home_org,
		registered_at, registered_by)
	VALUES (district, volunteer, kind,
		CASE kind WHEN 'branch' THEN name ELSE peoplecall.masked_name(name) END,
		community, home_org, at, peoplecall.gate_actor())
	ON CONFLICT DO NOTHING;
	IF FOUND AND kind <> 'branch' THEN
		INSERT INTO peoplecall.volunteer_person (district_id, volunteer_id, area, kind, home_org,
			name, phone, phone_key)
		VALUES (district, volunteer, community, kind, home_org, name, phone, digits)
		ON CONFLICT DO NOTHING;
	END IF;
	-- an error of the index would print the name
	IF NOT FOUND THEN
		RAISE serialization_failure USING
			MESSAGE = 'could not serialize access due to concurrent update',
			DETAIL = 'The same volunteer was registered by another transaction since this one began.',
			HINT = 'The transaction might succeed if retried.';
	END IF;
	RETURN volunteer;
END
$$;
COMMENT ON FUNCTION peoplecall.register_volunteer_body(text, text, peoplecall.areacode, bigint, text) IS 'body of register_volunteer()';

CREATE FUNCTION peoplecall.known_volunteer(
	district_id int, kind text, name text, community peoplecall.areacode, home_org bigint,
	digits text) RETURNS bigint
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF kind = 'branch' THEN
		RETURN (
			SELECT v.id FROM peoplecall.volunteer AS v
			 WHERE v.district_id = known_volunteer.district_id
			   AND v.community OPERATOR(peoplecall.=) known_volunteer.community
			   AND v.kind = 'branch' AND v.left_at IS NULL
			   AND coalesce(v.home_org, 0) = coalesce(known_volunteer.home_org, 0)
			   AND v.name = known_volunteer.name);
	END IF;
	RETURN (
		SELECT p.volunteer_id FROM peoplecall.volunteer_person AS p
		 WHERE p.district_id = known_volunteer.district_id
		   AND p.area OPERATOR(peoplecall.=) known_volunteer.community
		   AND p.kind = known_volunteer.kind
		   AND coalesce(p.home_org, 0) = coalesce(known_volunteer.home_org, 0)
		   AND p.name = known_volunteer.name
		   AND (p.phone_key = digits OR p.phone_key = '' OR digits = '')
		 ORDER BY p.phone_key = digits DESC, p.volunteer_id
		 LIMIT 1);
END
$$;
COMMENT ON FUNCTION peoplecall.known_volunteer(int, text, text, peoplecall.areacode, bigint, text) IS
	'used by register_volunteer(): the registration of the same branch or person that stands; NULL for none';

CREATE FUNCTION peoplecall.unregister_volunteer_body(volunteer bigint, reason text) RETURNS boolean
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	v peoplecall.volunteer;
	holds text;
	leaves_at timestamptz;
	actor name := peoplecall.gate_actor();
BEGIN
	IF volunteer IS NULL THEN
		RAISE null_value_not_allowed USING MESSAGE = 'volunteer must not be null';
	END IF;
	SELECT x.* INTO v
	  FROM peoplecall.volunteer AS x
	 WHERE x.district_id = peoplecall.district_of(volunteer) AND x.id = volunteer
	   FOR UPDATE;
	IF NOT FOUND THEN
		RAISE SQLSTATE 'PC005' USING MESSAGE = format('there is no volunteer %s', volunteer);
	END IF;
	PERFORM peoplecall.gate_area(v.community, NULL, NULL);
	IF v.left_at IS NOT NULL THEN
		RETURN false;
	END IF;
	-- after the row is locked: no claim begins any more
	SELECT string_agg(format('claim %s of %s', k.seq, peoplecall.complaint_no(k.listing_id)), ', '
			ORDER BY k.listing_id, k.seq) INTO holds
	  FROM peoplecall.claim AS k
	 WHERE k.volunteer_id = volunteer AND k.ended_at IS NULL;
	IF holds IS NOT NULL THEN
		RAISE SQLSTATE 'PC001' USING
			MESSAGE = format('volunteer %s has open claims', volunteer),
			DETAIL = format('Open are %s.', holds),
			HINT = 'Release them by release() first.';
	END IF;
	leaves_at := peoplecall.act_time(v.registered_at);
	UPDATE peoplecall.volunteer AS x
	   SET left_at = leaves_at, left_by = actor,
	       left_reason = coalesce((
			SELECT regexp_replace(unregister_volunteer_body.reason,
				peoplecall.person_pattern(p.name, p.phone), '***', 'g')
			  FROM peoplecall.volunteer_person AS p
			 WHERE p.district_id = v.district_id AND p.volunteer_id = v.id), unregister_volunteer_body.reason)
	 WHERE x.district_id = v.district_id AND x.id = v.id;
	DELETE FROM peoplecall.volunteer_person AS p
	 WHERE p.district_id = v.district_id AND p.volunteer_id = v.id;
	RETURN true;
END
$$;
COMMENT ON FUNCTION peoplecall.unregister_volunteer_body(bigint, text) IS 'body of unregister_volunteer()';

-- A verb, since the unit's people serve where its posts do not reach: it learns
-- the numbers and not the rows.
CREATE FUNCTION peoplecall.home_counts_body(
	org bigint, from_at timestamptz, to_at timestamptz,
	OUT home_org bigint, OUT name text, OUT branches bigint, OUT members bigint,
	OUT residents bigint, OUT communities bigint, OUT claims bigint, OUT claims_open bigint,
	OUT claims_fulfilled bigint, OUT claims_lapsed bigint) RETURNS SETOF record
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	units bigint[];
BEGIN
	IF num_nulls(from_at, to_at) > 0 THEN
		RAISE null_value_not_allowed USING MESSAGE = 'from_at and to_at must not be null';
	END IF;
	org := coalesce(org, peoplecall.own_org());
	PERFORM peoplecall.gate_speaker(org);
	units := ARRAY(SELECT o.id FROM peoplecall.org AS o
	                WHERE peoplecall.org_is_below(o.id, home_counts_body.org));
	RETURN QUERY
	WITH registered AS (
		SELECT v.home_org AS id, count(*) FILTER (WHERE v.kind = 'branch') AS branches,
		       count(*) FILTER (WHERE v.kind = 'member') AS members,
		       count(*) FILTER (WHERE v.kind = 'resident') AS residents,
		       count(DISTINCT v.community) AS communities
		  FROM peoplecall.volunteer AS v
		 WHERE v.home_org = ANY (units) AND v.left_at IS NULL
		 GROUP BY v.home_org),
	claimed AS (
		SELECT k.home_org AS id, count(*) AS claims,
		       count(*) FILTER (WHERE k.ended IS NULL) AS claims_open,
		       count(*) FILTER (WHERE k.ended = 'fulfilled') AS claims_fulfilled,
		       count(*) FILTER (WHERE k.ended = 'lapsed') AS claims_lapsed
		  FROM peoplecall.claim AS k
		 WHERE k.home_org = ANY (units)
		   AND k.claimed_at >= home_counts_body.from_at AND k.claimed_at < home_counts_body.to_at
		 GROUP BY k.home_org)
	SELECT u.id, u.name, coalesce(r.branches, 0), coalesce(r.members, 0), coalesce(r.residents, 0),
	       coalesce(r.communities, 0), coalesce(c.claims, 0), coalesce(c.claims_open, 0),
	       coalesce(c.claims_fulfilled, 0), coalesce(c.claims_lapsed, 0)
	  FROM peoplecall.org AS u
	  LEFT JOIN registered AS r ON r.id = u.id
	  LEFT JOIN claimed AS c ON c.id = u.id
	 WHERE u.id = ANY (units) AND (r.id IS NOT NULL OR c.id IS NOT NULL)
	 ORDER BY u.id;
END
$$;
COMMENT ON FUNCTION peoplecall.home_counts_body(bigint, timestamptz, timestamptz) IS 'body of home_counts()';
