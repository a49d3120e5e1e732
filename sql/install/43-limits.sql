-- Limits: which limit and calendar a clock gets.
CREATE FUNCTION peoplecall.clock_limit(
	clock peoplecall.clock_kind,
	category ltree,
	grade peoplecall.grade,
	urgency peoplecall.urgency,
	nature text,
	OUT policy bigint,
	OUT allowed peoplecall.timelimit,
	OUT calendar text)
	LANGUAGE c STABLE PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_clock_limit';
COMMENT ON FUNCTION peoplecall.clock_limit(peoplecall.clock_kind, ltree, peoplecall.grade, peoplecall.urgency, text) IS
	'the sla_policy that applies to a clock: of those whose filled columns all fit (a category fits itself and what lies below it) the one with most columns filled, then the deepest category, then the lowest id. All null where none fits: that clock does not exist. A null argument fits only a null column. Errors: PC002 no ledger';

CREATE FUNCTION peoplecall.explain_limit(
	clock peoplecall.clock_kind,
	category ltree,
	grade peoplecall.grade,
	urgency peoplecall.urgency,
	nature text)
RETURNS TABLE (rank int, policy bigint, allowed peoplecall.timelimit, calendar text, why text)
	LANGUAGE c STABLE PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_explain_limit';
COMMENT ON FUNCTION peoplecall.explain_limit(peoplecall.clock_kind, ltree, peoplecall.grade, peoplecall.urgency, text) IS
	'every sla_policy that fits a clock, the one that applies first, and why the others give way; no row where none fits. Errors: PC002 no ledger';
