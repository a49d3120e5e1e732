/*
 * complaint_id.c
 *	  Numbers of complaints: a bigint made of the district's six digits and a
 *	  12-digit serial, read by people as 420102-1234.
 *
 * Arithmetic only; never reads a table.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"

#include "peoplecall.h"

#define SERIAL_LIMIT INT64CONST(1000000000000)
#define DISTRICT_LIMIT 1000000

static void
check_id(int64 id)
{
	if (id <= 0 || id / SERIAL_LIMIT >= DISTRICT_LIMIT)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("%lld is not the id of a complaint", (long long) id),
				 errdetail("An id is a district's six digits followed by a serial number of 12 digits.")));
}

/* Read digits up to a limit; false where there is none or it is too large. */
static bool
read_digits(const char **text, int64 limit, int64 *value)
{
	const char *p = *text;

	if (*p < '0' || *p > '9')
		return false;
	for (*value = 0; *p >= '0' && *p <= '9'; p++)
	{
		*value = *value * 10 + (*p - '0');
		if (*value >= limit)
			return false;
	}
	*text = p;
	return true;
}

static bool
read_number(const char *text, int64 *id)
{
	const char *p = text;
	int64		serial;

	if (strchr(text, '-') == NULL)
		return read_digits(&p, SERIAL_LIMIT * DISTRICT_LIMIT, id) &&
			*p == '\0' && *id > 0;
	if (!read_digits(&p, DISTRICT_LIMIT, id) || p - text != 6 || *p != '-')
		return false;
	p++;
	if (!read_digits(&p, SERIAL_LIMIT, &serial) || *p != '\0')
		return false;
	*id = *id * SERIAL_LIMIT + serial;
	return *id > 0;
}

char *
pc_format_complaint_no(int64 id)
{
	return psprintf("%06lld-%lld", (long long) (id / SERIAL_LIMIT),
					(long long) (id % SERIAL_LIMIT));
}

/*
 * SQL-callable functions
 */

PG_FUNCTION_INFO_V1(pc_complaint_no);
PG_FUNCTION_INFO_V1(pc_complaint_id);
PG_FUNCTION_INFO_V1(pc_district_of);

Datum
pc_complaint_no(PG_FUNCTION_ARGS)
{
	int64		id = PG_GETARG_INT64(0);

	check_id(id);
	PG_RETURN_TEXT_P(cstring_to_text(pc_format_complaint_no(id)));
}

Datum
pc_complaint_id(PG_FUNCTION_ARGS)
{
	char	   *number = text_to_cstring(PG_GETARG_TEXT_PP(0));
	int64		id;

	if (!read_number(number, &id))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid number of a complaint: \"%s\"",
						pc_shown(number, (int) strlen(number))),
				 errdetail("A number is a district's six digits, a hyphen and a serial number, such as 420102-1234.")));
	PG_RETURN_INT64(id);
}

Datum
pc_district_of(PG_FUNCTION_ARGS)
{
	int64		id = PG_GETARG_INT64(0);

	check_id(id);
	PG_RETURN_INT32((int32) (id / SERIAL_LIMIT));
}
