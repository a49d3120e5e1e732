/*
 * areacode_fraction.c
 *	  How many rows of a column lie in a range of area codes, from what
 *	  areacode_stats.c made of the column's statistics.
 *
 * Within a bucket of the histogram the distance of two codes as integers
 * says nothing: a street has thirty communities on a thousand numbers. So a
 * code's place in its bucket is worked out segment by segment, as arithmetic
 * coding does, with the share that each number has among the segments of the
 * same level over the whole column: communities 001 to 030 carry nearly all
 * of the weight there, and a subtree in one bucket gets its share of it. A
 * number that the sample happens not to show counts as a typical one if a
 * query asks for its area: nobody asks for areas that do not exist.
 *
 * Pure arithmetic: never reads a catalogue, never throws.
 */
#include "postgres.h"

#include "areacode_core.h"
#include "areacode_planner.h"

/* outer values that a join estimate looks at */
#define MAX_JOIN_SAMPLE 1000
/* weight of the numbers that the sample does not show */
#define UNSEEN_WEIGHT 0.05

/* by level of the subtree's root, for a column without statistics */
static const double default_fraction[] = {
	1.0, 0.5, 0.2, 0.05, 0.005, 0.0005, 0.0001
};

/* one bucket of a histogram, and areas that are known to exist around it */
typedef struct Bucket
{
	const PcAreaStats *stats;
	int			level;			/* the first at which its bounds differ */
	AreaCode	known[3];
	int			known_count;
} Bucket;

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

/*
 * What a number's share lacks to that of a typical area, if one of the known
 * areas uses it below the code's ancestor; else nothing.
 */
static double
lacking_share(const Bucket *bucket, AreaCode code, int level, int known)
{
	const PcAreaStats *stats = bucket->stats;
	AreaCode	area = bucket->known[known];
	int			segment = pc_area_segment(area, (PcAreaLevel) level);
	double		share;

	if (segment == 0 ||
		pc_area_ancestor(area, (PcAreaLevel) (level - 1)) !=
		pc_area_ancestor(code, (PcAreaLevel) (level - 1)))
		return 0;
	/* two known areas with the same number count once */
	for (int i = 0; i < known; i++)
		if (pc_area_ancestor(bucket->known[i], (PcAreaLevel) level) ==
			pc_area_ancestor(area, (PcAreaLevel) level))
			return 0;
	share = segment_share_below(stats, level, segment + 1) -
		segment_share_below(stats, level, segment);
	return Max(stats->typical_share[level] - share, 0.0);
}

/*
 * The place of a code below the common ancestor of the bucket's bounds, as a
 * sum of shares. With "after" the place where the code's own weight ends.
 */
static double
code_place(const Bucket *bucket, AreaCode code, bool after)
{
	double		place = 0;
	double		weight = 1;

	for (int level = bucket->level; level <= PC_LEVEL_GRID; level++)
	{
		int			segment = pc_area_segment(code, (PcAreaLevel) level);
		double		below;
		double		own;

		below = segment_share_below(bucket->stats, level, segment);
		own = segment_share_below(bucket->stats, level, segment + 1) - below;
		for (int i = 0; i < bucket->known_count; i++)
		{
			double		lacking = lacking_share(bucket, code, level, i);
			int			number = pc_area_segment(bucket->known[i],
												 (PcAreaLevel) level);

			if (number < segment)
				below += lacking;
			else if (number == segment)
				own += lacking;
		}
		place += weight * below;
		weight *= own;
	}
	return after ? place + weight : place;
}

/*
 * The share of one bucket that the range covers; they overlap. The bounds
 * exist, and so does the area if the range is a subtree.
 */
static double
bucket_fraction(const PcAreaStats *stats, int index, AreaCode low,
				AreaCode high)
{
	AreaCode	first = stats->bounds[index];
	AreaCode	last = stats->bounds[index + 1];
	Bucket		bucket = {stats, first_difference(first, last),
	{first, last, low}, pc_area_last(low) == high ? 3 : 2};
	double		start = code_place(&bucket, first, false);
	double		end = code_place(&bucket, last, true);
	double		from = start;
	double		upto = end;

	if (low > first)
		from = code_place(&bucket, low, false);
	if (high < last)
		upto = code_place(&bucket, high, true);
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
	int			count = stats->common_count;
	int			first = count_below(stats->common, count, low);
	int			end = count_below(stats->common, count, high + 1);

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

/* Whether the area's rows were counted, with their fraction of all rows. */
static bool
counted_fraction(const PcAreaStats *stats, AreaCode area, double *fraction)
{
	int			level = (int) pc_area_level(area);
	int			place;

	if (area == 0 || level > stats->area_depth)
		return false;
	place = count_below(stats->areas, stats->area_count, area);
	if (place < stats->area_count && stats->areas[place] == area)
		*fraction = Min(stats->area_fraction[place], 1.0);
	else if (stats->area_unseen > 0)
		*fraction = stats->area_unseen;
	else
		return false;
	return true;
}

/*
 * Who asks for an area expects it to be there: at least one value, as the
 * server assumes for equality, and no more than one where the column goes no
 * deeper.
 */
double
pc_area_subtree_fraction(const PcAreaStats *stats, AreaCode area)
{
	AreaCode	last = pc_area_last(area);
	double		common;
	double		one_value;
	double		fraction;
	double		around;

	if (counted_fraction(stats, area, &fraction))
		return fraction;
	if (!stats->known ||
		(stats->bound_count == 0 && stats->common_count == 0))
		return default_fraction[pc_area_level(area)] *
			(1 - stats->null_fraction);
	common = common_fraction(stats, area, last);
	one_value = rest_fraction(stats) / stats->distinct;
	if ((int) pc_area_level(area) >= stats->deepest)
		return common > 0 ? common : one_value;
	fraction = pc_area_range_fraction(stats, area, last);
	if (common == 0)
		fraction = Max(fraction, one_value);
	if (counted_fraction(stats,
						 pc_area_ancestor(area, (PcAreaLevel) stats->area_depth),
						 &around))
		fraction = Min(fraction, around);
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

/*
 * The mean subtree of the values between the most common ones. The bounds are
 * an even sample of them but for the first and the last, which are always
 * there and may be the root of everything: they stand for one value each.
 */
static double
mean_subtree_of_bounds(const PcAreaStats *inner, const PcAreaStats *outer)
{
	int			last = outer->bound_count - 1;
	int			step = outer->bound_count / MAX_JOIN_SAMPLE + 1;
	double		one_value = 1 / Max(outer->distinct, outer->bound_count);
	double		ends;
	double		between = 0;
	int			taken = 0;

	ends = pc_area_subtree_fraction(inner, outer->bounds[0]) +
		pc_area_subtree_fraction(inner, outer->bounds[last]);
	for (int i = 1 + step / 2; i < last; i += step, taken++)
		between += pc_area_subtree_fraction(inner, outer->bounds[i]);
	if (taken == 0)
		return ends / 2;
	return ends * one_value + between / taken * (1 - 2 * one_value);
}

double
pc_area_join_fraction(const PcAreaStats *inner, const PcAreaStats *outer)
{
	double		fraction = 0;

	if (!outer->known ||
		(outer->bound_count == 0 && outer->common_count == 0))
		return default_fraction[PC_LEVEL_STREET];
	for (int i = 0; i < outer->common_count; i++)
		fraction += (outer->common_sum[i + 1] - outer->common_sum[i]) *
			pc_area_subtree_fraction(inner, outer->common[i]);
	if (outer->bound_count > 0)
		fraction += rest_fraction(outer) *
			mean_subtree_of_bounds(inner, outer);
	return Min(fraction, 1.0);
}
