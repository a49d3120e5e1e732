/*
 * areacode_planner.h
 *	  What the planner side of areacode shares: the functions it recognises,
 *	  a column's statistics made ready, and the estimators.
 */
#ifndef PEOPLECALL_AREACODE_PLANNER_H
#define PEOPLECALL_AREACODE_PLANNER_H

#include "peoplecall.h"

#include "nodes/pathnodes.h"
#include "utils/selfuncs.h"

/* the functions behind the operators, as far as the planner side cares */
typedef enum PcAreaFunction
{
	PC_AREA_OTHER = 0,
	PC_AREA_LT,
	PC_AREA_LE,
	PC_AREA_GE,
	PC_AREA_GT,
	PC_AREA_WITHIN,
	PC_AREA_CONTAINS,
	PC_AREA_SUBTREE_LAST
} PcAreaFunction;

/* segments of a code, one for each level below the nation */
#define PC_AREA_SEGMENTS	PC_LEVEL_GRID

/* what ANALYZE knows about a column */
typedef struct PcAreaStats
{
	bool		known;
	double		null_fraction;
	double		distinct;		/* values outside the most common ones */
	int			common_count;	/* most common values, by code */
	AreaCode   *common;
	double	   *common_sum;		/* [i] is the frequency of the first i */
	int			bound_count;	/* bounds of the histogram */
	AreaCode   *bounds;
	int			area_count;		/* areas whose rows were counted, by code */
	AreaCode   *areas;
	float4	   *area_fraction;	/* of all rows; one row of the sample more */
	double		area_unseen;	/* of an area of those levels without a row */
	int			area_depth;		/* the deepest level that was counted */
	int			deepest;		/* level of the deepest value seen */
	int			sample_count;	/* length of each of the arrays below */
	/* by level, sorted */
	int16	   *segments[PC_AREA_SEGMENTS + 1];
	/* by level: one over the number of areas in an area of the level above */
	double		typical_share[PC_AREA_SEGMENTS + 1];
} PcAreaStats;

/* areacode_analyze.c; a kind of our own, from the private ones */
#define PC_STATISTIC_KIND_AREAS	21970

/* areacode_stats.c */
/* for qsort, of codes or of structs that begin with one */
extern int	pc_area_compare(const void *a, const void *b);
/*
 * The arrays last until those of three other columns have been asked for, so
 * nothing may be evaluated or planned between this and their use.
 */
extern void pc_area_stats_load(VariableStatData *variable, Oid function,
							   PcAreaStats *stats);

/* areacode_fraction.c */
/* fraction of all rows, nulls included, whose code is in [low, high] */
extern double pc_area_range_fraction(const PcAreaStats *stats,
									 AreaCode low, AreaCode high);
extern double pc_area_subtree_fraction(const PcAreaStats *stats,
									   AreaCode area);
extern double pc_area_lineage_fraction(const PcAreaStats *stats,
									   AreaCode area);
/* of pairs of rows, the fraction whose inner code lies within the outer one */
extern double pc_area_join_fraction(const PcAreaStats *inner,
									const PcAreaStats *outer);

/* areacode_clauses.c */
extern PcAreaFunction pc_area_function(Oid function);
extern PcAreaFunction pc_area_commuted(PcAreaFunction function);
extern Node *pc_area_strip(Node *node);
extern bool pc_area_is_known(Node *node, AreaCode *code);
extern Node *pc_area_last_argument(Node *node);
extern bool pc_area_range_beside(RelOptInfo *rel, Node *inner, Node *outer);
extern bool pc_area_find_lower_bound(PlannerInfo *root, List *clauses,
									 Node *variable, AreaCode high,
									 AreaCode *low);
extern void pc_area_tightest_bounds(PlannerInfo *root, RelOptInfo *rel,
									Node *variable, AreaCode except,
									AreaCode *low, AreaCode *high);

/* areacode_estimate.c */
extern double pc_area_subtree_sel(PlannerInfo *root, Oid function,
								  List *args, int varRelid);
extern double pc_area_subtree_joinsel(PlannerInfo *root, Oid function,
									  List *args, JoinType jointype,
									  SpecialJoinInfo *sjinfo);

#endif							/* PEOPLECALL_AREACODE_PLANNER_H */
