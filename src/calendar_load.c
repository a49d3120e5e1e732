/*
 * calendar_load.c
 *	  Reads the calendars from the rulebook and finds one by its name.
 *
 * A calendar whose rows make no sense (a zone that this server does not know,
 * a date in the far past) is loaded with its defect and refused when it is
 * used, so that it does not take the others with it.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/date.h"

#include "calendar.h"
#include "errcodes.h"
#include "ledger.h"
#include "rulebook.h"
#include "rulerow.h"

static void *load_calendars(MemoryContext context);

static const char *const calendar_tables[] = {
	"calendar", "calendar_window", "calendar_day", NULL
};

static PcRuleset calendar_rules = {
	.name = "calendars",
	.tables = calendar_tables,
	.load = load_calendars
};

static PcCalendar *
find_calendar(PcCalendarSet *set, const char *name, int length)
{
	int			low = 0;
	int			high = set->ncalendars;

	while (low < high)
	{
		int			middle = low + (high - low) / 2;
		PcCalendar *calendar = &set->calendars[middle];
		int			order;

		order = memcmp(calendar->name, name,
					   Min(calendar->name_length, length));
		if (order == 0)
			order = calendar->name_length - length;
		if (order == 0)
			return calendar;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static DateADT
date_column(uint64 row, int number, DateADT if_null)
{
	bool		isnull;
	Datum		value = pc_row_value(row, number, DATEOID, &isnull);

	return isnull ? if_null : DatumGetDateADT(value);
}

/*
 * The calendar that a row of another table belongs to; that table's foreign
 * key may be switched off while it is being filled.
 */
static PcCalendar *
row_calendar(PcCalendarSet *set, uint64 row)
{
	char	   *name = pc_row_string(row, 1, CurrentMemoryContext);

	return name ? find_calendar(set, name, strlen(name)) : NULL;
}

static void
load_windows(PcCalendarSet *set, MemoryContext context)
{
	PcWindow   *windows;
	bool		isnull;

	pc_rulebook_query(
		"SELECT calendar, COALESCE(weekday, 0::pg_catalog.int2) AS weekday, "
		"       (EXTRACT(epoch FROM opens) * 1000000)::pg_catalog.int8, "
		"       (EXTRACT(epoch FROM closes) * 1000000)::pg_catalog.int8, "
		"       pg_catalog.lower(valid), pg_catalog.upper(valid) "
		"  FROM peoplecall.calendar_window "
		" WHERE valid IS NULL OR NOT pg_catalog.isempty(valid) "
		" ORDER BY calendar COLLATE pg_catalog.\"C\", 2, 3");
	windows = (PcWindow *)
		MemoryContextAllocHuge(context,
							   (SPI_processed + 1) * sizeof(PcWindow));
	for (uint64 row = 0; row < SPI_processed; row++)
	{
		PcCalendar *calendar = row_calendar(set, row);

		if (calendar == NULL)
			continue;
		if (calendar->nwindows == 0)
			calendar->windows = windows;
		calendar->nwindows++;
		windows->weekday = DatumGetInt16(pc_row_value(row, 2, INT2OID,
													  &isnull));
		windows->opens = pc_row_int64(row, 3);
		windows->closes = pc_row_int64(row, 4);
		windows->valid_from = date_column(row, 5, DATEVAL_NOBEGIN);
		windows->valid_end = date_column(row, 6, DATEVAL_NOEND);
		windows++;
	}
}

static void
load_special_days(PcCalendarSet *set, MemoryContext context)
{
	PcSpecialDay *days;

	pc_rulebook_query(
		"SELECT calendar, day, is_workday, COALESCE(name, '') AS name "
		"  FROM peoplecall.calendar_day "
		" ORDER BY calendar COLLATE pg_catalog.\"C\", day");
	days = (PcSpecialDay *)
		MemoryContextAllocHuge(context,
							   (SPI_processed + 1) * sizeof(PcSpecialDay));
	for (uint64 row = 0; row < SPI_processed; row++)
	{
		PcCalendar *calendar = row_calendar(set, row);

		if (calendar == NULL)
			continue;
		if (calendar->nspecial == 0)
			calendar->special = days;
		calendar->nspecial++;
		days->day = date_column(row, 2, DATEVAL_NOBEGIN);
		days->is_workday = pc_row_bool(row, 3);
		days->name = pc_row_string(row, 4, context);
		if (days->day < PC_EXPLICIT_FIRST || days->day >= PC_EXPLICIT_END)
			calendar->defect = "It has a row in peoplecall.calendar_day outside of the years 1900 to 2099.";
		days++;
	}
}

static void *
load_calendars(MemoryContext context)
{
	PcCalendarSet *set;

	set = (PcCalendarSet *) MemoryContextAllocZero(context,
												   sizeof(PcCalendarSet));
	pc_rulebook_query(
		"SELECT name, timezone, known_until "
		"  FROM peoplecall.calendar "
		" ORDER BY name COLLATE pg_catalog.\"C\"");
	set->ncalendars = SPI_processed;
	set->calendars = (PcCalendar *)
		MemoryContextAllocZero(context,
							   (SPI_processed + 1) * sizeof(PcCalendar));
	for (uint64 row = 0; row < SPI_processed; row++)
	{
		PcCalendar *calendar = &set->calendars[row];
		char	   *zone;

		pc_row_not_null(row, 1);
		pc_row_not_null(row, 2);
		calendar->name = pc_row_string(row, 1, context);
		zone = pc_row_string(row, 2, context);
		calendar->name_length = strlen(calendar->name);
		calendar->known_until = date_column(row, 3, DATEVAL_NOBEGIN);
		calendar->zone = pg_tzset(zone);
		if (calendar->zone == NULL || !pg_tz_acceptable(calendar->zone))
		{
			char	   *defect;

			defect = psprintf("Its time zone \"%s\" is not known to this server.",
							  zone);
			calendar->defect = MemoryContextStrdup(context, defect);
		}
	}

	load_windows(set, context);
	load_special_days(set, context);
	for (int i = 0; i < set->ncalendars; i++)
		pc_calendar_init(&set->calendars[i], context);
	return set;
}

PcCalendarSet *
pc_calendars(FmgrInfo *flinfo)
{
	return (PcCalendarSet *) pc_rules(&calendar_rules, flinfo);
}

PcCalendar *
pc_calendar(text *name, FmgrInfo *flinfo)
{
	PcCalendarSet *set;
	PcCalendar *calendar;
	const char *bytes;
	int			length;

	if (name == NULL)
		return NULL;
	set = pc_calendars(flinfo);
	if (set == NULL)
		pc_no_ledger();

	bytes = VARDATA_ANY(name);
	length = VARSIZE_ANY_EXHDR(name);
	calendar = set->latest;
	if (calendar != NULL && calendar->name_length == length &&
		memcmp(calendar->name, bytes, length) == 0)
		return calendar;

	calendar = find_calendar(set, bytes, length);
	if (calendar == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_PC_NO_CALENDAR),
				 errmsg("calendar \"%s\" does not exist",
						pc_shown(bytes, length)),
				 errhint("Calendars are rows of peoplecall.calendar; a null calendar is natural time.")));
	if (calendar->defect != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_PC_NO_CALENDAR),
				 errmsg("calendar \"%s\" cannot be used", calendar->name),
				 errdetail_internal("%s", calendar->defect),
				 errhint("Correct its rows in schema peoplecall.")));
	set->latest = calendar;
	return calendar;
}
