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

CREATE FUNCTION peoplecall.ledger_reading() RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
	recorded text;
BEGIN
	FOREACH recorded IN ARRAY ARRAY['complaint', 'task', 'clock', 'event', 'request',
		'attachment', 'rating', 'revisit', 'supervision', 'coordination',
		'coordination_party', 'reporter', 'notice',
		'sweep_status', 'complaint_text', 'change']
	LOOP
		CONTINUE WHEN EXISTS (
			SELECT FROM pg_policy AS p
			 WHERE p.polrelid = format('peoplecall.%I', recorded)::regclass
			   AND p.polname = 'by_post');
		PERFORM peoplecall.ledger_ddl(format($ddl$
ALTER TABLE peoplecall.%1$I ENABLE ROW LEVEL SECURITY;
CREATE POLICY by_post ON peoplecall.%1$I FOR SELECT USING (peoplecall.%2$I(%3$s));
		$ddl$, recorded,
			CASE WHEN recorded IN ('reporter', 'notice') THEN 'may_read_personal'
			     ELSE 'may_read' END,
			-- errors may name anybody's: only for whoever holds the district
			CASE recorded WHEN 'sweep_status' THEN 'district_id::bigint::peoplecall.areacode'
			     ELSE 'area' END));
	END LOOP;
END
$body$;
COMMENT ON FUNCTION peoplecall.ledger_reading() IS 'row-level security of the case records';

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
		' peoplecall.attachment, peoplecall.rating, peoplecall.revisit,'
		' peoplecall.supervision, peoplecall.coordination, peoplecall.coordination_party,'
		' peoplecall.change, peoplecall.intake,'
		' peoplecall.meetings, peoplecall.shares, peoplecall.complaint_text, peoplecall.area, peoplecall.org, peoplecall.org_kind,'
		' peoplecall.jurisdiction, peoplecall.category, peoplecall.channel,'
		' peoplecall.responsibility, peoplecall.grade_rule, peoplecall.calendar,'
		' peoplecall.calendar_window, peoplecall.calendar_day, peoplecall.sla_policy,'
		' peoplecall.escalation_step, peoplecall.ruling');
	-- officers' phones are for the gateway and for those with the duty
	EXECUTE format(CASE WHEN holds THEN 'GRANT SELECT (id, org, role, name, active) ON peoplecall.officer TO %I'
	                    ELSE 'REVOKE SELECT (id, org, role, name, active) ON peoplecall.officer FROM %I' END, role);
	EXECUTE format(CASE WHEN personal THEN 'GRANT SELECT ON peoplecall.reporter TO %I'
	                    ELSE 'REVOKE SELECT ON peoplecall.reporter FROM %I' END, role);
END
$$;
COMMENT ON FUNCTION peoplecall.grant_reading(name) IS
	'gives a role the rights to read that its posts bring, or takes them when it has none; used by appoint() and dismiss()';
