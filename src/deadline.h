/*
 * deadline.h
 *	  Deadlines: from a start, limits, pauses and a calendar, for whatever runs
 *	  clocks.
 *
 * The rules, which the SQL functions' comments repeat for users:
 *
 * - A deadline is reached step by step: the limit first, then each extension
 *	 from the deadline so far. A step consumes the pauses that lie in its span.
 * - A pause lasts from its lower to its upper bound, whichever way the bounds
 *	 are written. It counts from the step's start on, and not if it begins at
 *	 or after the running deadline, since at the deadline a clock is late.
 * - A working day counts for "wd" when the clock was running just before its
 *	 close: a pause that ends at the close still loses the day, one that begins
 *	 at the close does not.
 * - A pause without an end that reaches the clock makes the deadline infinity.
 * - A start at the very close of a day comes after that close. A deadline at
 *	 a close belongs to the day that closes, and an extension in working days
 *	 counts from there.
 */
#ifndef PEOPLECALL_DEADLINE_H
#define PEOPLECALL_DEADLINE_H

#include "postgres.h"

#include "calendar.h"
#include "peoplecall.h"

/* pauses are in order, without overlap; -infinity and infinity are legal */
typedef struct PcPause
{
	TimestampTz from;
	TimestampTz until;
} PcPause;

/* deadline_core.c; no allocation; the calendar may be NULL */
extern TimestampTz pc_due_at(PcCalendar *calendar, TimestampTz start,
							 const PcTimeLimit *limits, int nlimits,
							 const PcPause *pauses, int npauses);
extern TimestampTz pc_deadline_step(PcCalendar *calendar, TimestampTz from,
									PcTimeLimit limit, bool extends,
									const PcPause *pauses, int npauses);
extern TimestampTz pc_add_open_time(PcCalendar *calendar, TimestampTz from,
									int64 amount, const PcPause *pauses,
									int npauses);
extern int64 pc_time_between(PcCalendar *calendar, TimestampTz from,
							 TimestampTz to);
extern int32 pc_deadline_day(PcCalendar *calendar, TimestampTz at,
							 bool is_deadline, bool *closed);

/*
 * When that fraction of the time between start and due has gone: opening time
 * of the calendar if the limit's unit counts by it, else natural time; pauses
 * do not count.
 */
extern TimestampTz pc_warn_at(PcCalendar *calendar, TimestampTz start,
							  TimestampTz due, double fraction,
							  PcLimitUnit unit,
							  const PcPause *pauses, int npauses);

#endif							/* PEOPLECALL_DEADLINE_H */
