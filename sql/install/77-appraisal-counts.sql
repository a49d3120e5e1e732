-- From facts and sums to the counts of a period: sums of whole months and days,
-- less what the period's end cuts through, and the complaints that changed since
-- the last refresh reckoned anew. All of it in one statement, so in one snapshot.
-- The planner must see the period and the areas to choose by, and takes far more
-- time to compile these statements than to run them.

-- For the drill-down, and wherever sums are too coarse: below the street.
CREATE FUNCTION peoplecall.appraisal_fine(
	from_day date, to_day date, at timestamptz, within peoplecall.areacode[],
	without peoplecall.areacode[], only_org bigint, roots peoplecall.areacode[],
	orgs bigint[], only_course text)
	RETURNS TABLE (district_id int, complaint_id bigint, task_seq int, source_id bigint,
		org bigint, area peoplecall.areacode, grade peoplecall.grade, course text,
		due_at timestamptz,
		matters int, filed int, merged int, reopened int, due int, closed int, on_time int,
		overturned int, excluded int, urged int, lead_closed int, lead_solved int, settled int,
		returned int, contact_asked int, contacted int, answered int, solved int, rated int,
		satisfied int, unreached int,
		extended int)
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
	SET plan_cache_mode = force_custom_plan
	SET jit = off
	SET work_mem = '64MB'
AS $$
DECLARE
	last_day date := least(to_day, peoplecall.city_day(at));
BEGIN
	RETURN QUERY
	WITH marked AS MATERIALIZED (
		SELECT m.district_id, array_agg(DISTINCT m.complaint_id) AS ids
		  FROM peoplecall.appraisal_mark AS m
		 GROUP BY m.district_id
	), candidate AS (
		SELECT f.* FROM peoplecall.appraisal_fact AS f WHERE f.org = only_org
		 UNION ALL
		SELECT f.*
		  FROM unnest(peoplecall.topmost(within)) AS w (code)
		  JOIN peoplecall.appraisal_fact AS f ON f.area OPERATOR(peoplecall.<@) w.code
		 WHERE only_org IS NULL
		 UNION ALL
		SELECT f.*
		  FROM unnest(peoplecall.topmost(roots)) AS w (code)
		  JOIN peoplecall.appraisal_fact AS f ON f.area OPERATOR(peoplecall.<@) w.code
		 WHERE only_org IS NULL AND within IS NULL
		 UNION ALL
		SELECT f.*
		  FROM peoplecall.appraisal_fact AS f
		 WHERE only_org IS NULL AND within IS NULL AND f.org = ANY (orgs)
		   AND NOT f.area OPERATOR(peoplecall.<@) ANY (roots)
		 UNION ALL
		SELECT f.*
		  FROM peoplecall.appraisal_fact AS f
		 WHERE only_org IS NULL AND within IS NULL AND roots IS NULL
	), fact AS (
		SELECT f.district_id, f.complaint_id, f.entry, f.task_seq, f.source_id, f.org, f.area, f.grade, f.course,
		       f.due_at, f.sent_day, f.due_day, f.done_day, f.first_due_day, f.returned_day, f.answer_day,
		       f.late, f.matters, f.filed, f.merged, f.reopened, f.due, f.closed, f.on_time, f.overturned,
		       f.excluded, f.urged, f.lead_closed, f.lead_solved, f.settled, f.returned, f.contact_asked,
		       f.contacted, f.answered, f.solved, f.rated, f.satisfied, f.unreached
		  FROM candidate AS f
		 WHERE NOT EXISTS (
			SELECT FROM peoplecall.appraisal_mark AS m
			 WHERE m.district_id = f.district_id AND m.complaint_id = f.complaint_id)
		 UNION ALL
		SELECT m.district_id, f.complaint_id, f.entry, f.task_seq, f.source_id, f.org, f.area, f.grade, f.course,
		       f.due_at, f.sent_day, f.due_day, f.done_day, f.first_due_day, f.returned_day, f.answer_day,
		       f.late, f.matters, f.filed, f.merged, f.reopened, f.due, f.closed, f.on_time, f.overturned,
		       f.excluded, f.urged, f.lead_closed, f.lead_solved, f.settled, f.returned, f.contact_asked,
		       f.contacted, f.answered, f.solved, f.rated, f.satisfied, f.unreached
		  FROM marked AS m
		 CROSS JOIN LATERAL peoplecall.appraisal_facts(m.district_id, m.ids) AS f
	), counted AS (
		SELECT f.district_id, f.complaint_id, f.entry, f.task_seq, f.source_id, f.org, f.area,
		       f.grade, f.course, f.due_at, s.matters, s.filed, s.merged, s.reopened, s.due, s.closed, s.on_time, s.overturned,
		       s.excluded, s.urged, s.lead_closed, s.lead_solved, s.settled, s.returned, s.contact_asked,
		       s.contacted, s.answered, s.solved, s.rated, s.satisfied, s.unreached, 0 AS extended
		  FROM fact AS f
		 CROSS JOIN LATERAL peoplecall.appraisal_spread(
			f.sent_day, f.due_day, f.done_day, f.returned_day, f.answer_day, f.matters, f.filed,
		f.merged, f.reopened, f.due, f.closed, f.on_time, f.overturned, f.excluded, f.urged,
		f.lead_closed, f.lead_solved, f.settled, f.returned, f.contact_asked, f.contacted,
		f.answered, f.solved, f.rated, f.satisfied, f.unreached) AS s
		 WHERE s.day BETWEEN from_day AND last_day
		 UNION ALL
		SELECT f.district_id, f.complaint_id, f.entry, f.task_seq, f.source_id, f.org, f.area,
		       f.grade, f.course, f.due_at, 0, 0, 0, 0, c.due, c.closed, c.on_time, c.overturned, c.excluded, c.urged, c.lead_closed,
		       c.lead_solved, 0, 0, 0, 0, 0, 0, 0, 0, 0, c.extended
		  FROM fact AS f
		 CROSS JOIN LATERAL peoplecall.appraisal_cut(from_day, to_day, last_day, at,
			f.due_at, f.due_day, f.done_day, f.first_due_day, f.late, f.due, f.closed, f.on_time,
		f.overturned, f.excluded, f.urged, f.lead_closed, f.lead_solved) AS c
	)
	SELECT n.district_id, n.complaint_id, n.task_seq, n.source_id, n.org, n.area, n.grade,
	       n.course, n.due_at, sum(n.matters)::int, sum(n.filed)::int, sum(n.merged)::int, sum(n.reopened)::int,
		       sum(n.due)::int, sum(n.closed)::int, sum(n.on_time)::int, sum(n.overturned)::int,
		       sum(n.excluded)::int, sum(n.urged)::int, sum(n.lead_closed)::int, sum(n.lead_solved)::int,
		       sum(n.settled)::int, sum(n.returned)::int, sum(n.contact_asked)::int, sum(n.contacted)::int,
		       sum(n.answered)::int, sum(n.solved)::int, sum(n.rated)::int, sum(n.satisfied)::int,
		       sum(n.unreached)::int, sum(n.extended)::int
	  FROM counted AS n
	 WHERE (only_course IS NULL OR n.course = only_course)
	   AND (only_org IS NULL OR n.org = only_org)
	   AND (within IS NULL OR n.area OPERATOR(peoplecall.<@) ANY (within))
	   AND (without IS NULL OR NOT n.area OPERATOR(peoplecall.<@) ANY (without))
	   AND (roots IS NULL OR n.area OPERATOR(peoplecall.<@) ANY (roots) OR n.org = ANY (orgs))
	 GROUP BY n.district_id, n.complaint_id, n.entry, n.task_seq, n.source_id, n.org, n.area,
	          n.grade, n.course, n.due_at
	HAVING (sum(n.matters), sum(n.filed), sum(n.merged), sum(n.reopened), sum(n.due), sum(n.closed),
		        sum(n.on_time), sum(n.overturned), sum(n.excluded), sum(n.urged), sum(n.lead_closed),
		        sum(n.lead_solved), sum(n.settled), sum(n.returned), sum(n.contact_asked), sum(n.contacted),
		        sum(n.answered), sum(n.solved), sum(n.rated), sum(n.satisfied), sum(n.unreached), sum(n.extended))
	    <> (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
END
$$;
COMMENT ON FUNCTION peoplecall.appraisal_fine(date, date, timestamptz, peoplecall.areacode[], peoplecall.areacode[], bigint, peoplecall.areacode[], bigint[], text) IS
	'counts of a period by share and answer, as they stand at a time: of matters within some areas and without others, of one org, and only what a caller may see (areas roots, orgs; NULL roots for all); used by appraise()';

CREATE FUNCTION peoplecall.topmost(areas peoplecall.areacode[]) RETURNS peoplecall.areacode[]
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	-- in the order of the codes, one that lies in another follows it, and ends
	-- no later
	RETURN ARRAY(
		SELECT o.code
		  FROM (SELECT a.code, peoplecall.max(peoplecall.subtree_last(a.code))
		               OVER (ORDER BY a.code ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS covered_to
		          FROM unnest(areas) AS a (code)
		         WHERE a.code IS NOT NULL) AS o
		 WHERE o.covered_to IS NULL OR o.code OPERATOR(peoplecall.>) o.covered_to);
END
$$;
COMMENT ON FUNCTION peoplecall.topmost(peoplecall.areacode[]) IS
	'those of the areas that lie in no other of them, each once; used by appraise()';

CREATE FUNCTION peoplecall.appraisal_counts(
	from_day date, to_day date, at timestamptz, within peoplecall.areacode[],
	without peoplecall.areacode[], only_org bigint, roots peoplecall.areacode[],
	orgs bigint[], only_course text)
	RETURNS TABLE (org bigint, area peoplecall.areacode,
		matters bigint, filed bigint, merged bigint, reopened bigint, due bigint, closed bigint,
		on_time bigint, overturned bigint, excluded bigint, urged bigint, lead_closed bigint,
		lead_solved bigint, settled bigint, returned bigint, contact_asked bigint, contacted bigint,
		answered bigint, solved bigint, rated bigint, satisfied bigint, unreached bigint,
		extended bigint)
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE
	SET search_path = pg_catalog, pg_temp
	SET plan_cache_mode = force_custom_plan
	SET jit = off
	SET work_mem = '64MB'
AS $$
DECLARE
	today date := peoplecall.city_day(at);
	last_day date := least(to_day, today);
	-- the months from the one to before the other are whole
	month_from date := date_trunc('month', from_day + interval '1 month' - interval '1 day')::date;
	month_to date := date_trunc('month', last_day + interval '1 day')::date;
	coming timestamptz;
BEGIN
	IF month_to <= month_from THEN
		month_to := from_day;
		month_from := from_day;
	END IF;
	-- deadlines of the last day of all may still come
	coming := CASE WHEN last_day >= today THEN at ELSE 'infinity' END;
	RETURN QUERY
	WITH marked AS MATERIALIZED (
		SELECT m.district_id, array_agg(DISTINCT m.complaint_id) AS ids
		  FROM peoplecall.appraisal_mark AS m
		 GROUP BY m.district_id
	), changed AS (
		SELECT -1 AS sign, f.complaint_id, f.entry, f.task_seq, f.source_id, f.org, f.area, f.grade, f.course,
		       f.due_at, f.sent_day, f.due_day, f.done_day, f.first_due_day, f.returned_day, f.answer_day,
		       f.late, f.matters, f.filed, f.merged, f.reopened, f.due, f.closed, f.on_time, f.overturned,
		       f.excluded, f.urged, f.lead_closed, f.lead_solved, f.settled, f.returned, f.contact_asked,
		       f.contacted, f.answered, f.solved, f.rated, f.satisfied, f.unreached
		  FROM marked AS m
		  JOIN peoplecall.appraisal_fact AS f
		    ON f.district_id = m.district_id AND f.complaint_id = ANY (m.ids)
		 UNION ALL
		SELECT 1, f.complaint_id, f.entry, f.task_seq, f.source_id, f.org, f.area, f.grade, f.course,
		       f.due_at, f.sent_day, f.due_day, f.done_day, f.first_due_day, f.returned_day, f.answer_day,
		       f.late, f.matters, f.filed, f.merged, f.reopened, f.due, f.closed, f.on_time, f.overturned,
		       f.excluded, f.urged, f.lead_closed, f.lead_solved, f.settled, f.returned, f.contact_asked,
		       f.contacted, f.answered, f.solved, f.rated, f.satisfied, f.unreached
		  FROM marked AS m
		 CROSS JOIN LATERAL peoplecall.appraisal_facts(m.district_id, m.ids) AS f
	), cut AS (
		-- the three sets have nothing in common
		SELECT 1 AS sign, f.complaint_id, f.entry, f.task_seq, f.source_id, f.org, f.area, f.grade, f.course,
		       f.due_at, f.sent_day, f.due_day, f.done_day, f.first_due_day, f.returned_day, f.answer_day,
		       f.late, f.matters, f.filed, f.merged, f.reopened, f.due, f.closed, f.on_time, f.overturned,
		       f.excluded, f.urged, f.lead_closed, f.lead_solved, f.settled, f.returned, f.contact_asked,
		       f.contacted, f.answered, f.solved, f.rated, f.satisfied, f.unreached
		  FROM peoplecall.appraisal_fact AS f
		 WHERE f.due_at > coming AND f.due_at <= coming + interval '2 days'
		   AND f.due_day <= last_day
		 UNION ALL
		SELECT 1, f.complaint_id, f.entry, f.task_seq, f.source_id, f.org, f.area, f.grade, f.course,
		       f.due_at, f.sent_day, f.due_day, f.done_day, f.first_due_day, f.returned_day, f.answer_day,
		       f.late, f.matters, f.filed, f.merged, f.reopened, f.due, f.closed, f.on_time, f.overturned,
		       f.excluded, f.urged, f.lead_closed, f.lead_solved, f.settled, f.returned, f.contact_asked,
		       f.contacted, f.answered, f.solved, f.rated, f.satisfied, f.unreached
		  FROM peoplecall.appraisal_fact AS f
		 WHERE f.late AND daterange(f.due_day, f.done_day) @> last_day AND f.due_day >= from_day
		   AND f.due_at <= at
		 UNION ALL
		SELECT 1, f.complaint_id, f.entry, f.task_seq, f.source_id, f.org, f.area, f.grade, f.course,
		       f.due_at, f.sent_day, f.due_day, f.done_day, f.first_due_day, f.returned_day, f.answer_day,
		       f.late, f.matters, f.filed, f.merged, f.reopened, f.due, f.closed, f.on_time, f.overturned,
		       f.excluded, f.urged, f.lead_closed, f.lead_solved, f.settled, f.returned, f.contact_asked,
		       f.contacted, f.answered, f.solved, f.rated, f.satisfied, f.unreached
		  FROM peoplecall.appraisal_fact AS f
		 WHERE f.first_due_day < f.due_day
		   AND daterange(f.first_due_day, f.due_day) @> to_day AND f.first_due_day >= from_day
	), part AS (
		SELECT t.org, t.area, t.course, t.matters, t.filed, t.merged, t.reopened, t.due, t.closed, t.on_time, t.overturned,
		       t.excluded, t.urged, t.lead_closed, t.lead_solved, t.settled, t.returned, t.contact_asked,
		       t.contacted, t.answered, t.solved, t.rated, t.satisfied, t.unreached, 0 AS extended
		  FROM peoplecall.appraisal_sum AS t
		 WHERE t.span = 'month' AND t.day >= month_from AND t.day < month_to
		 UNION ALL
		SELECT t.org, t.area, t.course, t.matters, t.filed, t.merged, t.reopened, t.due, t.closed, t.on_time, t.overturned,
		       t.excluded, t.urged, t.lead_closed, t.lead_solved, t.settled, t.returned, t.contact_asked,
		       t.contacted, t.answered, t.solved, t.rated, t.satisfied, t.unreached, 0
		  FROM peoplecall.appraisal_sum AS t
		 WHERE t.span = 'day' AND t.day >= from_day AND t.day < month_from
		 UNION ALL
		SELECT t.org, t.area, t.course, t.matters, t.filed, t.merged, t.reopened, t.due, t.closed, t.on_time, t.overturned,
		       t.excluded, t.urged, t.lead_closed, t.lead_solved, t.settled, t.returned, t.contact_asked,
		       t.contacted, t.answered, t.solved, t.rated, t.satisfied, t.unreached, 0
		  FROM peoplecall.appraisal_sum AS t
		 WHERE t.span = 'day' AND t.day >= month_to AND t.day <= last_day
		 UNION ALL
		SELECT f.org, f.area, f.course, f.sign * s.matters, f.sign * s.filed, f.sign * s.merged, f.sign * s.reopened,
		       f.sign * s.due, f.sign * s.closed, f.sign * s.on_time, f.sign * s.overturned,
		       f.sign * s.excluded, f.sign * s.urged, f.sign * s.lead_closed, f.sign * s.lead_solved,
		       f.sign * s.settled, f.sign * s.returned, f.sign * s.contact_asked, f.sign * s.contacted,
		       f.sign * s.answered, f.sign * s.solved, f.sign * s.rated, f.sign * s.satisfied,
		       f.sign * s.unreached, 0
		  FROM changed AS f
		 CROSS JOIN LATERAL peoplecall.appraisal_spread(
			f.sent_day, f.due_day, f.done_day, f.returned_day, f.answer_day, f.matters, f.filed,
		f.merged, f.reopened, f.due, f.closed, f.on_time, f.overturned, f.excluded, f.urged,
		f.lead_closed, f.lead_solved, f.settled, f.returned, f.contact_asked, f.contacted,
		f.answered, f.solved, f.rated, f.satisfied, f.unreached) AS s
		 WHERE s.day BETWEEN from_day AND last_day
		 UNION ALL
		SELECT f.org, f.area, f.course, 0, 0, 0, 0, f.sign * c.due, f.sign * c.closed, f.sign * c.on_time, f.sign * c.overturned,
		       f.sign * c.excluded, f.sign * c.urged, f.sign * c.lead_closed, f.sign * c.lead_solved, 0, 0,
		       0, 0, 0, 0, 0, 0, 0, f.sign * c.extended
		  FROM (SELECT c.* FROM changed AS c UNION ALL SELECT c.* FROM cut AS c) AS f
		 CROSS JOIN LATERAL peoplecall.appraisal_cut(from_day, to_day, last_day, at,
			f.due_at, f.due_day, f.done_day, f.first_due_day, f.late, f.due, f.closed, f.on_time,
		f.overturned, f.excluded, f.urged, f.lead_closed, f.lead_solved) AS c
	)
	SELECT p.org, p.area, sum(p.matters), sum(p.filed), sum(p.merged), sum(p.reopened), sum(p.due), sum(p.closed),
		       sum(p.on_time), sum(p.overturned), sum(p.excluded), sum(p.urged), sum(p.lead_closed),
		       sum(p.lead_solved), sum(p.settled), sum(p.returned), sum(p.contact_asked), sum(p.contacted),
		       sum(p.answered), sum(p.solved), sum(p.rated), sum(p.satisfied), sum(p.unreached), sum(p.extended)
	  FROM part AS p
	 WHERE (only_course IS NULL OR p.course = only_course)
	   AND (only_org IS NULL OR p.org = only_org)
	   AND (within IS NULL OR p.area OPERATOR(peoplecall.<@) ANY (within))
	   AND (without IS NULL OR NOT p.area OPERATOR(peoplecall.<@) ANY (without))
	   AND (roots IS NULL OR p.area OPERATOR(peoplecall.<@) ANY (roots) OR p.org = ANY (orgs))
	 GROUP BY p.org, p.area;
END
$$;
COMMENT ON FUNCTION peoplecall.appraisal_counts(date, date, timestamptz, peoplecall.areacode[], peoplecall.areacode[], bigint, peoplecall.areacode[], bigint[], text) IS
	'as appraisal_fine(), from the sums, by org and area down to the street (or to where a changed complaint lies); used by appraise()';
