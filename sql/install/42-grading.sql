-- Grading: how difficult and how urgent a matter is, and why.
CREATE FUNCTION peoplecall.grade_complaint(
	category ltree,
	nature text DEFAULT 'complaint',
	channel text DEFAULT NULL,
	people int DEFAULT 1,
	orgs int DEFAULT 1,
	reach peoplecall.area_level DEFAULT NULL,
	reopened int DEFAULT 0,
	words text DEFAULT NULL)
RETURNS peoplecall.grade
	LANGUAGE c STABLE PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_grade_complaint';
COMMENT ON FUNCTION peoplecall.grade_complaint(ltree, text, text, int, int, peoplecall.area_level, int, text) IS
	'grade of a matter: the base grade of its category or the nearest above, else setting default_grade (B if missing); lifted to C by reach district, to D by reach city or wider, and by every active grade_rule whose filled columns all hold; the highest wins. Rules with words only propose, so words never change it. Null category: default grade; null people, orgs, reopened: 1, 1, 0. Errors: PC004 unknown category, 22023 people or orgs below 1 or reopened below 0, PC002 no ledger';

CREATE FUNCTION peoplecall.explain_grade(
	category ltree,
	nature text DEFAULT 'complaint',
	channel text DEFAULT NULL,
	people int DEFAULT 1,
	orgs int DEFAULT 1,
	reach peoplecall.area_level DEFAULT NULL,
	reopened int DEFAULT 0,
	words text DEFAULT NULL)
RETURNS TABLE (rule bigint, grade peoplecall.grade, urgency peoplecall.urgency, reason text)
	LANGUAGE c STABLE PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_explain_grade';
COMMENT ON FUNCTION peoplecall.explain_grade(ltree, text, text, int, int, peoplecall.area_level, int, text) IS
	'what speaks for a grade: first the base, then the reach (both with a null rule), then every matching grade_rule by id with the grade and urgency it lifts to, null where it lifts none. A rule whose words are in the text has a reason that begins with "only proposed" and does not count. Errors: as of grade_complaint()';

CREATE FUNCTION peoplecall.grade_with_reasons(
	category ltree,
	nature text DEFAULT 'complaint',
	channel text DEFAULT NULL,
	people int DEFAULT 1,
	orgs int DEFAULT 1,
	reach peoplecall.area_level DEFAULT NULL,
	reopened int DEFAULT 0,
	words text DEFAULT NULL,
	OUT grade peoplecall.grade,
	OUT urgency peoplecall.urgency,
	OUT reasons jsonb)
	LANGUAGE c STABLE PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_grade_with_reasons';
COMMENT ON FUNCTION peoplecall.grade_with_reasons(ltree, text, text, int, int, peoplecall.area_level, int, text) IS
	'grade_complaint(), the highest urgency that a matching rule without words gives (normal if none), and the rows of explain_grade() as an array of objects with keys rule, grade, urgency, reason, proposes; never null. Errors: as of grade_complaint()';
