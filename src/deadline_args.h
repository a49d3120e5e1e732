/*
 * deadline_args.h
 *	  Reading the limits and pauses of a clock from SQL arguments.
 */
#ifndef PEOPLECALL_DEADLINE_ARGS_H
#define PEOPLECALL_DEADLINE_ARGS_H

#include "postgres.h"

#include "utils/array.h"
#include "utils/multirangetypes.h"

#include "deadline.h"

/* counting needs both ends */
static inline void
pc_check_finite(TimestampTz at)
{
	if (unlikely(TIMESTAMP_NOT_FINITE(at)))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("cannot count time from or to an infinite timestamp")));
}

/* the elements of an array; ARR_DATA_PTR() mixes signs */
static inline const char *
pc_array_data(const ArrayType *array)
{
	return (const char *) array +
		(ARR_HASNULL(array) ? (Size) array->dataoffset :
		 ARR_OVERHEAD_NONULLS(ARR_NDIM(array)));
}

/* as many as clocks have; more are allocated */
#define PC_USUAL_COUNT 8

/* the limit, then its extensions */
typedef struct PcLimits
{
	PcTimeLimit *list;
	int			count;
	PcTimeLimit usual[PC_USUAL_COUNT];
} PcLimits;

typedef struct PcPauses
{
	PcPause    *list;
	int			count;
	PcPause		usual[PC_USUAL_COUNT];
} PcPauses;

/* extensions and multirange may be NULL: none */
extern void pc_read_limits(PcLimits *limits, PcTimeLimit allowed,
						   ArrayType *extensions);
extern void pc_read_pauses(PcPauses *pauses, MultirangeType *multirange);
extern void pc_free_limits(PcLimits *limits);
extern void pc_free_pauses(PcPauses *pauses);

#endif							/* PEOPLECALL_DEADLINE_ARGS_H */
