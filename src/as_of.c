/*
 * as_of.c
 *	  The time of an act, and the setting peoplecall.as_of that replaces it.
 *
 * now() stands still in a long transaction and would let its owner backdate;
 * so verbs read the clock. Only a superuser may set the time, for tests and
 * demonstrations. The library is loaded with the first call of one of its
 * functions; a value set before that waits as a placeholder and is checked
 * when the setting is defined.
 */
#include "postgres.h"

#include "access/xact.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/timestamp.h"

#include "compat.h"
#include "gate.h"
#include "peoplecall.h"

static char *as_of_text = NULL;
static TimestampTz as_of_value = DT_NOBEGIN;

/*
 * The same moment in a form that no TimeZone or DateStyle changes: a parallel
 * worker reads the setting again, before it has the leader's others.
 */
static char *
moment_text(TimestampTz value)
{
	struct pg_tm tm;
	fsec_t		fsec;
	int			tz;
	const char *zone;
	char		buffer[MAXDATELEN + 1];

	if (timestamp2tm(value, &tz, &tm, &fsec, &zone, pg_tzset("GMT")) != 0)
		return NULL;
	EncodeDateTime(&tm, fsec, true, 0, NULL, USE_ISO_DATES, buffer);
	return pc_guc_strdup(buffer);
}

/*
 * Reads what timestamptz reads, but reports instead of raising, as a check
 * hook must.
 */
static bool
check_as_of(char **newval, void **extra, GucSource source)
{
	TimestampTz value = DT_NOBEGIN;
	TimestampTz *result;

	if (*newval != NULL && **newval != '\0')
	{
		struct pg_tm tm;
		fsec_t		fsec;
		int			tz;
		int			type;
		int			nfields;
		char	   *fields[MAXDATEFIELDS];
		int			ftypes[MAXDATEFIELDS];
		char		buffer[MAXDATELEN + MAXDATEFIELDS];
		char	   *moment;

		if (ParseDateTime(*newval, buffer, sizeof(buffer), fields, ftypes,
						  MAXDATEFIELDS, &nfields) != 0 ||
			pc_decode_datetime(fields, ftypes, nfields, &type, &tm, &fsec,
							   &tz) != 0 ||
			type != DTK_DATE ||
			tm2timestamp(&tm, fsec, &tz, &value) != 0)
		{
			GUC_check_errdetail("The value must be a finite timestamp such as 2019-11-25 09:00+08.");
			return false;
		}
		moment = moment_text(value);
		if (moment == NULL)
			return false;
		pc_guc_free(*newval);
		*newval = moment;
	}
	result = pc_guc_malloc(sizeof(TimestampTz));
	if (result == NULL)
		return false;
	*result = value;
	*extra = result;
	return true;
}

static void
assign_as_of(const char *newval, void *extra)
{
	as_of_value = *(TimestampTz *) extra;
}

void
pc_define_as_of(void)
{
	DefineCustomStringVariable("peoplecall.as_of",
							   "Time of an act, in place of the clock.",
							   "For tests and demonstrations; empty for the clock.",
							   &as_of_text, "", PGC_SUSET, 0,
							   check_as_of, assign_as_of, NULL);
	MarkGUCPrefixReserved("peoplecall");
}

TimestampTz
pc_as_of(void)
{
	return TIMESTAMP_NOT_FINITE(as_of_value) ? GetCurrentTimestamp()
		: as_of_value;
}

TimestampTz
pc_statement_as_of(void)
{
	return TIMESTAMP_NOT_FINITE(as_of_value) ? GetCurrentStatementStartTimestamp()
		: as_of_value;
}

/*
 * SQL-callable functions
 */

PG_FUNCTION_INFO_V1(pc_as_of_now);
PG_FUNCTION_INFO_V1(pc_act_time);

Datum
pc_as_of_now(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMESTAMPTZ(pc_statement_as_of());
}

/* The time of an act on a complaint, never before its last event. */
Datum
pc_act_time(PG_FUNCTION_ARGS)
{
	TimestampTz now;

	(void) pc_inside_gate();
	now = pc_as_of();
	if (!PG_ARGISNULL(0) && PG_GETARG_TIMESTAMPTZ(0) > now)
		now = PG_GETARG_TIMESTAMPTZ(0);
	PG_RETURN_TIMESTAMPTZ(now);
}
