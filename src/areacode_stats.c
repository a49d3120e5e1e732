/*
 * areacode_stats.c
 *	  Makes ready what ANALYZE knows about a column of area codes.
 *
 * Besides the server's common values and histogram, and the areas that
 * areacode_analyze.c counted, the values' segments are taken apart: which
 * numbers each level uses, and how many. areacode_fraction.c interpolates by
 * them.
 *
 * Reads no table and no statistics that the user may not see; what is kept from
 * one query to the next is read under the same check.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_statistic.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

#include "areacode_core.h"
#include "areacode_planner.h"

/* enough segments to see how a level is numbered */
#define MAX_SAMPLE 1000
/* columns whose statistics a session keeps: an estimator uses two at once */
#define KEPT 4

typedef struct Kept
{
	MemoryContext context;		/* NULL: nothing is kept here */
	bool		stale;			/* no longer to be found, but not yet freed */
	Oid			relation;
	int16		attribute;
	bool		inherit;
	ItemPointerData place;		/* of the row of pg_statistic */
	TransactionId writer;
	double		distinct;		/* the number of values it was made for */
	uint64		used;
	PcAreaStats stats;
} Kept;

static Kept kept[KEPT];
static uint64 uses;

typedef struct CommonValue
{
	AreaCode	code;			/* first, for pc_area_compare() */
	double		frequency;
} CommonValue;

int
pc_area_compare(const void *a, const void *b)
{
	AreaCode	left = *(const AreaCode *) a;
	AreaCode	right = *(const AreaCode *) b;

	return (left > right) - (left < right);
}

static int
compare_segments(const void *a, const void *b)
{
	return *(const int16 *) a - *(const int16 *) b;
}

/* Sorted by code with running sums, so that a range is two look-ups. */
static void
load_common(HeapTuple tuple, PcAreaStats *stats)
{
	AttStatsSlot slot;
	CommonValue *values;

	stats->common_sum = palloc0(sizeof(double));
	if (!get_attstatsslot(&slot, tuple, STATISTIC_KIND_MCV, InvalidOid,
						  ATTSTATSSLOT_VALUES | ATTSTATSSLOT_NUMBERS))
		return;
	values = palloc(sizeof(CommonValue) * Max(slot.nvalues, 1));
	for (int i = 0; i < slot.nvalues; i++)
	{
		values[i].code = DatumGetAreaCode(slot.values[i]);
		values[i].frequency = slot.numbers[i];
	}
	qsort(values, slot.nvalues, sizeof(CommonValue), pc_area_compare);

	stats->common_count = slot.nvalues;
	stats->common = palloc(sizeof(AreaCode) * Max(slot.nvalues, 1));
	stats->common_sum = palloc0(sizeof(double) * (slot.nvalues + 1));
	for (int i = 0; i < slot.nvalues; i++)
	{
		stats->common[i] = values[i].code;
		stats->common_sum[i + 1] = stats->common_sum[i] + values[i].frequency;
	}
	pfree(values);
	free_attstatsslot(&slot);
}

static void
load_bounds(HeapTuple tuple, PcAreaStats *stats)
{
	AttStatsSlot slot;

	if (!get_attstatsslot(&slot, tuple, STATISTIC_KIND_HISTOGRAM, InvalidOid,
						  ATTSTATSSLOT_VALUES))
		return;
	if (slot.nvalues >= 2)
	{
		stats->bound_count = slot.nvalues;
		stats->bounds = palloc(sizeof(AreaCode) * slot.nvalues);
		for (int i = 0; i < slot.nvalues; i++)
			stats->bounds[i] = DatumGetAreaCode(slot.values[i]);
	}
	free_attstatsslot(&slot);
}

static void
load_areas(HeapTuple tuple, PcAreaStats *stats)
{
	AttStatsSlot slot;

	if (!get_attstatsslot(&slot, tuple, PC_STATISTIC_KIND_AREAS, InvalidOid,
						  ATTSTATSSLOT_VALUES | ATTSTATSSLOT_NUMBERS))
		return;
	/* the kind is a private one: somebody else's would look otherwise */
	if (slot.nnumbers == slot.nvalues + 1)
	{
		stats->area_count = slot.nvalues;
		stats->areas = palloc(sizeof(AreaCode) * slot.nvalues);
		stats->area_fraction = palloc(sizeof(float4) * slot.nvalues);
		stats->area_unseen = slot.numbers[slot.nvalues];
		for (int i = 0; i < slot.nvalues; i++)
		{
			AreaCode	area = DatumGetAreaCode(slot.values[i]);

			stats->areas[i] = area;
			stats->area_fraction[i] = slot.numbers[i] +
				slot.numbers[slot.nvalues];
			stats->area_depth = Max(stats->area_depth,
									(int) pc_area_level(area));
		}
	}
	free_attstatsslot(&slot);
}

/* The values that ANALYZE kept, or every n-th if they are many, by code. */
static AreaCode *
take_sample(PcAreaStats *stats)
{
	int			available = stats->common_count + stats->bound_count;
	int			step = available / MAX_SAMPLE + 1;
	AreaCode   *sample = palloc(sizeof(AreaCode) * (available / step + 1));
	int			count = 0;

	for (int i = 0; i < available; i += step)
		sample[count++] = i < stats->common_count ? stats->common[i] :
			stats->bounds[i - stats->common_count];
	qsort(sample, count, sizeof(AreaCode), pc_area_compare);
	stats->sample_count = count;
	return sample;
}

/*
 * How many areas of a level the column has: those of the sample, and as many
 * unseen as its areas seen once and twice suggest (Chao's estimator).
 */
static double
count_areas(const AreaCode *sample, int count, int level)
{
	double		seen = 0;
	double		once = 0;
	double		twice = 0;

	for (int i = 0, run; i < count; i += run)
	{
		AreaCode	area = pc_area_ancestor(sample[i], (PcAreaLevel) level);

		for (run = 1; i + run < count; run++)
			if (pc_area_ancestor(sample[i + run], (PcAreaLevel) level) != area)
				break;
		seen++;
		once += run == 1;
		twice += run == 2;
	}
	return seen + once * (once - 1) / (2 * (twice + 1));
}

/* How each level is numbered, and how many numbers an area uses there. */
static void
load_segments(PcAreaStats *stats, double distinct)
{
	AreaCode   *sample = take_sample(stats);
	double		above = 1;

	for (int level = PC_LEVEL_PROVINCE; level <= PC_LEVEL_GRID; level++)
	{
		int			count = stats->sample_count;
		double		areas = count_areas(sample, count, level);
		int16	   *segments = palloc0(sizeof(int16) * (count + 1));

		for (int i = 0; i < count; i++)
			segments[i] = (int16) pc_area_segment(sample[i],
												  (PcAreaLevel) level);
		qsort(segments, count, sizeof(int16), compare_segments);
		stats->segments[level] = segments;

		if (segments[Max(count - 1, 0)] != 0)
			stats->deepest = level;
		areas = Max(Min(areas, distinct), above);
		stats->typical_share[level] = above / areas;
		above = areas;
	}
	pfree(sample);
}

static void
load_all(HeapTuple tuple, double distinct, PcAreaStats *stats)
{
	stats->known = true;
	stats->null_fraction = ((Form_pg_statistic) GETSTRUCT(tuple))->stanullfrac;
	load_areas(tuple, stats);
	load_common(tuple, stats);
	load_bounds(tuple, stats);
	load_segments(stats, distinct);
	stats->distinct = Max(distinct - stats->common_count, 1.0);
}

/*
 * What was made of a column's statistics is kept: the planner asks several
 * times for each clause, and it costs more than all else of planning one. A
 * row of pg_statistic is known by its place and its writer until the table is
 * written anew; a plugin's is not.
 */
static bool
is_identified(HeapTuple tuple)
{
	return tuple->t_tableOid == StatisticRelationId &&
		ItemPointerIsValid(&tuple->t_self);
}

/* Whoever holds the arrays goes on with them: remember() frees. */
static void
make_stale(Datum argument, int cache, uint32 hash)
{
	for (int i = 0; i < KEPT; i++)
		kept[i].stale = true;
}

static bool
recall(HeapTuple tuple, double distinct, PcAreaStats *stats)
{
	Form_pg_statistic row = (Form_pg_statistic) GETSTRUCT(tuple);

	for (int i = 0; i < KEPT; i++)
	{
		Kept	   *one = &kept[i];

		if (one->context != NULL && !one->stale &&
			one->relation == row->starelid &&
			one->attribute == row->staattnum &&
			one->inherit == row->stainherit && one->distinct == distinct &&
			ItemPointerEquals(&one->place, &tuple->t_self) &&
			TransactionIdEquals(one->writer,
								HeapTupleHeaderGetRawXmin(tuple->t_data)))
		{
			one->used = ++uses;
			*stats = one->stats;
			return true;
		}
	}
	return false;
}

/* In place of what was not asked for the longest; an error leaves all as it was. */
static void
remember(HeapTuple tuple, double distinct, PcAreaStats *stats)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext,
												  "statistics of area codes",
												  ALLOCSET_SMALL_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	Form_pg_statistic row = (Form_pg_statistic) GETSTRUCT(tuple);
	Kept	   *one = &kept[0];
	static bool watching = false;

	if (!watching)
		CacheRegisterSyscacheCallback(STATRELATTINH, make_stale, (Datum) 0);
	watching = true;
	load_all(tuple, distinct, stats);
	MemoryContextSwitchTo(old);

	for (int i = 1; i < KEPT; i++)
		if (kept[i].used < one->used)
			one = &kept[i];
	if (one->context != NULL)
		MemoryContextDelete(one->context);
	MemoryContextSetParent(context, CacheMemoryContext);
	one->context = context;
	one->stale = false;
	one->relation = row->starelid;
	one->attribute = row->staattnum;
	one->inherit = row->stainherit;
	one->place = tuple->t_self;
	one->writer = HeapTupleHeaderGetRawXmin(tuple->t_data);
	one->distinct = distinct;
	one->used = ++uses;
	one->stats = *stats;
}

static bool
may_read(VariableStatData *variable, Oid function)
{
	return HeapTupleIsValid(variable->statsTuple) &&
		statistic_proc_security_check(variable, function);
}

void
pc_area_stats_load(VariableStatData *variable, Oid function,
				   PcAreaStats *stats)
{
	bool		is_default;
	double		distinct;

	memset(stats, 0, sizeof(*stats));
	if (!may_read(variable, function))
		return;
	distinct = Max(get_variable_numdistinct(variable, &is_default), 1.0);
	if (!is_identified(variable->statsTuple))
		load_all(variable->statsTuple, distinct, stats);
	else if (!recall(variable->statsTuple, distinct, stats))
		remember(variable->statsTuple, distinct, stats);
}
