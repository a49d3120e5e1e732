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

-- Which rows of each case record are whose to read: one list for the policies by
-- compiled posts, and for those by role of a ledger that is distributed.
CREATE FUNCTION peoplecall.reading_rules()
	RETURNS TABLE (recorded name, reach text, areas text[], anybody text, own_org boolean)
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN QUERY
	SELECT t.name::name, 'read', ARRAY['area'], NULL::text, t.name = 'appraisal'
	  FROM unnest(ARRAY['complaint', 'task', 'clock', 'event', 'request',
		'attachment', 'rating', 'revisit', 'supplement', 'supervision', 'coordination',
		'coordination_party', 'complaint_text', 'change',
		'alliance_member', 'listing_event',
		-- a department's area is its district's, which its own post may not reach
		'appraisal', 'appraisal_fact', 'appraisal_sum', 'appraisal_day', 'appraisal_month'])
		AS t (name)
	UNION ALL VALUES
		-- errors may name anybody's: only for whoever holds the district
		('sweep_status'::name, 'read', ARRAY['district_id::bigint::peoplecall.areacode'], NULL, false),
		('appraisal_mark', 'read', ARRAY['district_id::bigint::peoplecall.areacode'], NULL, false),
		('volunteer', 'read', ARRAY['community'], NULL, false),
		-- What is on the lists is published: whoever holds a post may read it
		-- while it is open. A claim is read where it was made and where its
		-- claimer is.
		('listing', 'read', ARRAY['area'], 'closed_at IS NULL', false),
		('claim', 'read', ARRAY['area', 'claimer_area'], NULL, false),
		('notice', 'personal', ARRAY['area'], NULL, false),
		('volunteer_person', 'personal', ARRAY['area'], NULL, false),
		('listing_resident', 'personal', ARRAY['area'], NULL, false),
		('reporter', 'reporter', ARRAY['area'], NULL, false);
END
$$;
COMMENT ON FUNCTION peoplecall.reading_rules() IS
	'used by create_ledger() and distribute(): each case record whose rows posts let read, by which duties (read any but personal, personal, reporter personal but for who is barred), the areas that must be reached, what anybody may read, and whether rows of the own orgs too';

CREATE FUNCTION peoplecall.ledger_reading() RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
	rule record;
BEGIN
	IF peoplecall.reads_by_role() THEN
		IF peoplecall.is_distributed('peoplecall.complaint') THEN
			RETURN;
		END IF;
		-- a dump of a distributed ledger, restored on one machine
		PERFORM peoplecall.drop_role_policies();
	END IF;
	FOR rule IN SELECT r.* FROM peoplecall.reading_rules() AS r LOOP
		PERFORM peoplecall.ledger_ddl(format('ALTER TABLE peoplecall.%I ENABLE ROW LEVEL SECURITY', rule.recorded));
		IF NOT peoplecall.has_policy(rule.recorded, 'by_post') THEN
			PERFORM peoplecall.ledger_ddl(format('CREATE POLICY by_post ON peoplecall.%I FOR SELECT USING (%s)',
				rule.recorded, concat_ws(' OR ', rule.anybody, (
				SELECT string_agg(format(CASE rule.reach WHEN 'read' THEN 'peoplecall.may_read(%s)'
				                                         WHEN 'personal' THEN 'peoplecall.may_read_personal(%s)'
				                                         ELSE 'peoplecall.may_read_reporter(%s, barred)' END, a.area), ' OR ')
				  FROM unnest(rule.areas) AS a (area)))));
		END IF;
		IF rule.own_org AND NOT peoplecall.has_policy(rule.recorded, 'by_own_post') THEN
			PERFORM peoplecall.ledger_ddl(format('CREATE POLICY by_own_post ON peoplecall.%I FOR SELECT'
				' USING (org = ANY ((SELECT peoplecall.my_orgs())::bigint[]))', rule.recorded));
		END IF;
	END LOOP;
END
$body$;
COMMENT ON FUNCTION peoplecall.ledger_reading() IS 'row-level security of the case records';

CREATE FUNCTION peoplecall.has_policy(recorded name, policy name) RETURNS boolean
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN EXISTS (SELECT FROM pg_policy AS p
	                WHERE p.polrelid = to_regclass(format('peoplecall.%I', recorded))
	                  AND p.polname = policy);
END
$$;
COMMENT ON FUNCTION peoplecall.has_policy(name, name) IS
	'used by create_ledger(): whether a table of the ledger has a policy of that name';

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
	PERFORM peoplecall.write_role_policies(role);
END
$$;
COMMENT ON FUNCTION peoplecall.grant_reading(name) IS
	'gives a role the rights to read that its posts bring, or takes them when it has none; used by appoint() and dismiss()';
