-- Meetings (吹哨报到, 协调会) and what they decide (会议纪要). A ruling binds its
-- case; as a precedent of a district or a city it becomes a responsibility.

CREATE FUNCTION peoplecall.convene(
	orgs bigint[], outsiders text[] DEFAULT NULL, complaint bigint DEFAULT NULL,
	title text DEFAULT NULL, agenda text DEFAULT NULL, place text DEFAULT NULL,
	meets_at timestamptz DEFAULT NULL, area peoplecall.areacode DEFAULT NULL)
	RETURNS bigint
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
CREATE FUNCTION peoplecall.sign(coordination bigint, org bigint DEFAULT NULL) RETURNS boolean
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
CREATE FUNCTION peoplecall.attend(coordination bigint, org bigint DEFAULT NULL, outsider text DEFAULT NULL) RETURNS boolean
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
CREATE FUNCTION peoplecall.rule(
	coordination bigint, lead bigint, assist bigint[] DEFAULT NULL, minutes text DEFAULT NULL,
	document_no text DEFAULT NULL, precedent boolean DEFAULT false,
	category ltree DEFAULT NULL, assist_matters text[] DEFAULT NULL) RETURNS bigint
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
CREATE FUNCTION peoplecall.end_coordination(coordination bigint, result text) RETURNS boolean
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
CREATE FUNCTION peoplecall.mark(coordination bigint, org bigint, mark int, remark text DEFAULT NULL) RETURNS boolean
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
COMMENT ON FUNCTION peoplecall.convene(bigint[], text[], bigint, text, text, text, timestamptz, peoplecall.areacode) IS
	'calls orgs and outsiders (a mall, a builder) to a meeting about a complaint, or about an area and a title: by a territorial org that contains it, or by the lead of a complaint whose return was refused; tells each org''s leader in charge; returns the meeting''s id; received, dispatched, shelved; 22004, 22023 for a meeting in the past, PC001, PC005, 42501';
COMMENT ON FUNCTION peoplecall.sign(bigint, bigint) IS
	'an org (NULL: the caller''s own) signs that it was called; false where it had; PC001 once the meeting is over, PC005 for an org that was not called, 42501';
COMMENT ON FUNCTION peoplecall.attend(bigint, bigint, text) IS
	'an org (NULL: the caller''s own) is there, by its own word or the convenor''s; an outsider by the convenor''s; false where that was said before; PC001 once the meeting is over, PC005 for one that was not called, 22023, 42501';
COMMENT ON FUNCTION peoplecall.rule(bigint, bigint, bigint[], text, text, boolean, ltree, text[]) IS
	'ends a meeting with minutes: its complaint goes to the lead and the assistants, each with its matter where assist_matters says what, in their order; as a precedent of a district or a city, it closes the responsibilities of the category for the convenor''s own area and opens those that cite it; returns the ruling''s id; received, dispatched; 2202E for more or fewer matters than assistants, PC001 once it is over, PC004 for an unknown category, PC005, 22004, 22023 for a ruling that binds nothing, 23514 for a lead that the matter is about, 42501 for a precedent of a street';
COMMENT ON FUNCTION peoplecall.end_coordination(bigint, text) IS
	'ends a meeting without a ruling, with its result; PC001 once it is over, PC005, 22004, 42501';
COMMENT ON FUNCTION peoplecall.mark(bigint, bigint, int, text) IS
	'the convenor marks how an org worked along, 1 to 5, once, after the meeting; PC001 before, PC005, 22004, 23505 a second time, 23514, 42501';

CREATE FUNCTION peoplecall.convene_body(
	orgs bigint[], outsiders text[], complaint bigint, title text, agenda text,
	place text, meets_at timestamptz, area peoplecall.areacode) RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	at timestamptz;
	convenor bigint;
	called bigint;
	coordination bigint;
BEGIN
	IF complaint IS NOT NULL THEN
		c := peoplecall.lock_complaint(complaint);
		area := c.area;
		title := coalesce(nullif(btrim(title), ''), c.title);
		IF c.lead_org = ANY (peoplecall.gate_orgs())
		   AND peoplecall.return_refused(c.district_id, c.id, c.lead_org)
		THEN
			-- it must go on with what it tried to give back
			convenor := c.lead_org;
		END IF;
	END IF;
	IF area IS NULL THEN
		RAISE null_value_not_allowed USING
			MESSAGE = 'complaint and area must not both be null',
			HINT = 'Say which complaint the meeting is about, or for which area it is held.';
	END IF;
	IF convenor IS NULL THEN
		-- any level, but territorial
		convenor := coalesce(peoplecall.gate_area(area, 'grid', NULL), c.command_org,
			peoplecall.commanding_org(area, peoplecall.level(area), peoplecall.act_time(NULL)));
	END IF;
	IF complaint IS NOT NULL THEN
		PERFORM peoplecall.gate_state(c.id, c.state);
	END IF;
	at := peoplecall.act_time(c.last_event_at);
	PERFORM peoplecall.require_text('title', title);
	IF meets_at < at THEN
		RAISE invalid_parameter_value USING
			MESSAGE = 'a meeting must lie ahead',
			DETAIL = format('It is called for %s, and now it is %s.', meets_at, at);
	END IF;
	orgs := ARRAY(SELECT o.id FROM unnest(orgs) WITH ORDINALITY AS o (id, place)
	               WHERE o.id <> convenor
	               GROUP BY o.id ORDER BY min(o.place));
	outsiders := ARRAY(SELECT DISTINCT btrim(o.name) FROM unnest(outsiders) AS o (name)
	                    WHERE btrim(o.name) <> '' ORDER BY 1);
	FOREACH called IN ARRAY orgs LOOP
		PERFORM peoplecall.require_org(called);
	END LOOP;
	IF orgs = '{}' AND outsiders = '{}' THEN
		RAISE null_value_not_allowed USING
			MESSAGE = 'a meeting needs somebody beside its convenor';
	END IF;

	coordination := peoplecall.open_coordination(
		coalesce(c.district_id, peoplecall.district_of_area(area)), c.id, area, convenor,
		orgs, outsiders, title, agenda, place, meets_at, at);
	IF complaint IS NOT NULL THEN
		PERFORM peoplecall.write_event(c.district_id, c.id, c.area, c.event_count + 1, at,
			'convene', convenor, NULL,
			jsonb_build_object('coordination', coordination, 'orgs', orgs,
				'outsiders', nullif(cardinality(outsiders), 0), 'meets_at', meets_at));
		PERFORM peoplecall.settle(c.district_id, c.id, c.state, at, 1, NULL, c.lead_org);
	END IF;
	RETURN coordination;
END
$$;
COMMENT ON FUNCTION peoplecall.convene_body(bigint[], text[], bigint, text, text, text, timestamptz, peoplecall.areacode) IS 'body of convene()';

CREATE FUNCTION peoplecall.return_refused(district_id int, complaint_id bigint, org bigint) RETURNS boolean
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN EXISTS (
		SELECT FROM peoplecall.request AS r
		 WHERE r.district_id = return_refused.district_id
		   AND r.complaint_id = return_refused.complaint_id
		   AND r.kind = 'return' AND NOT r.granted
		   AND r.asked_by = return_refused.org);
END
$$;
COMMENT ON FUNCTION peoplecall.return_refused(int, bigint, bigint) IS
	'whether an org asked to return the complaint and was refused';

CREATE FUNCTION peoplecall.setting_limit(name text, otherwise text) RETURNS peoplecall.timelimit
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN (peoplecall.setting_value(name, to_jsonb(otherwise)) #>> '{}')::peoplecall.timelimit;
END
$$;
COMMENT ON FUNCTION peoplecall.setting_limit(text, text) IS
	'a setting that is a limit of time, or what stands where it is missing; NULL where it is null';

CREATE FUNCTION peoplecall.open_coordination(
	district_id int, complaint_id bigint, area peoplecall.areacode, convenor bigint,
	orgs bigint[], outsiders text[], title text, agenda text, place text,
	meets_at timestamptz, at timestamptz) RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	coordination bigint := district_id * 1000000000000 + nextval('peoplecall.complaint_serial');
	signing_by timestamptz := peoplecall.due_at(at, peoplecall.setting_limit('sign_limit', '2h'), NULL);
	called record;
BEGIN
	INSERT INTO peoplecall.coordination (district_id, id, complaint_id, convened_by, area,
		title, agenda, place, convened_at, meets_at)
	VALUES (district_id, coordination, complaint_id, convenor, area,
		title, agenda, place, at, meets_at);
	INSERT INTO peoplecall.coordination_party (district_id, coordination_id, area, seq,
		org, outsider, sign_by)
	SELECT open_coordination.district_id, coordination, open_coordination.area,
	       row_number() OVER (ORDER BY p.place), p.org, p.outsider,
	       CASE WHEN p.org IS NOT NULL THEN signing_by END
	  FROM (SELECT min(o.place) AS place, o.org, NULL::text AS outsider
	          FROM unnest(orgs) WITH ORDINALITY AS o (org, place)
	         GROUP BY o.org
	         UNION ALL
	        SELECT 1000000 + o.place, NULL, o.name
	          FROM unnest(outsiders) WITH ORDINALITY AS o (name, place)) AS p;
	FOR called IN
		SELECT o.id, o.name
		  FROM peoplecall.coordination_party AS p
		  JOIN peoplecall.org AS o ON o.id = p.org
		 WHERE p.district_id = open_coordination.district_id
		   AND p.coordination_id = coordination
		 ORDER BY p.seq
	LOOP
		PERFORM peoplecall.send_notice(district_id, coalesce(complaint_id, coordination), area,
			peoplecall.officer_for(called.id, 'leader_in_charge', at), 'convene',
			jsonb_build_object('no', peoplecall.complaint_no(coalesce(complaint_id, coordination)),
				'title', title, 'place', place, 'called', called.name,
				'meets_at', peoplecall.local_time(meets_at),
				'sign_by', peoplecall.local_time(signing_by),
				'convenor', (SELECT o.name FROM peoplecall.org AS o WHERE o.id = convenor)), at);
	END LOOP;
	RETURN coordination;
END
$$;
COMMENT ON FUNCTION peoplecall.open_coordination(int, bigint, peoplecall.areacode, bigint, bigint[], text[], text, text, text, timestamptz, timestamptz) IS
	'writes a meeting and who is called to it, and tells each org; returns its id';

-- The n-th return: whoever got the matter and gave it back meets at the org of
-- the area that all of them share.
CREATE FUNCTION peoplecall.convene_returned(district_id int, complaint_id bigint, at timestamptz, event_seq int) RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c peoplecall.complaint;
	share record;
	common peoplecall.areacode;
	orgs bigint[] := ARRAY[]::bigint[];
	convenor bigint;
	coordination bigint;
BEGIN
	SELECT m.* INTO STRICT c
	  FROM peoplecall.complaint AS m
	 WHERE m.district_id = convene_returned.district_id
	   AND m.id = convene_returned.complaint_id;
	IF c.returned < peoplecall.setting_value('return_limit', '3')::int OR EXISTS (
		SELECT FROM peoplecall.coordination AS m
		 WHERE m.district_id = c.district_id AND m.complaint_id = c.id
		   AND m.closed_at IS NULL)
	THEN
		RETURN NULL;
	END IF;
	common := c.area;
	FOR share IN
		SELECT t.org, o.area, min(t.seq)
		  FROM peoplecall.task AS t
		  JOIN peoplecall.org AS o ON o.id = t.org
		 WHERE t.district_id = c.district_id AND t.complaint_id = c.id
		   AND t.state = 'returned' AND t.role = 'lead'
		 GROUP BY t.org, o.area
		 ORDER BY 3
	LOOP
		common := peoplecall.common_ancestor(common, share.area);
		orgs := orgs || share.org;
	END LOOP;
	convenor := coalesce(peoplecall.commanding_org(common, peoplecall.level(common), at), c.command_org);
	IF convenor IS NULL THEN
		RETURN NULL;
	END IF;
	coordination := peoplecall.open_coordination(c.district_id, c.id, c.area, convenor,
		array_remove(orgs, convenor), '{}', c.title, NULL, NULL, NULL, at);
	PERFORM peoplecall.send_notice(c.district_id, c.id, c.area,
		peoplecall.officer_for(convenor, 'leader_in_charge', at), 'returned',
		peoplecall.notice_fields(c.district_id, c.id)
		|| jsonb_build_object('returned', c.returned), at);
	PERFORM peoplecall.write_event(c.district_id, c.id, c.area, event_seq, at,
		'convene', convenor, NULL,
		jsonb_build_object('coordination', coordination, 'orgs', array_remove(orgs, convenor),
			'returned', c.returned));
	RETURN coordination;
END
$$;
COMMENT ON FUNCTION peoplecall.convene_returned(int, bigint, timestamptz, int) IS
	'opens a meeting where a matter was returned as often as setting return_limit (3) says, unless one is open; returns its id, NULL for none';

-- Returns a row of the table coordination; its type exists only with the ledger.
CREATE FUNCTION peoplecall.lock_coordination(coordination bigint) RETURNS record
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	m peoplecall.coordination;
BEGIN
	IF coordination IS NULL THEN
		RAISE null_value_not_allowed USING MESSAGE = 'coordination must not be null';
	END IF;
	SELECT x.* INTO m
	  FROM peoplecall.coordination AS x
	 WHERE x.district_id = peoplecall.district_of(coordination) AND x.id = coordination
	   FOR UPDATE;
	IF NOT FOUND THEN
		RAISE SQLSTATE 'PC005' USING
			MESSAGE = format('there is no coordination %s', peoplecall.complaint_no(coordination));
	END IF;
	RETURN m;
END
$$;
COMMENT ON FUNCTION peoplecall.lock_coordination(bigint) IS
	'locks and returns a meeting; PC005, 22004';

CREATE FUNCTION peoplecall.require_meeting(coordination bigint, closed_at timestamptz, open boolean) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF open AND closed_at IS NOT NULL THEN
		RAISE SQLSTATE 'PC001' USING
			MESSAGE = format('coordination %s is over', peoplecall.complaint_no(coordination)),
			DETAIL = format('It was closed at %s.', closed_at);
	ELSIF NOT open AND closed_at IS NULL THEN
		RAISE SQLSTATE 'PC001' USING
			MESSAGE = format('coordination %s is not over', peoplecall.complaint_no(coordination)),
			HINT = 'End it by rule() or end_coordination() first.';
	END IF;
END
$$;
COMMENT ON FUNCTION peoplecall.require_meeting(bigint, timestamptz, boolean) IS
	'PC001 unless the meeting is open, or over, as is asked for';

-- The party that is meant; the caller's own where none is named.
CREATE FUNCTION peoplecall.choose_party(
	district_id int, coordination bigint, org bigint, outsider text, orgs bigint[])
	RETURNS int
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	chosen int;
BEGIN
	SELECT p.seq INTO chosen
	  FROM peoplecall.coordination_party AS p
	 WHERE p.district_id = choose_party.district_id
	   AND p.coordination_id = coordination
	   AND CASE WHEN choose_party.outsider IS NOT NULL THEN p.outsider = btrim(choose_party.outsider)
	            WHEN choose_party.org IS NOT NULL THEN p.org = choose_party.org
	            ELSE p.org = ANY (orgs) END
	 ORDER BY p.seq
	 LIMIT 1;
	IF NOT FOUND THEN
		RAISE SQLSTATE 'PC005' USING
			MESSAGE = format('%s was not called to coordination %s',
				-- who was invited may be a person
				coalesce('an outsider of that name' || left(outsider, 0), 'org ' || org, 'no org of the caller'),
				peoplecall.complaint_no(coordination));
	END IF;
	RETURN chosen;
END
$$;
COMMENT ON FUNCTION peoplecall.choose_party(int, bigint, bigint, text, bigint[]) IS
	'the number of a party to a meeting; PC005 for one that was not called';

CREATE FUNCTION peoplecall.sign_body(coordination bigint, org bigint) RETURNS boolean
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	m peoplecall.coordination;
	p peoplecall.coordination_party;
	party int;
	at timestamptz;
BEGIN
	m := peoplecall.lock_coordination(coordination);
	party := peoplecall.choose_party(m.district_id, m.id, org, NULL, peoplecall.gate_orgs());
	SELECT x.* INTO STRICT p
	  FROM peoplecall.coordination_party AS x
	 WHERE x.district_id = m.district_id AND x.coordination_id = m.id AND x.seq = party;
	PERFORM peoplecall.gate_org(p.org);
	PERFORM peoplecall.require_meeting(m.id, m.closed_at, true);
	IF p.signed_at IS NOT NULL THEN
		RETURN false;
	END IF;
	at := peoplecall.act_time(m.convened_at);
	UPDATE peoplecall.coordination_party AS x
	   SET signed_at = at
	 WHERE x.district_id = m.district_id AND x.coordination_id = m.id AND x.seq = party;
	RETURN true;
END
$$;
COMMENT ON FUNCTION peoplecall.sign_body(bigint, bigint) IS 'body of sign()';

CREATE FUNCTION peoplecall.attend_body(coordination bigint, org bigint, outsider text) RETURNS boolean
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	m peoplecall.coordination;
	p peoplecall.coordination_party;
	party int;
	at timestamptz;
BEGIN
	IF num_nonnulls(org, outsider) > 1 THEN
		RAISE invalid_parameter_value USING
			MESSAGE = 'org and outsider cannot both be given';
	END IF;
	m := peoplecall.lock_coordination(coordination);
	party := peoplecall.choose_party(m.district_id, m.id, org, outsider, peoplecall.gate_orgs());
	SELECT x.* INTO STRICT p
	  FROM peoplecall.coordination_party AS x
	 WHERE x.district_id = m.district_id AND x.coordination_id = m.id AND x.seq = party;
	IF p.org IS NULL OR m.convened_by = ANY (peoplecall.gate_orgs()) THEN
		PERFORM peoplecall.gate_org(m.convened_by);
	ELSE
		PERFORM peoplecall.gate_org(p.org);
	END IF;
	PERFORM peoplecall.require_meeting(m.id, m.closed_at, true);
	IF p.attended_at IS NOT NULL THEN
		RETURN false;
	END IF;
	at := peoplecall.act_time(m.convened_at);
	UPDATE peoplecall.coordination_party AS x
	   SET attended_at = at
	 WHERE x.district_id = m.district_id AND x.coordination_id = m.id AND x.seq = party;
	RETURN true;
END
$$;
COMMENT ON FUNCTION peoplecall.attend_body(bigint, bigint, text) IS 'body of attend()';

-- Whoever came too late was not there.
CREATE FUNCTION peoplecall.close_coordination(
	district_id int, coordination bigint, result text, ruling bigint, at timestamptz) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	attend_by timestamptz;
BEGIN
	UPDATE peoplecall.coordination AS m
	   SET closed_at = at, result = close_coordination.result, ruling = close_coordination.ruling
	 WHERE m.district_id = close_coordination.district_id AND m.id = coordination
	RETURNING m.meets_at INTO attend_by;
	attend_by := peoplecall.due_at(attend_by, peoplecall.setting_limit('attend_limit', '30min'), NULL);
	UPDATE peoplecall.coordination_party AS p
	   SET absent = p.attended_at IS NULL OR coalesce(p.attended_at > attend_by, false)
	 WHERE p.district_id = close_coordination.district_id AND p.coordination_id = coordination;
END
$$;
COMMENT ON FUNCTION peoplecall.close_coordination(int, bigint, text, bigint, timestamptz) IS
	'ends a meeting: whoever did not come, or later than setting attend_limit (30min) after its beginning, was absent';

CREATE FUNCTION peoplecall.end_coordination_body(coordination bigint, result text) RETURNS boolean
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	m peoplecall.coordination;
BEGIN
	PERFORM peoplecall.require_text('result', result);
	m := peoplecall.lock_coordination(coordination);
	PERFORM peoplecall.gate_org(m.convened_by);
	PERFORM peoplecall.require_meeting(m.id, m.closed_at, true);
	PERFORM peoplecall.close_coordination(m.district_id, m.id, result, NULL,
		peoplecall.act_time(m.convened_at));
	RETURN true;
END
$$;
COMMENT ON FUNCTION peoplecall.end_coordination_body(bigint, text) IS 'body of end_coordination()';

CREATE FUNCTION peoplecall.mark_body(coordination bigint, org bigint, mark int, remark text) RETURNS boolean
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	m peoplecall.coordination;
	party int;
BEGIN
	IF num_nulls(org, mark) > 0 THEN
		RAISE null_value_not_allowed USING MESSAGE = 'org and mark must not be null';
	END IF;
	IF mark NOT BETWEEN 1 AND 5 THEN
		RAISE check_violation USING MESSAGE = format('mark must be from 1 to 5, not %s', mark);
	END IF;
	m := peoplecall.lock_coordination(coordination);
	PERFORM peoplecall.gate_org(m.convened_by);
	PERFORM peoplecall.require_meeting(m.id, m.closed_at, false);
	party := peoplecall.choose_party(m.district_id, m.id, org, NULL, NULL);
	UPDATE peoplecall.coordination_party AS x
	   SET mark = mark_body.mark, remark = mark_body.remark
	 WHERE x.district_id = m.district_id AND x.coordination_id = m.id AND x.seq = party
	   AND x.mark IS NULL;
	IF NOT FOUND THEN
		RAISE unique_violation USING
			MESSAGE = format('org %s was marked already for coordination %s', org,
				peoplecall.complaint_no(m.id));
	END IF;
	RETURN true;
END
$$;
COMMENT ON FUNCTION peoplecall.mark_body(bigint, bigint, int, text) IS 'body of mark()';

CREATE FUNCTION peoplecall.attendance(
	from_at timestamptz, to_at timestamptz, area peoplecall.areacode DEFAULT '0')
	RETURNS TABLE (
		org bigint,
		name text,
		called bigint,
		signed bigint,
		signed_late bigint,
		attended bigint,
		absent bigint,
		mark numeric)
	LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM peoplecall.require_tables();
	IF to_regclass('peoplecall.coordination') IS NULL THEN
		RAISE EXCEPTION 'there is no ledger in this database' USING
			ERRCODE = 'PC002',
			HINT = 'Run SELECT peoplecall.create_ledger(''owner'') once.';
	END IF;
	RETURN QUERY
	SELECT p.org, o.name, count(*),
	       count(p.signed_at),
	       count(*) FILTER (WHERE p.signed_at > p.sign_by),
	       count(*) FILTER (WHERE NOT p.absent),
	       count(*) FILTER (WHERE p.absent),
	       round(avg(p.mark), 2)
	  FROM peoplecall.coordination AS m
	  JOIN peoplecall.coordination_party AS p
	    ON p.district_id = m.district_id AND p.coordination_id = m.id
	  JOIN peoplecall.org AS o ON o.id = p.org
	 WHERE m.area OPERATOR(peoplecall.<@) attendance.area
	   AND m.convened_at >= from_at AND m.convened_at < to_at
	 GROUP BY p.org, o.name
	 ORDER BY p.org;
END
$$;
COMMENT ON FUNCTION peoplecall.attendance(timestamptz, timestamptz, peoplecall.areacode) IS
	'how each org answered the meetings of the area that were convened from from_at until before to_at: called, signed, signed too late, there, absent (both counted once the meeting is over), and its average mark; reads what the caller may read; no row for NULL; PC002 without a ledger';

CREATE FUNCTION peoplecall.overdue_shares(
	from_at timestamptz, to_at timestamptz, area peoplecall.areacode DEFAULT '0')
	RETURNS TABLE (
		org bigint,
		name text,
		due bigint,
		late bigint,
		late_lead bigint,
		late_assist bigint,
		late_open bigint)
	LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM peoplecall.require_tables();
	IF to_regclass('peoplecall.shares') IS NULL THEN
		RAISE EXCEPTION 'there is no ledger in this database' USING
			ERRCODE = 'PC002',
			HINT = 'Run SELECT peoplecall.create_ledger(''owner'') once.';
	END IF;
	RETURN QUERY
	SELECT s.org, s.org_name, count(*),
	       count(*) FILTER (WHERE s.late),
	       count(*) FILTER (WHERE s.late AND s.role = 'lead'),
	       count(*) FILTER (WHERE s.late AND s.role = 'assist'),
	       count(*) FILTER (WHERE s.late AND s.verdict IS NULL)
	  FROM peoplecall.shares AS s
	 WHERE s.area OPERATOR(peoplecall.<@) overdue_shares.area
	   AND s.due_at >= from_at AND s.due_at < to_at
	   AND s.verdict IS DISTINCT FROM 'void'
	 GROUP BY s.org, s.org_name
	 ORDER BY s.org;
END
$$;
COMMENT ON FUNCTION peoplecall.overdue_shares(timestamptz, timestamptz, peoplecall.areacode) IS
	'what is charged to each org: shares in the area whose deadline lies from from_at until before to_at, how many of them are late, as lead and as assistant, and how many of those are still open; a share that was taken back in time counts nowhere; reads what the caller may read; no row for NULL; PC002 without a ledger';
