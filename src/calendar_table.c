/*
 * calendar_table.c
 *	  The day table of a compiled calendar: which windows a day has, converted
 *	  to elapsed time by the zone on that very day, and the running sums.
 *
 * Never reads a database table and never asks for the session's time zone: a
 * calendar's answers depend on the calendar alone. The table only grows, and
 * what has been filled in stays as it is, so that growing in the middle of a
 * computation changes nothing that was read before.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "miscadmin.h"
#include "utils/datetime.h"
#include "utils/timestamp.h"

#include "calendar.h"

/* the table is filled up to this many days beyond what was asked for */
#define SPARE_DAYS		366

/* no zone is further from Greenwich than this, in seconds */
#define FAR_OFFSET		(2 * (int64) SECS_PER_DAY)

#define UNIX_SECONDS(day) \
	(((int64) (day) + POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * SECS_PER_DAY)

/*
 * Make a calendar ready whose columns, windows and special days are filled in.
 */
void
pc_calendar_init(PcCalendar *calendar, MemoryContext context)
{
	for (int i = 0; i < calendar->nwindows; i++)
	{
		PcWindow   *window = &calendar->windows[i];

		if (window->valid_from < PC_EXPLICIT_FIRST)
			window->valid_from = DATEVAL_NOBEGIN;
		if (window->valid_end > PC_EXPLICIT_END)
			window->valid_end = DATEVAL_NOEND;
	}

	calendar->context = context;
	calendar->days = NULL;
	calendar->growing = NULL;
	calendar->workdays = NULL;
	calendar->nworkdays = 0;
	calendar->first = 0;
	calendar->last = -1;
	calendar->npatterns = 0;
	calendar->maxpatterns = 8;
	calendar->patterns = (PcDayPattern *)
		MemoryContextAlloc(context,
						   calendar->maxpatterns * sizeof(PcDayPattern));
	calendar->scratch = (PcOpening *)
		MemoryContextAlloc(context,
						   Max(calendar->nwindows, 1) * sizeof(PcOpening));
	calendar->span.from = 0;
	calendar->span.until = 0;
	calendar->span.offset = 0;
}

/*
 * The row of calendar_day for a day, or NULL.
 */
const PcSpecialDay *
pc_special_day(const PcCalendar *calendar, DateADT day)
{
	int			low = 0;
	int			high = calendar->nspecial;

	while (low < high)
	{
		int			middle = low + (high - low) / 2;

		if (calendar->special[middle].day < day)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < calendar->nspecial && calendar->special[low].day == day)
		return &calendar->special[low];
	return NULL;
}

/*
 * The instant at which clocks in the zone show this time of this day; of a
 * time that they skip or repeat, what PostgreSQL takes for it. The time may be
 * 24:00.
 */
TimestampTz
pc_zone_instant(pg_tz *zone, int32 day, int64 time)
{
	struct pg_tm tm;
	int64		seconds;
	int64		west;

	if (time >= USECS_PER_DAY)
	{
		day++;
		time -= USECS_PER_DAY;
	}
	seconds = time / USECS_PER_SEC;

	memset(&tm, 0, sizeof(tm));
	j2date(day + POSTGRES_EPOCH_JDATE, &tm.tm_year, &tm.tm_mon, &tm.tm_mday);
	tm.tm_hour = seconds / SECS_PER_HOUR;
	tm.tm_min = seconds / SECS_PER_MINUTE % MINS_PER_HOUR;
	tm.tm_sec = seconds % SECS_PER_MINUTE;
	west = DetermineTimeZoneOffset(&tm, zone);
	return (int64) day * USECS_PER_DAY + time + west * USECS_PER_SEC;
}

/*
 * Does the zone keep one offset through the day and a day to either side? Then
 * that offset, in microseconds. The stretch last found is kept, since days are
 * filled in one after the other.
 */
static bool
steady_offset(PcCalendar *calendar, int32 day, int64 *offset)
{
	PcZoneSpan *span = &calendar->span;
	pg_time_t	from = UNIX_SECONDS(day) - FAR_OFFSET;
	pg_time_t	until = UNIX_SECONDS(day + 1) + FAR_OFFSET;

	if (from < span->from || until > span->until)
	{
		long int	before;
		long int	after;
		int			before_isdst;
		int			after_isdst;
		pg_time_t	boundary;
		int			found;

		found = pg_next_dst_boundary(&from, &before, &before_isdst, &boundary,
									 &after, &after_isdst, calendar->zone);
		if (found < 0)
			return false;
		span->from = from;
		span->until = found > 0 ? boundary : PG_INT64_MAX;
		span->offset = before;
		if (until > span->until)
			return false;
	}
	*offset = span->offset * USECS_PER_SEC;
	return true;
}

/*
 * Put a window into the sorted list, joining it with those that it meets.
 */
static int
add_opening(PcOpening *openings, int nopenings, int64 opens, int64 closes)
{
	int			from = 0;
	int			until;

	while (from < nopenings && openings[from].closes < opens)
		from++;
	until = from;
	while (until < nopenings && openings[until].opens <= closes)
	{
		opens = Min(opens, openings[until].opens);
		closes = Max(closes, openings[until].closes);
		until++;
	}

	/* [from, until) give way to the one */
	memmove(&openings[from + 1], &openings[until],
			(nopenings - until) * sizeof(PcOpening));
	openings[from].opens = opens;
	openings[from].closes = closes;
	return nopenings - (until - from) + 1;
}

/*
 * Work out one day's windows into pattern, with openings in the scratch space.
 */
static void
describe_day(PcCalendar *calendar, int32 day, PcDayPattern *pattern)
{
	const PcSpecialDay *special = pc_special_day(calendar, day);
	int			weekday = j2day(day + POSTGRES_EPOCH_JDATE);
	TimestampTz start;

	pattern->plain = steady_offset(calendar, day, &pattern->shift);
	if (pattern->plain)
		pattern->length = USECS_PER_DAY;
	else
	{
		start = pc_zone_instant(calendar->zone, day, 0);
		pattern->shift = (int64) day * USECS_PER_DAY - start;
		pattern->length =
			pc_zone_instant(calendar->zone, day + 1, 0) - start;
	}
	start = (int64) day * USECS_PER_DAY - pattern->shift;

	/* j2day counts from Sunday = 0; a make-up workday is a Monday */
	if (special != NULL)
		weekday = special->is_workday ? 1 : -1;
	else if (weekday == 0)
		weekday = 7;

	pattern->nopenings = 0;
	pattern->open = 0;
	pattern->openings = calendar->scratch;
	for (int i = 0; weekday > 0 && i < calendar->nwindows; i++)
	{
		const PcWindow *window = &calendar->windows[i];
		int64		opens = window->opens;
		int64		closes = window->closes;

		if ((window->weekday != 0 && window->weekday != weekday) ||
			day < window->valid_from || day >= window->valid_end)
			continue;
		if (!pattern->plain)
		{
			opens = pc_zone_instant(calendar->zone, day, opens) - start;
			closes = pc_zone_instant(calendar->zone, day, closes) - start;
			opens = Max(opens, 0);
			closes = Min(closes, pattern->length);
		}
		if (opens < closes)
			pattern->nopenings = add_opening(calendar->scratch,
											 pattern->nopenings,
											 opens, closes);
	}
	for (int i = 0; i < pattern->nopenings; i++)
	{
		PcOpening  *opening = &pattern->openings[i];

		opening->before = pattern->open;
		pattern->open += opening->closes - opening->opens;
	}
}

/*
 * The index of the pattern of a day; patterns are kept once.
 */
static int32
day_pattern(PcCalendar *calendar, int32 day)
{
	PcDayPattern wanted;
	Size		size;

	describe_day(calendar, day, &wanted);
	size = wanted.nopenings * sizeof(PcOpening);
	wanted.hash = hash_bytes((unsigned char *) wanted.openings, size) ^
		murmurhash32((uint32) (wanted.shift / USECS_PER_SEC)) ^
		(uint32) (wanted.length / USECS_PER_SEC);

	for (int i = 0; i < calendar->npatterns; i++)
	{
		PcDayPattern *known = &calendar->patterns[i];

		if (known->hash == wanted.hash && known->shift == wanted.shift &&
			known->length == wanted.length && known->plain == wanted.plain &&
			known->nopenings == wanted.nopenings &&
			memcmp(known->openings, wanted.openings, size) == 0)
			return i;
	}

	if (calendar->npatterns == calendar->maxpatterns)
	{
		calendar->patterns = (PcDayPattern *)
			repalloc(calendar->patterns,
					 2 * calendar->maxpatterns * sizeof(PcDayPattern));
		calendar->maxpatterns *= 2;
	}
	wanted.openings = (PcOpening *)
		MemoryContextAlloc(calendar->context, Max(size, 1));
	memcpy(wanted.openings, calendar->scratch, size);
	calendar->patterns[calendar->npatterns] = wanted;
	return calendar->npatterns++;
}

/*
 * Set the sums of a day from those of the day before it (step 1) or after it
 * (step -1).
 */
static void
fill_day(PcCalendar *calendar, PcDay *entry, int32 day, int step)
{
	const PcDay *neighbour = entry - step;
	const PcDayPattern *pattern;

	if (day % 1024 == 0)
		CHECK_FOR_INTERRUPTS();

	entry->pattern = day_pattern(calendar, day);
	pattern = &calendar->patterns[step > 0 ? neighbour->pattern :
								  entry->pattern];
	entry->open_before = neighbour->open_before + step * pattern->open;
	entry->workdays_before = neighbour->workdays_before +
		step * (pattern->nopenings > 0 ? 1 : 0);
}

static bool
is_open_day(const PcCalendar *calendar, const PcDay *entry)
{
	return calendar->patterns[entry->pattern].nopenings > 0;
}

/*
 * The working days among the days of a table, and its last day after them.
 */
static int32 *
list_workdays(PcCalendar *calendar, const PcDay *days, int32 first,
			  int32 last, int32 *nworkdays)
{
	int32		ndays = last - first + 1;
	int32		count = 0;
	int32	   *workdays;

	workdays = (int32 *)
		MemoryContextAlloc(calendar->context,
						   (days[ndays - 1].workdays_before -
							days[0].workdays_before + 2) * sizeof(int32));
	for (int32 i = 0; i < ndays; i++)
		if (is_open_day(calendar, &days[i]))
			workdays[count++] = first + i;
	*nworkdays = count;
	if (!is_open_day(calendar, &days[ndays - 1]))
		workdays[count] = last;
	return workdays;
}

/*
 * Make the table hold the days first .. last, as far as they are within the
 * bounds of any table.
 */
void
pc_calendar_cover(PcCalendar *calendar, int32 first, int32 last)
{
	int32		old_first = calendar->first;
	int32		old_last = calendar->last;
	int32		spare = Max(SPARE_DAYS, (old_last - old_first) / 2);
	PcDay	   *days;
	int32	   *workdays;
	int32		nworkdays;

	Assert(first <= last);
	if (calendar->days == NULL)
	{
		first -= SPARE_DAYS;
		last += SPARE_DAYS;
		old_first = Min(Max(first, PC_TABLE_FIRST), PC_TABLE_LAST);
		old_last = old_first;
	}
	else if (first >= old_first && last <= old_last)
		return;
	first = first < old_first ? Min(first, old_first - spare) : old_first;
	last = last > old_last ? Max(last, old_last + spare) : old_last;
	first = Max(first, PC_TABLE_FIRST);
	last = Min(last, PC_TABLE_LAST);

	if (calendar->growing != NULL)
	{
		pfree(calendar->growing);
		calendar->growing = NULL;
	}
	days = (PcDay *) MemoryContextAlloc(calendar->context,
										(last - first + 1) * sizeof(PcDay));
	calendar->growing = days;
	if (calendar->days == NULL)
	{
		PcDay	   *origin = &days[old_first - first];

		origin->open_before = 0;
		origin->workdays_before = 0;
		origin->pattern = day_pattern(calendar, old_first);
		calendar->usual_shift = calendar->patterns[origin->pattern].shift;
	}
	else
		memcpy(&days[old_first - first], calendar->days,
			   (old_last - old_first + 1) * sizeof(PcDay));
	for (int32 day = old_last + 1; day <= last; day++)
		fill_day(calendar, &days[day - first], day, 1);
	for (int32 day = old_first - 1; day >= first; day--)
		fill_day(calendar, &days[day - first], day, -1);

	workdays = list_workdays(calendar, days, first, last, &nworkdays);
	if (calendar->days != NULL)
	{
		pfree(calendar->days);
		pfree(calendar->workdays);
	}
	calendar->days = days;
	calendar->growing = NULL;
	calendar->workdays = workdays;
	calendar->nworkdays = nworkdays;
	calendar->first = first;
	calendar->last = last;
	calendar->workdays_per_open = (double)
		(days[last - first].workdays_before - days[0].workdays_before) /
		Max(days[last - first].open_before - days[0].open_before, 1);
}
