/*
 * deadline_explain.c
 *	  explain_deadline(): how a deadline came about, day by day.
 *
 * The deadlines of its steps are those of deadline_core.c; what stands here
 * only tells what lies between, by walking the days. It must never be used to
 * compute anything.
 */
#include "postgres.h"

#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "calendar.h"
#include "deadline.h"
#include "deadline_args.h"
#include "timelimit_core.h"

/* an instant that a row leaves null */
#define NO_TIME		DT_NOBEGIN

typedef struct Explanation
{
	ReturnSetInfo *result;
	MemoryContext row_context;	/* reset after each row */
	PcCalendar *calendar;
	const PcPauses *pauses;
	Interval	total;
} Explanation;

/*
 * Add a row. The amount is in microseconds, or one working day.
 */
static void
add_row(Explanation *explanation, int32 day, TimestampTz opens,
		TimestampTz closes, int64 counted, bool one_workday, const char *why)
{
	Interval	amount = {0};
	Datum		values[6];
	bool		nulls[6] = {false};

	CHECK_FOR_INTERRUPTS();
	/* the first days of a zone in the west come before the first date */
	if (!DATE_IS_NOEND(day) && !IS_VALID_DATE(day))
		pc_time_out_of_range();
	amount.time = counted;
	amount.day = one_workday ? 1 : 0;
	explanation->total.time += amount.time;
	explanation->total.day += amount.day;

	values[0] = DateADTGetDatum(day);
	nulls[0] = DATE_IS_NOEND(day);
	values[1] = TimestampTzGetDatum(opens);
	nulls[1] = (opens == NO_TIME);
	values[2] = TimestampTzGetDatum(closes);
	nulls[2] = (closes == NO_TIME);
	values[3] = IntervalPGetDatum(&amount);
	values[4] = IntervalPGetDatum(&explanation->total);
	values[5] = CStringGetTextDatum(why);
	tuplestore_putvalues(explanation->result->setResult,
						 explanation->result->setDesc, values, nulls);
	MemoryContextReset(explanation->row_context);
}

/*
 * Rows for a stretch of time that counts but for the pauses in it. All of a
 * pause gets a row if it may reach beyond the stretch, as in natural time.
 */
static void
add_stretch(Explanation *explanation, TimestampTz from, TimestampTz until,
			bool whole_pauses, const char *why)
{
	const PcPauses *pauses = explanation->pauses;

	for (int i = 0; i < pauses->count && from < until; i++)
	{
		TimestampTz begin = Max(pauses->list[i].from, from);
		TimestampTz end = pauses->list[i].until;

		if (end <= from)
			continue;
		if (begin >= until)
			break;
		if (!whole_pauses)
			end = Min(end, until);
		if (begin > from)
			add_row(explanation, pc_day_at(explanation->calendar, from),
					from, begin, begin - from, false, why);
		add_row(explanation, pc_day_at(explanation->calendar, begin),
				begin, end, 0, false,
				TIMESTAMP_IS_NOEND(end) ? "paused without an end" : "paused");
		from = end;
	}
	if (from < until)
		add_row(explanation, pc_day_at(explanation->calendar, from),
				from, until, until - from, false, why);
}

/*
 * Natural time under endless pauses: as if the deadline were never.
 */
static void
explain_elapsed(Explanation *explanation, TimestampTz from, TimestampTz due)
{
	add_stretch(explanation, from, due, true, "elapsed");
}

static const char *
day_name(const PcSpecialDay *special, const char *text)
{
	if (special == NULL || special->name[0] == '\0')
		return text;
	return psprintf("%s: %s", text, special->name);
}

/*
 * A day without opening hours.
 */
static void
add_day_off(Explanation *explanation, int32 day)
{
	const PcSpecialDay *special = NULL;

	if (explanation->calendar != NULL)
		special = pc_special_day(explanation->calendar, day);
	add_row(explanation, day, NO_TIME, NO_TIME, 0, false,
			special != NULL && !special->is_workday ?
			day_name(special, "day off") : "no opening hours");
}

/*
 * Where telling can stop: the deadline, or where the clock stands for good.
 */
static TimestampTz
last_moment(Explanation *explanation, TimestampTz from, TimestampTz due)
{
	const PcPauses *pauses = explanation->pauses;

	if (!TIMESTAMP_IS_NOEND(due) || pauses->count == 0)
		return due;
	return Max(pauses->list[pauses->count - 1].from, from);
}

static void
explain_open_hours(Explanation *explanation, TimestampTz from, TimestampTz due)
{
	PcCalendar *calendar = explanation->calendar;
	TimestampTz last = last_moment(explanation, from, due);

	for (int32 day = pc_day_at(calendar, from);; day++)
	{
		TimestampTz start = pc_day_start(calendar, day);
		PcDayPattern pattern;
		const PcSpecialDay *special = NULL;
		const char *why = "open";

		if (start >= last)
			break;
		pattern = *pc_day_pattern(calendar, day);
		if (calendar != NULL)
			special = pc_special_day(calendar, day);
		if (special != NULL)
			why = day_name(special, "make-up working day");
		if (pattern.nopenings == 0)
			add_day_off(explanation, day);
		for (int i = 0; i < pattern.nopenings; i++)
		{
			TimestampTz opens = start + pattern.openings[i].opens;
			TimestampTz closes = start + pattern.openings[i].closes;

			add_stretch(explanation, Max(opens, from), Min(closes, last),
						false, why);
		}
	}
	if (TIMESTAMP_IS_NOEND(due))
		add_row(explanation, pc_day_at(calendar, last), last, DT_NOEND, 0,
				false, "paused without an end");
}

/*
 * Does the clock stand just before a close?
 */
static bool
pauses_over(Explanation *explanation, TimestampTz from, TimestampTz close)
{
	const PcPauses *pauses = explanation->pauses;

	for (int i = 0; i < pauses->count; i++)
	{
		if (Max(pauses->list[i].from, from) < close &&
			close <= pauses->list[i].until)
			return true;
	}
	return false;
}

static void
explain_workdays(Explanation *explanation, TimestampTz from, TimestampTz due,
				 int32 amount, bool extends)
{
	PcCalendar *calendar = explanation->calendar;
	TimestampTz last = last_moment(explanation, from, due);
	bool		closed;
	int32		first_day = pc_deadline_day(calendar, from, extends, &closed);
	int			counted = 0;

	for (int32 day = first_day; pc_day_start(calendar, day) < last ||
		 day == first_day; day++)
	{
		TimestampTz start = pc_day_start(calendar, day);
		PcDayPattern pattern = *pc_day_pattern(calendar, day);
		const PcSpecialDay *special = NULL;
		TimestampTz opens;
		TimestampTz close;
		const char *why;
		bool		counts = false;

		if (pattern.nopenings == 0)
		{
			add_day_off(explanation, day);
			continue;
		}
		opens = start + pattern.openings[0].opens;
		opens = Max(opens, MIN_TIMESTAMP);
		close = start + pattern.openings[pattern.nopenings - 1].closes;
		close = Max(close, MIN_TIMESTAMP);
		if (calendar != NULL)
			special = pc_special_day(calendar, day);
		if (day == first_day && amount > 0)
			why = extends ? "extended from this day" : "starting day";
		else if (day == first_day && closed)
			why = "starting day, already closed";
		else if (pauses_over(explanation, from, close))
			why = "paused at the close";
		else
		{
			counts = amount > 0;
			counted++;
			why = amount > 0 ?
				psprintf("working day %d of %d", counted, amount) :
				"closes on this day";
		}
		if (special != NULL)
			why = psprintf("%s, %s", why,
						   day_name(special, "make-up working day"));
		add_row(explanation, day, opens, close, 0, counts, why);
	}
	if (TIMESTAMP_IS_NOEND(due))
		add_row(explanation, pc_day_at(calendar, last), last, DT_NOEND, 0,
				false, "paused without an end");
}

/*
 * The rows of one step, the last of which has the deadline so far.
 */
static TimestampTz
explain_step(Explanation *explanation, TimestampTz from, PcTimeLimit limit,
			 bool extends)
{
	char		text[PC_LIMIT_TEXT_SIZE];
	TimestampTz due;
	int32		day;

	due = pc_deadline_step(explanation->calendar, from, limit, extends,
						   explanation->pauses->list,
						   explanation->pauses->count);
	if (limit.unit == PC_UNIT_WORKDAY)
		explain_workdays(explanation, from, due, limit.amount, extends);
	else if (limit.unit == PC_UNIT_WORK_HOUR)
		explain_open_hours(explanation, from, due);
	else
		explain_elapsed(explanation, from, due);

	day = TIMESTAMP_IS_NOEND(due) ? DATEVAL_NOEND :
		limit.unit == PC_UNIT_WORKDAY || limit.unit == PC_UNIT_WORK_HOUR ?
		pc_day_at(explanation->calendar, due - 1) :
		pc_day_at(explanation->calendar, due);
	pc_limit_print(limit, text);
	add_row(explanation, day, NO_TIME, due, 0, false,
			psprintf("deadline, %s %s",
					 extends ? "with the extension of" : "with the limit of",
					 text));
	return due;
}

/*
 * SQL-callable functions
 */

PG_FUNCTION_INFO_V1(pc_sql_explain_deadline);

/*
 * explain_deadline(start, allowed, extensions, pauses, calendar)
 */
Datum
pc_sql_explain_deadline(PG_FUNCTION_ARGS)
{
	Explanation explanation = {0};
	PcLimits	limits;
	PcPauses	pauses;
	TimestampTz due;
	MemoryContext old_context;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		return (Datum) 0;
	due = PG_GETARG_TIMESTAMPTZ(0);
	pc_check_finite(due);
	pc_read_limits(&limits, pc_timelimit_from_datum(PG_GETARG_DATUM(1)),
				   PG_ARGISNULL(2) ? NULL : PG_GETARG_ARRAYTYPE_P(2));
	pc_read_pauses(&pauses, PG_ARGISNULL(3) ? NULL : PG_GETARG_MULTIRANGE_P(3));

	explanation.result = (ReturnSetInfo *) fcinfo->resultinfo;
	explanation.pauses = &pauses;
	explanation.calendar = PG_ARGISNULL(4) ? NULL :
		pc_calendar(PG_GETARG_TEXT_PP(4), fcinfo->flinfo);
	explanation.row_context = AllocSetContextCreate(CurrentMemoryContext,
													"explain_deadline row",
													ALLOCSET_SMALL_SIZES);
	old_context = MemoryContextSwitchTo(explanation.row_context);
	for (int i = 0; i < limits.count && !TIMESTAMP_IS_NOEND(due); i++)
		due = explain_step(&explanation, due, limits.list[i], i > 0);
	MemoryContextSwitchTo(old_context);
	MemoryContextDelete(explanation.row_context);
	return (Datum) 0;
}
