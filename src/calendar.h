/*
 * calendar.h
 *	  Compiled working calendars.
 *
 * A calendar says when an office is open: weekly windows of local time, each
 * for a range of dates, days off, and make-up workdays that open like a
 * Monday. It is compiled into one entry a day with running sums, so that every
 * question is a look-up: how much opening time lies before an instant, and
 * back; how many working days lie before a date, and back.
 *
 * Definitions that all code here shares:
 *
 * - Days are local days of the calendar's zone. A day starts at its local
 *	 midnight and ends at that of the next, converted as PostgreSQL converts a
 *	 local time: one that the zone skips or repeats is read as standard time.
 *	 A day may so have 23 or 25 hours, or none at all.
 * - Window bounds are converted the same way on that very day and cut to the
 *	 day. What overlaps or touches is one window.
 * - A working day is a day with at least one window left after that; its close
 *	 is the end of the last one. Windows include their start, not their end.
 * - Explicit dates reach from 1900 to 2099. Ends of a window's validity
 *	 outside of that are taken as open. Years before 1500 and after 2499
 *	 are those 400 years nearer, with which weekdays and daylight saving recur.
 *
 * A NULL calendar is natural time: always open, every UTC day a working day
 * that closes when the next begins.
 */
#ifndef PEOPLECALL_CALENDAR_H
#define PEOPLECALL_CALENDAR_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "fmgr.h"
#include "pgtime.h"
#include "utils/date.h"

#include "compat.h"

/* 400 Gregorian years are a whole number of weeks */
#define PC_CYCLE_DAYS			146097
#define PC_CYCLE_USECS			(PC_CYCLE_DAYS * USECS_PER_DAY)

/* days since 2000-01-01 of 1500-01-01, 1900-01-01, 2100-01-01, 2500-01-01 */
#define PC_TABLE_FIRST			(-182621)
#define PC_EXPLICIT_FIRST		(-36524)
#define PC_EXPLICIT_END			36525
#define PC_TABLE_LAST			182622

/* A row of calendar_window. */
typedef struct PcWindow
{
	int16		weekday;		/* 1 = Monday .. 7 = Sunday, 0 = any */
	int64		opens;			/* microseconds since local midnight */
	int64		closes;			/* likewise, at most 24:00 */
	DateADT		valid_from;		/* first date; DATEVAL_NOBEGIN if open */
	DateADT		valid_end;		/* the date after the last; DATEVAL_NOEND */
} PcWindow;

/* A row of calendar_day. */
typedef struct PcSpecialDay
{
	DateADT		day;
	bool		is_workday;
	const char *name;			/* "" if it has none */
} PcSpecialDay;

/* One window of a day, in elapsed microseconds since the day's start. */
typedef struct PcOpening
{
	int64		opens;
	int64		closes;
	int64		before;			/* opening time of the day before this one */
} PcOpening;

/* What days have in common: most of a calendar's days share a few of these. */
typedef struct PcDayPattern
{
	int64		shift;			/* the day starts at day * 24h - shift, in UTC */
	int64		length;			/* elapsed microseconds of the day */
	int64		open;			/* of these open */
	int			nopenings;
	bool		plain;			/* one UTC offset, and that is shift */
	uint32		hash;
	PcOpening  *openings;
} PcDayPattern;

typedef struct PcDay
{
	int64		open_before;	/* opening time before the day */
	int32		workdays_before;	/* working days before the day */
	int32		pattern;		/* index of its PcDayPattern */
} PcDay;

/* A stretch of time in which the zone keeps one UTC offset, in Unix seconds. */
typedef struct PcZoneSpan
{
	pg_time_t	from;
	pg_time_t	until;
	int64		offset;			/* seconds east of Greenwich */
} PcZoneSpan;

typedef struct PcCalendar
{
	const char *name;			/* zero-terminated */
	int			name_length;
	pg_tz	   *zone;
	const char *defect;			/* why it cannot be used, or NULL */
	DateADT		known_until;	/* DATEVAL_NOBEGIN if not known */

	PcWindow   *windows;
	int			nwindows;
	PcSpecialDay *special;		/* in the order of their days */
	int			nspecial;

	/*
	 * The day table: entries for the days first .. last, grown on demand in
	 * either direction and at most to PC_TABLE_FIRST .. PC_TABLE_LAST (16
	 * bytes a day: 6 kB a year, 6 MB if someone asks for all of it). Sums
	 * count from the day that was asked for first.
	 */
	MemoryContext context;
	PcDay	   *days;
	PcDay	   *growing;		/* left by an interrupt while it grew */
	int32		first;
	int32		last;
	int64		usual_shift;	/* to guess the day of an instant */

	/*
	 * The days of the table that are working days, in order, by the number
	 * that they have more than the first of them; then the last day of the
	 * table, if it is none. 4 bytes a working day.
	 */
	int32	   *workdays;
	int32		nworkdays;
	double		workdays_per_open;	/* to guess the working day of a sum */
	PcDayPattern *patterns;
	int			npatterns;
	int			maxpatterns;
	PcOpening  *scratch;		/* nwindows of them */
	PcZoneSpan	span;
} PcCalendar;

/* what the table holds; it must hold the day */
static inline PcDay *
pc_table_day(const PcCalendar *calendar, int32 day)
{
	return &calendar->days[day - calendar->first];
}

static inline const PcDayPattern *
pc_table_pattern(const PcCalendar *calendar, int32 day)
{
	return &calendar->patterns[pc_table_day(calendar, day)->pattern];
}

static inline TimestampTz
pc_table_start(const PcCalendar *calendar, int32 day)
{
	return (int64) day * USECS_PER_DAY - pc_table_pattern(calendar, day)->shift;
}

/* calendar_table.c */
extern void pc_calendar_init(PcCalendar *calendar, MemoryContext context);
extern void pc_calendar_cover(PcCalendar *calendar, int32 first, int32 last);
extern const PcSpecialDay *pc_special_day(const PcCalendar *calendar,
										  DateADT day);
extern TimestampTz pc_zone_instant(pg_tz *zone, int32 day, int64 time);

/* calendar_core.c; the calendar may be NULL */
extern int32 pc_day_at(PcCalendar *calendar, TimestampTz at);
extern TimestampTz pc_day_start(PcCalendar *calendar, int32 day);
extern const PcDayPattern *pc_day_pattern(PcCalendar *calendar, int32 day);
extern bool pc_day_is_workday(PcCalendar *calendar, int32 day);
extern TimestampTz pc_day_close(PcCalendar *calendar, int32 day);
extern int64 pc_open_time(PcCalendar *calendar, TimestampTz at);
extern int64 pc_open_time_day(PcCalendar *calendar, TimestampTz at,
							  int32 *day);
extern TimestampTz pc_open_first(PcCalendar *calendar, int64 open_time,
								 int32 near);
extern TimestampTz pc_open_last(PcCalendar *calendar, int64 open_time,
								int32 near);
extern int64 pc_workdays_before(PcCalendar *calendar, int32 day);
extern int64 pc_closes_until(PcCalendar *calendar, TimestampTz at);
extern int32 pc_nth_workday(PcCalendar *calendar, int64 number);
PC_NORETURN extern void pc_time_out_of_range(void);

/*
 * calendar_load.c: the calendar of that name (SQL null: NULL, natural time);
 * refuses an unknown one. Valid like any compiled rules, see rulebook.h.
 */
extern PcCalendar *pc_calendar(text *name, FmgrInfo *flinfo);

typedef struct PcCalendarSet
{
	int			ncalendars;
	PcCalendar *calendars;		/* by name, in the order of its bytes */
	PcCalendar *latest;			/* last one found */
} PcCalendarSet;

/* all calendars, NULL if there is no ledger */
extern PcCalendarSet *pc_calendars(FmgrInfo *flinfo);

#endif							/* PEOPLECALL_CALENDAR_H */
