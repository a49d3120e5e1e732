-- What a meeting on needs yields: a project that joins a need and a resource.
-- Of both it holds as much as its own claim; what is done with that one is done
-- with those.

CREATE FUNCTION peoplecall.publish_project(
	coordination bigint, need bigint, resource bigint, title text DEFAULT NULL,
	quantity int DEFAULT NULL, body text DEFAULT NULL, expires_at timestamptz DEFAULT NULL)
	RETURNS bigint
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
COMMENT ON FUNCTION peoplecall.publish_project(bigint, bigint, bigint, text, int, text, timestamptz) IS
	'what a meeting agreed on: a project by which a resource''s org meets a need with so much of the resource (NULL: as much as both have); holds it of both until the project''s claim, number 1, is fulfilled or ends; returns the project''s id; PC001 where one of them is closed or has less left, 22023 for what is no need of the meeting''s area or no resource, 23514 where both are one org''s, 22004, PC005, 42501';

CREATE FUNCTION peoplecall.publish_project_body(
	coordination bigint, need bigint, resource bigint, title text, quantity int, body text,
	expires_at timestamptz) RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	m peoplecall.coordination;
	n peoplecall.listing;
	r peoplecall.listing;
	at timestamptz;
	post_org bigint;
	project bigint;
BEGIN
	IF num_nulls(need, resource) > 0 THEN
		RAISE null_value_not_allowed USING MESSAGE = 'need and resource must not be null';
	END IF;
	m := peoplecall.lock_coordination(coordination);
	post_org := peoplecall.gate_org(m.convened_by);
	at := peoplecall.act_time(m.convened_at);
	PERFORM peoplecall.lock_joined(need, resource, at);
	n := peoplecall.lock_listing(need);
	r := peoplecall.lock_listing(resource);
	at := greatest(at, n.last_event_at, r.last_event_at);
	PERFORM peoplecall.check_needs(ARRAY[need], m.area);
	IF r.kind <> 'resource' THEN
		RAISE invalid_parameter_value USING
			MESSAGE = format('listing %s is no resource', peoplecall.complaint_no(resource));
	END IF;
	IF n.org = r.org THEN
		RAISE check_violation USING
			MESSAGE = format('need and resource are both of org %s', n.org);
	END IF;
	quantity := coalesce(quantity, nullif(least(n.quantity - n.claimed, r.quantity - r.claimed), 0), 1);
	PERFORM peoplecall.require_quantity(quantity);
	PERFORM peoplecall.require_free(n.id, n.closed_at, n.expires_at, n.quantity, n.claimed, quantity, at);
	PERFORM peoplecall.require_free(r.id, r.closed_at, r.expires_at, r.quantity, r.claimed, quantity, at);

	project := peoplecall.add_listing('project', coalesce(nullif(btrim(title), ''), n.title), m.area,
		body, quantity, expires_at, n.category, m.convened_by, need, resource, coordination, at, post_org);
	PERFORM peoplecall.join_project(project, need, resource, quantity, expires_at, at, post_org);
	RETURN project;
END
$$;
COMMENT ON FUNCTION peoplecall.publish_project_body(bigint, bigint, bigint, text, int, text, timestamptz) IS 'body of publish_project()';

CREATE FUNCTION peoplecall.lock_joined(need bigint, resource bigint, at timestamptz) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	l peoplecall.listing;
	one bigint;
BEGIN
	FOR one IN SELECT DISTINCT w.id FROM unnest(ARRAY[need, resource]) AS w (id) ORDER BY w.id LOOP
		l := peoplecall.lock_listing(one);
		IF l.next_alarm_at <= at THEN
			PERFORM peoplecall.lapse_claims(l.district_id, l.id, at);
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION peoplecall.lock_joined(bigint, bigint, timestamptz) IS
	'locks two listings in the order of their ids, and ends the claims on them that have expired';

-- Three claims that stand and fall together: on the project and the need by
-- the resource's org, on the resource by the need's.
CREATE FUNCTION peoplecall.join_project(
	project bigint, need bigint, resource bigint, quantity int, expires_at timestamptz,
	at timestamptz, post_org bigint) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	n peoplecall.listing;
	r peoplecall.listing;
	p peoplecall.listing;
	told bigint;
	giver peoplecall.areacode;
BEGIN
	n := peoplecall.lock_listing(need);
	r := peoplecall.lock_listing(resource);
	p := peoplecall.lock_listing(project);
	SELECT o.area INTO STRICT giver FROM peoplecall.org AS o WHERE o.id = r.org;
	PERFORM peoplecall.add_claim(n.district_id, n.id, n.area, NULL, r.org, NULL, giver,
		project, quantity, expires_at, at, post_org);
	PERFORM peoplecall.add_claim(r.district_id, r.id, r.area, NULL, n.org, NULL, n.area,
		project, quantity, expires_at, at, post_org);
	PERFORM peoplecall.add_claim(p.district_id, p.id, p.area, NULL, r.org, NULL, giver,
		NULL, quantity, expires_at, at, post_org);
	FOREACH told IN ARRAY ARRAY[n.org, r.org] LOOP
		PERFORM peoplecall.send_notice(p.district_id, p.id, p.area,
			peoplecall.officer_for(told, 'handler', at), 'project',
			peoplecall.claim_fields(p.district_id, p.id, 1)
			|| jsonb_build_object('need', n.title, 'resource', r.title,
				'org', (SELECT o.name FROM peoplecall.org AS o WHERE o.id = r.org)), at);
	END LOOP;
END
$$;
COMMENT ON FUNCTION peoplecall.join_project(bigint, bigint, bigint, int, timestamptz, timestamptz, bigint) IS
	'holds for a project what it takes of its resource and meets of its need, and tells both orgs';

-- What a project holds is fulfilled with it as far as it still can be: the need
-- may have been closed meanwhile, or been met by others after a claim lapsed.
CREATE FUNCTION peoplecall.fulfil_joined(
	project bigint, need bigint, resource bigint, quantity int, note text,
	at timestamptz, post_org bigint) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	held record;
	kept int;
BEGIN
	FOR held IN
		SELECT k.district_id, k.listing_id, k.seq, k.quantity - k.fulfilled AS open,
		       CASE WHEN k.ended IS NULL THEN k.quantity ELSE l.quantity - l.claimed END AS free,
		       l.last_event_at
		  FROM peoplecall.claim AS k
		  JOIN peoplecall.listing AS l ON l.district_id = k.district_id AND l.id = k.listing_id
		 WHERE k.project_id = project
		   AND k.district_id IN (peoplecall.district_of(need), peoplecall.district_of(resource))
		   AND k.listing_id IN (need, resource)
		   AND (k.ended IS NULL OR k.ended = 'lapsed')
		 ORDER BY k.listing_id
	LOOP
		kept := least(quantity, held.open, held.free);
		IF kept > 0 THEN
			PERFORM peoplecall.fulfil_claim(held.district_id, held.listing_id, held.seq, kept,
				note, greatest(at, held.last_event_at), post_org, project);
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION peoplecall.fulfil_joined(bigint, bigint, bigint, int, text, timestamptz, bigint) IS
	'fulfils the claims that a project holds on its need and resource';

CREATE FUNCTION peoplecall.end_joined(
	project bigint, need bigint, resource bigint, ended text, reason text,
	at timestamptz, post_org bigint) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	held record;
	end_at timestamptz;
BEGIN
	FOR held IN
		SELECT k.district_id, k.listing_id, k.seq, l.last_event_at
		  FROM peoplecall.claim AS k
		  JOIN peoplecall.listing AS l ON l.district_id = k.district_id AND l.id = k.listing_id
		 WHERE k.project_id = project
		   AND k.district_id IN (peoplecall.district_of(need), peoplecall.district_of(resource))
		   AND k.listing_id IN (need, resource)
		   AND k.ended IS NULL
		 ORDER BY k.listing_id
	LOOP
		end_at := greatest(at, held.last_event_at);
		PERFORM peoplecall.end_claim(held.district_id, held.listing_id, held.seq, ended, reason, end_at);
		PERFORM peoplecall.settle_listing(held.district_id, held.listing_id, end_at, 'release',
			post_org, held.seq, jsonb_build_object('reason', reason, 'project', project));
	END LOOP;
END
$$;
COMMENT ON FUNCTION peoplecall.end_joined(bigint, bigint, bigint, text, text, timestamptz, bigint) IS
	'ends the claims that a project holds on its need and resource';
