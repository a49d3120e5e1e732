/*
 * timelimit.c
 *	  The SQL type timelimit: how long a rule allows, in the rule's own unit.
 *
 * The Datum is the unit in the upper half and the amount in the lower. What
 * a limit comes to on a calendar is not known here: this file must never
 * make a date of one.
 */
#include "postgres.h"

#include <math.h>

#include "common/hashfn.h"
#include "libpq/pqformat.h"
#include "utils/builtins.h"
#include "utils/sortsupport.h"

#include "compat.h"
#include "timelimit_core.h"

/*
 * 10 * 1.1 is a hair more than 11 in binary; such a hair must not cost the
 * citizen a whole unit.
 */
#define ROUNDING_SLACK 1e-9

#define PG_GETARG_LIMIT(n)	pc_timelimit_from_datum(PG_GETARG_DATUM(n))

PcTimeLimit
pc_timelimit_from_datum(Datum value)
{
	int64		bits = DatumGetInt64(value);
	PcTimeLimit limit;

	limit.unit = (PcLimitUnit) (bits >> 32);
	limit.amount = (int32) (bits & 0xFFFFFFFF);
	return limit;
}

Datum
pc_timelimit_to_datum(PcTimeLimit limit)
{
	return Int64GetDatum(((int64) limit.unit << 32) | (uint32) limit.amount);
}

static int
timelimit_fast_cmp(Datum x, Datum y, SortSupport ssup)
{
	return pc_limit_compare(pc_timelimit_from_datum(x),
							pc_timelimit_from_datum(y));
}

static int
compare_arguments(FunctionCallInfo fcinfo)
{
	return pc_limit_compare(PG_GETARG_LIMIT(0), PG_GETARG_LIMIT(1));
}

/*
 * SQL-callable functions
 */

PG_FUNCTION_INFO_V1(pc_timelimit_in);
PG_FUNCTION_INFO_V1(pc_timelimit_out);
PG_FUNCTION_INFO_V1(pc_timelimit_recv);
PG_FUNCTION_INFO_V1(pc_timelimit_send);

Datum
pc_timelimit_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	PcTimeLimit limit;
	PcLimitError error = pc_limit_parse(text, strlen(text), &limit);

	if (error != PC_LIMIT_OK)
		return pc_bad_text(PC_ESCONTEXT(fcinfo), "timelimit", text,
						   pc_limit_error_detail(error));
	return pc_timelimit_to_datum(limit);
}

Datum
pc_timelimit_out(PG_FUNCTION_ARGS)
{
	char	   *buffer = palloc(PC_LIMIT_TEXT_SIZE);

	(void) pc_limit_print(PG_GETARG_LIMIT(0), buffer);
	PG_RETURN_CSTRING(buffer);
}

Datum
pc_timelimit_recv(PG_FUNCTION_ARGS)
{
	StringInfo	message = (StringInfo) PG_GETARG_POINTER(0);
	int			unit = pq_getmsgint(message, 4);
	int			amount = pq_getmsgint(message, 4);
	PcTimeLimit limit;

	if (!pc_limit_is_valid(unit, amount))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary value for type timelimit: unit %d, amount %d",
						unit, amount),
				 errdetail("A time limit is sent as its unit, from 1 to 5, and its amount.")));
	limit.unit = (PcLimitUnit) unit;
	limit.amount = amount;
	return pc_timelimit_to_datum(limit);
}

Datum
pc_timelimit_send(PG_FUNCTION_ARGS)
{
	PcTimeLimit limit = PG_GETARG_LIMIT(0);
	StringInfoData message;

	pq_begintypsend(&message);
	pq_sendint32(&message, (uint32) limit.unit);
	pq_sendint32(&message, (uint32) limit.amount);
	PG_RETURN_BYTEA_P(pq_endtypsend(&message));
}

PG_FUNCTION_INFO_V1(pc_timelimit_lt);
PG_FUNCTION_INFO_V1(pc_timelimit_le);
PG_FUNCTION_INFO_V1(pc_timelimit_eq);
PG_FUNCTION_INFO_V1(pc_timelimit_ne);
PG_FUNCTION_INFO_V1(pc_timelimit_ge);
PG_FUNCTION_INFO_V1(pc_timelimit_gt);
PG_FUNCTION_INFO_V1(pc_timelimit_cmp);
PG_FUNCTION_INFO_V1(pc_timelimit_sortsupport);
PG_FUNCTION_INFO_V1(pc_timelimit_hash);
PG_FUNCTION_INFO_V1(pc_timelimit_hash_extended);
PG_FUNCTION_INFO_V1(pc_timelimit_scale);

Datum
pc_timelimit_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_arguments(fcinfo) < 0);
}

Datum
pc_timelimit_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_arguments(fcinfo) <= 0);
}

Datum
pc_timelimit_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_arguments(fcinfo) == 0);
}

Datum
pc_timelimit_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_arguments(fcinfo) != 0);
}

Datum
pc_timelimit_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_arguments(fcinfo) >= 0);
}

Datum
pc_timelimit_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(compare_arguments(fcinfo) > 0);
}

Datum
pc_timelimit_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(compare_arguments(fcinfo));
}

Datum
pc_timelimit_sortsupport(PG_FUNCTION_ARGS)
{
	SortSupport ssup = (SortSupport) PG_GETARG_POINTER(0);

	ssup->comparator = timelimit_fast_cmp;
	PG_RETURN_VOID();
}

Datum
pc_timelimit_hash(PG_FUNCTION_ARGS)
{
	int64		bits = PG_GETARG_INT64(0);

	return hash_any((unsigned char *) &bits, sizeof(bits));
}

Datum
pc_timelimit_hash_extended(PG_FUNCTION_ARGS)
{
	int64		bits = PG_GETARG_INT64(0);

	return hash_any_extended((unsigned char *) &bits, sizeof(bits),
							 PG_GETARG_INT64(1));
}

Datum
pc_timelimit_scale(PG_FUNCTION_ARGS)
{
	PcTimeLimit limit = PG_GETARG_LIMIT(0);
	float8		factor = PG_GETARG_FLOAT8(1);
	float8		scaled;

	if (isnan(factor) || isinf(factor) || factor <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("factor %g cannot scale a time limit", factor),
				 errdetail("A factor is a positive number.")));

	scaled = limit.amount * factor;
	scaled = ceil(scaled - ROUNDING_SLACK * Max(scaled, 1.0));
	if (scaled > pc_limit_max(limit.unit))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("scaled time limit is too large"),
				 errdetail("%s", pc_limit_error_detail(PC_LIMIT_TOO_LARGE))));
	/* scaled down as far as it may be, a limit still leaves some time */
	if (limit.amount > 0)
		limit.amount = (int32) Max(scaled, 1.0);
	return pc_timelimit_to_datum(limit);
}
