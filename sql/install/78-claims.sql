-- Taking up what is on the lists (认领): claim, fulfil, release. The
-- listing's row is locked first, so that no more than there is can be claimed,
-- however many try at once.

CREATE FUNCTION peoplecall.claim(
	listing bigint, quantity int DEFAULT 1, volunteer bigint DEFAULT NULL,
	org bigint DEFAULT NULL, expires_at timestamptz DEFAULT NULL) RETURNS int
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
CREATE FUNCTION peoplecall.fulfil(
	listing bigint, claim int, note text DEFAULT NULL, quantity int DEFAULT NULL) RETURNS int
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
CREATE FUNCTION peoplecall.release(listing bigint, claim int, reason text) RETURNS int
	LANGUAGE c VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'pc_verb';
COMMENT ON FUNCTION peoplecall.claim(bigint, int, bigint, bigint, timestamptz) IS
	'takes up that much of a listing, for a volunteer or an org (both NULL: the caller''s own), until expires_at (NULL: for setting claim_limit, 7d, from now), when it lapses; tells the publisher; returns the claim''s number in the listing; PC001 where the listing is closed, expired or has less left, or the volunteer left; 23505 for a second claim by the same, unless setting claim_again names the kind; 23514 for the publisher''s own, 22004, 22023, PC005, 42501';
COMMENT ON FUNCTION peoplecall.fulfil(bigint, int, text, int) IS
	'the publisher''s side, never the claimer''s, confirms that a claim (NULL: all that is left of it) was kept; of a meeting''s project also its need''s, and it fulfils need and resource; one that lapsed can be confirmed while there is that much left; returns how much of the claim is still open; PC001 for a claim that ended or is a project''s, 22023 for more than is open, 22004, PC005, 42501';
COMMENT ON FUNCTION peoplecall.release(bigint, int, text) IS
	'the claimer gives a claim back, or the publisher takes it back; whichever of the two did not say so is told; returns how much of it is free again; PC001 for a claim that ended or is a project''s, 22004, PC005, 42501';

CREATE FUNCTION peoplecall.own_org() RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	own bigint[] := ARRAY(SELECT DISTINCT o.id FROM unnest(peoplecall.gate_orgs()) AS o (id));
BEGIN
	IF cardinality(own) <> 1 THEN
		RAISE null_value_not_allowed USING
			MESSAGE = 'volunteer and org must not both be null',
			DETAIL = format('The caller holds posts of %s orgs.', cardinality(own)),
			HINT = 'Say for whom it is.';
	END IF;
	RETURN own[1];
END
$$;
COMMENT ON FUNCTION peoplecall.own_org() IS
	'inside a verb: the one org of which the caller holds a post; 22004 where it is none or several';

-- Who claims, and whether the caller may say so for him.
CREATE FUNCTION peoplecall.gate_claimer(
	volunteer bigint, INOUT org bigint,
	OUT home_org bigint, OUT area peoplecall.areacode, OUT post_org bigint)
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF volunteer IS NULL THEN
		org := coalesce(org, peoplecall.own_org());
		post_org := peoplecall.gate_speaker(org);
		PERFORM peoplecall.require_org(org);
		SELECT o.area INTO STRICT gate_claimer.area
		  FROM peoplecall.org AS o WHERE o.id = gate_claimer.org;
		RETURN;
	END IF;
	IF org IS NOT NULL THEN
		RAISE invalid_parameter_value USING
			MESSAGE = 'volunteer and org cannot both be given';
	END IF;
	SELECT v.community, v.home_org INTO gate_claimer.area, gate_claimer.home_org
	  FROM peoplecall.volunteer AS v
	 WHERE v.district_id = peoplecall.district_of(volunteer) AND v.id = volunteer;
	IF NOT FOUND THEN
		RAISE SQLSTATE 'PC005' USING MESSAGE = format('there is no volunteer %s', volunteer);
	END IF;
	post_org := peoplecall.gate_area(gate_claimer.area, NULL, NULL);
END
$$;
COMMENT ON FUNCTION peoplecall.gate_claimer(bigint, bigint) IS
	'inside a verb: who claims: the org, the volunteer''s home unit, the claimer''s area, and the caller''s org that speaks for him; 22004, 22023, PC005, 42501';

-- A claim that is there cannot be overtaken by the volunteer's leaving.
CREATE FUNCTION peoplecall.require_volunteer(volunteer bigint) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	left_at timestamptz;
BEGIN
	SELECT v.left_at INTO left_at
	  FROM peoplecall.volunteer AS v
	 WHERE v.district_id = peoplecall.district_of(volunteer) AND v.id = volunteer
	   FOR SHARE;
	IF left_at IS NOT NULL THEN
		RAISE SQLSTATE 'PC001' USING
			MESSAGE = format('volunteer %s has left', volunteer),
			DETAIL = format('The registration ended at %s.', left_at);
	END IF;
END
$$;
COMMENT ON FUNCTION peoplecall.require_volunteer(bigint) IS
	'holds the registration as it is until the transaction ends; PC001 where the volunteer left';

CREATE FUNCTION peoplecall.require_free(
	listing bigint, closed_at timestamptz, expires_at timestamptz, quantity int,
	claimed int, wanted int, at timestamptz) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF closed_at IS NOT NULL OR expires_at <= at THEN
		RAISE SQLSTATE 'PC001' USING
			MESSAGE = format('listing %s is closed', peoplecall.complaint_no(listing)),
			DETAIL = format('It was open until %s.', least(closed_at, expires_at));
	END IF;
	IF quantity - claimed < wanted THEN
		RAISE SQLSTATE 'PC001' USING
			MESSAGE = format('listing %s has not that much left', peoplecall.complaint_no(listing)),
			DETAIL = format('Of %s, %s are free; %s were asked for.', quantity, quantity - claimed, wanted);
	END IF;
END
$$;
COMMENT ON FUNCTION peoplecall.require_free(bigint, timestamptz, timestamptz, int, int, int, timestamptz) IS
	'PC001 unless a listing is open and has that much left';

CREATE FUNCTION peoplecall.claim_body(
	listing bigint, quantity int, volunteer bigint, org bigint, expires_at timestamptz) RETURNS int
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	l peoplecall.listing;
	claimer record;
	at timestamptz;
	next_seq int;
BEGIN
	quantity := coalesce(quantity, 1);
	PERFORM peoplecall.require_quantity(quantity);
	claimer := peoplecall.gate_claimer(volunteer, org);
	l := peoplecall.lock_listing(listing);
	at := peoplecall.act_time(l.last_event_at);
	PERFORM peoplecall.require_ahead(expires_at, at);
	-- what is over is free, however late the sweep comes
	IF l.next_alarm_at <= at THEN
		PERFORM peoplecall.lapse_claims(l.district_id, l.id, at);
		l := peoplecall.lock_listing(listing);
	END IF;
	PERFORM peoplecall.require_free(l.id, l.closed_at, l.expires_at, l.quantity, l.claimed,
		quantity, at);
	IF volunteer IS NOT NULL THEN
		PERFORM peoplecall.require_volunteer(volunteer);
	ELSIF claimer.org = l.org THEN
		RAISE check_violation USING
			MESSAGE = format('org %s cannot claim what it published itself', claimer.org);
	END IF;
	PERFORM peoplecall.refuse_second_claim(l.district_id, l.id, l.kind, volunteer, claimer.org);

	expires_at := coalesce(expires_at,
		peoplecall.due_at(at, peoplecall.setting_limit('claim_limit', '7d'), NULL));
	next_seq := peoplecall.add_claim(l.district_id, l.id, l.area, volunteer, claimer.org,
		claimer.home_org, claimer.area, NULL, quantity, expires_at, at, claimer.post_org);
	PERFORM peoplecall.send_notice(l.district_id, l.id, l.area,
		peoplecall.officer_for(l.org, 'handler', at), 'claimed',
		peoplecall.claim_fields(l.district_id, l.id, next_seq), at);
	RETURN next_seq;
END
$$;
COMMENT ON FUNCTION peoplecall.claim_body(bigint, int, bigint, bigint, timestamptz) IS 'body of claim()';

CREATE FUNCTION peoplecall.refuse_second_claim(
	district_id int, listing bigint, kind text, volunteer bigint, org bigint) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	earlier int := (
		SELECT min(k.seq) FROM peoplecall.claim AS k
		 WHERE k.district_id = refuse_second_claim.district_id
		   AND k.listing_id = refuse_second_claim.listing
		   AND (k.ended_at IS NULL OR k.ended = 'fulfilled')
		   AND (k.volunteer_id = refuse_second_claim.volunteer
		        OR k.org = refuse_second_claim.org));
BEGIN
	IF earlier IS NOT NULL
	   AND NOT peoplecall.setting_value('claim_again', '["resource", "post"]') @> to_jsonb(kind)
	THEN
		RAISE unique_violation USING
			MESSAGE = format('%s has claimed listing %s already',
				coalesce('volunteer ' || volunteer, 'org ' || org), peoplecall.complaint_no(listing)),
			DETAIL = format('It is claim %s.', earlier);
	END IF;
END
$$;
COMMENT ON FUNCTION peoplecall.refuse_second_claim(int, bigint, text, bigint, bigint) IS
	'23505 where the volunteer or org has a claim that is open or fulfilled, unless setting claim_again names the kind';

CREATE FUNCTION peoplecall.add_claim(
	district_id int, listing bigint, area peoplecall.areacode, volunteer bigint, org bigint,
	home_org bigint, claimer_area peoplecall.areacode, project bigint, quantity int,
	expires_at timestamptz, at timestamptz, post_org bigint) RETURNS int
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	next_seq int := coalesce((SELECT max(k.seq) FROM peoplecall.claim AS k
	                           WHERE k.district_id = add_claim.district_id
	                             AND k.listing_id = add_claim.listing), 0) + 1;
BEGIN
	INSERT INTO peoplecall.claim (district_id, listing_id, area, seq, volunteer_id, org,
		home_org, claimer_area, project_id, quantity, claimed_at, expires_at)
	VALUES (district_id, listing, area, next_seq, volunteer, org,
		home_org, claimer_area, project, quantity, at, expires_at);
	UPDATE peoplecall.listing AS l
	   SET claimed = l.claimed + add_claim.quantity
	 WHERE l.district_id = add_claim.district_id AND l.id = add_claim.listing;
	PERFORM peoplecall.settle_listing(district_id, listing, at, 'claim', post_org, next_seq,
		jsonb_build_object('quantity', quantity, 'volunteer', volunteer, 'org', org,
			'project', project, 'expires_at', expires_at));
	RETURN next_seq;
END
$$;
COMMENT ON FUNCTION peoplecall.add_claim(int, bigint, peoplecall.areacode, bigint, bigint, bigint, peoplecall.areacode, bigint, int, timestamptz, timestamptz, bigint) IS
	'writes a claim on a listing that is locked, with its event; returns its number';

-- Returns a row of the table claim.
CREATE FUNCTION peoplecall.listing_claim(district_id int, listing bigint, claim int) RETURNS record
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	k peoplecall.claim;
BEGIN
	IF claim IS NULL THEN
		RAISE null_value_not_allowed USING MESSAGE = 'claim must not be null';
	END IF;
	SELECT x.* INTO k
	  FROM peoplecall.claim AS x
	 WHERE x.district_id = listing_claim.district_id
	   AND x.listing_id = listing_claim.listing AND x.seq = listing_claim.claim;
	IF NOT FOUND THEN
		RAISE SQLSTATE 'PC005' USING
			MESSAGE = format('listing %s has no claim %s', peoplecall.complaint_no(listing), claim);
	END IF;
	RETURN k;
END
$$;
COMMENT ON FUNCTION peoplecall.listing_claim(int, bigint, int) IS 'a claim of a listing that is locked; 22004, PC005';

CREATE FUNCTION peoplecall.require_claim(listing bigint, claim int, ended text, project bigint, lapsed_too boolean) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF ended IS NOT NULL AND NOT (lapsed_too AND ended = 'lapsed') THEN
		RAISE SQLSTATE 'PC001' USING
			MESSAGE = format('claim %s of listing %s has ended', claim, peoplecall.complaint_no(listing)),
			DETAIL = format('The claim is %s.', ended);
	END IF;
	IF project IS NOT NULL THEN
		RAISE SQLSTATE 'PC001' USING
			MESSAGE = format('claim %s of listing %s is held for a project', claim, peoplecall.complaint_no(listing)),
			DETAIL = format('The project is %s.', peoplecall.complaint_no(project)),
			HINT = 'What is done with the project''s claim is done with this one.';
	END IF;
END
$$;
COMMENT ON FUNCTION peoplecall.require_claim(bigint, int, text, bigint, boolean) IS
	'PC001 for a claim that ended, or that a project holds';

CREATE FUNCTION peoplecall.fulfil_body(listing bigint, claim int, note text, quantity int) RETURNS int
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	l peoplecall.listing;
	k peoplecall.claim;
	at timestamptz;
	post_org bigint;
BEGIN
	l := peoplecall.lock_listing(listing);
	-- who is served by a project may confirm it as well
	post_org := coalesce(peoplecall.speaker_for(l.org),
		(SELECT peoplecall.speaker_for(n.org) FROM peoplecall.listing AS n
		  WHERE n.district_id = peoplecall.district_of(l.need_id) AND n.id = l.need_id),
		peoplecall.gate_org(l.org));
	k := peoplecall.listing_claim(l.district_id, l.id, claim);
	IF k.org = ANY (peoplecall.gate_orgs()) THEN
		RAISE insufficient_privilege USING
			MESSAGE = format('org %s cannot confirm its own claim', k.org),
			HINT = 'The publisher does, or an org above it in the line.';
	END IF;
	PERFORM peoplecall.require_claim(l.id, k.seq, k.ended, k.project_id, true);
	quantity := coalesce(quantity, k.quantity - k.fulfilled);
	IF quantity NOT BETWEEN 1 AND k.quantity - k.fulfilled THEN
		RAISE invalid_parameter_value USING
			MESSAGE = format('quantity must be from 1 to %s', k.quantity - k.fulfilled),
			DETAIL = 'That much of the claim is open.';
	END IF;
	IF k.ended = 'lapsed' THEN
		PERFORM peoplecall.require_free(l.id, NULL, NULL, l.quantity, l.claimed, quantity, NULL);
	END IF;
	at := peoplecall.act_time(l.last_event_at);
	PERFORM peoplecall.fulfil_claim(l.district_id, l.id, k.seq, quantity, note, at, post_org, NULL);
	IF quantity = k.quantity - k.fulfilled THEN
		PERFORM peoplecall.tell_claimer(l.district_id, l.id, k.seq, 'claim_fulfilled', at);
	END IF;
	IF l.kind = 'project' THEN
		PERFORM peoplecall.fulfil_joined(l.id, l.need_id, l.resource_id, quantity, note, at, post_org);
	END IF;
	RETURN k.quantity - k.fulfilled - quantity;
END
$$;
COMMENT ON FUNCTION peoplecall.fulfil_body(bigint, int, text, int) IS 'body of fulfil()';

-- One that lapsed does not hold its quantity any more, so it takes it anew.
CREATE FUNCTION peoplecall.fulfil_claim(
	district_id int, listing bigint, claim int, quantity int, note text,
	at timestamptz, post_org bigint, project bigint) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	was peoplecall.claim;
	done boolean;
BEGIN
	was := peoplecall.listing_claim(district_id, listing, claim);
	done := was.fulfilled + fulfil_claim.quantity = was.quantity;
	UPDATE peoplecall.claim AS k
	   SET fulfilled = k.fulfilled + fulfil_claim.quantity,
	       fulfilled_at = greatest(fulfil_claim.at, k.claimed_at),
	       ended = CASE WHEN done THEN 'fulfilled' ELSE k.ended END,
	       ended_at = CASE WHEN done THEN greatest(fulfil_claim.at, k.claimed_at) ELSE k.ended_at END
	 WHERE k.district_id = fulfil_claim.district_id
	   AND k.listing_id = fulfil_claim.listing AND k.seq = fulfil_claim.claim;
	UPDATE peoplecall.listing AS l
	   SET fulfilled = l.fulfilled + fulfil_claim.quantity,
	       claimed = l.claimed + CASE WHEN was.ended IS NULL THEN 0 ELSE fulfil_claim.quantity END,
	       closed_at = CASE WHEN l.closed_at IS NULL AND l.fulfilled + fulfil_claim.quantity = l.quantity
	                        THEN fulfil_claim.at ELSE l.closed_at END,
	       closed = CASE WHEN l.closed_at IS NULL AND l.fulfilled + fulfil_claim.quantity = l.quantity
	                     THEN 'fulfilled' ELSE l.closed END
	 WHERE l.district_id = fulfil_claim.district_id AND l.id = fulfil_claim.listing;
	PERFORM peoplecall.settle_listing(district_id, listing, at, 'fulfil', post_org, claim,
		jsonb_build_object('quantity', quantity, 'open', was.quantity - was.fulfilled - quantity,
			'note', note, 'had_lapsed', nullif(was.ended IS NOT NULL, false), 'project', project));
END
$$;
COMMENT ON FUNCTION peoplecall.fulfil_claim(int, bigint, int, int, text, timestamptz, bigint, bigint) IS
	'writes that so much of a claim was kept; a listing of which everything was closes';

CREATE FUNCTION peoplecall.end_claim(
	district_id int, listing bigint, claim int, ended text, reason text, at timestamptz) RETURNS int
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	freed int;
BEGIN
	UPDATE peoplecall.claim AS k
	   SET ended = end_claim.ended, ended_at = greatest(end_claim.at, k.claimed_at),
	       reason = end_claim.reason
	 WHERE k.district_id = end_claim.district_id
	   AND k.listing_id = end_claim.listing AND k.seq = end_claim.claim
	RETURNING k.quantity - k.fulfilled INTO freed;
	UPDATE peoplecall.listing AS l
	   SET claimed = l.claimed - freed
	 WHERE l.district_id = end_claim.district_id AND l.id = end_claim.listing;
	RETURN freed;
END
$$;
COMMENT ON FUNCTION peoplecall.end_claim(int, bigint, int, text, text, timestamptz) IS
	'ends an open claim and frees what of it was not fulfilled, which it returns; settle_listing() must follow';

CREATE FUNCTION peoplecall.release_body(listing bigint, claim int, reason text) RETURNS int
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	l peoplecall.listing;
	k peoplecall.claim;
	at timestamptz;
	publisher bigint;
	claimer bigint;
	post_org bigint;
	freed int;
BEGIN
	PERFORM peoplecall.require_text('reason', reason);
	l := peoplecall.lock_listing(listing);
	k := peoplecall.listing_claim(l.district_id, l.id, claim);
	publisher := peoplecall.speaker_for(l.org);
	IF k.org IS NOT NULL THEN
		claimer := peoplecall.speaker_for(k.org);
	ELSIF peoplecall.gate_reaches(k.claimer_area) THEN
		claimer := coalesce(peoplecall.gate_area(k.claimer_area, NULL, NULL), l.org);
	END IF;
	-- one may stand above the other in the line: then who is meant himself
	post_org := coalesce(CASE WHEN claimer = k.org THEN claimer WHEN publisher = l.org THEN publisher END,
		claimer, publisher, peoplecall.gate_org(l.org));
	PERFORM peoplecall.require_claim(l.id, k.seq, k.ended, k.project_id, false);

	at := peoplecall.act_time(l.last_event_at);
	freed := peoplecall.end_claim(l.district_id, l.id, k.seq, 'released', reason, at);
	PERFORM peoplecall.settle_listing(l.district_id, l.id, at, 'release', post_org, k.seq,
		jsonb_build_object('reason', reason, 'free', freed));
	IF l.kind = 'project' THEN
		PERFORM peoplecall.end_joined(l.id, l.need_id, l.resource_id, 'released', reason, at, post_org);
	END IF;
	IF post_org <> l.org THEN
		PERFORM peoplecall.send_notice(l.district_id, l.id, l.area,
			peoplecall.officer_for(l.org, 'handler', at), 'claim_released',
			peoplecall.claim_fields(l.district_id, l.id, k.seq), at);
	END IF;
	IF post_org <> k.org THEN
		PERFORM peoplecall.tell_claimer(l.district_id, l.id, k.seq, 'claim_released', at);
	END IF;
	RETURN freed;
END
$$;
COMMENT ON FUNCTION peoplecall.release_body(bigint, int, text) IS 'body of release()';

-- A person is never named: only an org and a branch are.
CREATE FUNCTION peoplecall.claim_fields(district_id int, listing bigint, claim int) RETURNS jsonb
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	l peoplecall.listing;
	k peoplecall.claim;
	claimer text;
BEGIN
	SELECT x.* INTO STRICT l
	  FROM peoplecall.listing AS x
	 WHERE x.district_id = claim_fields.district_id AND x.id = claim_fields.listing;
	k := peoplecall.listing_claim(l.district_id, l.id, claim);
	IF k.org IS NOT NULL THEN
		SELECT o.name INTO claimer FROM peoplecall.org AS o WHERE o.id = k.org;
	ELSE
		SELECT CASE v.kind WHEN 'branch' THEN v.name
		            ELSE coalesce((SELECT t.body FROM peoplecall.template AS t
		                            WHERE t.code = 'claimer.' || v.kind), v.kind) END INTO claimer
		  FROM peoplecall.volunteer AS v
		 WHERE v.district_id = peoplecall.district_of(k.volunteer_id) AND v.id = k.volunteer_id;
	END IF;
	RETURN jsonb_build_object('no', peoplecall.complaint_no(l.id), 'title', l.title,
		'claimer', claimer, 'quantity', k.quantity, 'left', l.quantity - l.claimed,
		'expires_at', coalesce(peoplecall.local_time(k.expires_at),
			(SELECT t.body FROM peoplecall.template AS t WHERE t.code = 'claim.no_limit')),
		'reason', coalesce(k.reason, l.close_reason));
END
$$;
COMMENT ON FUNCTION peoplecall.claim_fields(int, bigint, int) IS
	'what notices say of a claim; a person who claims is not named';

CREATE FUNCTION peoplecall.tell_claimer(
	district_id int, listing bigint, claim int, template text, at timestamptz) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	k peoplecall.claim;
BEGIN
	k := peoplecall.listing_claim(district_id, listing, claim);
	PERFORM peoplecall.send_notice(district_id, listing, k.area,
		peoplecall.officer_for(k.org, 'handler', at), template,
		peoplecall.claim_fields(district_id, listing, claim), at);
END
$$;
COMMENT ON FUNCTION peoplecall.tell_claimer(int, bigint, int, text, timestamptz) IS
	'tells the handler of the org that claimed; a volunteer learns it from his application';
