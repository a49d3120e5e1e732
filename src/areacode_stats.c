/*
 * areacode_stats.c
 *	  How many rows of a column lie in a range of area codes, from what
 *	  ANALYZE found out about it.
 *
 * Within a bucket of the histogram the distance of two codes as integers says
 * nothing: a street has thirty communities on a thousand numbers. So a code's
 * place in its bucket is worked out segment by segment, as arithmetic coding
 * does, with the share that each number has among the segments of the same
 * level over the whole column: communities 001 to 030 carry nearly all of the
 * weight there, and a subtree in one bucket gets its share of it.
 *
 * Never reads the table; never decides what is scanned, only how it is costed.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_statistic.h"
#include "utils/lsyscache.h"

#include "areacode_core.h"
#include "areacode_planner.h"

/* enough segments to see how a level is numbered */
#define MAX_SAMPLE 1000
/* outer values that a join estimate looks at */
#define MAX_JOIN_SAMPLE 200
/* weight of the numbers that the sample does not show */
#define UNSEEN_WEIGHT 0.05

/* by level of the subtree's root, for a column without statistics */
static const double default_fraction[] = {
	1.0, 0.5, 0.2, 0.05, 0.005, 0.0005, 0.0001
};

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

/* How each level is numbered, from every value that ANALYZE kept. */
static void
load_segments(PcAreaStats *stats)
{
	int			available = stats->common_count + stats->bound_count;
	int			step = available / MAX_SAMPLE + 1;
	int			count = 0;

	for (int level = PC_LEVEL_PROVINCE; level <= PC_LEVEL_GRID; level++)
		stats->segments[level] =
			palloc(sizeof(int16) * (available / step + 1));
	for (int i = 0; i < available; i += step, count++)
	{
		AreaCode	code = i < stats->common_count ? stats->common[i] :
			stats->bounds[i - stats->common_count];

		for (int level = PC_LEVEL_PROVINCE; level <= PC_LEVEL_GRID; level++)
			stats->segments[level][count] =
				(int16) pc_area_segment(code, (PcAreaLevel) level);
	}
	for (int level = PC_LEVEL_PROVINCE; level <= PC_LEVEL_GRID; level++)
		qsort(stats->segments[level], count, sizeof(int16), compare_segments);
	stats->sample_count = count;
}

void
pc_area_stats_load(VariableStatData *variable, Oid function,
				   PcAreaStats *stats)
{
	bool		is_default;

	memset(stats, 0, sizeof(*stats));
	if (!HeapTupleIsValid(variable->statsTuple) ||
		!statistic_proc_security_check(variable, function))
		return;

	stats->known = true;
	stats->null_fraction =
		((Form_pg_statistic) GETSTRUCT(variable->statsTuple))->stanullfrac;
	load_common(variable->statsTuple, stats);
	load_bounds(variable->statsTuple, stats);
	load_segments(stats);
	stats->distinct = get_variable_numdistinct(variable, &is_default) -
		stats->common_count;
	stats->distinct = Max(stats->distinct, 1.0);
}

/* The number of values below the key in a sorted array. */
static int
count_below(const AreaCode *values, int count, AreaCode key)
{
	int			low = 0;

	while (low < count)
	{
		int			middle = low + (count - low) / 2;

		if (values[middle] < key)
			low = middle + 1;
		else
			count = middle;
	}
	return low;
}

static int
segments_below(const PcAreaStats *stats, int level, int key)
{
	const int16 *values = stats->segments[level];
	int			low = 0;
	int			high = stats->sample_count;

	while (low < high)
	{
		int			middle = low + (high - low) / 2;

		if (values[middle] < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The share of a level's segments that are below the key. */
static double
segment_share_below(const PcAreaStats *stats, int level, int key)
{
	double		numbers = level <= PC_LEVEL_DISTRICT ? 100.0 : 1000.0;
	double		seen = 0;

	if (stats->sample_count > 0)
		seen = (double) segments_below(stats, level, key) /
			stats->sample_count;
	return (1 - UNSEEN_WEIGHT) * seen + UNSEEN_WEIGHT * key / numbers;
}

/*
 * The place of a code among those below their common ancestor, from 0 to 1.
 * With "after" the place where the code's own weight ends.
 */
static double
code_place(const PcAreaStats *stats, AreaCode code, int from_level, bool after)
{
	double		place = 0;
	double		weight = 1;

	for (int level = from_level; level <= PC_LEVEL_GRID; level++)
	{
		int			segment = pc_area_segment(code, (PcAreaLevel) level);
		double		below = segment_share_below(stats, level, segment);
		double		upto = segment_share_below(stats, level, segment + 1);

		place += weight * below;
		weight *= upto - below;
	}
	return after ? place + weight : place;
}

/* The first level at which two codes differ. */
static int
first_difference(AreaCode a, AreaCode b)
{
	int			level = PC_LEVEL_PROVINCE;

	while (level < PC_LEVEL_GRID &&
		   pc_area_ancestor(a, (PcAreaLevel) level) ==
		   pc_area_ancestor(b, (PcAreaLevel) level))
		level++;
	return level;
}

/* The share of one bucket that the range covers; they overlap. */
static double
bucket_fraction(const PcAreaStats *stats, int bucket, AreaCode low,
				AreaCode high)
{
	AreaCode	first = stats->bounds[bucket];
	AreaCode	last = stats->bounds[bucket + 1];
	int			level = first_difference(first, last);
	double		start = code_place(stats, first, level, false);
	double		end = code_place(stats, last, level, true);
	double		from = start;
	double		upto = end;

	if (low > first)
		from = code_place(stats, low, level, false);
	if (high < last)
		upto = code_place(stats, high, level, true);
	if (end <= start)
		return 1.0;
	return Min(Max((upto - from) / (end - start), 0.0), 1.0);
}

/* The share of the histogram's rows that the range covers. */
static double
histogram_fraction(const PcAreaStats *stats, AreaCode low, AreaCode high)
{
	int			buckets = stats->bound_count - 1;
	int			first;
	int			last;
	double		covered = 0;

	if (high < stats->bounds[0] || low > stats->bounds[buckets])
		return 0;

	/* the bucket that low falls into, and the one that high falls into */
	first = Max(count_below(stats->bounds, stats->bound_count, low) - 1, 0);
	last = count_below(stats->bounds, stats->bound_count, high + 1) - 1;
	last = Min(last, buckets - 1);
	for (int bucket = first; bucket <= last; bucket++)
	{
		if (bucket > first && bucket < last)
			covered += 1;
		else
			covered += bucket_fraction(stats, bucket, low, high);
	}
	return covered / buckets;
}

static double
common_fraction(const PcAreaStats *stats, AreaCode low, AreaCode high)
{
	int			first = count_below(stats->common, stats->common_count, low);
	int			end = count_below(stats->common, stats->common_count, high + 1);

	return stats->common_sum[end] - stats->common_sum[first];
}

/* The share of the rows that are neither null nor among the common values. */
static double
rest_fraction(const PcAreaStats *stats)
{
	double		rest = 1 - stats->null_fraction -
		stats->common_sum[stats->common_count];

	return Max(rest, 0.0);
}

double
pc_area_range_fraction(const PcAreaStats *stats, AreaCode low, AreaCode high)
{
	double		common;
	double		all_common;

	if (low > high)
		return 0;
	common = common_fraction(stats, low, high);
	all_common = stats->common_sum[stats->common_count];
	if (stats->bound_count > 0)
		return common +
			rest_fraction(stats) * histogram_fraction(stats, low, high);

	/* few values, nearly all of them common: the rest is spread like those */
	if (all_common > 0)
		return common + rest_fraction(stats) * common / all_common;
	return DEFAULT_INEQ_SEL;
}

/*
 * Who asks for an area expects it to be there: at least one value, as the
 * server assumes for equality.
 */
double
pc_area_subtree_fraction(const PcAreaStats *stats, AreaCode area)
{
	AreaCode	last = pc_area_last(area);
	double		fraction;

	if (!stats->known ||
		(stats->bound_count == 0 && stats->common_count == 0))
		return default_fraction[pc_area_level(area)] *
			(1 - stats->null_fraction);
	fraction = pc_area_range_fraction(stats, area, last);
	if (common_fraction(stats, area, last) == 0)
		fraction = Max(fraction, rest_fraction(stats) / stats->distinct);
	return Min(fraction, 1.0);
}

/* The fraction of rows whose code contains the area: at most seven values. */
double
pc_area_lineage_fraction(const PcAreaStats *stats, AreaCode area)
{
	double		fraction = 0;
	AreaCode	last = -1;

	if (!stats->known)
		return default_fraction[PC_LEVEL_STREET];
	for (int level = PC_LEVEL_NATION; level <= PC_LEVEL_GRID; level++)
	{
		AreaCode	step = pc_area_ancestor(area, (PcAreaLevel) level);
		double		common = common_fraction(stats, step, step);

		if (step != last)
			fraction += common > 0 ? common :
				rest_fraction(stats) / stats->distinct;
		last = step;
	}
	return Min(fraction, 1.0);
}

/* The mean of the subtrees of the outer values, by how common each is. */
double
pc_area_join_fraction(const PcAreaStats *inner, const PcAreaStats *outer)
{
	double		fraction = 0;
	double		rest;
	int			step;
	int			taken = 0;
	double		sampled = 0;

	if (!outer->known ||
		(outer->bound_count == 0 && outer->common_count == 0))
		return default_fraction[PC_LEVEL_STREET];
	for (int i = 0; i < outer->common_count; i++)
		fraction += (outer->common_sum[i + 1] - outer->common_sum[i]) *
			pc_area_subtree_fraction(inner, outer->common[i]);

	rest = rest_fraction(outer);
	step = outer->bound_count / MAX_JOIN_SAMPLE + 1;
	for (int i = 0; i < outer->bound_count; i += step, taken++)
		sampled += pc_area_subtree_fraction(inner, outer->bounds[i]);
	if (taken > 0)
		fraction += rest * sampled / taken;
	return Min(fraction, 1.0);
}
