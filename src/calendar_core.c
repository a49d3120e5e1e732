/*
 * calendar_core.c
 *	  Look-ups in a compiled calendar: between instants, days, opening time and
 *	  the numbers of working days.
 *
 * Opening time and the numbers of working days count from any origin, fixed for
 * a compiled calendar's life: only differences mean something. Nothing here walks
 * from day to day, or allocates once the table holds the days asked for.
 */
#include "postgres.h"

#include "common/int.h"
#include "utils/datetime.h"
#include "utils/timestamp.h"

#include "calendar.h"
#include "errcodes.h"

/* instants are looked up this close to the edges of a table, in days */
#define MARGIN_DAYS		4

/* where a day lies: in the table, and how many cycles of 400 years off */
typedef struct PcPlace
{
	int32		day;
	int32		cycles;
	int64		key;			/* the sum looked for, less those cycles */
} PcPlace;

typedef enum PcKey
{
	PC_KEY_OPEN,
	PC_KEY_WORKDAY
} PcKey;

void
pc_time_out_of_range(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
			 errmsg("timestamp out of range"),
			 errdetail("The computed time lies beyond what a timestamp can hold.")));
}

static inline int64
floor_divide(int64 value, int64 divisor)
{
	return value / divisor - (value % divisor < 0 ? 1 : 0);
}

static inline int64
table_key(const PcCalendar *calendar, int32 day, PcKey key)
{
	return key == PC_KEY_OPEN ? pc_table_day(calendar, day)->open_before :
		pc_table_day(calendar, day)->workdays_before;
}

/*
 * Bring a day into the bounds of tables, and make the table hold it and its
 * neighbours.
 */
static inline PcPlace
place_day(PcCalendar *calendar, int64 day)
{
	PcPlace		place = {0, 0, 0};

	if (unlikely(day < PC_TABLE_FIRST + MARGIN_DAYS))
		place.cycles = floor_divide(day - PC_TABLE_FIRST - MARGIN_DAYS,
									PC_CYCLE_DAYS);
	else if (unlikely(day > PC_TABLE_LAST - MARGIN_DAYS))
		place.cycles = (day - PC_TABLE_LAST + MARGIN_DAYS - 1) /
			PC_CYCLE_DAYS + 1;
	place.day = day - (int64) place.cycles * PC_CYCLE_DAYS;
	if (unlikely(place.day - MARGIN_DAYS < calendar->first ||
				 place.day + MARGIN_DAYS > calendar->last))
		pc_calendar_cover(calendar, place.day - MARGIN_DAYS,
						  place.day + MARGIN_DAYS);
	return place;
}

/*
 * What one cycle adds to a key, in the years after the table or before it.
 */
static int64
cycle_key(PcCalendar *calendar, bool after, PcKey key)
{
	int32		edge = after ? PC_TABLE_LAST : PC_TABLE_FIRST + PC_CYCLE_DAYS;

	pc_calendar_cover(calendar, edge - PC_CYCLE_DAYS, edge);
	return table_key(calendar, edge, key) -
		table_key(calendar, edge - PC_CYCLE_DAYS, key);
}

static inline int64
place_key(PcCalendar *calendar, PcPlace place, PcKey key)
{
	int64		result = table_key(calendar, place.day, key);

	if (unlikely(place.cycles != 0))
		result += place.cycles * cycle_key(calendar, place.cycles > 0, key);
	return result;
}

/*
 * The place of an instant, which is moved to the place's cycle.
 */
static inline PcPlace
place_instant(PcCalendar *calendar, TimestampTz *at)
{
	PcPlace		place;

	place = place_day(calendar, floor_divide(*at + calendar->usual_shift,
											 USECS_PER_DAY));
	*at -= place.cycles * PC_CYCLE_USECS;

	/* the guess is off by as much as the zone's offset has ever changed */
	while (*at < pc_table_start(calendar, place.day))
		place.day--;
	while (*at >= pc_table_start(calendar, place.day + 1))
		place.day++;
	return place;
}

PC_NORETURN static void
never_open(const PcCalendar *calendar)
{
	ereport(ERROR,
			(errcode(ERRCODE_PC_NO_CALENDAR),
			 errmsg("calendar \"%s\" does not open", calendar->name),
			 calendar->nwindows == 0 ?
			 errdetail("It has no opening hours.") :
			 errdetail("It has not enough opening hours before or after the time asked for."),
			 errhint("Add rows to peoplecall.calendar_window, or extend their validity.")));
}

/*
 * Bring a key into what the table holds. Grows the table on the way, to its
 * bounds at most; beyond them whole cycles are taken off.
 */
static PcPlace
reach_key(PcCalendar *calendar, int64 wanted, PcKey key)
{
	PcPlace		place = {0, 0, wanted};
	int64		per_cycle;
	int64		cycles;

	while (wanted >= table_key(calendar, calendar->last, key) &&
		   calendar->last < PC_TABLE_LAST)
		pc_calendar_cover(calendar, calendar->first, calendar->last + 1);
	while (wanted < table_key(calendar, calendar->first, key) &&
		   calendar->first > PC_TABLE_FIRST)
		pc_calendar_cover(calendar, calendar->first - 1, calendar->last);

	if (wanted >= table_key(calendar, calendar->last, key))
	{
		per_cycle = cycle_key(calendar, true, key);
		if (per_cycle == 0)
			never_open(calendar);
		cycles = (wanted - table_key(calendar, calendar->last, key)) /
			per_cycle + 1;
	}
	else if (wanted < table_key(calendar, calendar->first, key))
	{
		per_cycle = cycle_key(calendar, false, key);
		if (per_cycle == 0)
			never_open(calendar);
		cycles = floor_divide(wanted - table_key(calendar, calendar->first,
												 key), per_cycle);
	}
	else
		return place;

	/* more cycles than there are between the ends of time */
	if (cycles > 1000 || cycles < -1000)
		pc_time_out_of_range();
	place.cycles = cycles;
	place.key = wanted - cycles * per_cycle;
	return place;
}

/*
 * The place of a key, within what the table holds if that can be.
 */
static inline PcPlace
place_of_key(PcCalendar *calendar, int64 wanted, PcKey key)
{
	PcPlace		place = {0, 0, wanted};

	Assert(calendar->days != NULL);
	if (likely(wanted >= table_key(calendar, calendar->first, key) &&
			   wanted < table_key(calendar, calendar->last, key)))
		return place;
	return reach_key(calendar, wanted, key);
}

/* Opening time before the working day with that index. */
static inline int64
workday_open(const PcCalendar *calendar, int32 index)
{
	return pc_table_day(calendar, calendar->workdays[index])->open_before;
}

/*
 * The working day in which that opening time is passed. Guesses by the average
 * working day, starting from a day near it: where all are of one length that
 * is the one. Else doubles the distance from there until the time is between
 * two working days.
 */
static inline PcPlace
find_open(PcCalendar *calendar, int64 wanted, int32 near)
{
	PcPlace		place = place_of_key(calendar, wanted, PC_KEY_OPEN);
	const PcDay *entry;
	int32		guess;
	int32		low;
	int32		high;
	int32		step = 1;

	near = Min(Max(near, calendar->first), calendar->last);
	entry = pc_table_day(calendar, near);
	/* the product is within twice the table's length, being an average */
	guess = entry->workdays_before -
		pc_table_day(calendar, calendar->first)->workdays_before +
		(int32) ((double) (place.key - entry->open_before) *
				 calendar->workdays_per_open);
	guess = Min(Max(guess, 0), calendar->nworkdays - 1);

	/* keep low's sum not above the key, and high's above it */
	if (workday_open(calendar, guess) <= place.key)
	{
		for (low = guess; calendar->nworkdays - low > step; step *= 2)
		{
			if (workday_open(calendar, low + step) > place.key)
				break;
			low += step;
		}
		high = Min(low + step, calendar->nworkdays);
	}
	else
	{
		for (high = guess; high > step; step *= 2)
		{
			if (workday_open(calendar, high - step) <= place.key)
				break;
			high -= step;
		}
		low = Max(high - step, 0);
	}
	while (high - low > 1)
	{
		int32		middle = low + (high - low) / 2;

		if (workday_open(calendar, middle) <= place.key)
			low = middle;
		else
			high = middle;
	}
	place.day = calendar->workdays[low];
	return place;
}

static inline TimestampTz
place_time(PcPlace place, TimestampTz at)
{
	TimestampTz result;

	if (likely(place.cycles == 0))
		return at;
	if (pg_add_s64_overflow(at, place.cycles * PC_CYCLE_USECS, &result) ||
		!IS_VALID_TIMESTAMP(result))
		pc_time_out_of_range();
	return result;
}

/*
 * The instant of a day at which that much of its opening time has passed: the
 * end of a window, or the start of the next. Counts windows instead of
 * branching, since which one it is cannot be predicted.
 */
static inline TimestampTz
time_in_day(PcCalendar *calendar, PcPlace place, int64 passed, bool at_end)
{
	const PcDayPattern *pattern = pc_table_pattern(calendar, place.day);
	const PcOpening *opening = pattern->openings;

	for (int i = 1; i < pattern->nopenings; i++)
		opening += passed + !at_end > pattern->openings[i].before;
	return place_time(place, pc_table_start(calendar, place.day) +
					  opening->opens + passed - opening->before);
}

/*
 * The day of an instant, counted from 2000-01-01.
 */
int32
pc_day_at(PcCalendar *calendar, TimestampTz at)
{
	PcPlace		place;

	if (calendar == NULL)
		return floor_divide(at, USECS_PER_DAY);
	place = place_instant(calendar, &at);
	return place.day + place.cycles * PC_CYCLE_DAYS;
}

TimestampTz
pc_day_start(PcCalendar *calendar, int32 day)
{
	PcPlace		place;
	TimestampTz start;

	if (calendar == NULL)
		return day * USECS_PER_DAY;
	place = place_day(calendar, day);
	/* the first day of all begins before the first timestamp, in the east */
	if (pg_add_s64_overflow(pc_table_start(calendar, place.day),
							place.cycles * PC_CYCLE_USECS, &start))
		pc_time_out_of_range();
	return start;
}

/*
 * The windows of a day; valid until a function of this file is called.
 */
const PcDayPattern *
pc_day_pattern(PcCalendar *calendar, int32 day)
{
	static PcOpening whole_day = {0, USECS_PER_DAY, 0};
	static const PcDayPattern natural = {
		0, USECS_PER_DAY, USECS_PER_DAY, 1, true, 0, &whole_day
	};

	if (calendar == NULL)
		return &natural;
	return pc_table_pattern(calendar, place_day(calendar, day).day);
}

bool
pc_day_is_workday(PcCalendar *calendar, int32 day)
{
	return calendar == NULL || pc_day_pattern(calendar, day)->nopenings > 0;
}

/*
 * The close of a working day.
 */
TimestampTz
pc_day_close(PcCalendar *calendar, int32 day)
{
	const PcDayPattern *pattern;
	PcPlace		place;
	TimestampTz close;

	if (calendar == NULL)
	{
		close = ((int64) day + 1) * USECS_PER_DAY;
		if (!IS_VALID_TIMESTAMP(close))
			pc_time_out_of_range();
		return close;
	}
	place = place_day(calendar, day);
	pattern = pc_table_pattern(calendar, place.day);
	Assert(pattern->nopenings > 0);
	close = pc_table_start(calendar, place.day) +
		pattern->openings[pattern->nopenings - 1].closes;
	return place_time(place, close);
}

/*
 * Opening time before an instant, in microseconds, and the instant's day.
 */
int64
pc_open_time_day(PcCalendar *calendar, TimestampTz at, int32 *day)
{
	const PcDayPattern *pattern;
	PcPlace		place;
	int64		sum;

	if (calendar == NULL)
	{
		*day = floor_divide(at, USECS_PER_DAY);
		return at;
	}
	place = place_instant(calendar, &at);
	*day = place.day + place.cycles * PC_CYCLE_DAYS;
	sum = place_key(calendar, place, PC_KEY_OPEN);
	at -= pc_table_start(calendar, place.day);
	pattern = pc_table_pattern(calendar, place.day);
	/* no branch on the time of day, which cannot be predicted */
	for (int i = 0; i < pattern->nopenings; i++)
	{
		const PcOpening *opening = &pattern->openings[i];

		sum += Max(Min(at, opening->closes) - opening->opens, 0);
	}
	return sum;
}

int64
pc_open_time(PcCalendar *calendar, TimestampTz at)
{
	int32		day;

	return pc_open_time_day(calendar, at, &day);
}

/*
 * The first instant before which there is that much opening time: the end of a
 * window rather than the start of the next.
 */
TimestampTz
pc_open_first(PcCalendar *calendar, int64 open_time, int32 near)
{
	PcPlace		place;

	if (calendar == NULL)
	{
		if (!IS_VALID_TIMESTAMP(open_time))
			pc_time_out_of_range();
		return open_time;
	}

	/* the day in which the microsecond before it is passed */
	place = find_open(calendar, open_time - 1, near);
	return time_in_day(calendar, place, place.key + 1 -
					   pc_table_day(calendar, place.day)->open_before, true);
}

/*
 * The last such instant: the start of a window rather than the end of the one
 * before.
 */
TimestampTz
pc_open_last(PcCalendar *calendar, int64 open_time, int32 near)
{
	PcPlace		place;

	if (calendar == NULL)
		return pc_open_first(NULL, open_time, near);

	place = find_open(calendar, open_time, near);
	return time_in_day(calendar, place, place.key -
					   pc_table_day(calendar, place.day)->open_before, false);
}

/*
 * The number of the first working day from a day on, which is how many working
 * days there are before it.
 */
int64
pc_workdays_before(PcCalendar *calendar, int32 day)
{
	if (calendar == NULL)
		return day;
	return place_key(calendar, place_day(calendar, day), PC_KEY_WORKDAY);
}

/*
 * The number of working days that have closed when the instant has come.
 */
int64
pc_closes_until(PcCalendar *calendar, TimestampTz at)
{
	const PcDayPattern *pattern;
	PcPlace		place;
	int64		number;

	if (calendar == NULL)
		return floor_divide(at, USECS_PER_DAY);
	place = place_instant(calendar, &at);
	number = place_key(calendar, place, PC_KEY_WORKDAY);
	pattern = pc_table_pattern(calendar, place.day);
	if (pattern->nopenings > 0 &&
		at - pc_table_start(calendar, place.day) >=
		pattern->openings[pattern->nopenings - 1].closes)
		number++;
	return number;
}

/*
 * The day of the working day with that number.
 */
int32
pc_nth_workday(PcCalendar *calendar, int64 number)
{
	PcPlace		place;

	if (calendar == NULL)
	{
		if (number > DATE_END_JULIAN - POSTGRES_EPOCH_JDATE ||
			number < DATETIME_MIN_JULIAN - POSTGRES_EPOCH_JDATE)
			pc_time_out_of_range();
		return number;
	}
	place = place_of_key(calendar, number, PC_KEY_WORKDAY);
	place.day = calendar->workdays[place.key -
								   table_key(calendar, calendar->first,
											 PC_KEY_WORKDAY)];
	return place.day + place.cycles * PC_CYCLE_DAYS;
}
