/*
 * deadline_args.c
 *	  Reading the limits and pauses of a clock from SQL arguments.
 *
 * Leaves fn_extra alone, which belongs to the compiled rules: the range type
 * is found in the type cache each time, and only where there is a pause.
 */
#include "postgres.h"

#include "access/tupmacs.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"

#include "deadline_args.h"

void
pc_read_limits(PcLimits *limits, PcTimeLimit allowed, ArrayType *extensions)
{
	const char *values;
	int			nextensions = 0;

	limits->list = limits->usual;
	if (extensions != NULL)
	{
		nextensions = ArrayGetNItems(ARR_NDIM(extensions),
									 ARR_DIMS(extensions));
		if (array_contains_nulls(extensions))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("an extension must not be null")));
		if (nextensions >= PC_USUAL_COUNT)
			limits->list = (PcTimeLimit *)
				palloc((nextensions + 1) * sizeof(PcTimeLimit));

		values = pc_array_data(extensions);
		for (int i = 0; i < nextensions; i++)
			limits->list[i + 1] =
				pc_timelimit_from_datum(fetch_att(values + i * sizeof(int64),
												  FLOAT8PASSBYVAL,
												  sizeof(int64)));
	}
	limits->list[0] = allowed;
	limits->count = nextensions + 1;
}

void
pc_read_pauses(PcPauses *pauses, MultirangeType *multirange)
{
	TypeCacheEntry *type;

	pauses->list = pauses->usual;
	pauses->count = 0;
	if (multirange == NULL || MultirangeIsEmpty(multirange))
		return;

	type = lookup_type_cache(MultirangeTypeGetOid(multirange),
							 TYPECACHE_MULTIRANGE_INFO);
	if (multirange->rangeCount > PC_USUAL_COUNT)
		pauses->list = (PcPause *)
			palloc(multirange->rangeCount * sizeof(PcPause));
	for (uint32 i = 0; i < multirange->rangeCount; i++)
	{
		PcPause    *pause = &pauses->list[i];
		RangeBound	lower;
		RangeBound	upper;

		multirange_get_bounds(type->rngtype, multirange, i, &lower, &upper);
		pause->from = lower.infinite ? DT_NOBEGIN :
			DatumGetTimestampTz(lower.val);
		pause->until = upper.infinite ? DT_NOEND :
			DatumGetTimestampTz(upper.val);
	}
	pauses->count = multirange->rangeCount;
}

void
pc_free_limits(PcLimits *limits)
{
	if (limits->list != limits->usual)
		pfree(limits->list);
}

void
pc_free_pauses(PcPauses *pauses)
{
	if (pauses->list != pauses->usual)
		pfree(pauses->list);
}
