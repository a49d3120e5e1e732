/*
 * areacode_stats.c
 *	  Makes ready what ANALYZE knows about a column of area codes.
 *
 * Besides the server's common values and histogram, and the areas that
 * areacode_analyze.c counted, the values' segments are taken apart: which
 * numbers each level uses, and how many. areacode_fraction.c interpolates by
 * them.
 *
 * Reads no table and no statistics that the user may not see.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_statistic.h"
#include "utils/lsyscache.h"

#include "areacode_core.h"
#include "areacode_planner.h"

/* enough segments to see how a level is numbered */
#define MAX_SAMPLE 1000
typedef struct CommonValue
{
	AreaCode	code;
	double		frequency;
} CommonValue;

static int
compare_common(const void *a, const void *b)
{
	AreaCode	left = ((const CommonValue *) a)->code;
	AreaCode	right = ((const CommonValue *) b)->code;

	return (left > right) - (left < right);
}

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
	qsort(values, slot.nvalues, sizeof(CommonValue), compare_common);

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

void
pc_area_stats_load_areas(VariableStatData *variable, Oid function,
						 PcAreaStats *stats)
{
	memset(stats, 0, sizeof(*stats));
	stats->known = HeapTupleIsValid(variable->statsTuple) &&
		statistic_proc_security_check(variable, function);
	if (stats->known)
		load_areas(variable->statsTuple, stats);
}

void
pc_area_stats_load(VariableStatData *variable, Oid function,
				   PcAreaStats *stats)
{
	bool		is_default;
	double		distinct;

	pc_area_stats_load_areas(variable, function, stats);
	if (!stats->known)
		return;
	stats->null_fraction =
		((Form_pg_statistic) GETSTRUCT(variable->statsTuple))->stanullfrac;
	load_common(variable->statsTuple, stats);
	load_bounds(variable->statsTuple, stats);
	distinct = Max(get_variable_numdistinct(variable, &is_default), 1.0);
	load_segments(stats, distinct);
	stats->distinct = Max(distinct - stats->common_count, 1.0);
}
