-- The ladder: the times of a clock and of its steps.
CREATE FUNCTION peoplecall.clock_times(
	clock peoplecall.clock_kind,
	grade peoplecall.grade,
	started_at timestamptz,
	allowed peoplecall.timelimit,
	extensions peoplecall.timelimit[],
	pauses tstzmultirange,
	calendar text,
	fired bigint[],
	OUT due_at timestamptz,
	OUT warn_at timestamptz,
	OUT next_alarm_at timestamptz)
	LANGUAGE c STABLE PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_clock_times';
COMMENT ON FUNCTION peoplecall.clock_times(peoplecall.clock_kind, peoplecall.grade, timestamptz, peoplecall.timelimit, peoplecall.timelimit[], tstzmultirange, text, bigint[]) IS
	'the times of a clock: its deadline, when it turns yellow (setting warn_fraction of its counted time, 0.5 if missing), and when the next step of the ladder that is not in fired is due, null where none is left. The steps are those of the clock''s kind whose grade is null or the one given. Null extensions, pauses, fired: none; null calendar: natural time; null started_at or allowed: all null. An endless pause: due_at and warn_at infinity, no alarm. Errors: PC003 calendar, 22004 null extension or step, 22008 infinite start or result out of range, PC002 no ledger';

CREATE FUNCTION peoplecall.clock_plan(
	clock peoplecall.clock_kind,
	category ltree,
	grade peoplecall.grade,
	urgency peoplecall.urgency,
	nature text,
	started_at timestamptz,
	OUT policy bigint,
	OUT allowed peoplecall.timelimit,
	OUT calendar text,
	OUT due_at timestamptz,
	OUT warn_at timestamptz,
	OUT next_alarm_at timestamptz)
	LANGUAGE c STABLE PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_clock_plan';
COMMENT ON FUNCTION peoplecall.clock_plan(peoplecall.clock_kind, ltree, peoplecall.grade, peoplecall.urgency, text, timestamptz) IS
	'clock_limit() and clock_times() of a clock that starts now, in one call. All null where no policy applies: that clock does not exist; null started_at: no times. Errors: as of both';

CREATE FUNCTION peoplecall.ladder_steps(
	clock peoplecall.clock_kind,
	grade peoplecall.grade,
	started_at timestamptz,
	due_at timestamptz,
	allowed peoplecall.timelimit,
	pauses tstzmultirange,
	calendar text)
RETURNS TABLE (step bigint, seq smallint, at timestamptz, tell peoplecall.officer_role[], act text)
	LANGUAGE c STABLE PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pc_ladder_steps';
COMMENT ON FUNCTION peoplecall.ladder_steps(peoplecall.clock_kind, peoplecall.grade, timestamptz, timestamptz, peoplecall.timelimit, tstzmultirange, text) IS
	'the steps of a clock in the order of their times, then seq, then id. A fraction lies where that share of the clock''s counted time has gone: pauses do not count, limits in wh and wd count opening time, others natural time; fraction 1 is due_at. A limit after the deadline is reckoned from due_at like an extension, pauses after due_at included. Infinite due_at: steps at infinity. Null clock, started_at, due_at or allowed: no row; null pauses: none; null calendar: natural time. Errors: PC003 calendar, 22008 infinite start or result out of range, PC002 no ledger';
