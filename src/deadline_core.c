/*
 * deadline_core.c
 *	  The arithmetic of deadlines; its rules are in deadline.h.
 *
 * Pure: the answer depends on the arguments alone, never on the time of day,
 * the session's settings or a table. Nothing here allocates, and each step
 * costs a few look-ups per pause, however far away the deadline is.
 */
#include "postgres.h"

#include <math.h>

#include "common/int.h"
#include "utils/datetime.h"
#include "utils/timestamp.h"

#include "calendar.h"
#include "deadline.h"

/*
 * The pause as a step that begins at from sees it: false if it is over.
 */
static inline bool
clip_pause(const PcPause *pause, TimestampTz from, PcPause *clipped)
{
	if (pause->until <= from)
		return false;
	clipped->from = Max(pause->from, from);
	clipped->until = pause->until;
	return true;
}

static inline bool
is_endless(const PcPause *pause)
{
	return TIMESTAMP_IS_NOEND(pause->until);
}

/*
 * The same time on the clock some days later, in the calendar's zone; a time
 * that the zone skips or repeats then is what PostgreSQL takes for it.
 */
static TimestampTz
same_clock(PcCalendar *calendar, TimestampTz from, int32 ndays)
{
	int64		day = pc_day_at(calendar, from);
	const PcDayPattern *pattern = pc_day_pattern(calendar, day);
	TimestampTz clock;
	TimestampTz result;

	if (likely(pattern->plain))
		clock = from - pc_day_start(calendar, day);
	else
	{
		struct pg_tm tm;
		fsec_t		fsec;
		int			west;

		if (timestamp2tm(from, &west, &tm, &fsec, NULL, calendar->zone) != 0)
			pc_time_out_of_range();
		day = date2j(tm.tm_year, tm.tm_mon, tm.tm_mday) -
			POSTGRES_EPOCH_JDATE;
		clock = from - west * USECS_PER_SEC - day * USECS_PER_DAY;
	}

	day += ndays;
	if (day >= TIMESTAMP_END_JULIAN - POSTGRES_EPOCH_JDATE)
		pc_time_out_of_range();
	if (likely(pc_day_pattern(calendar, day)->plain))
		result = pc_day_start(calendar, day) + clock;
	else
		result = pc_zone_instant(calendar->zone, day, clock);
	if (!IS_VALID_TIMESTAMP(result))
		pc_time_out_of_range();
	return result;
}

/*
 * Opening time from one instant to another. The ends of natural time are
 * further apart than an int64 counts.
 */
int64
pc_time_between(PcCalendar *calendar, TimestampTz from, TimestampTz to)
{
	int64		between;

	if (pg_sub_s64_overflow(pc_open_time(calendar, to),
							pc_open_time(calendar, from), &between))
		pc_time_out_of_range();
	return between;
}

/*
 * Natural time: the deadline moves by the time paused before it.
 */
static TimestampTz
move_by_pauses(TimestampTz from, TimestampTz due,
			   const PcPause *pauses, int npauses)
{
	PcPause		pause;

	for (int i = 0; i < npauses; i++)
	{
		if (!clip_pause(&pauses[i], from, &pause))
			continue;
		if (pause.from >= due)
			break;
		if (is_endless(&pause))
			return DT_NOEND;
		if (pg_add_s64_overflow(due, pc_time_between(NULL, pause.from,
													 pause.until), &due) ||
			!IS_VALID_TIMESTAMP(due))
			pc_time_out_of_range();
	}
	return due;
}

/*
 * The first instant at which amount of opening time has passed since from,
 * pauses not counted; from itself for none. The amount is not negative.
 */
TimestampTz
pc_add_open_time(PcCalendar *calendar, TimestampTz from, int64 amount,
				 const PcPause *pauses, int npauses)
{
	int64		wanted;
	int32		day;
	PcPause		pause;

	if (amount == 0)
		return from;
	if (pg_add_s64_overflow(pc_open_time_day(calendar, from, &day), amount,
							&wanted))
		pc_time_out_of_range();
	for (int i = 0; i < npauses; i++)
	{
		int64		before;

		if (!clip_pause(&pauses[i], from, &pause))
			continue;
		before = pc_open_time(calendar, pause.from);
		if (before >= wanted)
			break;
		if (is_endless(&pause))
			return DT_NOEND;
		if (pg_add_s64_overflow(wanted,
								pc_time_between(calendar, pause.from,
												pause.until), &wanted))
			pc_time_out_of_range();
	}
	return pc_open_first(calendar, wanted, day);
}

/*
 * The day that an instant counts from, and whether that day has closed by
 * then. A day off counts as closed.
 */
int32
pc_deadline_day(PcCalendar *calendar, TimestampTz at, bool is_deadline,
				bool *closed)
{
	int32		day = pc_day_at(calendar, at);
	TimestampTz close;

	/* a deadline at 24:00 belongs to the day that ends there */
	if (is_deadline && at == pc_day_start(calendar, day) &&
		pc_day_is_workday(calendar, day - 1) &&
		pc_day_close(calendar, day - 1) == at)
	{
		*closed = false;
		return day - 1;
	}

	if (!pc_day_is_workday(calendar, day))
		*closed = true;
	else
	{
		close = pc_day_close(calendar, day);
		*closed = is_deadline ? at > close : at >= close;
	}
	return day;
}

/*
 * The close of the amount-th working day after the starting one, days that
 * close in a pause not counted. Works on the numbers of working days.
 */
static TimestampTz
add_workdays(PcCalendar *calendar, TimestampTz from, int32 amount,
			 bool extends, const PcPause *pauses, int npauses)
{
	bool		closed = true;
	int32		day;
	int64		first;
	int64		number;
	PcPause		pause;

	/* whether the starting day has closed matters to 0wd only */
	if (amount > 0 && !extends)
		day = pc_day_at(calendar, from);
	else
		day = pc_deadline_day(calendar, from, extends, &closed);
	first = pc_workdays_before(calendar,
							   (amount > 0 || closed) ? day + 1 : day);
	number = first + Max(amount, 1) - 1;

	for (int i = 0; i < npauses; i++)
	{
		int64		closed_before;
		int64		closed_after;

		if (!clip_pause(&pauses[i], from, &pause))
			continue;
		closed_before = pc_closes_until(calendar, pause.from);
		if (closed_before > number)
			break;
		if (is_endless(&pause))
			return DT_NOEND;
		closed_before = Max(closed_before, first);
		closed_after = pc_closes_until(calendar, pause.until);
		if (closed_after > closed_before)
			number += closed_after - closed_before;
	}
	return pc_day_close(calendar, pc_nth_workday(calendar, number));
}

/*
 * One step: the limit itself, or an extension of the deadline from.
 */
TimestampTz
pc_deadline_step(PcCalendar *calendar, TimestampTz from, PcTimeLimit limit,
				 bool extends, const PcPause *pauses, int npauses)
{
	TimestampTz due;
	int64		elapsed;

	switch (limit.unit)
	{
		case PC_UNIT_MINUTE:
		case PC_UNIT_HOUR:
			elapsed = limit.amount *
				(limit.unit == PC_UNIT_HOUR ? USECS_PER_HOUR :
				 USECS_PER_MINUTE);
			if (pg_add_s64_overflow(from, elapsed, &due) ||
				!IS_VALID_TIMESTAMP(due))
				pc_time_out_of_range();
			break;
		case PC_UNIT_DAY:
			due = same_clock(calendar, from, limit.amount);
			break;
		case PC_UNIT_WORK_HOUR:
			return pc_add_open_time(calendar, from,
									limit.amount * USECS_PER_HOUR,
									pauses, npauses);
		case PC_UNIT_WORKDAY:
		default:
			return add_workdays(calendar, from, limit.amount, extends,
								pauses, npauses);
	}
	return npauses == 0 ? due : move_by_pauses(from, due, pauses, npauses);
}

/*
 * The deadline of a clock: limits are the limit and its extensions in order.
 */
TimestampTz
pc_due_at(PcCalendar *calendar, TimestampTz start,
		  const PcTimeLimit *limits, int nlimits,
		  const PcPause *pauses, int npauses)
{
	TimestampTz due = start;

	for (int i = 0; i < nlimits; i++)
	{
		due = pc_deadline_step(calendar, due, limits[i], i > 0,
							   pauses, npauses);
		if (TIMESTAMP_IS_NOEND(due))
			break;
	}
	return due;
}

/*
 * Opening time between two instants that lies in a pause.
 */
static int64
paused_open_time(PcCalendar *calendar, TimestampTz start, TimestampTz due,
				 const PcPause *pauses, int npauses)
{
	PcPause		pause;
	int64		paused = 0;

	for (int i = 0; i < npauses; i++)
	{
		if (!clip_pause(&pauses[i], start, &pause))
			continue;
		if (pause.from >= due)
			break;
		paused += pc_time_between(calendar, pause.from, Min(pause.until, due));
	}
	return paused;
}

TimestampTz
pc_warn_at(PcCalendar *calendar, TimestampTz start, TimestampTz due,
		   double fraction, PcLimitUnit unit,
		   const PcPause *pauses, int npauses)
{
	TimestampTz warn;
	int64		counted;

	if (due <= start || TIMESTAMP_IS_NOEND(due))
		return due;
	if (unit != PC_UNIT_WORK_HOUR && unit != PC_UNIT_WORKDAY)
		calendar = NULL;
	counted = pc_time_between(calendar, start, due) -
		paused_open_time(calendar, start, due, pauses, npauses);
	if (counted <= 0)
	{
		/* nothing counts between the two: share out what there is */
		calendar = NULL;
		npauses = 0;
		counted = pc_time_between(NULL, start, due);
	}
	/* a product of centuries may be rounded to more than the whole */
	if (fraction < 1)
		counted = Min((int64) rint(counted * fraction), counted);
	warn = pc_add_open_time(calendar, start, counted, pauses, npauses);
	return Min(warn, due);
}
