-- Who may read what: row policies by compiled posts, and the rights that a
-- post brings.
CREATE FUNCTION peoplecall.may_read(area peoplecall.areacode) RETURNS boolean
	LANGUAGE c STABLE STRICT LEAKPROOF PARALLEL RESTRICTED COST 1
	AS 'MODULE_PATHNAME', 'pc_may_read';
COMMENT ON FUNCTION peoplecall.may_read(peoplecall.areacode) IS
	'whether a post of the caller, or of the officer he acts for, reaches the area';

CREATE FUNCTION peoplecall.may_read_personal(area peoplecall.areacode) RETURNS boolean
	LANGUAGE c STABLE STRICT LEAKPROOF PARALLEL RESTRICTED COST 1
	AS 'MODULE_PATHNAME', 'pc_may_read_personal';
COMMENT ON FUNCTION peoplecall.may_read_personal(peoplecall.areacode) IS
	'as may_read(), for posts with the duty personal';

CREATE FUNCTION peoplecall.may_read_reporter(area peoplecall.areacode, barred bigint[]) RETURNS boolean
	LANGUAGE c STABLE STRICT LEAKPROOF PARALLEL RESTRICTED COST 1
	AS 'MODULE_PATHNAME', 'pc_may_read_reporter';
COMMENT ON FUNCTION peoplecall.may_read_reporter(peoplecall.areacode, bigint[]) IS
	'as may_read_personal(), but false for whoever handles, or has the duty personal, for one of the orgs given or one below it';

CREATE FUNCTION peoplecall.ledger_reading() RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
	recorded text;
BEGIN
	FOREACH recorded IN ARRAY ARRAY['complaint', 'task', 'clock', 'event', 'request',
		'attachment', 'rating', 'revisit', 'supplement', 'supervision', 'coordination',
		'coordination_party', 'reporter', 'notice',
		'sweep_status', 'complaint_text', 'change',
		'alliance_member', 'listing_event', 'volunteer', 'volunteer_person', 'listing_resident',
		'appraisal', 'appraisal_fact', 'appraisal_sum', 'appraisal_day', 'appraisal_month', 'appraisal_mark']
	LOOP
		CONTINUE WHEN EXISTS (
			SELECT FROM pg_policy AS p
			 WHERE p.polrelid = format('peoplecall.%I', recorded)::regclass
			   AND p.polname = 'by_post');
		PERFORM peoplecall.ledger_ddl(format($ddl$
ALTER TABLE peoplecall.%1$I ENABLE ROW LEVEL SECURITY;
CREATE POLICY by_post ON peoplecall.%1$I FOR SELECT USING (peoplecall.%2$I(%3$s));
		$ddl$, recorded,
			CASE WHEN recorded = 'reporter' THEN 'may_read_reporter'
			     WHEN recorded IN ('notice', 'volunteer_person', 'listing_resident') THEN 'may_read_personal'
			     ELSE 'may_read' END,
			-- errors may name anybody's: only for whoever holds the district
			CASE WHEN recorded IN ('sweep_status', 'appraisal_mark')
			     THEN 'district_id::bigint::peoplecall.areacode'
			     WHEN recorded = 'reporter' THEN 'area, barred'
			     WHEN recorded = 'volunteer' THEN 'community'
			     ELSE 'area' END));
	END LOOP;
	PERFORM peoplecall.ledger_reading_lists();
	-- a department's area is its district's, which its own post may not reach
	IF NOT EXISTS (
		SELECT FROM pg_policy AS p
		 WHERE p.polrelid = 'peoplecall.appraisal'::regclass AND p.polname = 'by_own_post')
	THEN
		PERFORM peoplecall.ledger_ddl($ddl$
CREATE POLICY by_own_post ON peoplecall.appraisal FOR SELECT
	USING (org = ANY ((SELECT peoplecall.my_orgs())::bigint[]));
		$ddl$);
	END IF;
END
$body$;
COMMENT ON FUNCTION peoplecall.ledger_reading() IS 'row-level security of the case records';

-- What is on the lists is published: whoever holds a post may read it while it
-- is open. A claim is read where it was made and where its claimer is.
CREATE FUNCTION peoplecall.ledger_reading_lists() RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_policy AS p
	                WHERE p.polrelid = 'peoplecall.listing'::regclass AND p.polname = 'by_post') THEN
		PERFORM peoplecall.ledger_ddl($ddl$
ALTER TABLE peoplecall.listing ENABLE ROW LEVEL SECURITY;
CREATE POLICY by_post ON peoplecall.listing FOR SELECT
	USING (closed_at IS NULL OR peoplecall.may_read(area));
		$ddl$);
	END IF;
	IF NOT EXISTS (SELECT FROM pg_policy AS p
	                WHERE p.polrelid = 'peoplecall.claim'::regclass AND p.polname = 'by_post') THEN
		PERFORM peoplecall.ledger_ddl($ddl$
ALTER TABLE peoplecall.claim ENABLE ROW LEVEL SECURITY;
CREATE POLICY by_post ON peoplecall.claim FOR SELECT
	USING (peoplecall.may_read(area) OR peoplecall.may_read(claimer_area));
		$ddl$);
	END IF;
END
$body$;
COMMENT ON FUNCTION peoplecall.ledger_reading_lists() IS 'row-level security of listings and claims';

-- The rights follow from the posts that a role has; appoint() and dismiss()
-- both call this. Rights that the city granted by itself are not ours to take,
-- but those on these tables are: they come from posts.
CREATE FUNCTION peoplecall.grant_reading(role name) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	holds boolean;
	personal boolean;
BEGIN
	PERFORM peoplecall.gate_actor();
	-- the owner's rights on his tables come from no post, and none takes them
	IF role = current_user THEN
		RETURN;
	END IF;
	-- two GRANTs on one table at once would fail; and whoever waited must see
	-- what the other one left
	PERFORM pg_advisory_xact_lock(hashtextextended('peoplecall.grant_reading', 0));
	holds := EXISTS (SELECT FROM peoplecall.post AS p WHERE p.role = grant_reading.role);
	-- a delegate acts for officers with the duty; the policy asks for theirs
	personal := EXISTS (SELECT FROM peoplecall.post AS p
	                     WHERE p.role = grant_reading.role
	                       AND p.duty IN ('personal', 'delegate'));
	EXECUTE format(CASE WHEN holds THEN 'GRANT SELECT ON %2$s TO %1$I'
	                    ELSE 'REVOKE SELECT ON %2$s FROM %1$I' END, role,
		'peoplecall.board, peoplecall.lights, peoplecall.my_tasks, peoplecall.history,'
		' peoplecall.sweep_backlog, peoplecall.sweep_status, peoplecall.complaint,'
		' peoplecall.task, peoplecall.clock, peoplecall.event, peoplecall.request,'
		' peoplecall.attachment, peoplecall.rating, peoplecall.revisit, peoplecall.supplement,'
		' peoplecall.supervision, peoplecall.coordination, peoplecall.coordination_party,'
		' peoplecall.change, peoplecall.intake,'
		' peoplecall.supervisions, peoplecall.meetings, peoplecall.shares, peoplecall.unsolved, peoplecall.complaint_text, peoplecall.area, peoplecall.org, peoplecall.org_kind,'
		' peoplecall.jurisdiction, peoplecall.category, peoplecall.channel,'
		' peoplecall.responsibility, peoplecall.grade_rule, peoplecall.calendar,'
		' peoplecall.calendar_window, peoplecall.calendar_day, peoplecall.sla_policy,'
		' peoplecall.escalation_step, peoplecall.ruling,'
		' peoplecall.alliance_member, peoplecall.listing, peoplecall.listing_event,'
		' peoplecall.claim, peoplecall.volunteer, peoplecall.lists, peoplecall.listing_history,'
		' peoplecall.appraisal, peoplecall.score_weights, peoplecall.scores, peoplecall.frozen_scores');
	-- officers' phones are for the gateway and for those with the duty
	EXECUTE format(CASE WHEN holds THEN 'GRANT SELECT (id, org, role, name, active) ON peoplecall.officer TO %I'
	                    ELSE 'REVOKE SELECT (id, org, role, name, active) ON peoplecall.officer FROM %I' END, role);
	EXECUTE format(CASE WHEN personal THEN 'GRANT SELECT ON %2$s TO %1$I'
	                    ELSE 'REVOKE SELECT ON %2$s FROM %1$I' END, role,
		'peoplecall.reporter, peoplecall.volunteer_person, peoplecall.listing_resident');
END
$$;
COMMENT ON FUNCTION peoplecall.grant_reading(name) IS
	'gives a role the rights to read that its posts bring, or takes them when it has none; used by appoint() and dismiss()';
