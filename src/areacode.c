/*
 * areacode.c
 *	  The SQL type areacode: input, output, comparison, casts and the tree.
 *
 * Everything here is a pure function of its arguments; the rules of the text
 * are in areacode_core.c and what the planner is told in areacode_support.c.
 * Comparisons must never throw: they are declared leakproof.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "libpq/pqformat.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/sortsupport.h"

#include "areacode_core.h"
#include "compat.h"

static int
areacode_compare(AreaCode a, AreaCode b)
{
	return (a > b) - (a < b);
}

#if SIZEOF_DATUM < 8
static int
areacode_fast_cmp(Datum x, Datum y, SortSupport ssup)
{
	return areacode_compare(DatumGetAreaCode(x), DatumGetAreaCode(y));
}
#endif

static AreaCode
areacode_from_number(int64 number)
{
	AreaCode	code = 0;
	PcAreaError error = pc_area_from_number(number, &code);

	if (error != PC_AREA_OK)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("number %lld is not an area code",
						(long long) number),
				 errdetail("%s", pc_area_error_detail(error))));
	return code;
}

/*
 * SQL-callable functions
 */

PG_FUNCTION_INFO_V1(pc_areacode_in);
PG_FUNCTION_INFO_V1(pc_areacode_out);
PG_FUNCTION_INFO_V1(pc_areacode_recv);
PG_FUNCTION_INFO_V1(pc_areacode_send);

Datum
pc_areacode_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	AreaCode	code = 0;
	PcAreaError error = pc_area_parse(text, strlen(text), &code);

	if (error != PC_AREA_OK)
		return pc_bad_text(PC_ESCONTEXT(fcinfo), "areacode", text,
						   pc_area_error_detail(error));
	PG_RETURN_AREACODE(code);
}

Datum
pc_areacode_out(PG_FUNCTION_ARGS)
{
	char	   *buffer = palloc(PC_AREA_TEXT_SIZE);

	(void) pc_area_print(PG_GETARG_AREACODE(0), buffer);
	PG_RETURN_CSTRING(buffer);
}

Datum
pc_areacode_recv(PG_FUNCTION_ARGS)
{
	StringInfo	message = (StringInfo) PG_GETARG_POINTER(0);
	int64		value = pq_getmsgint64(message);

	if (!pc_area_is_valid(value))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
				 errmsg("invalid binary value for type areacode: %lld",
						(long long) value),
				 errdetail("An area code is sent as 0 or as a number of 15 digits.")));
	PG_RETURN_AREACODE(value);
}

Datum
pc_areacode_send(PG_FUNCTION_ARGS)
{
	StringInfoData message;

	pq_begintypsend(&message);
	pq_sendint64(&message, PG_GETARG_AREACODE(0));
	PG_RETURN_BYTEA_P(pq_endtypsend(&message));
}

PG_FUNCTION_INFO_V1(pc_areacode_lt);
PG_FUNCTION_INFO_V1(pc_areacode_le);
PG_FUNCTION_INFO_V1(pc_areacode_eq);
PG_FUNCTION_INFO_V1(pc_areacode_ne);
PG_FUNCTION_INFO_V1(pc_areacode_ge);
PG_FUNCTION_INFO_V1(pc_areacode_gt);
PG_FUNCTION_INFO_V1(pc_areacode_cmp);
PG_FUNCTION_INFO_V1(pc_areacode_sortsupport);
PG_FUNCTION_INFO_V1(pc_areacode_hash);
PG_FUNCTION_INFO_V1(pc_areacode_hash_extended);
PG_FUNCTION_INFO_V1(pc_areacode_smaller);
PG_FUNCTION_INFO_V1(pc_areacode_larger);

Datum
pc_areacode_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(PG_GETARG_AREACODE(0) < PG_GETARG_AREACODE(1));
}

Datum
pc_areacode_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(PG_GETARG_AREACODE(0) <= PG_GETARG_AREACODE(1));
}

Datum
pc_areacode_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(PG_GETARG_AREACODE(0) == PG_GETARG_AREACODE(1));
}

Datum
pc_areacode_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(PG_GETARG_AREACODE(0) != PG_GETARG_AREACODE(1));
}

Datum
pc_areacode_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(PG_GETARG_AREACODE(0) >= PG_GETARG_AREACODE(1));
}

Datum
pc_areacode_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(PG_GETARG_AREACODE(0) > PG_GETARG_AREACODE(1));
}

Datum
pc_areacode_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(areacode_compare(PG_GETARG_AREACODE(0),
									 PG_GETARG_AREACODE(1)));
}

Datum
pc_areacode_sortsupport(PG_FUNCTION_ARGS)
{
	SortSupport ssup = (SortSupport) PG_GETARG_POINTER(0);

	/* tuplesort has a specialised sort for the server's own comparator */
#if SIZEOF_DATUM >= 8
	ssup->comparator = ssup_datum_signed_cmp;
#else
	ssup->comparator = areacode_fast_cmp;
#endif
	PG_RETURN_VOID();
}

Datum
pc_areacode_hash(PG_FUNCTION_ARGS)
{
	AreaCode	code = PG_GETARG_AREACODE(0);

	PG_RETURN_DATUM(hash_any((unsigned char *) &code, sizeof(code)));
}

Datum
pc_areacode_hash_extended(PG_FUNCTION_ARGS)
{
	AreaCode	code = PG_GETARG_AREACODE(0);

	PG_RETURN_DATUM(hash_any_extended((unsigned char *) &code, sizeof(code),
									  PG_GETARG_INT64(1)));
}

Datum
pc_areacode_smaller(PG_FUNCTION_ARGS)
{
	PG_RETURN_AREACODE(Min(PG_GETARG_AREACODE(0), PG_GETARG_AREACODE(1)));
}

Datum
pc_areacode_larger(PG_FUNCTION_ARGS)
{
	PG_RETURN_AREACODE(Max(PG_GETARG_AREACODE(0), PG_GETARG_AREACODE(1)));
}

PG_FUNCTION_INFO_V1(pc_areacode_from_int4);
PG_FUNCTION_INFO_V1(pc_areacode_from_int8);
PG_FUNCTION_INFO_V1(pc_district_of_area);

Datum
pc_areacode_from_int4(PG_FUNCTION_ARGS)
{
	PG_RETURN_AREACODE(areacode_from_number(PG_GETARG_INT32(0)));
}

Datum
pc_areacode_from_int8(PG_FUNCTION_ARGS)
{
	PG_RETURN_AREACODE(areacode_from_number(PG_GETARG_INT64(0)));
}

/* Always the first six digits, so that 420100 is "somewhere in 4201". */
Datum
pc_district_of_area(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32((int32) (PG_GETARG_AREACODE(0) /
							 pc_area_width(PC_LEVEL_DISTRICT)));
}

PG_FUNCTION_INFO_V1(pc_areacode_within);
PG_FUNCTION_INFO_V1(pc_areacode_contains);
PG_FUNCTION_INFO_V1(pc_areacode_level);
PG_FUNCTION_INFO_V1(pc_areacode_parent);
PG_FUNCTION_INFO_V1(pc_areacode_ancestor);
PG_FUNCTION_INFO_V1(pc_areacode_lineage);
PG_FUNCTION_INFO_V1(pc_areacode_common_ancestor);
PG_FUNCTION_INFO_V1(pc_areacode_subtree_first);
PG_FUNCTION_INFO_V1(pc_areacode_subtree_last);

Datum
pc_areacode_within(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(pc_area_contains(PG_GETARG_AREACODE(1),
									PG_GETARG_AREACODE(0)));
}

Datum
pc_areacode_contains(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(pc_area_contains(PG_GETARG_AREACODE(0),
									PG_GETARG_AREACODE(1)));
}

Datum
pc_areacode_level(PG_FUNCTION_ARGS)
{
	return pc_enum_datum(PC_ENUM_AREA_LEVEL,
						 pc_area_level(PG_GETARG_AREACODE(0)));
}

Datum
pc_areacode_parent(PG_FUNCTION_ARGS)
{
	AreaCode	code = PG_GETARG_AREACODE(0);

	if (code == 0)
		PG_RETURN_NULL();
	PG_RETURN_AREACODE(pc_area_parent(code));
}

Datum
pc_areacode_ancestor(PG_FUNCTION_ARGS)
{
	int			level = pc_enum_ordinal(PC_ENUM_AREA_LEVEL,
										PG_GETARG_DATUM(1));

	PG_RETURN_AREACODE(pc_area_ancestor(PG_GETARG_AREACODE(0),
										(PcAreaLevel) level));
}

/*
 * The path from the root to the code. The planner turns "column contains
 * code" into "column = ANY (lineage(code))", which a btree can look up.
 */
Datum
pc_areacode_lineage(PG_FUNCTION_ARGS)
{
	AreaCode	code = PG_GETARG_AREACODE(0);
	Datum		path[PC_LEVEL_GRID + 1];
	int			length = 0;
	AreaCode	last = -1;
	Oid			array_type = get_func_rettype(fcinfo->flinfo->fn_oid);

	for (int level = PC_LEVEL_NATION; level <= PC_LEVEL_GRID; level++)
	{
		AreaCode	step = pc_area_ancestor(code, (PcAreaLevel) level);

		/* segments of zeros repeat the code above them */
		if (step != last)
			path[length++] = AreaCodeGetDatum(step);
		last = step;
	}
	PG_RETURN_ARRAYTYPE_P(construct_array(path, length,
										  get_element_type(array_type),
										  sizeof(AreaCode), FLOAT8PASSBYVAL,
										  TYPALIGN_DOUBLE));
}

Datum
pc_areacode_common_ancestor(PG_FUNCTION_ARGS)
{
	PG_RETURN_AREACODE(pc_area_common(PG_GETARG_AREACODE(0),
									  PG_GETARG_AREACODE(1)));
}

Datum
pc_areacode_subtree_first(PG_FUNCTION_ARGS)
{
	PG_RETURN_AREACODE(pc_area_first(PG_GETARG_AREACODE(0)));
}

Datum
pc_areacode_subtree_last(PG_FUNCTION_ARGS)
{
	PG_RETURN_AREACODE(pc_area_last(PG_GETARG_AREACODE(0)));
}
