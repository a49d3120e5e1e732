/*
 * rulerow.c
 *	  What compiling and asking rules has in common: reading the rows of a
 *	  rulebook query, names as numbers, and what a function keeps between two
 *	  calls.
 *
 * It never keeps a pointer into a query's result.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "funcapi.h"
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

Datum
pc_row_value(uint64 i, int column, bool *isnull)
{
	Assert(i < SPI_processed);
	return SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, column,
						 isnull);
}

int64
pc_row_int64(uint64 i, int column)
{
	bool		isnull;

	return DatumGetInt64(pc_row_value(i, column, &isnull));
}

int32
pc_row_int32(uint64 i, int column, int32 otherwise)
{
	bool		isnull;
	Datum		value = pc_row_value(i, column, &isnull);

	return isnull ? otherwise : DatumGetInt32(value);
}

PcGrade
pc_row_grade(uint64 i, int column)
{
	bool		isnull;
	Datum		value = pc_row_value(i, column, &isnull);

	return isnull ? (PcGrade) 0 : DatumGetGrade(value);
}

int
pc_row_enum(uint64 i, int column, PcEnum type)
{
	bool		isnull;
	Datum		value = pc_row_value(i, column, &isnull);

	return isnull ? PC_ANY : pc_enum_ordinal(type, value);
}

int
pc_row_category(uint64 i, int column, PcCategoryTree *tree)
{
	bool		isnull;
	Datum		value = pc_row_value(i, column, &isnull);

	if (isnull)
		return PC_CATEGORY_NONE;
	return pc_category_add(tree, PG_DETOAST_DATUM_PACKED(value));
}

struct varlena *
pc_row_copy(uint64 i, int column, MemoryContext context)
{
	bool		isnull;
	Datum		value = pc_row_value(i, column, &isnull);
	MemoryContext old;
	struct varlena *copy;

	if (isnull)
		return NULL;
	old = MemoryContextSwitchTo(context);
	copy = PG_DETOAST_DATUM_COPY(value);
	MemoryContextSwitchTo(old);
	return copy;
}

int
pc_row_name(uint64 i, int column, PcNames *names)
{
	text	   *name = (text *) pc_row_copy(i, column, names->context);
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
