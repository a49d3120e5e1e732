/*
 * rulerow.c
 *	  What compiling and asking rules has in common: reading the rows of a
 *	  rulebook query, names as numbers, and what a function keeps between two
 *	  calls.
 *
 * It never keeps a pointer into a query's result, and never reads a column of
 * another type than it expects: the owner of the ledger, a plain role, may
 * alter its tables, and a number read as a pointer would show him the memory.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "parser/parse_coerce.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "rulerow.h"

void
pc_names_init(PcNames *names, MemoryContext context)
{
	names->context = context;
	names->count = 0;
	names->maximum = 8;
	names->names = MemoryContextAlloc(context,
									  names->maximum * sizeof(text *));
}

/* The number of a name; PC_NO_NAME for one that no rule has, and for NULL. */
int
pc_name_find(const PcNames *names, const text *name)
{
	Size		length;

	if (name == NULL)
		return PC_NO_NAME;
	length = VARSIZE_ANY_EXHDR(name);
	for (int i = 0; i < names->count; i++)
		if (VARSIZE_ANY_EXHDR(names->names[i]) == length &&
			memcmp(VARDATA_ANY(names->names[i]), VARDATA_ANY(name),
				   length) == 0)
			return i;
	return PC_NO_NAME;
}

/* The type of categories, wherever ltree lives: our own row type has one. */
static Oid
category_type(void)
{
	Oid			schema = get_namespace_oid(PEOPLECALL_SCHEMA, false);
	Oid			row = get_relname_relid("responsibility_proof", schema);

	return get_atttype(row, get_attnum(row, "category"));
}

static void
check_type(int column, Oid wanted)
{
	TupleDesc	row = SPI_tuptable->tupdesc;
	Oid			type = SPI_gettypeid(row, column);

	if (!IsBinaryCoercible(type, wanted))
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" of the rulebook has type %s, not %s",
						SPI_fname(row, column), format_type_be(type),
						format_type_be(wanted)),
				 errhint("Give the column of the table in schema %s its type back.",
						 PEOPLECALL_SCHEMA)));
}

static inline Datum
row_value(uint64 i, int column, bool *isnull)
{
	Assert(i < SPI_processed);
	return SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, column,
						 isnull);
}

/* All rows of a query have the same types: the first is checked. */
Datum
pc_row_value(uint64 i, int column, Oid type, bool *isnull)
{
	if (i == 0)
		check_type(column, type);
	return row_value(i, column, isnull);
}

void
pc_row_not_null(uint64 i, int column)
{
	bool		isnull;

	(void) row_value(i, column, &isnull);
	if (isnull)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("column \"%s\" of the rulebook must not be null",
						SPI_fname(SPI_tuptable->tupdesc, column)),
				 errhint("Correct the rows of the table in schema %s.",
						 PEOPLECALL_SCHEMA)));
}

bool
pc_row_bool(uint64 i, int column)
{
	bool		isnull;
	Datum		value = pc_row_value(i, column, BOOLOID, &isnull);

	return !isnull && DatumGetBool(value);
}

int64
pc_row_int64(uint64 i, int column)
{
	bool		isnull;
	Datum		value = pc_row_value(i, column, INT8OID, &isnull);

	return isnull ? 0 : DatumGetInt64(value);
}

int32
pc_row_int32(uint64 i, int column, int32 otherwise)
{
	bool		isnull;
	Datum		value = pc_row_value(i, column, INT4OID, &isnull);

	return isnull ? otherwise : DatumGetInt32(value);
}

TimestampTz
pc_row_timestamptz(uint64 i, int column, TimestampTz otherwise)
{
	bool		isnull;
	Datum		value = pc_row_value(i, column, TIMESTAMPTZOID, &isnull);

	return isnull ? otherwise : DatumGetTimestampTz(value);
}

AreaCode
pc_row_area(uint64 i, int column)
{
	bool		isnull;
	Datum		value = row_value(i, column, &isnull);

	if (i == 0)
		check_type(column, pc_own_type("areacode"));
	return isnull ? 0 : DatumGetAreaCode(value);
}

PcGrade
pc_row_grade(uint64 i, int column)
{
	bool		isnull;
	Datum		value = row_value(i, column, &isnull);

	if (i == 0)
		check_type(column, pc_own_type("grade"));
	return isnull ? (PcGrade) 0 : DatumGetGrade(value);
}

void
pc_row_timelimit(uint64 i, int column, PcTimeLimit *limit)
{
	bool		isnull;
	Datum		value = row_value(i, column, &isnull);

	if (i == 0)
		check_type(column, pc_own_type("timelimit"));
	if (!isnull)
		*limit = pc_timelimit_from_datum(value);
}

int
pc_row_enum(uint64 i, int column, PcEnum type)
{
	bool		isnull;
	Datum		value = row_value(i, column, &isnull);

	if (i == 0)
		check_type(column, pc_enum_type(type));
	return isnull ? PC_ANY : pc_enum_ordinal(type, value);
}

int
pc_row_category(uint64 i, int column, PcCategoryTree *tree)
{
	bool		isnull;
	Datum		value = row_value(i, column, &isnull);

	if (i == 0)
		check_type(column, category_type());
	if (isnull)
		return PC_CATEGORY_NONE;
	return pc_category_add(tree, PG_DETOAST_DATUM_PACKED(value));
}

struct varlena *
pc_row_copy(uint64 i, int column, Oid type, MemoryContext context)
{
	bool		isnull;
	Datum		value = pc_row_value(i, column, type, &isnull);
	MemoryContext old;
	struct varlena *copy;

	if (isnull)
		return NULL;
	old = MemoryContextSwitchTo(context);
	copy = PG_DETOAST_DATUM_COPY(value);
	MemoryContextSwitchTo(old);
	return copy;
}

char *
pc_row_string(uint64 i, int column, MemoryContext context)
{
	char	   *value = SPI_getvalue(SPI_tuptable->vals[i],
									 SPI_tuptable->tupdesc, column);

	return value == NULL ? NULL : MemoryContextStrdup(context, value);
}

int
pc_row_name(uint64 i, int column, PcNames *names)
{
	text	   *name = (text *) pc_row_copy(i, column, TEXTOID,
											names->context);
	int			number;

	if (name == NULL)
		return PC_ANY;
	number = pc_name_find(names, name);
	if (number != PC_NO_NAME)
	{
		pfree(name);
		return number;
	}
	if (names->count == names->maximum)
	{
		names->maximum *= 2;
		names->names = repalloc(names->names,
								names->maximum * sizeof(text *));
	}
	names->names[names->count] = name;
	return names->count++;
}

PcCall *
pc_call(FmgrInfo *flinfo)
{
	PcCall	   *call = flinfo->fn_extra;

	if (call != NULL)
		return call;
	call = MemoryContextAllocZero(flinfo->fn_mcxt, sizeof(PcCall));
	for (int i = 0; i < PC_CALL_PINS; i++)
		call->pins[i].fn_mcxt = flinfo->fn_mcxt;
	flinfo->fn_extra = call;
	return call;
}

/* The type of the row that the function returns. */
TupleDesc
pc_call_row(FunctionCallInfo fcinfo)
{
	PcCall	   *call = pc_call(fcinfo->flinfo);
	TupleDesc	row;
	MemoryContext old;

	if (call->row != NULL)
		return call->row;
	if (get_call_result_type(fcinfo, NULL, &row) != TYPEFUNC_COMPOSITE)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("function returning record called in context that cannot accept type record")));
	old = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
	call->row = BlessTupleDesc(CreateTupleDescCopy(row));
	MemoryContextSwitchTo(old);
	return call->row;
}
