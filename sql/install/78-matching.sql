-- Bringing needs and resources together: what is open, which resources would
-- do, the meeting that takes needs as its agenda; and the counts of the lists as
-- the reform reports them.

CREATE FUNCTION peoplecall.convene_needs(
	area peoplecall.areacode, orgs bigint[] DEFAULT NULL, needs bigint[] DEFAULT NULL,
	title text DEFAULT NULL, place text DEFAULT NULL, meets_at timestamptz DEFAULT NULL)
	RETURNS bigint
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
COMMENT ON FUNCTION peoplecall.convene_needs(peoplecall.areacode, bigint[], bigint[], text, text, timestamptz) IS
	'calls a meeting of a territorial org that contains the area, with needs (NULL: the open ones of the area, oldest first, at most 100) as its agenda and orgs (NULL: whose needs they are and the members of the area''s alliance); returns the meeting''s id; PC001 where no need is open or one is closed, 22004, 22023 for what is no need of the area or a meeting in the past, PC005, 42501';

CREATE FUNCTION peoplecall.open_needs(area peoplecall.areacode DEFAULT '0')
	RETURNS TABLE (
		listing_id bigint,
		no text,
		title text,
		area_name text,
		org bigint,
		org_name text,
		category ltree,
		free int,
		published_at timestamptz,
		expires_at timestamptz)
	LANGUAGE plpgsql STABLE STRICT PARALLEL RESTRICTED
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM peoplecall.require_lists();
	RETURN QUERY
	SELECT l.listing_id, l.no, l.title, l.area_name, l.org, l.org_name, l.category, l.free,
	       l.published_at, l.expires_at
	  FROM peoplecall.lists AS l
	 WHERE l.kind = 'need' AND l.closed_at IS NULL AND l.free > 0
	   AND l.area OPERATOR(peoplecall.<@) open_needs.area
	 ORDER BY l.published_at, l.listing_id;
END
$$;
COMMENT ON FUNCTION peoplecall.open_needs(peoplecall.areacode) IS
	'needs of the area of which something is free to claim, the oldest first; no row for NULL; PC002 without a ledger';

CREATE FUNCTION peoplecall.require_lists() RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF to_regclass('peoplecall.lists') IS NULL THEN
		RAISE EXCEPTION 'there is no ledger in this database' USING
			ERRCODE = 'PC002',
			HINT = 'Run SELECT peoplecall.create_ledger(''owner'') once.';
	END IF;
END
$$;
COMMENT ON FUNCTION peoplecall.require_lists() IS 'PC002 without a ledger';

-- Near is where both lie in one community, street, district or city. Beside
-- that a resource must have to do with the need: by its category or its words.
CREATE FUNCTION peoplecall.match_needs(area peoplecall.areacode DEFAULT '0', most int DEFAULT 5)
	RETURNS TABLE (
		need_id bigint,
		need_no text,
		need_title text,
		wanted int,
		rank int,
		resource_id bigint,
		resource_no text,
		resource_title text,
		org bigint,
		org_name text,
		free int,
		nearness peoplecall.area_level,
		likeness float8,
		why text)
	LANGUAGE plpgsql STABLE STRICT PARALLEL RESTRICTED
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	threshold float8 := peoplecall.setting_number('match_likeness', 0.1);
BEGIN
	PERFORM peoplecall.require_tables();
	PERFORM peoplecall.require_lists();
	RETURN QUERY
	WITH open AS MATERIALIZED (
		SELECT l.id, l.kind, l.title, l.org, l.area, l.category, l.published_at, n.free,
		       peoplecall.text_grams(left(l.title || ' ' || l.body, 2000)) AS grams
		  FROM peoplecall.listing AS l
		 CROSS JOIN LATERAL (SELECT l.quantity - l.claimed AS free) AS n
		 WHERE l.closed_at IS NULL AND l.kind IN ('need', 'resource') AND n.free > 0
		   AND coalesce(l.expires_at > peoplecall.as_of(), true)),
	pair AS (
		SELECT n.id AS need, n.title AS need_title, n.free AS wanted, n.published_at AS since,
		       r.id AS resource, r.title, r.org, r.free, r.published_at,
		       peoplecall.level(peoplecall.common_ancestor(n.area, r.area)) AS nearness,
		       CASE WHEN peoplecall.category_is(n.category, r.category) THEN 3
		            WHEN peoplecall.category_contains(n.category, r.category)
		              OR peoplecall.category_contains(r.category, n.category) THEN 2
		            WHEN n.category IS NULL OR r.category IS NULL THEN 1
		            ELSE 0 END AS related,
		       peoplecall.likeness(n.grams, r.grams) AS likeness
		  FROM open AS n
		  JOIN open AS r
		    ON r.kind = 'resource' AND r.org <> n.org
		   AND r.area OPERATOR(peoplecall.<@) peoplecall.ancestor(n.area, least(peoplecall.level(n.area), 'city'))
		 WHERE n.kind = 'need' AND n.area OPERATOR(peoplecall.<@) match_needs.area),
	ranked AS (
		SELECT p.*, (row_number() OVER (PARTITION BY p.need
			ORDER BY p.free >= p.wanted DESC, p.nearness DESC, p.related DESC,
			         p.likeness DESC, p.published_at, p.resource))::int AS place
		  FROM pair AS p
		 WHERE p.related >= 2 OR p.likeness >= threshold)
	SELECT m.need, peoplecall.complaint_no(m.need), m.need_title, m.wanted, m.place,
	       m.resource, peoplecall.complaint_no(m.resource), m.title, m.org, o.name, m.free,
	       m.nearness, m.likeness,
	       format('same %s, %s, likeness %s, %s', m.nearness,
		CASE m.related WHEN 3 THEN 'same category' WHEN 2 THEN 'category above or below'
		               WHEN 1 THEN 'no category to compare' ELSE 'another category' END,
		round(m.likeness::numeric, 2),
		CASE WHEN m.free >= m.wanted THEN format('enough: %s for %s', m.free, m.wanted)
		     ELSE format('a part: %s for %s', m.free, m.wanted) END)
	  FROM ranked AS m
	  JOIN peoplecall.org AS o ON o.id = m.org
	 WHERE m.place <= most
	 ORDER BY m.since, m.need, m.place;
END
$$;
COMMENT ON FUNCTION peoplecall.match_needs(peoplecall.areacode, int) IS
	'for each open need of the area, the oldest first, at most so many open resources of other orgs in the same city that have to do with it, by category or by likeness from setting match_likeness on, and why: those with enough left first, then the nearest, then by category, then the likest; no row for NULL; PC002 without a ledger';

CREATE FUNCTION peoplecall.needs_agenda(needs bigint[]) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (
		SELECT string_agg(format('%s. %s %s ×%s（%s）', w.place, l.no, l.title, l.free, l.org_name),
			E'\n' ORDER BY w.place)
		  FROM unnest(needs) WITH ORDINALITY AS w (id, place)
		  JOIN peoplecall.lists AS l
		    ON l.district_id = peoplecall.district_of(w.id) AND l.listing_id = w.id);
END
$$;
COMMENT ON FUNCTION peoplecall.needs_agenda(bigint[]) IS 'used by convene_needs(): a meeting''s agenda, a line for each need';

CREATE FUNCTION peoplecall.convene_needs_body(
	area peoplecall.areacode, orgs bigint[], needs bigint[], title text, place text,
	meets_at timestamptz) RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	convenor bigint;
	at timestamptz := peoplecall.act_time(NULL);
	called bigint;
	coordination bigint;
BEGIN
	PERFORM peoplecall.require_area(area);
	convenor := coalesce(peoplecall.gate_area(area, 'grid', NULL),
		peoplecall.commanding_org(area, peoplecall.level(area), at));
	IF meets_at < at THEN
		RAISE invalid_parameter_value USING
			MESSAGE = 'a meeting must lie ahead',
			DETAIL = format('It is called for %s, and now it is %s.', meets_at, at);
	END IF;
	IF needs IS NULL THEN
		needs := ARRAY(SELECT n.listing_id FROM peoplecall.open_needs(area) AS n LIMIT 100);
	END IF;
	PERFORM peoplecall.check_needs(needs, area);
	IF orgs IS NULL THEN
		orgs := ARRAY(
			SELECT l.org FROM unnest(needs) AS w (id)
			  JOIN peoplecall.listing AS l
			    ON l.district_id = peoplecall.district_of(w.id) AND l.id = w.id
			 UNION
			SELECT m.org FROM peoplecall.alliance_member AS m
			 WHERE m.district_id = peoplecall.district_of_area(convene_needs_body.area)
			   AND m.area OPERATOR(peoplecall.=) convene_needs_body.area
			   AND m.left_at IS NULL
			 ORDER BY 1);
	END IF;
	orgs := array_remove(array_remove(orgs, NULL), convenor);
	FOREACH called IN ARRAY orgs LOOP
		PERFORM peoplecall.require_org(called);
	END LOOP;
	IF orgs = '{}' THEN
		RAISE null_value_not_allowed USING
			MESSAGE = 'a meeting needs somebody beside its convenor';
	END IF;
	coordination := peoplecall.open_coordination(peoplecall.district_of_area(area), NULL, area,
		convenor, orgs, '{}', coalesce(nullif(btrim(title), ''),
			(SELECT t.body FROM peoplecall.template AS t WHERE t.code = 'needs_meeting'), 'needs'),
		peoplecall.needs_agenda(needs), place, meets_at, at);
	PERFORM peoplecall.note_agenda(needs, coordination, convenor, at);
	RETURN coordination;
END
$$;
COMMENT ON FUNCTION peoplecall.convene_needs_body(peoplecall.areacode, bigint[], bigint[], text, text, timestamptz) IS 'body of convene_needs()';

CREATE FUNCTION peoplecall.check_needs(needs bigint[], area peoplecall.areacode) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	wrong bigint;
BEGIN
	IF cardinality(needs) = 0 THEN
		RAISE SQLSTATE 'PC001' USING
			MESSAGE = format('no need is open in area %s', area);
	END IF;
	SELECT w.id INTO wrong
	  FROM unnest(needs) AS w (id)
	  LEFT JOIN peoplecall.listing AS l
	    ON l.district_id = peoplecall.district_of(w.id) AND l.id = w.id
	   AND l.kind = 'need' AND l.area OPERATOR(peoplecall.<@) check_needs.area
	 WHERE l.id IS NULL
	 LIMIT 1;
	IF FOUND THEN
		RAISE invalid_parameter_value USING
			MESSAGE = format('listing %s is no need of area %s',
				coalesce(peoplecall.complaint_no(wrong), 'NULL'), area);
	END IF;
	SELECT l.id INTO wrong
	  FROM unnest(needs) AS w (id)
	  JOIN peoplecall.listing AS l
	    ON l.district_id = peoplecall.district_of(w.id) AND l.id = w.id
	 WHERE l.closed_at IS NOT NULL
	 LIMIT 1;
	IF FOUND THEN
		RAISE SQLSTATE 'PC001' USING
			MESSAGE = format('listing %s is closed', peoplecall.complaint_no(wrong));
	END IF;
END
$$;
COMMENT ON FUNCTION peoplecall.check_needs(bigint[], peoplecall.areacode) IS
	'PC001 for none or a closed one, 22023 for a listing that is no need of the area';

CREATE FUNCTION peoplecall.note_agenda(needs bigint[], coordination bigint, org bigint, at timestamptz) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	l peoplecall.listing;
	one bigint;
BEGIN
	FOR one IN SELECT DISTINCT n.id FROM unnest(needs) AS n (id) ORDER BY n.id LOOP
		l := peoplecall.lock_listing(one);
		PERFORM peoplecall.settle_listing(l.district_id, l.id, greatest(at, l.last_event_at),
			'convene', org, NULL, jsonb_build_object('coordination', coordination));
	END LOOP;
END
$$;
COMMENT ON FUNCTION peoplecall.note_agenda(bigint[], bigint, bigint, timestamptz) IS
	'writes into each need''s history that a meeting took it up';

CREATE FUNCTION peoplecall.list_counts(
	area peoplecall.areacode DEFAULT '0', level peoplecall.area_level DEFAULT NULL)
	RETURNS TABLE (
		code peoplecall.areacode,
		name text,
		alliance_members bigint,
		needs bigint, needs_claimed bigint, needs_fulfilled bigint,
		resources bigint, resources_claimed bigint, resources_fulfilled bigint,
		projects bigint, projects_claimed bigint, projects_fulfilled bigint,
		posts bigint, posts_claimed bigint, posts_fulfilled bigint,
		wishes bigint, wishes_claimed bigint, wishes_fulfilled bigint,
		communities bigint,
		branches bigint,
		members bigint,
		residents bigint)
	LANGUAGE plpgsql STABLE PARALLEL RESTRICTED
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	codes peoplecall.areacode[];
BEGIN
	PERFORM peoplecall.require_tables();
	PERFORM peoplecall.require_lists();
	level := coalesce(level, peoplecall.level(area));
	-- what is open can be read everywhere, what is closed cannot: of an area
	-- that the caller does not reach, half of the truth would be counted
	codes := ARRAY(SELECT a.code FROM peoplecall.area AS a
	                WHERE a.code OPERATOR(peoplecall.<@) list_counts.area
	                  AND peoplecall.level(a.code) = list_counts.level
	                  AND peoplecall.may_read(a.code));
	RETURN QUERY
	WITH allied AS (
		SELECT peoplecall.ancestor(m.area, list_counts.level) AS at, count(DISTINCT m.org) AS members
		  FROM peoplecall.alliance_member AS m
		 WHERE m.area OPERATOR(peoplecall.<@) list_counts.area AND m.left_at IS NULL
		 GROUP BY 1),
	listed AS (
		SELECT x.at,
		       count(*) FILTER (WHERE x.kind = 'need') AS n1, count(*) FILTER (WHERE x.kind = 'need' AND x.taken) AS n2, count(*) FILTER (WHERE x.kind = 'need' AND x.done) AS n3,
		       count(*) FILTER (WHERE x.kind = 'resource') AS r1, count(*) FILTER (WHERE x.kind = 'resource' AND x.taken) AS r2, count(*) FILTER (WHERE x.kind = 'resource' AND x.done) AS r3,
		       count(*) FILTER (WHERE x.kind = 'project') AS j1, count(*) FILTER (WHERE x.kind = 'project' AND x.taken) AS j2, count(*) FILTER (WHERE x.kind = 'project' AND x.done) AS j3,
		       count(*) FILTER (WHERE x.kind = 'post') AS p1, count(*) FILTER (WHERE x.kind = 'post' AND x.taken) AS p2, count(*) FILTER (WHERE x.kind = 'post' AND x.done) AS p3,
		       count(*) FILTER (WHERE x.kind = 'wish') AS w1, count(*) FILTER (WHERE x.kind = 'wish' AND x.taken) AS w2, count(*) FILTER (WHERE x.kind = 'wish' AND x.done) AS w3
		  FROM (SELECT peoplecall.ancestor(l.area, list_counts.level) AS at, l.kind,
		               l.claimed > 0 AS taken, l.fulfilled = l.quantity AS done
		          FROM peoplecall.listing AS l
		         WHERE l.area OPERATOR(peoplecall.<@) list_counts.area) AS x
		 GROUP BY x.at),
	registered AS (
		SELECT peoplecall.ancestor(v.community, list_counts.level) AS at, count(DISTINCT v.community) AS communities,
		       count(*) FILTER (WHERE v.kind = 'branch') AS branches,
		       count(*) FILTER (WHERE v.kind = 'member') AS members,
		       count(*) FILTER (WHERE v.kind = 'resident') AS residents
		  FROM peoplecall.volunteer AS v
		 WHERE v.community OPERATOR(peoplecall.<@) list_counts.area AND v.left_at IS NULL
		 GROUP BY 1)
	SELECT a.code, a.name, coalesce(m.members, 0),
	       coalesce(l.n1, 0), coalesce(l.n2, 0), coalesce(l.n3, 0),
	       coalesce(l.r1, 0), coalesce(l.r2, 0), coalesce(l.r3, 0),
	       coalesce(l.j1, 0), coalesce(l.j2, 0), coalesce(l.j3, 0),
	       coalesce(l.p1, 0), coalesce(l.p2, 0), coalesce(l.p3, 0),
	       coalesce(l.w1, 0), coalesce(l.w2, 0), coalesce(l.w3, 0),
	       coalesce(v.communities, 0), coalesce(v.branches, 0), coalesce(v.members, 0), coalesce(v.residents, 0)
	  FROM peoplecall.area AS a
	  LEFT JOIN allied AS m ON m.at OPERATOR(peoplecall.=) a.code
	  LEFT JOIN listed AS l ON l.at OPERATOR(peoplecall.=) a.code
	  LEFT JOIN registered AS v ON v.at OPERATOR(peoplecall.=) a.code
	 WHERE a.code OPERATOR(peoplecall.=) ANY (codes)
	 ORDER BY a.code;
END
$$;
COMMENT ON FUNCTION peoplecall.list_counts(peoplecall.areacode, peoplecall.area_level) IS
	'a row for each area of the level (NULL: for the area itself) in the area that the caller''s posts reach as a whole: the different orgs in its alliances now; needs, resources, projects, posts and wishes ever published, those claimed at least in part and those fulfilled altogether; communities where somebody is registered, and the branches, members and residents registered now; what lies above the level is left out; PC002 without a ledger';
