-- appraise() and its drill-down: who may see what, roll-ups, rates.

CREATE TYPE peoplecall.appraisal_row AS (
	org bigint,
	kind text,
	area peoplecall.areacode,
	name text,
	matters bigint,
	filed bigint,
	due bigint,
	closed bigint,
	closed_rate numeric,
	on_time bigint,
	on_time_rate numeric,
	overturned bigint,
	excluded bigint,
	extended bigint,
	returned bigint,
	merged bigint,
	reopened bigint,
	urged bigint,
	lead_closed bigint,
	settled_below bigint,
	below_rate numeric,
	contact_asked bigint,
	contacted bigint,
	contact_rate numeric,
	answered bigint,
	solved bigint,
	solved_rate numeric,
	rated bigint,
	satisfied bigint,
	satisfied_rate numeric,
	settled bigint,
	coverage numeric,
	unreached bigint
);
COMMENT ON TYPE peoplecall.appraisal_row IS
	'the figures of an org, a kind of org, a line or an area in a period; rates in per cent, NULL where they are of nothing or of too few answers';

CREATE FUNCTION peoplecall.per_cent(part numeric, whole numeric, at_least numeric DEFAULT 1) RETURNS numeric
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT CASE WHEN whole >= greatest(at_least, 1) THEN round(100 * part / whole, 2) END;
END;
COMMENT ON FUNCTION peoplecall.per_cent(numeric, numeric, numeric) IS
	'part of whole in per cent, to two places; NULL where whole is 0 or below at_least; used by appraise()';

-- An officer sees what concerns the areas that his posts reach, and what the
-- orgs that he stands for have done, wherever that was.
CREATE FUNCTION peoplecall.appraisal_scope(
	within peoplecall.areacode, only_org bigint,
	OUT roots peoplecall.areacode[], OUT orgs bigint[])
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF peoplecall.gate_reaches(coalesce(within, '0'::peoplecall.areacode)) THEN
		RETURN;
	END IF;
	roots := peoplecall.topmost(ARRAY(
		SELECT a.code FROM peoplecall.area AS a WHERE peoplecall.gate_reaches(a.code)));
	orgs := ARRAY(
		SELECT o.id
		  FROM peoplecall.org AS o
		 WHERE EXISTS (SELECT FROM unnest(peoplecall.gate_orgs()) AS g (org)
		                WHERE peoplecall.org_is_below(o.id, g.org)));
	IF only_org = ANY (orgs) THEN
		roots := NULL;
		orgs := NULL;
	ELSIF NOT EXISTS (
		SELECT FROM unnest(roots) AS r (code)
		 WHERE within IS NULL OR r.code OPERATOR(peoplecall.<@) within)
	      AND (orgs = '{}' OR only_org IS NOT NULL)
	THEN
		PERFORM peoplecall.gate_area(coalesce(within, '0'::peoplecall.areacode), NULL, NULL);
	END IF;
END
$$;
COMMENT ON FUNCTION peoplecall.appraisal_scope(peoplecall.areacode, bigint) IS
	'inside a verb: the areas and orgs to which what the caller sees must be narrowed; both NULL where it need not be; 42501 where nothing is left';

CREATE FUNCTION peoplecall.below_street(areas peoplecall.areacode[]) RETURNS boolean
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RETURN EXISTS (SELECT FROM unnest(areas) AS a (code) WHERE peoplecall.level(a.code) > 'street');
END
$$;
COMMENT ON FUNCTION peoplecall.below_street(peoplecall.areacode[]) IS
	'whether one of the areas is smaller than those that the appraisal''s sums are kept by; used by appraise()';

CREATE FUNCTION peoplecall.appraisal_rows(
	from_day date, to_day date, at timestamptz, within peoplecall.areacode[],
	without peoplecall.areacode[], only_org bigint, roots peoplecall.areacode[],
	orgs bigint[], only_course text, by text)
	RETURNS SETOF peoplecall.appraisal_row
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	fine boolean := by IN ('community', 'grid') OR peoplecall.below_street(within)
		OR peoplecall.below_street(without) OR peoplecall.below_street(roots);
	least_answers int := peoplecall.setting_number('appraisal_answers', 5)::int;
BEGIN
	RETURN QUERY
	WITH RECURSIVE counted AS MATERIALIZED (
		SELECT c.*
		  FROM peoplecall.appraisal_counts(from_day, to_day, at, within, without, only_org,
			roots, orgs, only_course) AS c
		 WHERE NOT fine
		 UNION ALL
		SELECT c.org, c.area, sum(c.matters), sum(c.filed), sum(c.merged), sum(c.reopened), sum(c.due), sum(c.closed),
		       sum(c.on_time), sum(c.overturned), sum(c.excluded), sum(c.urged), sum(c.lead_closed),
		       sum(c.lead_solved), sum(c.settled), sum(c.returned), sum(c.contact_asked), sum(c.contacted),
		       sum(c.answered), sum(c.solved), sum(c.rated), sum(c.satisfied), sum(c.unreached), sum(c.extended)
		  FROM peoplecall.appraisal_fine(from_day, to_day, at, within, without, only_org,
			roots, orgs, only_course) AS c
		 WHERE fine
		 GROUP BY c.org, c.area
	), line AS (
		SELECT o.id AS org, o.id AS above, o.superior FROM peoplecall.org AS o
		 UNION ALL
		SELECT l.org, s.id, s.superior
		  FROM line AS l
		  JOIN peoplecall.org AS s ON s.id = l.superior
		 WHERE by = 'line'
	), keyed AS (
		SELECT CASE WHEN by IN ('org', 'line') THEN l.above END AS org,
		       CASE WHEN by = 'kind' THEN o.kind END AS kind,
		       CASE WHEN by NOT IN ('org', 'line', 'kind', 'all')
		            THEN peoplecall.ancestor(c.area, by::peoplecall.area_level) END AS area,
		       coalesce(k.level, peoplecall.level(o.area)) >= 'street' AS below,
		       c.matters, c.filed, c.merged, c.reopened, c.due, c.closed, c.on_time, c.overturned,
		       c.excluded, c.urged, c.lead_closed, c.lead_solved, c.settled, c.returned, c.contact_asked,
		       c.contacted, c.answered, c.solved, c.rated, c.satisfied, c.unreached, c.extended
		  FROM counted AS c
		  JOIN line AS l ON l.org = c.org
		  JOIN peoplecall.org AS o ON o.id = c.org
		  JOIN peoplecall.org_kind AS k ON k.kind = o.kind
	), total AS (
		SELECT n.org, n.kind, n.area, sum(n.matters) AS matters, sum(n.filed) AS filed, sum(n.merged) AS merged,
		       sum(n.reopened) AS reopened, sum(n.due) AS due, sum(n.closed) AS closed,
		       sum(n.on_time) AS on_time, sum(n.overturned) AS overturned, sum(n.excluded) AS excluded,
		       sum(n.urged) AS urged, sum(n.lead_closed) AS lead_closed, sum(n.lead_solved) AS lead_solved,
		       sum(n.settled) AS settled, sum(n.returned) AS returned,
		       sum(n.contact_asked) AS contact_asked, sum(n.contacted) AS contacted,
		       sum(n.answered) AS answered, sum(n.solved) AS solved, sum(n.rated) AS rated,
		       sum(n.satisfied) AS satisfied, sum(n.unreached) AS unreached,
		       sum(n.extended) AS extended, sum(n.lead_solved) FILTER (WHERE n.below) AS settled_below
		  FROM keyed AS n
		 GROUP BY n.org, n.kind, n.area
		HAVING (sum(n.matters), sum(n.filed), sum(n.merged), sum(n.reopened), sum(n.due), sum(n.closed),
		        sum(n.on_time), sum(n.overturned), sum(n.excluded), sum(n.urged), sum(n.lead_closed),
		        sum(n.lead_solved), sum(n.settled), sum(n.returned), sum(n.contact_asked), sum(n.contacted),
		        sum(n.answered), sum(n.solved), sum(n.rated), sum(n.satisfied), sum(n.unreached), sum(n.extended))
		    <> (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	)
	SELECT t.org, coalesce(t.kind, o.kind), coalesce(t.area, o.area),
	       coalesce(o.name, k.name, a.name),
	       t.matters::bigint, t.filed::bigint, t.due::bigint, t.closed::bigint,
	       peoplecall.per_cent(t.closed, t.due),
	       t.on_time::bigint, peoplecall.per_cent(t.on_time, t.due),
	       t.overturned::bigint, t.excluded::bigint, t.extended::bigint, t.returned::bigint,
	       t.merged::bigint, t.reopened::bigint, t.urged::bigint,
	       t.lead_closed::bigint, coalesce(t.settled_below, 0)::bigint,
	       peoplecall.per_cent(coalesce(t.settled_below, 0), t.lead_closed),
	       t.contact_asked::bigint, t.contacted::bigint,
	       peoplecall.per_cent(t.contacted, t.contact_asked, least_answers),
	       t.answered::bigint, t.solved::bigint, peoplecall.per_cent(t.solved, t.answered, least_answers),
	       t.rated::bigint, t.satisfied::bigint, peoplecall.per_cent(t.satisfied, t.rated, least_answers),
	       t.settled::bigint, peoplecall.per_cent(t.answered, t.settled), t.unreached::bigint
	  FROM total AS t
	  LEFT JOIN peoplecall.org AS o ON o.id = t.org
	  LEFT JOIN peoplecall.org_kind AS k ON k.kind = t.kind
	  LEFT JOIN peoplecall.area AS a ON a.code OPERATOR(peoplecall.=) t.area
	 ORDER BY t.org, t.kind, t.area;
END
$$;
COMMENT ON FUNCTION peoplecall.appraisal_rows(date, date, timestamptz, peoplecall.areacode[], peoplecall.areacode[], bigint, peoplecall.areacode[], bigint[], text, text) IS
	'counts added up by org, kind, line, a level of area, or all, with their rates; used by appraise(), freeze_appraisal() and trend()';

CREATE FUNCTION peoplecall.require_period(from_day date, to_day date, course text) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF to_day < from_day OR NOT isfinite(from_day) OR NOT isfinite(to_day) THEN
		RAISE invalid_parameter_value USING
			MESSAGE = format('no period runs from %s to %s', from_day, to_day),
			HINT = 'Both days belong to the period, and both have a date.';
	END IF;
	IF course NOT IN ('handled', 'patrol', 'consult') THEN
		RAISE invalid_parameter_value USING
			MESSAGE = format('there is no course "%s"', peoplecall.shown(course)),
			HINT = 'Courses are handled, patrol and consult; NULL is all of them.';
	END IF;
END
$$;
COMMENT ON FUNCTION peoplecall.require_period(date, date, text) IS
	'22023 for a period that ends before it begins or never, or an unknown course; used by appraise()';

CREATE FUNCTION peoplecall.appraise(
	from_day date DEFAULT NULL, to_day date DEFAULT NULL,
	area peoplecall.areacode DEFAULT NULL, org bigint DEFAULT NULL,
	course text DEFAULT 'handled', by text DEFAULT 'org')
	RETURNS SETOF peoplecall.appraisal_row
	LANGUAGE c VOLATILE PARALLEL UNSAFE ROWS 100 AS 'MODULE_PATHNAME', 'pc_verb';
COMMENT ON FUNCTION peoplecall.appraise(date, date, peoplecall.areacode, bigint, text, text) IS
	'the figures of a period, both days in it (NULL: this month so far), of matters in an area and of an org (NULL: all that the caller may see), of a course: handled, patrol or consult (NULL: all); by org, kind, line (each org with all below it), a level of area such as street, or all: a row for each that has any; live; 22023, 42501';

CREATE FUNCTION peoplecall.appraise_body(
	from_day date, to_day date, area peoplecall.areacode, org bigint, course text, by text)
	RETURNS SETOF peoplecall.appraisal_row
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	at timestamptz := peoplecall.act_time(NULL);
	scope record;
BEGIN
	to_day := coalesce(to_day, peoplecall.city_day(at));
	from_day := coalesce(from_day, date_trunc('month', to_day::timestamp)::date);
	PERFORM peoplecall.require_period(from_day, to_day, course);
	IF by IS NULL OR by NOT IN ('org', 'kind', 'line', 'all', 'province', 'city', 'district', 'street', 'community', 'grid') THEN
		RAISE invalid_parameter_value USING
			MESSAGE = format('cannot appraise by "%s"', peoplecall.shown(by)),
			HINT = 'Appraise by org, kind, line, all, or a level of area from province to grid.';
	END IF;
	scope := peoplecall.appraisal_scope(area, org);
	RETURN QUERY
	SELECT r.*
	  FROM peoplecall.appraisal_rows(from_day, to_day, at,
		CASE WHEN area IS NOT NULL THEN ARRAY[area] END, NULL, org, scope.roots, scope.orgs,
		course, by) AS r;
END
$$;
COMMENT ON FUNCTION peoplecall.appraise_body(date, date, peoplecall.areacode, bigint, text, text) IS 'body of appraise()';

CREATE FUNCTION peoplecall.appraised_shares(
	measure text, from_day date DEFAULT NULL, to_day date DEFAULT NULL,
	area peoplecall.areacode DEFAULT NULL, org bigint DEFAULT NULL,
	course text DEFAULT 'handled')
	RETURNS TABLE (of_district int, complaint_id bigint, no text, task_seq int,
		answered_by bigint, of_org bigint, of_area peoplecall.areacode, grade peoplecall.grade,
		of_course text, due_at timestamptz, counts int)
	LANGUAGE c VOLATILE PARALLEL UNSAFE ROWS 1000 AS 'MODULE_PATHNAME', 'pc_verb';
COMMENT ON FUNCTION peoplecall.appraised_shares(text, date, date, peoplecall.areacode, bigint, text) IS
	'the shares behind a number of appraise(): measure is the name of a column that counts, or late (due, not on time) or open (due, not closed); counts add up to that number; answered_by is the complaint whose citizen gave an answer; 22023, 42501';

CREATE FUNCTION peoplecall.appraised_shares_body(
	measure text, from_day date, to_day date, area peoplecall.areacode, org bigint, course text)
	RETURNS TABLE (of_district int, complaint_id bigint, no text, task_seq int,
		answered_by bigint, of_org bigint, of_area peoplecall.areacode, grade peoplecall.grade,
		of_course text, due_at timestamptz, counts int)
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	at timestamptz := peoplecall.act_time(NULL);
	scope record;
BEGIN
	to_day := coalesce(to_day, peoplecall.city_day(at));
	from_day := coalesce(from_day, date_trunc('month', to_day::timestamp)::date);
	PERFORM peoplecall.require_period(from_day, to_day, course);
	IF measure IS NULL OR measure <> ALL ('{matters,filed,merged,reopened,due,closed,on_time,overturned,excluded,urged,lead_closed,settled,returned,contact_asked,contacted,answered,solved,rated,satisfied,unreached,extended,settled_below,late,open}'::text[]) THEN
		RAISE invalid_parameter_value USING
			MESSAGE = format('appraise() does not count "%s"', peoplecall.shown(measure)),
			HINT = 'Name a column of it that counts shares or answers, or late or open.';
	END IF;
	scope := peoplecall.appraisal_scope(area, org);
	RETURN QUERY
	SELECT f.district_id, f.complaint_id, peoplecall.complaint_no(f.complaint_id), f.task_seq,
	       f.source_id, f.org, f.area, f.grade, f.course, f.due_at, n.counts
	  FROM peoplecall.appraisal_fine(from_day, to_day, at,
		CASE WHEN area IS NOT NULL THEN ARRAY[area] END, NULL, appraised_shares_body.org,
		scope.roots, scope.orgs, appraised_shares_body.course) AS f
	  LEFT JOIN peoplecall.org AS o ON o.id = f.org
	  LEFT JOIN peoplecall.org_kind AS k ON k.kind = o.kind
	 CROSS JOIN LATERAL (
		SELECT CASE measure
			WHEN 'late' THEN f.due - f.on_time
			WHEN 'open' THEN f.due - f.closed
			WHEN 'settled_below' THEN CASE WHEN coalesce(k.level, peoplecall.level(o.area)) >= 'street'
			                               THEN f.lead_solved ELSE 0 END
			ELSE (to_jsonb(f) ->> measure)::int END AS counts) AS n
	 WHERE n.counts <> 0
	 ORDER BY f.district_id, f.complaint_id, f.task_seq, f.source_id NULLS FIRST;
END
$$;
COMMENT ON FUNCTION peoplecall.appraised_shares_body(text, date, date, peoplecall.areacode, bigint, text) IS 'body of appraised_shares()';
