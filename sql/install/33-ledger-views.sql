-- Views. security_invoker: whoever reads them sees what his own rights and the
-- row policies let him see. Columns are added at the end only.
CREATE FUNCTION peoplecall.ledger_views() RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
	PERFORM peoplecall.ledger_ddl($ddl$
CREATE OR REPLACE VIEW peoplecall.board
	WITH (security_invoker = true) AS
SELECT c.district_id, c.id AS complaint_id,
       peoplecall.complaint_no(c.id) AS no,
       c.title, c.nature, c.category, c.grade, c.urgency, c.state,
       c.area, a.name AS area_name,
       c.command_level, c.command_org, k.name AS command_name,
       c.lead_org, l.name AS lead_name,
       peoplecall.sla_state(t.at, c.warn_at, c.due_at, c.paused_at, NULL) AS sla,
       c.warn_at, c.due_at, c.people, c.received_at, c.last_event_at,
       peoplecall.complaint_no(coalesce(c.origin_id, c.id)) AS citizen_no
  FROM peoplecall.complaint AS c
  JOIN peoplecall.area AS a ON a.code OPERATOR(peoplecall.=) c.area
  LEFT JOIN peoplecall.org AS k ON k.id = c.command_org
  LEFT JOIN peoplecall.org AS l ON l.id = c.lead_org
 CROSS JOIN (SELECT peoplecall.as_of() AS at) AS t
 WHERE c.state IN ('received', 'dispatched', 'completed');
COMMENT ON VIEW peoplecall.board IS
	'open complaints with the light and deadline of their tightest open clock, who commands and who leads; citizen_no is the number that the citizen was given, before the matter moved to this district';

CREATE OR REPLACE VIEW peoplecall.lights
	WITH (security_invoker = true) AS
SELECT v.level, peoplecall.ancestor(o.area, v.level) AS area,
       min(a.name) AS area_name,
       sum(o.open)::bigint AS open,
       sum(o.green)::bigint AS green,
       sum(o.yellow)::bigint AS yellow,
       sum(o.red)::bigint AS red,
       sum(o.paused)::bigint AS paused
  -- each matter is counted once, in its own area; then areas are added up
  FROM (SELECT c.area,
               count(*) AS open,
               count(*) FILTER (WHERE c.sla = 'green') AS green,
               count(*) FILTER (WHERE c.sla = 'yellow') AS yellow,
               count(*) FILTER (WHERE c.sla = 'red') AS red,
               count(*) FILTER (WHERE c.sla = 'paused') AS paused
          FROM (SELECT m.area,
                       peoplecall.sla_state(t.at, m.warn_at, m.due_at, m.paused_at, NULL) AS sla
                  FROM peoplecall.complaint AS m
                 CROSS JOIN (SELECT peoplecall.as_of() AS at) AS t
                 WHERE m.state IN ('received', 'dispatched', 'completed')) AS c
         GROUP BY c.area) AS o
 CROSS JOIN (VALUES ('city'::peoplecall.area_level), ('district'), ('street'),
                    ('community')) AS v (level)
  JOIN peoplecall.area AS a
    ON a.code OPERATOR(peoplecall.=) peoplecall.ancestor(o.area, v.level)
 WHERE peoplecall.level(o.area) >= v.level
 GROUP BY 1, 2;
COMMENT ON VIEW peoplecall.lights IS
	'open complaints counted by light, for every area at city, district, street and community';

CREATE OR REPLACE VIEW peoplecall.my_tasks
	WITH (security_invoker = true) AS
SELECT t.district_id, t.complaint_id,
       peoplecall.complaint_no(t.complaint_id) AS no,
       t.seq AS task_seq, t.role, t.state, t.org, o.name AS org_name, t.officer,
       c.title, coalesce(t.matter, c.title) AS matter, c.area, a.name AS area_name,
       c.category, c.grade, c.urgency,
       peoplecall.sla_state(n.at, k.warn_at, k.due_at, k.paused_at, NULL) AS sla,
       k.due_at, t.sent_at, t.accepted_at,
       peoplecall.complaint_no(coalesce(c.origin_id, c.id)) AS citizen_no
  FROM peoplecall.task AS t
  JOIN peoplecall.complaint AS c
    ON c.district_id = t.district_id AND c.id = t.complaint_id
  JOIN peoplecall.org AS o ON o.id = t.org
  JOIN peoplecall.area AS a ON a.code OPERATOR(peoplecall.=) c.area
  LEFT JOIN LATERAL (
	SELECT min(x.warn_at) AS warn_at, min(x.due_at) AS due_at,
	       min(x.paused_at) AS paused_at
	  FROM peoplecall.clock AS x
	 WHERE x.district_id = t.district_id AND x.complaint_id = t.complaint_id
	   AND x.task_seq = t.seq AND x.stopped_at IS NULL) AS k ON true
 CROSS JOIN (SELECT peoplecall.as_of() AS at) AS n
 WHERE t.state IN ('sent', 'accepted')
   -- not in a subquery: below a row policy that could use no index
   AND t.org = ANY (peoplecall.my_orgs());
COMMENT ON VIEW peoplecall.my_tasks IS
	'open tasks of the orgs for which the caller, or the officer he acts for, has the duty handle; all for the ledger''s owner';

CREATE OR REPLACE VIEW peoplecall.history
	WITH (security_invoker = true) AS
SELECT e.district_id, e.complaint_id,
       peoplecall.complaint_no(e.complaint_id) AS no,
       e.seq, e.at, e.verb, e.actor, e.officer, f.name AS officer_name,
       e.org, o.name AS org_name, e.task_seq, e.detail
  FROM peoplecall.event AS e
  LEFT JOIN peoplecall.officer AS f ON f.id = e.officer
  LEFT JOIN peoplecall.org AS o ON o.id = e.org;
COMMENT ON VIEW peoplecall.history IS 'what was done with each complaint, in order of seq (流转记录)';

CREATE OR REPLACE VIEW peoplecall.sweep_backlog
	WITH (security_invoker = true) AS
SELECT b.district_id, count(*) AS due, min(b.due_at) AS oldest,
       max(t.at - b.due_at) AS behind
  FROM (SELECT k.district_id, k.next_alarm_at AS due_at
          FROM peoplecall.clock AS k
         UNION ALL
        SELECT r.district_id, least(r.until, r.review_at)
          FROM peoplecall.request AS r
         WHERE r.granted AND r.ended_at IS NULL
         UNION ALL
        SELECT l.district_id, l.next_alarm_at
          FROM peoplecall.listing AS l) AS b
 CROSS JOIN (SELECT peoplecall.as_of() AS at) AS t
 WHERE b.due_at <= t.at
 GROUP BY b.district_id;
COMMENT ON VIEW peoplecall.sweep_backlog IS 'steps of the ladder and ends or reviews of pauses and expiries of listings and claims that are due and not yet taken, by district; empty when the sweep keeps up';

CREATE OR REPLACE VIEW peoplecall.meetings
	WITH (security_invoker = true) AS
SELECT m.district_id, m.id AS coordination_id,
       peoplecall.complaint_no(m.id) AS no,
       m.title, m.complaint_id, m.area, m.convened_by, o.name AS convenor_name,
       m.place, m.convened_at, m.meets_at, m.closed_at,
       p.called, p.signed, p.attended, p.absent, p.mark,
       m.ruling, r.document_no, r.precedent
  FROM peoplecall.coordination AS m
  JOIN peoplecall.org AS o ON o.id = m.convened_by
  LEFT JOIN peoplecall.ruling AS r ON r.id = m.ruling
 CROSS JOIN LATERAL (
	SELECT count(*) AS called, count(x.signed_at) AS signed,
	       count(x.attended_at) AS attended,
	       count(*) FILTER (WHERE x.absent) AS absent, round(avg(x.mark), 2) AS mark
	  FROM peoplecall.coordination_party AS x
	 WHERE x.district_id = m.district_id AND x.coordination_id = m.id) AS p;
COMMENT ON VIEW peoplecall.meetings IS
	'meetings: who convened them, how many were called, signed, came and were absent, their average mark, the ruling';

CREATE OR REPLACE VIEW peoplecall.shares
	WITH (security_invoker = true) AS
SELECT t.district_id, t.complaint_id,
       peoplecall.complaint_no(t.complaint_id) AS no,
       t.seq AS task_seq, t.role, t.org, o.name AS org_name,
       coalesce(t.matter, c.title) AS matter, t.state, t.area, t.epoch, t.ruling,
       t.sent_at, t.done_at, k.due_at, k.verdict, k.extensions, k.pauses,
       peoplecall.sla_state(n.at, k.warn_at, k.due_at, k.paused_at, NULL) = 'red'
	AND k.verdict IS NULL OR coalesce(k.verdict IN ('missed', 'overturned'), false) AS late,
       CASE WHEN k.stopped_at IS NULL AND k.due_at IS NOT NULL
            THEN peoplecall.sla_state(n.at, k.warn_at, k.due_at, k.paused_at, NULL) END AS sla
  FROM peoplecall.task AS t
  JOIN peoplecall.complaint AS c
    ON c.district_id = t.district_id AND c.id = t.complaint_id
  JOIN peoplecall.org AS o ON o.id = t.org
  LEFT JOIN peoplecall.clock AS k
    ON k.district_id = t.district_id AND k.complaint_id = t.complaint_id
   AND k.task_seq = t.seq AND k.kind = 'resolve'
 CROSS JOIN (SELECT peoplecall.as_of() AS at) AS n;
COMMENT ON VIEW peoplecall.shares IS
	'each org''s share of a matter, with the deadline, light and verdict of its own clock resolve, all null where no limit is set; late is charged to the org of the share alone';

-- what reads the rulebook comes first and by itself: no shard may
CREATE OR REPLACE VIEW peoplecall.supervisions
	WITH (security_invoker = true) AS
WITH kept AS MATERIALIZED (
	SELECT peoplecall.as_of()
	       - interval '1 day' * peoplecall.setting_number('supervision_days', 30) AS since)
SELECT s.district_id, s.complaint_id,
       peoplecall.complaint_no(s.complaint_id) AS no,
       s.seq AS supervision, s.kind, c.title,
       s.ordered_by, b.name AS orderer_name, s.leader, f.name AS leader_name,
       s.org, o.name AS org_name, s.reason, s.ordered_at,
       -- no clock, no light
       CASE WHEN k.seq IS NOT NULL THEN coalesce(k.verdict,
	peoplecall.sla_state(n.at, k.warn_at, k.due_at, k.paused_at, NULL)) END AS sla,
       k.due_at, s.answer, s.answered_at, s.refused, s.conclusion, s.closed_at,
       floor(extract(epoch FROM coalesce(s.closed_at, n.at) - s.ordered_at) / 86400)::int AS days,
       s.pushed, c.state, c.grade, c.urgency, c.category, s.area, a.name AS area_name,
       c.command_org, c.lead_org
  FROM peoplecall.supervision AS s
  JOIN peoplecall.complaint AS c
    ON c.district_id = s.district_id AND c.id = s.complaint_id
  JOIN peoplecall.area AS a ON a.code OPERATOR(peoplecall.=) s.area
  LEFT JOIN peoplecall.org AS b ON b.id = s.ordered_by
  LEFT JOIN peoplecall.org AS o ON o.id = s.org
  LEFT JOIN peoplecall.officer AS f ON f.id = s.leader
  LEFT JOIN peoplecall.clock AS k
    ON k.district_id = s.district_id AND k.complaint_id = s.complaint_id
   AND k.seq = s.clock_seq
 CROSS JOIN (SELECT peoplecall.as_of() AS at) AS n
 WHERE s.closed_at IS NULL OR s.closed_at >= (SELECT k.since FROM kept AS k);
COMMENT ON VIEW peoplecall.supervisions IS
	'the inspection body''s list: orders that are open, and those closed in the last days (setting supervision_days): who ordered and who answers, the light or verdict of the answer, days since the order, whether the ladder pushed it';

CREATE OR REPLACE VIEW peoplecall.unsolved
	WITH (security_invoker = true) AS
SELECT r.district_id, r.complaint_id,
       peoplecall.complaint_no(r.complaint_id) AS no,
       c.title, c.area, c.state, r.epoch, r.satisfaction, r.rated_at,
       r.epoch < c.epoch AS reopened, c.principal_id,
       c.command_org, c.lead_org
  FROM peoplecall.rating AS r
  JOIN peoplecall.complaint AS c
    ON c.district_id = r.district_id AND c.id = r.complaint_id
 WHERE NOT r.solved AND r.decided_at IS NULL;
COMMENT ON VIEW peoplecall.unsolved IS
	'citizens'' words that a closing did not solve the matter, on which nobody has decided yet; reopened: it was opened again since';

CREATE OR REPLACE VIEW peoplecall.lists
	WITH (security_invoker = true) AS
SELECT l.district_id, l.id AS listing_id,
       peoplecall.complaint_no(l.id) AS no,
       l.kind, l.title, l.category, l.area, a.name AS area_name, l.org, o.name AS org_name,
       l.quantity, l.claimed, l.fulfilled,
       CASE WHEN l.closed_at IS NULL AND coalesce(t.at < l.expires_at, true)
            THEN l.quantity - l.claimed ELSE 0 END AS free,
       l.published_at, l.expires_at, l.closed_at, l.closed,
       l.need_id, l.resource_id, l.coordination_id
  FROM peoplecall.listing AS l
  JOIN peoplecall.area AS a ON a.code OPERATOR(peoplecall.=) l.area
  JOIN peoplecall.org AS o ON o.id = l.org
 CROSS JOIN (SELECT peoplecall.as_of() AS at) AS t;
COMMENT ON VIEW peoplecall.lists IS
	'needs, resources, projects, shared posts and wishes, with how much of each is claimed, fulfilled and free to claim';

CREATE OR REPLACE VIEW peoplecall.listing_history
	WITH (security_invoker = true) AS
SELECT e.district_id, e.listing_id,
       peoplecall.complaint_no(e.listing_id) AS no,
       e.seq, e.at, e.verb, e.actor, e.officer, f.name AS officer_name,
       e.org, o.name AS org_name, e.claim_seq, e.detail
  FROM peoplecall.listing_event AS e
  LEFT JOIN peoplecall.officer AS f ON f.id = e.officer
  LEFT JOIN peoplecall.org AS o ON o.id = e.org;
COMMENT ON VIEW peoplecall.listing_history IS 'what was done with each listing, in order of seq';

CREATE OR REPLACE VIEW peoplecall.intake
	WITH (security_invoker = true) AS
SELECT c.district_id, c.id AS complaint_id,
       peoplecall.complaint_no(c.id) AS no,
       c.received_at, c.area, c.nature, c.state, c.external_id,
       c.channel, h.name AS channel_name,
       peoplecall.channel_of(c.channel, c.received_at) AS counts_as
  FROM peoplecall.complaint AS c
  JOIN peoplecall.channel AS h ON h.code = c.channel;
COMMENT ON VIEW peoplecall.intake IS
	'by which channel each matter came, and which one it counts as: the one that its channel had been merged into by then';

CREATE OR REPLACE VIEW peoplecall.ledger AS SELECT 1 AS version;
COMMENT ON VIEW peoplecall.ledger IS 'the version of the ledger''s tables; written by create_ledger(), read by every verb';
	$ddl$);
END
$body$;
COMMENT ON FUNCTION peoplecall.ledger_views() IS 'the views board, lights, my_tasks, history, sweep_backlog, unsolved, intake, ledger';

-- Verbs run as the ledger's owner, and find tables and functions by name in
-- this schema: whoever else made some there, or may, would run as him.
CREATE FUNCTION peoplecall.ledger_alone() RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	schema pg_namespace := (SELECT n FROM pg_namespace AS n WHERE n.nspname = 'peoplecall');
	me oid := (SELECT r.oid FROM pg_roles AS r WHERE r.rolname = current_user);
	foreign_object record;
	other text;
BEGIN
	SELECT o.kind, o.name, pg_get_userbyid(o.owner) AS owner INTO foreign_object
	  FROM (SELECT 'pg_class'::regclass AS class, c.oid, c.relowner AS owner,
	               'relation' AS kind, c.relname AS name
	          FROM pg_class AS c WHERE c.relnamespace = schema.oid
	         UNION ALL
	        SELECT 'pg_proc'::regclass, p.oid, p.proowner, 'function', p.proname
	          FROM pg_proc AS p WHERE p.pronamespace = schema.oid
	         UNION ALL
	        SELECT 'pg_operator'::regclass, p.oid, p.oprowner, 'operator', p.oprname
	          FROM pg_operator AS p WHERE p.oprnamespace = schema.oid
	         UNION ALL
	        SELECT 'pg_type'::regclass, t.oid, t.typowner, 'type', t.typname
	          FROM pg_type AS t WHERE t.typnamespace = schema.oid AND t.typrelid = 0) AS o
	 WHERE o.owner <> me
	   AND o.owner <> schema.nspowner
	 ORDER BY o.kind, o.name
	 LIMIT 1;
	IF FOUND THEN
		RAISE insufficient_privilege USING
			MESSAGE = format('%s "%s" in schema peoplecall belongs to role "%s"',
				foreign_object.kind, foreign_object.name, foreign_object.owner),
			DETAIL = format('Its code would run as the ledger''s owner, "%s".', current_user),
			HINT = 'Drop it or give it to the ledger''s owner.';
	END IF;

	SELECT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END
	  INTO other
	  FROM aclexplode(schema.nspacl) AS a
	 WHERE a.privilege_type = 'CREATE'
	   AND a.grantee <> schema.nspowner
	   AND a.grantee <> me
	 LIMIT 1;
	IF FOUND THEN
		RAISE insufficient_privilege USING
			MESSAGE = format('role %s may create objects in schema peoplecall', other),
			DETAIL = format('Their code would run as the ledger''s owner, "%s".', current_user),
			HINT = format('Run REVOKE CREATE ON SCHEMA peoplecall FROM %s.', other);
	END IF;
END
$$;
COMMENT ON FUNCTION peoplecall.ledger_alone() IS
	'42501 where somebody beside the ledger''s owner and the schema''s has or may make objects in the schema; used by create_ledger()';

-- Tables of an older version are brought to this one by ledger_to_2(),
-- ledger_to_3(), … in turn, before what is missing is added: a step alters what
-- CREATE … IF NOT EXISTS leaves alone. See doc/upgrade.md, Releasing.
CREATE FUNCTION peoplecall.ledger_migrate() RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	needed int := (SELECT v.ledger FROM peoplecall.library_version() AS v);
	found int := peoplecall.ledger_version();
	step text;
BEGIN
	IF found IS NULL THEN
		RETURN;
	END IF;
	IF found > needed THEN
		RAISE SQLSTATE 'PC002' USING
			MESSAGE = format('the ledger has version %s, but this release makes version %s', found, needed),
			HINT = 'Install the newer release of the extension, then run ALTER EXTENSION peoplecall UPDATE.';
	END IF;
	FOR version IN found + 1 .. needed LOOP
		step := format('peoplecall.ledger_to_%s()', version);
		IF to_regprocedure(step) IS NOT NULL THEN
			EXECUTE 'SELECT ' || step;
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION peoplecall.ledger_migrate() IS
	'brings the tables of an older ledger to the present version, step by step; PC002 for one of a newer release; used by create_ledger()';

CREATE FUNCTION peoplecall.create_ledger_body(partition_by text) RETURNS int
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM peoplecall.gate_actor();
	-- two calls at once follow one another
	PERFORM pg_advisory_xact_lock(hashtextextended('peoplecall.create_ledger', 0));
	PERFORM peoplecall.ledger_alone();
	IF peoplecall.is_distributed('peoplecall.complaint') THEN
		PERFORM peoplecall.distributed_settings();
	END IF;
	PERFORM peoplecall.ledger_migrate();
	PERFORM peoplecall.ledger_rulebook();
	PERFORM peoplecall.ledger_rules();
	PERFORM peoplecall.ledger_cases();
	PERFORM peoplecall.ledger_joint_work();
	PERFORM peoplecall.ledger_lists();
	PERFORM peoplecall.ledger_likeness();
	PERFORM peoplecall.ledger_appraisal();
	PERFORM peoplecall.ledger_changes();
	PERFORM peoplecall.ledger_guards();
	PERFORM peoplecall.ledger_reading();
	PERFORM peoplecall.ledger_views();
	PERFORM peoplecall.ledger_scores();
	IF partition_by <> '' THEN
		PERFORM peoplecall.partition_ledger_body(partition_by, NULL);
	END IF;
	RETURN peoplecall.ledger_version();
END
$$;
COMMENT ON FUNCTION peoplecall.create_ledger_body(text) IS 'body of create_ledger()';

CREATE FUNCTION peoplecall.create_ledger(owner name DEFAULT current_user, partition_by text DEFAULT '')
	RETURNS int
	LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
	AS 'MODULE_PATHNAME', 'pc_create_ledger';
COMMENT ON FUNCTION peoplecall.create_ledger(name, text) IS
	'makes the ledger''s tables, owned by owner, or brings an older ledger up to date; with partition_by => ''month'' also what partition_ledger() does; inserts no row; returns the ledger''s version; 42501 unless called by a superuser or a member of the owner, 42710 where the ledger belongs to another';
