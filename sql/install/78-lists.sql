-- The three lists (三张清单) and small wishes (微心愿): the alliance whose members
-- publish, publishing and closing, and what every verb on a listing shares.
-- Order of locks: a meeting, then listings by id, then a volunteer.

CREATE FUNCTION peoplecall.join_alliance(area peoplecall.areacode, org bigint) RETURNS boolean
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
CREATE FUNCTION peoplecall.leave_alliance(area peoplecall.areacode, org bigint) RETURNS boolean
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
CREATE FUNCTION peoplecall.publish(
	kind text, title text, area peoplecall.areacode, body text DEFAULT NULL,
	quantity int DEFAULT 1, expires_at timestamptz DEFAULT NULL,
	category ltree DEFAULT NULL, org bigint DEFAULT NULL,
	resident_name text DEFAULT NULL, resident_phone text DEFAULT NULL) RETURNS bigint
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
CREATE FUNCTION peoplecall.close_listing(listing bigint, reason text) RETURNS boolean
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
COMMENT ON FUNCTION peoplecall.join_alliance(peoplecall.areacode, bigint) IS
	'takes an org into the alliance of a district, street or community: by the territorial org there or above; false where it is a member; 22004, 22023 for an area at another level, PC005 for an unknown area or org, 42501';
COMMENT ON FUNCTION peoplecall.leave_alliance(peoplecall.areacode, bigint) IS
	'ends an org''s membership, by whoever may take it in; what it published stays; false where it is no member; 22004, 42501';
COMMENT ON FUNCTION peoplecall.publish(text, text, peoplecall.areacode, text, int, timestamptz, ltree, bigint, text, text) IS
	'puts a need, resource, project, post or wish on the lists, for an area that the org (NULL: the caller''s own there) answers for or whose alliance it belongs to; a wish only by a territorial org, whose resident''s name and phone are kept apart, for the duty personal; returns the listing''s id; 22004, 22023 for an unknown kind, a quantity under 1, an expiry that is over or a resident of anything but a wish, PC004 for an unknown category, PC005 for an unknown area or org, 42501';
COMMENT ON FUNCTION peoplecall.close_listing(bigint, text) IS
	'the publisher takes a listing off the lists; claims that are open end with it, their orgs are told; false where it was closed; 22004, PC005, 42501';

-- Who speaks for an org: posts of that org or of one above it in the line; for
-- an outside body, which has no line, also the territorial org where it sits.
CREATE FUNCTION peoplecall.speaker_for(org bigint) RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	own bigint[] := peoplecall.gate_orgs();
	speaker bigint;
BEGIN
	SELECT p.id INTO speaker
	  FROM peoplecall.org AS p
	 CROSS JOIN (SELECT o.area, k.outside
	               FROM peoplecall.org AS o
	               JOIN peoplecall.org_kind AS k ON k.kind = o.kind
	              WHERE o.id = speaker_for.org) AS s
	  JOIN peoplecall.org_kind AS t ON true
	 WHERE p.id = ANY (own) AND p.active AND t.kind = p.kind
	   AND (peoplecall.org_is_below(speaker_for.org, p.id)
	        OR (s.outside AND t.territorial
	            AND peoplecall.org_covers(p.id, s.area, peoplecall.act_time(NULL))))
	 ORDER BY p.id = speaker_for.org DESC, p.id
	 LIMIT 1;
	-- nobody but the owner reaches everything
	IF speaker IS NULL AND peoplecall.gate_reaches('0') THEN
		RETURN org;
	END IF;
	RETURN speaker;
END
$$;
COMMENT ON FUNCTION peoplecall.speaker_for(bigint) IS
	'inside a verb: the caller''s org that speaks for an org: itself, one above it in the line, or for an outside body the territorial org of its area; NULL where there is none';

CREATE FUNCTION peoplecall.gate_speaker(org bigint) RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN coalesce(peoplecall.speaker_for(org), peoplecall.gate_org(org));
END
$$;
COMMENT ON FUNCTION peoplecall.gate_speaker(bigint) IS
	'inside a verb: as speaker_for(), but 42501 where there is none';

CREATE FUNCTION peoplecall.require_area(area peoplecall.areacode) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF area IS NULL THEN
		RAISE null_value_not_allowed USING MESSAGE = 'area must not be null';
	END IF;
	IF NOT EXISTS (SELECT FROM peoplecall.area AS a
	                WHERE a.code OPERATOR(peoplecall.=) require_area.area) THEN
		RAISE SQLSTATE 'PC005' USING MESSAGE = format('there is no area %s', area);
	END IF;
END
$$;
COMMENT ON FUNCTION peoplecall.require_area(peoplecall.areacode) IS 'PC005 unless the table area has it; 22004';

CREATE FUNCTION peoplecall.join_alliance_body(area peoplecall.areacode, org bigint) RETURNS boolean
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	district int := peoplecall.district_of_area(area);
	last_seq int;
	left_last timestamptz;
	joins_at timestamptz;
BEGIN
	IF org IS NULL THEN
		RAISE null_value_not_allowed USING MESSAGE = 'org must not be null';
	END IF;
	PERFORM peoplecall.require_area(area);
	IF peoplecall.level(area) NOT IN ('district', 'street', 'community') THEN
		RAISE invalid_parameter_value USING
			MESSAGE = format('an alliance is of a district, a street or a community, not of a %s',
				peoplecall.level(area));
	END IF;
	PERFORM peoplecall.gate_area(area, peoplecall.level(area), NULL);
	PERFORM peoplecall.require_org(org);
	SELECT max(m.seq), max(m.left_at) INTO last_seq, left_last
	  FROM peoplecall.alliance_member AS m
	 WHERE m.district_id = district
	   AND m.area OPERATOR(peoplecall.=) join_alliance_body.area
	   AND m.org = join_alliance_body.org;
	joins_at := peoplecall.act_time(left_last);
	-- two at once: one of them finds the other's row
	INSERT INTO peoplecall.alliance_member (district_id, area, org, seq, joined_at, joined_by)
	VALUES (district, join_alliance_body.area, join_alliance_body.org,
		coalesce(last_seq, 0) + 1, joins_at, peoplecall.gate_actor())
	    ON CONFLICT DO NOTHING;
	RETURN FOUND;
END
$$;
COMMENT ON FUNCTION peoplecall.join_alliance_body(peoplecall.areacode, bigint) IS 'body of join_alliance()';

CREATE FUNCTION peoplecall.leave_alliance_body(area peoplecall.areacode, org bigint) RETURNS boolean
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	district int := peoplecall.district_of_area(area);
	joined timestamptz;
	leaves_at timestamptz;
	actor name := peoplecall.gate_actor();
BEGIN
	IF num_nulls(area, org) > 0 THEN
		RAISE null_value_not_allowed USING MESSAGE = 'area and org must not be null';
	END IF;
	PERFORM peoplecall.gate_area(area, peoplecall.level(area), NULL);
	SELECT m.joined_at INTO joined
	  FROM peoplecall.alliance_member AS m
	 WHERE m.district_id = district AND m.org = leave_alliance_body.org
	   AND m.area OPERATOR(peoplecall.=) leave_alliance_body.area
	   AND m.left_at IS NULL
	   FOR UPDATE;
	IF NOT FOUND THEN
		RETURN false;
	END IF;
	leaves_at := peoplecall.act_time(joined);
	UPDATE peoplecall.alliance_member AS m
	   SET left_at = leaves_at, left_by = actor
	 WHERE m.district_id = district AND m.org = leave_alliance_body.org
	   AND m.area OPERATOR(peoplecall.=) leave_alliance_body.area
	   AND m.left_at IS NULL;
	RETURN true;
END
$$;
COMMENT ON FUNCTION peoplecall.leave_alliance_body(peoplecall.areacode, bigint) IS 'body of leave_alliance()';

-- Its own area, or that of an alliance that it belongs to.
CREATE FUNCTION peoplecall.check_publisher(kind text, org bigint, area peoplecall.areacode, at timestamptz) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF kind = 'wish' THEN
		IF NOT (peoplecall.org_covers(org, area, at) AND EXISTS (
			SELECT FROM peoplecall.org AS o
			  JOIN peoplecall.org_kind AS k ON k.kind = o.kind AND k.territorial
			 WHERE o.id = check_publisher.org))
		THEN
			RAISE insufficient_privilege USING
				MESSAGE = format('org %s publishes no wishes of residents of %s', org, area),
				HINT = 'The community does, or the street, district or city above it.';
		END IF;
	ELSIF NOT peoplecall.org_covers(org, area, at) AND NOT EXISTS (
		SELECT FROM peoplecall.alliance_member AS m
		 WHERE m.org = check_publisher.org AND m.left_at IS NULL
		   AND m.area OPERATOR(peoplecall.@>) check_publisher.area)
	THEN
		RAISE insufficient_privilege USING
			MESSAGE = format('org %s publishes nothing for %s', org, area),
			DETAIL = 'It does not answer for that area and is in no alliance there.',
			HINT = 'Take it into the alliance by join_alliance() first.';
	END IF;
END
$$;
COMMENT ON FUNCTION peoplecall.check_publisher(text, bigint, peoplecall.areacode, timestamptz) IS
	'42501 unless the org answers for the area or is in an alliance there; for a wish, unless it is its territorial org';

CREATE FUNCTION peoplecall.publish_body(
	kind text, title text, area peoplecall.areacode, body text, quantity int,
	expires_at timestamptz, category ltree, org bigint,
	resident_name text, resident_phone text) RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	at timestamptz := peoplecall.act_time(NULL);
	post_org bigint;
	listing bigint;
BEGIN
	PERFORM peoplecall.require_text('kind', kind);
	IF kind NOT IN ('need', 'resource', 'project', 'post', 'wish') THEN
		RAISE invalid_parameter_value USING
			MESSAGE = format('there is no kind of listing "%s"', peoplecall.shown(kind)),
			HINT = 'Kinds are need, resource, project, post and wish.';
	END IF;
	PERFORM peoplecall.require_area(area);
	PERFORM peoplecall.require_length('resident_name', resident_name, 200);
	PERFORM peoplecall.require_length('resident_phone', resident_phone, 60);
	resident_name := nullif(btrim(resident_name), '');
	resident_phone := nullif(btrim(resident_phone), '');
	IF kind <> 'wish' AND num_nonnulls(resident_name, resident_phone) > 0 THEN
		RAISE invalid_parameter_value USING
			MESSAGE = 'only a wish is a resident''s';
	END IF;
	IF org IS NULL THEN
		post_org := peoplecall.gate_area(area, NULL, NULL);
		org := coalesce(post_org, peoplecall.commanding_org(area, peoplecall.level(area), at));
	ELSE
		post_org := peoplecall.gate_speaker(org);
	END IF;
	PERFORM peoplecall.require_org(org);
	PERFORM peoplecall.check_publisher(kind, org, area, at);
	listing := peoplecall.add_listing(kind, title, area, body, coalesce(quantity, 1), expires_at,
		category, org, NULL, NULL, NULL, at, post_org);
	IF num_nonnulls(resident_name, resident_phone) > 0 THEN
		INSERT INTO peoplecall.listing_resident (district_id, listing_id, area, name, phone)
		VALUES (peoplecall.district_of(listing), listing, area, resident_name, resident_phone);
	END IF;
	RETURN listing;
END
$$;
COMMENT ON FUNCTION peoplecall.publish_body(text, text, peoplecall.areacode, text, int, timestamptz, ltree, bigint, text, text) IS 'body of publish()';

CREATE FUNCTION peoplecall.add_listing(
	kind text, title text, area peoplecall.areacode, body text, quantity int,
	expires_at timestamptz, category ltree, org bigint, need bigint, resource bigint,
	coordination bigint, at timestamptz, post_org bigint) RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	district int := peoplecall.district_of_area(area);
	listing bigint;
BEGIN
	PERFORM peoplecall.require_text('title', title);
	PERFORM peoplecall.require_quantity(quantity);
	PERFORM peoplecall.require_ahead(expires_at, at);
	IF category IS NOT NULL AND NOT EXISTS (
		SELECT FROM peoplecall.category AS x
		 WHERE peoplecall.category_is(x.path, add_listing.category))
	THEN
		RAISE SQLSTATE 'PC004' USING
			MESSAGE = format('there is no category "%s"', peoplecall.shown(category::text));
	END IF;
	listing := district * 1000000000000 + nextval('peoplecall.complaint_serial');
	INSERT INTO peoplecall.listing (district_id, id, kind, org, area, title, body, category,
		quantity, published_at, expires_at, need_id, resource_id, coordination_id, last_event_at)
	VALUES (district, listing, kind, org, area, btrim(title), coalesce(body, ''), category,
		quantity, at, expires_at, need, resource, coordination, at);
	PERFORM peoplecall.settle_listing(district, listing, at, 'publish', post_org, NULL,
		jsonb_build_object('kind', kind, 'org', org, 'quantity', quantity,
			'category', category::text, 'expires_at', expires_at, 'need', need,
			'resource', resource, 'coordination', coordination));
	RETURN listing;
END
$$;
COMMENT ON FUNCTION peoplecall.add_listing(text, text, peoplecall.areacode, text, int, timestamptz, ltree, bigint, bigint, bigint, bigint, timestamptz, bigint) IS
	'writes a listing and its first event; returns its id; 22004, 22023, PC004';

CREATE FUNCTION peoplecall.require_quantity(quantity int) RETURNS void
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF quantity IS NULL OR quantity <= 0 THEN
		RAISE invalid_parameter_value USING
			MESSAGE = 'quantity must be positive';
	END IF;
END
$$;
COMMENT ON FUNCTION peoplecall.require_quantity(int) IS '22023 unless positive';

CREATE FUNCTION peoplecall.require_ahead(expires_at timestamptz, at timestamptz) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF expires_at <= at THEN
		RAISE invalid_parameter_value USING
			MESSAGE = 'expires_at must lie ahead',
			DETAIL = format('It is %s, and now it is %s.', expires_at, at);
	END IF;
END
$$;
COMMENT ON FUNCTION peoplecall.require_ahead(timestamptz, timestamptz) IS
	'22023 for an expiry that is over; NULL never expires';

-- Returns a row of the table listing. What a meeting's project joins is locked
-- with it, each in the order of ids.
CREATE FUNCTION peoplecall.lock_listing(listing bigint) RETURNS record
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	l peoplecall.listing;
	found_one peoplecall.listing;
	one bigint;
BEGIN
	IF listing IS NULL THEN
		RAISE null_value_not_allowed USING MESSAGE = 'listing must not be null';
	END IF;
	FOR one IN
		SELECT i.id
		  FROM peoplecall.listing AS x
		 CROSS JOIN LATERAL unnest(ARRAY[x.id, x.need_id, x.resource_id]) AS i (id)
		 WHERE x.district_id = peoplecall.district_of(lock_listing.listing)
		   AND x.id = lock_listing.listing AND i.id IS NOT NULL
		 ORDER BY 1
	LOOP
		SELECT x.* INTO found_one
		  FROM peoplecall.listing AS x
		 WHERE x.district_id = peoplecall.district_of(one) AND x.id = one
		   FOR UPDATE;
		IF one = listing THEN
			l := found_one;
		END IF;
	END LOOP;
	IF l.id IS NULL THEN
		RAISE SQLSTATE 'PC005' USING
			MESSAGE = format('there is no listing %s', peoplecall.complaint_no(listing));
	END IF;
	RETURN l;
END
$$;
COMMENT ON FUNCTION peoplecall.lock_listing(bigint) IS
	'locks and returns a listing, and locks the need and the resource of a project; PC005, 22004';

-- The last step of every verb on a listing: its history and its next alarm.
CREATE FUNCTION peoplecall.settle_listing(
	district_id int, listing bigint, at timestamptz, verb text, org bigint,
	claim_seq int, detail jsonb) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	first_claim timestamptz := (
		SELECT min(k.expires_at) FROM peoplecall.claim AS k
		 WHERE k.district_id = settle_listing.district_id
		   AND k.listing_id = settle_listing.listing AND k.ended_at IS NULL);
	l peoplecall.listing;
	whose text := (
		SELECT peoplecall.person_pattern(r.name, r.phone)
		  FROM peoplecall.listing_resident AS r
		 WHERE r.district_id = settle_listing.district_id
		   AND r.listing_id = settle_listing.listing);
BEGIN
	detail := jsonb_strip_nulls(coalesce(detail, '{}'));
	UPDATE peoplecall.listing AS x
	   SET event_count = x.event_count + 1,
	       last_event_at = settle_listing.at,
	       next_alarm_at = least(CASE WHEN x.closed_at IS NULL THEN x.expires_at END, first_claim)
	 WHERE x.district_id = settle_listing.district_id AND x.id = settle_listing.listing
	RETURNING x.* INTO l;
	INSERT INTO peoplecall.listing_event (district_id, listing_id, area, seq, at, verb,
		actor, officer, org, claim_seq, detail)
	VALUES (l.district_id, l.id, l.area, l.event_count, settle_listing.at, settle_listing.verb,
		peoplecall.gate_actor(), peoplecall.gate_officer(), settle_listing.org,
		settle_listing.claim_seq, coalesce(peoplecall.without_person(detail, whose), detail));
END
$$;
COMMENT ON FUNCTION peoplecall.settle_listing(int, bigint, timestamptz, text, bigint, int, jsonb) IS
	'adds a line to a listing''s history and reckons when it, or a claim of it, expires next';

CREATE FUNCTION peoplecall.close_listing_body(listing bigint, reason text) RETURNS boolean
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	l peoplecall.listing;
	at timestamptz;
	post_org bigint;
	open_claim int;
	ended int[] := ARRAY[]::int[];
BEGIN
	PERFORM peoplecall.require_text('reason', reason);
	l := peoplecall.lock_listing(listing);
	post_org := peoplecall.gate_speaker(l.org);
	IF l.closed_at IS NOT NULL THEN
		RETURN false;
	END IF;
	at := peoplecall.act_time(l.last_event_at);
	FOR open_claim IN
		SELECT k.seq FROM peoplecall.claim AS k
		 WHERE k.district_id = l.district_id AND k.listing_id = l.id AND k.ended_at IS NULL
		 ORDER BY k.seq
	LOOP
		PERFORM peoplecall.end_claim(l.district_id, l.id, open_claim, 'closed', reason, at);
		PERFORM peoplecall.tell_claimer(l.district_id, l.id, open_claim, 'listing_closed', at);
		ended := ended || open_claim;
	END LOOP;
	IF l.kind = 'project' THEN
		PERFORM peoplecall.end_joined(l.id, l.need_id, l.resource_id, 'released', reason, at, post_org);
	END IF;
	PERFORM peoplecall.mark_closed(l.district_id, l.id, 'withdrawn', reason, at);
	PERFORM peoplecall.settle_listing(l.district_id, l.id, at, 'close_listing', post_org, NULL,
		jsonb_build_object('reason', reason, 'claims', nullif(ended, '{}')));
	RETURN true;
END
$$;
COMMENT ON FUNCTION peoplecall.close_listing_body(bigint, text) IS 'body of close_listing()';

CREATE FUNCTION peoplecall.mark_closed(
	district_id int, listing bigint, closed text, reason text, at timestamptz) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	UPDATE peoplecall.listing AS l
	   SET closed_at = mark_closed.at, closed = mark_closed.closed,
	       close_reason = mark_closed.reason
	 WHERE l.district_id = mark_closed.district_id AND l.id = mark_closed.listing
	   AND l.closed_at IS NULL;
END
$$;
COMMENT ON FUNCTION peoplecall.mark_closed(int, bigint, text, text, timestamptz) IS
	'takes a listing off the lists; settle_listing() must follow';
