-- Hot matters: many citizens with one matter, seen before more of them call.

CREATE TYPE peoplecall.hot_matter AS (
	sample bigint,
	title text,
	complaints bigint,
	people bigint,
	growth float8,
	subject text,
	category ltree,
	ids bigint[]
);
COMMENT ON TYPE peoplecall.hot_matter IS
	'a group of complaints about one matter, or about one subject where that is filled: its oldest with its title, how many complaints and people, how many more in the later half of the time than in the earlier (1: as many), the category most of them have, all ids from the oldest on';

CREATE FUNCTION peoplecall.hot_matters(area peoplecall.areacode, since timestamptz) RETURNS SETOF peoplecall.hot_matter
	LANGUAGE plpgsql STABLE PARALLEL RESTRICTED ROWS 20
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	threshold float8 := peoplecall.setting_number('hot_likeness', 0.4);
	enough_complaints float8 := peoplecall.setting_number('hot_complaints', 5);
	enough_people float8 := peoplecall.setting_number('hot_people', 50);
	middle timestamptz := since + (peoplecall.as_of() - since) / 2;
BEGIN
	PERFORM peoplecall.require_tables();
	IF num_nulls(area, since) > 0 THEN
		RAISE null_value_not_allowed USING MESSAGE = 'area and since must not be null';
	END IF;
	RETURN QUERY
	WITH matter AS (
		SELECT t.complaint_id AS id, t.grams, c.title, c.people, c.received_at, c.category,
		       coalesce(nullif(btrim(c.subject), ''), o.name) AS subject
		  FROM peoplecall.complaint_text AS t
		  JOIN peoplecall.complaint AS c
		    ON c.district_id = t.district_id AND c.id = t.complaint_id
		  LEFT JOIN peoplecall.org AS o ON o.id = c.subject_org
		 WHERE t.received_at >= since
		   AND t.area OPERATOR(peoplecall.<@) hot_matters.area
		   AND c.state NOT IN ('rejected', 'referred', 'withdrawn', 'moved')),
	alike AS (
		SELECT peoplecall.alike_groups(m.id, m.grams, threshold
		                               ORDER BY m.received_at, m.id) AS pairs
		  FROM matter AS m
		 WHERE m.grams <> '{}'),
	member AS (
		SELECT a.pairs[i.n] AS id, a.pairs[i.n + 1] AS leader, NULL::text AS subject
		  FROM alike AS a
		 CROSS JOIN generate_series(1, cardinality(a.pairs), 2) AS i (n)
		 UNION ALL
		SELECT m.id, NULL, m.subject FROM matter AS m WHERE m.subject IS NOT NULL),
	grouped AS (
		SELECT b.subject, count(*) AS complaints, sum(m.people) AS people,
		       count(*) FILTER (WHERE m.received_at >= middle)::float8
		       / greatest(count(*) FILTER (WHERE m.received_at < middle), 1) AS growth,
		       mode() WITHIN GROUP (ORDER BY m.category) AS category,
		       array_agg(m.id ORDER BY m.received_at, m.id) AS ids
		  FROM member AS b
		  JOIN matter AS m ON m.id = b.id
		 GROUP BY b.leader, b.subject
		HAVING count(*) >= enough_complaints
		    OR (count(*) > 1 AND sum(m.people) >= enough_people))
	SELECT g.ids[1], m.title, g.complaints, g.people, g.growth, g.subject, g.category, g.ids
	  FROM grouped AS g
	  JOIN matter AS m ON m.id = g.ids[1]
	 ORDER BY g.complaints DESC, g.people DESC, g.subject IS NULL, g.ids[1];
END
$$;
COMMENT ON FUNCTION peoplecall.hot_matters(peoplecall.areacode, timestamptz) IS
	'groups of complaints of an area since then whose titles are alike (setting hot_likeness) or that are about one subject, of at least hot_complaints complaints or hot_people people, the largest first; the reader sees only what his posts reach; 22004, PC002';

CREATE FUNCTION peoplecall.raise_hot(area peoplecall.areacode DEFAULT '0', since timestamptz DEFAULT NULL) RETURNS int
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
COMMENT ON FUNCTION peoplecall.raise_hot(peoplecall.areacode, timestamptz) IS
	'for each of the hot_matters() of the area since then (NULL: of seven days) that was not raised before: its oldest open complaint is graded one up and the chief of the org that commands then is told, once for a group; returns the number of groups raised; 22004, 42501';

CREATE FUNCTION peoplecall.raise_hot_body(area peoplecall.areacode, since timestamptz) RETURNS int
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	post_org bigint;
	hot record;
	lead bigint;
	raised int := 0;
BEGIN
	IF area IS NULL THEN
		RAISE null_value_not_allowed USING MESSAGE = 'area must not be null';
	END IF;
	post_org := peoplecall.gate_area(area, NULL, NULL);
	-- who comes second must see what the first one raised
	PERFORM pg_advisory_xact_lock(hashtextextended('peoplecall.raise_hot', 0));
	PERFORM peoplecall.lock_cities(peoplecall.likeness_districts(area));
	FOR hot IN
		SELECT h.* FROM peoplecall.hot_matters(area,
			coalesce(since, peoplecall.as_of() - interval '7 days')) AS h
	LOOP
		CONTINUE WHEN EXISTS (
			SELECT FROM unnest(hot.ids) AS i (id)
			  JOIN peoplecall.event AS e
			    ON e.district_id = peoplecall.district_of(i.id) AND e.complaint_id = i.id
			 WHERE e.verb = 'raise_hot' OR (e.verb = 'transfer' AND e.detail ? 'hot'));
		SELECT c.id INTO lead
		  FROM unnest(hot.ids) WITH ORDINALITY AS i (id, place)
		  JOIN peoplecall.complaint AS c
		    ON c.district_id = peoplecall.district_of(i.id) AND c.id = i.id
		 WHERE c.state IN ('received', 'dispatched')
		 ORDER BY i.place
		 LIMIT 1;
		CONTINUE WHEN NOT FOUND;
		raised := raised + peoplecall.raise_one(lead, post_org,
			jsonb_build_object('complaints', hot.complaints, 'people', hot.people,
				'growth', round(hot.growth::numeric, 2), 'subject', hot.subject,
				'ids', hot.ids[1:100]))::int;
	END LOOP;
	RETURN raised;
END
$$;
COMMENT ON FUNCTION peoplecall.raise_hot_body(peoplecall.areacode, timestamptz) IS 'body of raise_hot()';

CREATE FUNCTION peoplecall.raise_one(complaint bigint, post_org bigint, detail jsonb) RETURNS boolean
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	n peoplecall.complaint;
	at timestamptz;
	told bigint;
	moved jsonb;
BEGIN
	c := peoplecall.lock_complaint(complaint);
	IF c.state NOT IN ('received', 'dispatched') THEN
		RETURN false;
	END IF;
	at := peoplecall.act_time(c.last_event_at);
	n := c;
	n.grade := peoplecall.raise(c.grade);
	-- what was lifted higher stays there
	n.command_level := least(c.command_level, peoplecall.command_level(n.grade));
	IF n.command_level <> c.command_level THEN
		SELECT f.level, f.org INTO n.command_level, n.command_org
		  FROM peoplecall.command_for(c.area, n.command_level, c.subject_org, at) AS f;
	END IF;
	UPDATE peoplecall.complaint AS m
	   SET grade = n.grade, command_level = n.command_level, command_org = n.command_org
	 WHERE m.district_id = c.district_id AND m.id = c.id;
	moved := peoplecall.replay_clocks(c.district_id, c.id);
	told := peoplecall.officer_for(n.command_org, 'chief', at);
	PERFORM peoplecall.send_notice(c.district_id, c.id, c.area, told, 'hot',
		peoplecall.notice_fields(c.district_id, c.id) || detail, at);
	PERFORM peoplecall.write_event(c.district_id, c.id, c.area, c.event_count + 1, at,
		'raise_hot', post_org, NULL,
		detail || peoplecall.changed_fields(to_jsonb(c), to_jsonb(n))
		|| jsonb_build_object('deadlines', nullif(moved, '[]'), 'told', told));
	PERFORM peoplecall.settle(c.district_id, c.id, c.state, at, 1, NULL, c.lead_org);
	RETURN true;
END
$$;
COMMENT ON FUNCTION peoplecall.raise_one(bigint, bigint, jsonb) IS
	'used by raise_hot(): grades a complaint one up and tells the chief of the org that commands it then; false where it is open no longer';
