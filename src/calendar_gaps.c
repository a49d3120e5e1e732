/*
 * calendar_gaps.c
 *	  calendar_gaps(): where the calendars do not say what they should, for
 *	  whoever keeps them up.
 *
 * Deadlines beyond what is published go by the weekly windows and move when
 * the days off become known; this tells that it is time to enter them.
 */
#include "postgres.h"

#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datetime.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "calendar.h"
#include "deadline_args.h"

/* a date that a row leaves null */
#define NO_DATE		DATEVAL_NOBEGIN

static void
add_gap(ReturnSetInfo *result, const PcCalendar *calendar,
		DateADT from, DateADT to, const char *why)
{
	Datum		values[4];
	bool		nulls[4] = {false};

	values[0] = CStringGetTextDatum(calendar->name);
	values[1] = DateADTGetDatum(from);
	nulls[1] = (from == NO_DATE);
	values[2] = DateADTGetDatum(to);
	nulls[2] = (to == NO_DATE);
	values[3] = CStringGetTextDatum(why);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

static int
year_of(DateADT day)
{
	int			year;
	int			month;
	int			day_of_month;

	j2date(day + POSTGRES_EPOCH_JDATE, &year, &month, &day_of_month);
	return year;
}

static DateADT
first_of_year(int year)
{
	return date2j(year, 1, 1) - POSTGRES_EPOCH_JDATE;
}

/*
 * Years without a single day off, from the first that has one to the last
 * that should.
 */
static void
add_empty_years(ReturnSetInfo *result, const PcCalendar *calendar)
{
	int			year = -1;
	int			last;
	DateADT		until = calendar->known_until;

	if (DATE_NOT_FINITE(until))
		until = calendar->special[calendar->nspecial - 1].day;
	last = Min(year_of(until), year_of(PC_EXPLICIT_END - 1));
	for (int i = 0; i <= calendar->nspecial; i++)
	{
		int			next = last + 1;

		if (i < calendar->nspecial)
		{
			if (calendar->special[i].is_workday)
				continue;
			next = Min(year_of(calendar->special[i].day), next);
		}
		if (year > 0 && next > year + 1)
			add_gap(result, calendar, first_of_year(year + 1),
					first_of_year(next) - 1, "no days off published");
		year = next;
	}
}

static void
add_gaps(ReturnSetInfo *result, PcCalendar *calendar, TimestampTz at)
{
	DateADT		today;

	if (calendar->defect != NULL)
	{
		add_gap(result, calendar, NO_DATE, NO_DATE, calendar->defect);
		return;
	}
	if (calendar->nwindows == 0)
		add_gap(result, calendar, NO_DATE, NO_DATE, "no opening hours");
	if (calendar->nspecial > 0)
		add_empty_years(result, calendar);

	today = pc_day_at(calendar, at);
	if (DATE_NOT_FINITE(calendar->known_until))
	{
		/* a calendar without days off needs none to be known */
		if (calendar->nspecial > 0 && !DATE_IS_NOEND(calendar->known_until))
			add_gap(result, calendar, NO_DATE, NO_DATE,
					"known_until is not set");
	}
	else if (calendar->known_until < today)
		add_gap(result, calendar, calendar->known_until + 1, NO_DATE,
				"days off are not published yet");
}

/*
 * SQL-callable functions
 */

PG_FUNCTION_INFO_V1(pc_sql_calendar_gaps);

/*
 * calendar_gaps(at)
 */
Datum
pc_sql_calendar_gaps(PG_FUNCTION_ARGS)
{
	PcCalendarSet *set;
	TimestampTz at = PG_GETARG_TIMESTAMPTZ(0);

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	pc_check_finite(at);
	set = pc_calendars(fcinfo->flinfo);
	for (int i = 0; set != NULL && i < set->ncalendars; i++)
		add_gaps((ReturnSetInfo *) fcinfo->resultinfo, &set->calendars[i], at);
	return (Datum) 0;
}
