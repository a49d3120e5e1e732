-- Responsibility: who leads a matter, who assists, and why. All of these read
-- the rulebook as it is when the statement begins, even inside REPEATABLE
-- READ, and as its owner: the caller needs no right on it.
CREATE FUNCTION peoplecall.responsible_org(
	category ltree,
	area peoplecall.areacode,
	grade peoplecall.grade,
	at timestamptz DEFAULT now(),
	subject_org bigint DEFAULT NULL)
	RETURNS bigint
	LANGUAGE c STABLE PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_responsible_org';
COMMENT ON FUNCTION peoplecall.responsible_org(ltree, peoplecall.areacode, peoplecall.grade, timestamptz, bigint) IS
	'the org that leads a matter: by the first rule that gives an active org, deepest category, deepest area, a filled grade, latest beginning, smallest id; else (always for a NULL category) the territorial org at the grade''s level or the next above; never subject_org, whom the matter is about, nor one below it; NULL where nobody answers, and for a NULL area, grade or at; PC005 for a subject_org that does not exist, PC002 without a ledger';

CREATE FUNCTION peoplecall.responsible_rule(
	category ltree,
	area peoplecall.areacode,
	grade peoplecall.grade,
	at timestamptz DEFAULT now(),
	subject_org bigint DEFAULT NULL,
	OUT org bigint,
	OUT responsibility bigint,
	OUT ruling bigint)
	LANGUAGE c STABLE PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_responsible_rule';
COMMENT ON FUNCTION peoplecall.responsible_rule(ltree, peoplecall.areacode, peoplecall.grade, timestamptz, bigint) IS
	'responsible_org with the rule that answered and the ruling it cites; responsibility NULL where a territorial org fell in; NULL and errors as responsible_org';

CREATE FUNCTION peoplecall.assisting_orgs(
	category ltree,
	area peoplecall.areacode,
	grade peoplecall.grade,
	at timestamptz DEFAULT now(),
	subject_org bigint DEFAULT NULL)
	RETURNS bigint[]
	LANGUAGE c STABLE PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_assisting_orgs';
COMMENT ON FUNCTION peoplecall.assisting_orgs(ltree, peoplecall.areacode, peoplecall.grade, timestamptz, bigint) IS
	'the orgs that assist: of every valid rule with role assist whose category and area contain the matter''s, in the order of the rules, each once, never the lead, subject_org or one below it; an empty array where none does; NULL and errors as responsible_org';

CREATE TYPE peoplecall.responsibility_proof AS (
	rank int,
	org bigint,
	role peoplecall.task_role,
	responsibility bigint,
	category ltree,
	area peoplecall.areacode,
	ruling bigint,
	why text
);
COMMENT ON TYPE peoplecall.responsibility_proof IS
	'a line of explain_responsibility(): an org, the rule that names it, and why it has a share or has none';

CREATE FUNCTION peoplecall.explain_responsibility(
	category ltree,
	area peoplecall.areacode,
	grade peoplecall.grade,
	at timestamptz DEFAULT now(),
	subject_org bigint DEFAULT NULL)
	RETURNS SETOF peoplecall.responsibility_proof
	LANGUAGE c STABLE PARALLEL SAFE ROWS 10
	AS 'MODULE_PATHNAME', 'pc_explain_responsibility';
COMMENT ON FUNCTION peoplecall.explain_responsibility(ltree, peoplecall.areacode, peoplecall.grade, timestamptz, bigint) IS
	'why responsible_org() and assisting_orgs() answer as they do: the lead (rank 1), the assisting orgs, then every other rule whose category and area contain the matter''s with the reason it lost, last the fallback (responsibility NULL; rank 1 where no rule answers); why begins with leads, assists, does not lead, does not assist, would lead or nobody leads; no row for a NULL area, grade or at; errors as responsible_org';

-- The next two read tables that are not there at CREATE EXTENSION, with the
-- caller's own rights.
CREATE FUNCTION peoplecall.uncovered(
	within peoplecall.areacode DEFAULT '0',
	at timestamptz DEFAULT now())
	RETURNS TABLE (
		category ltree,
		name text,
		area peoplecall.areacode,
		area_name text,
		grades peoplecall.grade[])
	LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	today date;
BEGIN
	PERFORM peoplecall.require_tables();
	IF to_regclass('peoplecall.responsibility') IS NULL THEN
		RAISE EXCEPTION 'there is no ledger in this database' USING
			ERRCODE = 'PC002',
			HINT = 'Run SELECT peoplecall.create_ledger(''owner'') once.';
	END IF;
	today := (at AT TIME ZONE coalesce(
		(SELECT s.value #>> '{}'
		   FROM peoplecall.setting AS s
		  WHERE s.name = 'timezone'),
		'Asia/Shanghai'))::date;

	RETURN QUERY
	WITH standing AS MATERIALIZED (
		SELECT a.code, a.name, peoplecall.level(a.code) AS level,
		       peoplecall.subtree_last(a.code) AS last
		  FROM peoplecall.area AS a
		 WHERE a.code OPERATOR(peoplecall.<@) within
		   AND (a.since IS NULL OR a.since <= today)
		   AND (a.until IS NULL OR a.until > today)
	), place AS (
		SELECT s.code, s.name
		  FROM standing AS s
		 WHERE s.level = 'district'
		    OR s.level = 'city' AND NOT EXISTS (
			SELECT
			  FROM standing AS d
			 WHERE d.level = 'district'
			   AND d.code OPERATOR(peoplecall.<@) s.code)
	), smallest AS MATERIALIZED (
		-- areas with none below them: what they are given, every matter is
		SELECT s.code
		  FROM (SELECT x.code, x.last, lead(x.code) OVER (ORDER BY x.code) AS next_code
		          FROM standing AS x) AS s
		 WHERE s.next_code IS NULL OR s.next_code OPERATOR(peoplecall.>) s.last
	), leaf AS (
		SELECT c.path, c.name
		  FROM peoplecall.category AS c
		 WHERE NOT EXISTS (
			SELECT
			  FROM peoplecall.category AS child
			 WHERE peoplecall.category_is(
				peoplecall.category_parent(child.path), c.path))
	)
	SELECT l.path, l.name, p.code, p.name,
	       array_agg(g.grade ORDER BY g.grade)
	  FROM leaf AS l
	 CROSS JOIN place AS p
	 CROSS JOIN unnest('{A,B,C,D}'::peoplecall.grade[]) AS g (grade)
	 WHERE (SELECT r.responsibility
	          FROM peoplecall.responsible_rule(l.path, p.code, g.grade, at) AS r)
	       IS NULL
	   -- a rule may name a kind that every street or community has, and the
	   -- district as a whole has not
	   AND EXISTS (
		SELECT
		  FROM smallest AS s
		 WHERE s.code OPERATOR(peoplecall.<@) p.code
		   AND (SELECT r.responsibility
		          FROM peoplecall.responsible_rule(l.path, s.code, g.grade, at) AS r)
		       IS NULL)
	 GROUP BY l.path, l.name, p.code, p.name
	 ORDER BY l.path, p.code;
END
$$;
COMMENT ON FUNCTION peoplecall.uncovered(peoplecall.areacode, timestamptz) IS
	'holes in the list of responsibilities: each category without subcategories, with each district (and city without districts) in force where no rule gives a lead to a matter of the district as a whole, nor one to each of the smallest areas in it, and the grades of which that is so; a rule for a single street does not cover the others; no row where everything is covered, and for NULL; needs SELECT on the rulebook; PC002 without a ledger';

CREATE FUNCTION peoplecall.unowned(
	area peoplecall.areacode,
	since timestamptz)
	RETURNS TABLE (
		category ltree,
		name text,
		complaints bigint,
		fell_back bigint,
		returned bigint,
		latest timestamptz)
	LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM peoplecall.require_tables();
	IF to_regclass('peoplecall.task') IS NULL THEN
		RAISE EXCEPTION 'there is no ledger in this database' USING
			ERRCODE = 'PC002',
			HINT = 'Run SELECT peoplecall.create_ledger(''owner'') once.';
	END IF;

	RETURN QUERY
	WITH matter AS (
		SELECT c.category, c.received_at,
		       c.returned > 0 AS was_returned,
		       coalesce(first.fell_back, false) AS fell_back
		  FROM peoplecall.complaint AS c
		  LEFT JOIN LATERAL (
			SELECT t.responsibility IS NULL AND t.ruling IS NULL AS fell_back
			  FROM peoplecall.task AS t
			 WHERE t.district_id = c.district_id
			   AND t.complaint_id = c.id
			   AND t.role = 'lead'
			 ORDER BY t.seq
			 LIMIT 1) AS first ON true
		 WHERE c.area OPERATOR(peoplecall.<@) unowned.area
		   AND c.received_at >= unowned.since
		   AND c.principal_id IS NULL
		   AND c.state <> 'moved'
	), sums AS (
		SELECT m.category,
		       count(*) AS complaints,
		       count(*) FILTER (WHERE m.fell_back) AS fell_back,
		       count(*) FILTER (WHERE m.was_returned) AS returned,
		       max(m.received_at) FILTER (WHERE m.fell_back OR m.was_returned) AS latest
		  FROM matter AS m
		 GROUP BY m.category
		HAVING bool_or(m.fell_back OR m.was_returned)
	)
	SELECT s.category, c.name, s.complaints, s.fell_back, s.returned, s.latest
	  FROM sums AS s
	  LEFT JOIN peoplecall.category AS c
	    ON peoplecall.category_is(c.path, s.category)
	 ORDER BY s.fell_back + s.returned DESC, s.category;
END
$$;
COMMENT ON FUNCTION peoplecall.unowned(peoplecall.areacode, timestamptz) IS
	'the agenda of the next meeting: categories of which complaints received in the area since then first went to a lead without a rule or ruling (fell_back) or were returned, with all their complaints and the latest such; merged ones count with their principal, moved ones where they go on, one answered on the spot has no lead and does not fall back; a NULL category gathers those without; most frequent first; no row for NULL; reads what the caller may read; PC002 without a ledger';
