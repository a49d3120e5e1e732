/*
 * areacode_analyze.c
 *	  What ANALYZE keeps of a column of area codes besides the server's own
 *	  statistics: how many rows lie within each area of the upper levels.
 *
 * Common values and a histogram speak of single values. A query asks for a
 * subtree, and a street of one rare community is in neither, while its rows
 * among those sampled say how many there are. So each level is counted from
 * the top down, as far as its areas are few enough to keep.
 *
 * Runs only inside ANALYZE; reads nothing but the sample it is given.
 */
#include "postgres.h"

#include "commands/vacuum.h"
#include "miscadmin.h"

#include "areacode_core.h"
#include "areacode_planner.h"

/* areas kept for each step of a column's statistics target */
#define AREAS_PER_TARGET	10
/* rows that the server samples for each step of the target */
#define ROWS_PER_TARGET		300

/* what std_typanalyze() chose, for compute_areas() to call first */
typedef struct ServerAnalysis
{
	AnalyzeAttrComputeStatsFunc compute;
	void	   *extra_data;
} ServerAnalysis;

typedef struct AreaCount
{
	AreaCode	area;			/* first, for pc_area_compare() */
	int			rows;
} AreaCount;

/* The codes that were sampled, in order; returns how many. */
static int
read_sample(VacAttrStats *stats, AnalyzeAttrFetchFunc fetch, int samplerows,
			AreaCode *codes)
{
	int			count = 0;

	for (int row = 0; row < samplerows; row++)
	{
		bool		isnull;
		Datum		value = fetch(stats, row, &isnull);

		CHECK_FOR_INTERRUPTS();
		if (!isnull)
			codes[count++] = DatumGetAreaCode(value);
	}
	qsort(codes, count, sizeof(AreaCode), pc_area_compare);
	return count;
}

/*
 * Adds the level's areas, of which the sorted codes make one run each; returns
 * how many there are then, or -1 if more than "most".
 */
static int
count_level(const AreaCode *codes, int count, PcAreaLevel level,
			AreaCount *areas, int known, int most)
{
	for (int i = 0, run; i < count; i += run)
	{
		AreaCode	area = pc_area_ancestor(codes[i], level);

		for (run = 1; i + run < count; run++)
			if (pc_area_ancestor(codes[i + run], level) != area)
				break;
		if (pc_area_level(area) != level)
			continue;			/* the code is one of a level above */
		if (known == most)
			return -1;
		areas[known].area = area;
		areas[known++].rows = run;
	}
	return known;
}

/*
 * Values are the areas, by code; numbers their shares of all rows sampled,
 * nulls included, and after them what one row of the sample stands for: none
 * where every row of the table was read (or is said to be, as by statistics on
 * an expression).
 */
static void
keep_areas(VacAttrStats *stats, int slot, const AreaCount *areas, int count,
		   int samplerows, double totalrows)
{
	MemoryContext old = MemoryContextSwitchTo(stats->anl_context);
	Datum	   *values = palloc(sizeof(Datum) * count);
	float4	   *numbers = palloc(sizeof(float4) * (count + 1));

	for (int i = 0; i < count; i++)
	{
		values[i] = AreaCodeGetDatum(areas[i].area);
		numbers[i] = (float4) areas[i].rows / samplerows;
	}
	numbers[count] = totalrows > samplerows ? 1.0f / samplerows : 0;
	MemoryContextSwitchTo(old);

	stats->stakind[slot] = PC_STATISTIC_KIND_AREAS;
	stats->staop[slot] = InvalidOid;
	stats->stacoll[slot] = InvalidOid;
	stats->stavalues[slot] = values;
	stats->numvalues[slot] = count;
	stats->stanumbers[slot] = numbers;
	stats->numnumbers[slot] = count + 1;
}

static void
compute_areas(VacAttrStats *stats, AnalyzeAttrFetchFunc fetch, int samplerows,
			  double totalrows)
{
	ServerAnalysis *server = stats->extra_data;
	int			most = stats->minrows / ROWS_PER_TARGET * AREAS_PER_TARGET;
	int			known = 0;
	int			slot = 0;
	int			count;
	AreaCode   *codes;
	AreaCount  *areas;

	stats->extra_data = server->extra_data;
	server->compute(stats, fetch, samplerows, totalrows);
	stats->extra_data = server;

	while (slot < STATISTIC_NUM_SLOTS && stats->stakind[slot] != 0)
		slot++;
	if (!stats->stats_valid || slot == STATISTIC_NUM_SLOTS)
		return;
	codes = palloc(sizeof(AreaCode) * Max(samplerows, 1));
	areas = palloc(sizeof(AreaCount) * Max(most, 1));
	count = read_sample(stats, fetch, samplerows, codes);
	for (int level = PC_LEVEL_PROVINCE; level <= PC_LEVEL_GRID; level++)
	{
		int			more = count_level(codes, count, (PcAreaLevel) level,
									   areas, known, most);

		if (more < 0)
			break;
		known = more;
	}
	if (known == 0)
		return;
	qsort(areas, known, sizeof(AreaCount), pc_area_compare);
	keep_areas(stats, slot, areas, known, samplerows, totalrows);
}

/*
 * SQL-callable functions
 */

PG_FUNCTION_INFO_V1(pc_areacode_typanalyze);

Datum
pc_areacode_typanalyze(PG_FUNCTION_ARGS)
{
	VacAttrStats *stats = (VacAttrStats *) PG_GETARG_POINTER(0);
	ServerAnalysis *server;

	if (!std_typanalyze(stats))
		PG_RETURN_BOOL(false);
	server = palloc(sizeof(ServerAnalysis));
	server->compute = stats->compute_stats;
	server->extra_data = stats->extra_data;
	stats->compute_stats = compute_areas;
	stats->extra_data = server;
	PG_RETURN_BOOL(true);
}
