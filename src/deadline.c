/*
 * deadline.c
 *	  SQL functions of deadlines and working time.
 *
 * Only reads arguments and finds the calendar; the arithmetic is in
 * deadline_core.c. None of these looks at the session's time zone: with a
 * calendar its zone counts, without one UTC.
 */
#include "postgres.h"

#include <math.h>

#include "common/int.h"
#include "utils/array.h"
#include "utils/date.h"
#include "utils/timestamp.h"

#include "calendar.h"
#include "deadline.h"
#include "deadline_args.h"

/*
 * The calendar in an argument, which may be null.
 */
static inline PcCalendar *
calendar_argument(FunctionCallInfo fcinfo, int number)
{
	return PG_ARGISNULL(number) ? NULL :
		pc_calendar(PG_GETARG_TEXT_PP(number), fcinfo->flinfo);
}

static inline void
check_finite_date(DateADT day)
{
	if (unlikely(DATE_NOT_FINITE(day)))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("cannot count working days from or to an infinite date")));
}

static void
check_fraction(float8 fraction)
{
	if (isnan(fraction) || fraction < 0 || fraction > 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("fraction must be between 0 and 1"),
				 errdetail("The fraction is %g.", fraction)));
}

static Interval *
make_elapsed(int64 microseconds)
{
	Interval   *result = (Interval *) palloc0(sizeof(Interval));

	result->time = microseconds;
	return result;
}

/*
 * SQL-callable functions
 */

PG_FUNCTION_INFO_V1(pc_sql_due_at);
PG_FUNCTION_INFO_V1(pc_sql_due_at_clock);
PG_FUNCTION_INFO_V1(pc_sql_work_time);
PG_FUNCTION_INFO_V1(pc_sql_add_work_time);
PG_FUNCTION_INFO_V1(pc_sql_warn_at);
PG_FUNCTION_INFO_V1(pc_sql_warn_at_clock);
PG_FUNCTION_INFO_V1(pc_sql_workdays);
PG_FUNCTION_INFO_V1(pc_sql_is_workday);

/*
 * due_at(start, allowed, calendar)
 */
Datum
pc_sql_due_at(PG_FUNCTION_ARGS)
{
	TimestampTz start;
	PcTimeLimit limit;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	start = PG_GETARG_TIMESTAMPTZ(0);
	pc_check_finite(start);
	limit = pc_timelimit_from_datum(PG_GETARG_DATUM(1));
	PG_RETURN_TIMESTAMPTZ(pc_deadline_step(calendar_argument(fcinfo, 2),
										   start, limit, false, NULL, 0));
}

/*
 * due_at(start, allowed, extensions, pauses, calendar)
 */
Datum
pc_sql_due_at_clock(PG_FUNCTION_ARGS)
{
	TimestampTz start;
	TimestampTz due;
	PcLimits	limits;
	PcPauses	pauses;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	start = PG_GETARG_TIMESTAMPTZ(0);
	pc_check_finite(start);
	pc_read_limits(&limits, pc_timelimit_from_datum(PG_GETARG_DATUM(1)),
				   PG_ARGISNULL(2) ? NULL : PG_GETARG_ARRAYTYPE_P(2));
	pc_read_pauses(&pauses, PG_ARGISNULL(3) ? NULL : PG_GETARG_MULTIRANGE_P(3));

	due = pc_due_at(calendar_argument(fcinfo, 4), start,
					limits.list, limits.count, pauses.list, pauses.count);
	pc_free_limits(&limits);
	pc_free_pauses(&pauses);
	PG_RETURN_TIMESTAMPTZ(due);
}

/*
 * work_time(from_at, to_at, calendar): never in days, which would be 24 hours
 * of opening to some and a working day to others.
 */
Datum
pc_sql_work_time(PG_FUNCTION_ARGS)
{
	TimestampTz from;
	TimestampTz to;
	PcCalendar *calendar;
	int64		counted;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	from = PG_GETARG_TIMESTAMPTZ(0);
	to = PG_GETARG_TIMESTAMPTZ(1);
	pc_check_finite(from);
	pc_check_finite(to);
	calendar = calendar_argument(fcinfo, 2);
	if (pg_sub_s64_overflow(pc_open_time(calendar, to),
							pc_open_time(calendar, from), &counted))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("interval out of range")));
	PG_RETURN_INTERVAL_P(make_elapsed(counted));
}

/*
 * add_work_time(start, amount, calendar)
 */
Datum
pc_sql_add_work_time(PG_FUNCTION_ARGS)
{
	TimestampTz start;
	Interval   *amount;
	PcCalendar *calendar;
	int64		wanted;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	start = PG_GETARG_TIMESTAMPTZ(0);
	amount = PG_GETARG_INTERVAL_P(1);
	pc_check_finite(start);
	if (amount->month != 0 || amount->day != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("an amount of working time cannot have days or months"),
				 errhint("Write hours, as in '16 hours', or use peoplecall.due_at() with a limit in working days.")));
	calendar = calendar_argument(fcinfo, 2);
	if (amount->time >= 0)
		PG_RETURN_TIMESTAMPTZ(pc_add_open_time(calendar, start, amount->time,
											   NULL, 0));
	if (pg_add_s64_overflow(pc_open_time(calendar, start), amount->time,
							&wanted))
		pc_time_out_of_range();
	PG_RETURN_TIMESTAMPTZ(pc_open_last(calendar, wanted,
									   pc_day_at(calendar, start)));
}

/*
 * warn_at(start, due, fraction, calendar)
 */
Datum
pc_sql_warn_at(PG_FUNCTION_ARGS)
{
	TimestampTz start;
	TimestampTz due;
	float8		fraction;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_NULL();
	start = PG_GETARG_TIMESTAMPTZ(0);
	due = PG_GETARG_TIMESTAMPTZ(1);
	fraction = PG_GETARG_FLOAT8(2);
	pc_check_finite(start);
	if (!TIMESTAMP_IS_NOEND(due))
		pc_check_finite(due);
	check_fraction(fraction);
	PG_RETURN_TIMESTAMPTZ(pc_warn_at(calendar_argument(fcinfo, 3), start, due,
									 fraction, PC_UNIT_WORK_HOUR, NULL, 0));
}

/*
 * warn_at(start, due, fraction, allowed, pauses, calendar)
 */
Datum
pc_sql_warn_at_clock(PG_FUNCTION_ARGS)
{
	TimestampTz start;
	TimestampTz due;
	TimestampTz warn;
	float8		fraction;
	PcTimeLimit limit;
	PcPauses	pauses;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2) ||
		PG_ARGISNULL(3))
		PG_RETURN_NULL();
	start = PG_GETARG_TIMESTAMPTZ(0);
	due = PG_GETARG_TIMESTAMPTZ(1);
	fraction = PG_GETARG_FLOAT8(2);
	limit = pc_timelimit_from_datum(PG_GETARG_DATUM(3));
	pc_check_finite(start);
	if (!TIMESTAMP_IS_NOEND(due))
		pc_check_finite(due);
	check_fraction(fraction);
	pc_read_pauses(&pauses, PG_ARGISNULL(4) ? NULL : PG_GETARG_MULTIRANGE_P(4));
	warn = pc_warn_at(calendar_argument(fcinfo, 5), start, due, fraction,
					  limit.unit, pauses.list, pauses.count);
	pc_free_pauses(&pauses);
	PG_RETURN_TIMESTAMPTZ(warn);
}

/*
 * workdays(from_day, to_day, calendar)
 */
Datum
pc_sql_workdays(PG_FUNCTION_ARGS)
{
	DateADT		from;
	DateADT		to;
	PcCalendar *calendar;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		PG_RETURN_NULL();
	from = PG_GETARG_DATEADT(0);
	to = PG_GETARG_DATEADT(1);
	check_finite_date(from);
	check_finite_date(to);
	calendar = calendar_argument(fcinfo, 2);
	PG_RETURN_INT32(pc_workdays_before(calendar, to + 1) -
					pc_workdays_before(calendar, from + 1));
}

/*
 * is_workday(day, calendar)
 */
Datum
pc_sql_is_workday(PG_FUNCTION_ARGS)
{
	DateADT		day;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	day = PG_GETARG_DATEADT(0);
	check_finite_date(day);
	PG_RETURN_BOOL(pc_day_is_workday(calendar_argument(fcinfo, 1), day));
}
