-- Calendars, deadlines and lights. What reads a calendar is STABLE; a null
-- calendar is natural time. Not strict: a null calendar has a meaning.
CREATE FUNCTION peoplecall.due_at(
	start timestamptz, allowed peoplecall.timelimit, calendar text)
RETURNS timestamptz
LANGUAGE C STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'pc_sql_due_at';

CREATE FUNCTION peoplecall.due_at(
	start timestamptz, allowed peoplecall.timelimit,
	extensions peoplecall.timelimit[], pauses tstzmultirange, calendar text)
RETURNS timestamptz
LANGUAGE C STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'pc_sql_due_at_clock';

CREATE FUNCTION peoplecall.work_time(
	from_at timestamptz, to_at timestamptz, calendar text)
RETURNS interval
LANGUAGE C STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'pc_sql_work_time';

CREATE FUNCTION peoplecall.add_work_time(
	start timestamptz, amount interval, calendar text)
RETURNS timestamptz
LANGUAGE C STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'pc_sql_add_work_time';

CREATE FUNCTION peoplecall.warn_at(
	start timestamptz, due timestamptz, fraction float8, calendar text)
RETURNS timestamptz
LANGUAGE C STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'pc_sql_warn_at';

CREATE FUNCTION peoplecall.warn_at(
	start timestamptz, due timestamptz, fraction float8,
	allowed peoplecall.timelimit, pauses tstzmultirange, calendar text)
RETURNS timestamptz
LANGUAGE C STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'pc_sql_warn_at_clock';

CREATE FUNCTION peoplecall.workdays(from_day date, to_day date, calendar text)
RETURNS integer
LANGUAGE C STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'pc_sql_workdays';

CREATE FUNCTION peoplecall.is_workday(day date, calendar text)
RETURNS boolean
LANGUAGE C STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'pc_sql_is_workday';

CREATE FUNCTION peoplecall.explain_deadline(
	start timestamptz, allowed peoplecall.timelimit,
	extensions peoplecall.timelimit[], pauses tstzmultirange, calendar text,
	OUT day date, OUT opens timestamptz, OUT closes timestamptz,
	OUT counted interval, OUT total interval, OUT why text)
RETURNS SETOF record
LANGUAGE C STABLE PARALLEL SAFE ROWS 20
AS 'MODULE_PATHNAME', 'pc_sql_explain_deadline';

CREATE FUNCTION peoplecall.calendar_gaps(
	at timestamptz DEFAULT pg_catalog.now(),
	OUT calendar text, OUT from_day date, OUT to_day date, OUT why text)
RETURNS SETOF record
LANGUAGE C STABLE STRICT PARALLEL SAFE ROWS 10
AS 'MODULE_PATHNAME', 'pc_sql_calendar_gaps';

CREATE FUNCTION peoplecall.sla_state(
	at timestamptz, warn_at timestamptz, due_at timestamptz,
	paused_at timestamptz, stopped_at timestamptz)
RETURNS peoplecall.sla_state
LANGUAGE C IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'pc_sla_state';

COMMENT ON FUNCTION peoplecall.due_at(timestamptz, peoplecall.timelimit, text) IS
	'deadline of a limit: min and h elapse; d keeps the clock''s time in the calendar''s zone; wh counts opening time; wd is the close of the N-th working day after the starting day (0wd: of the same day, or of the next working day if started at its close, after it or on a day off). Null calendar: always open, UTC days. Null start or limit: null. Errors: PC003 unknown or never opening calendar, 22008 infinite start or result out of range';
COMMENT ON FUNCTION peoplecall.due_at(timestamptz, peoplecall.timelimit, peoplecall.timelimit[], tstzmultirange, text) IS
	'deadline of a clock: the limit, then each extension in order from the deadline so far; pauses before the running deadline move min, h and d by the time paused, are not counted by wh, and make wd skip working days that close in them; an endless pause gives infinity. Null extensions or pauses: none. Errors: as of due_at(start, allowed, calendar), 22004 null extension';
COMMENT ON FUNCTION peoplecall.work_time(timestamptz, timestamptz, text) IS
	'opening time between two instants in hours, minutes and seconds, negative if reversed; null calendar: elapsed time. Errors: PC003 calendar, 22008 infinite timestamp';
COMMENT ON FUNCTION peoplecall.add_work_time(timestamptz, interval, text) IS
	'first instant at which that opening time has passed since start, or for a negative amount the last one before; the inverse of work_time(). Errors: 22023 days or months in the amount, PC003 calendar, 22008 out of range';
COMMENT ON FUNCTION peoplecall.warn_at(timestamptz, timestamptz, float8, text) IS
	'when that fraction (0 to 1) of the opening time between start and due has gone, of natural time if none lies between or the calendar is null; due if it is not after start or infinite. Errors: 22023 fraction, PC003 calendar, 22008 infinite start';
COMMENT ON FUNCTION peoplecall.warn_at(timestamptz, timestamptz, float8, peoplecall.timelimit, tstzmultirange, text) IS
	'the same for a clock: pauses do not count, and a limit in min, h or d goes by natural time even under a calendar';
COMMENT ON FUNCTION peoplecall.workdays(date, date, text) IS
	'working days after from_day up to and including to_day, negative if reversed; null calendar: all days. Errors: PC003 calendar, 22008 infinite date';
COMMENT ON FUNCTION peoplecall.is_workday(date, text) IS
	'has that day opening hours once days off and make-up working days are applied? Null calendar: yes. Errors: PC003 calendar, 22008 infinite date';
COMMENT ON FUNCTION peoplecall.explain_deadline(timestamptz, peoplecall.timelimit, peoplecall.timelimit[], tstzmultirange, text) IS
	'how due_at() of the same arguments comes about: a row for each stretch that counts or does not, in hours, or in days for wd; after the limit and after each extension a row whose closes is the deadline so far. Null start or limit: no rows. Errors: as of due_at()';
COMMENT ON FUNCTION peoplecall.calendar_gaps(timestamptz) IS
	'what calendars miss at a moment: defects, no opening hours, years without days off, known_until passed or not set; a null day is an open end. Errors: 22008 infinite timestamp';
COMMENT ON FUNCTION peoplecall.sla_state(timestamptz, timestamptz, timestamptz, timestamptz, timestamptz) IS
	'light of a clock: stopped is met up to due_at and missed after it; paused before due_at is paused; else red from due_at, yellow from warn_at, green. Null warn_at or due_at never come; null only for an open clock at null';
