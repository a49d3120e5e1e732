/*
 * rulerow.h
 *	  What compiling and asking rules has in common: reading the rows of a
 *	  rulebook query, names as numbers, and what a function keeps between two
 *	  calls.
 */
#ifndef PEOPLECALL_RULEROW_H
#define PEOPLECALL_RULEROW_H

#include "postgres.h"

#include "access/tupdesc.h"
#include "datatype/timestamp.h"
#include "fmgr.h"

#include "category.h"
#include "peoplecall.h"

/* a column that is null, where it is an ordinal or the number of a name */
#define PC_ANY			(-1)
/* a name that no rule has */
#define PC_NO_NAME		(-2)

/*
 * Texts that rules are filtered by (natures, channels), each with a number.
 * A ruleset knows few of them.
 */
typedef struct PcNames
{
	MemoryContext context;
	int			count;
	int			maximum;
	text	  **names;
} PcNames;

extern void pc_names_init(PcNames *names, MemoryContext context);
extern int	pc_name_find(const PcNames *names, const text *name);

/*
 * Columns of row i of the latest rulebook query, from 1; rows are read from
 * the first on. Each refuses a column of another type than it reads, since
 * the ledger's owner may have altered the table or put a view in its place.
 * Nothing returned lives longer than that query, but what pc_row_copy() and
 * pc_row_string() return.
 */
extern Datum pc_row_value(uint64 i, int column, Oid type, bool *isnull);
extern void pc_row_not_null(uint64 i, int column);
extern bool pc_row_bool(uint64 i, int column);	/* false for null */
/* 0 for null */
extern int64 pc_row_int64(uint64 i, int column);
/* what is not null, or the default */
extern int32 pc_row_int32(uint64 i, int column, int32 otherwise);
/* the root for null */
extern AreaCode pc_row_area(uint64 i, int column);
/* 0 for null */
extern PcGrade pc_row_grade(uint64 i, int column);
/* as it is if null */
extern void pc_row_timelimit(uint64 i, int column, PcTimeLimit *limit);
extern TimestampTz pc_row_timestamptz(uint64 i, int column,
									  TimestampTz otherwise);
/* PC_ANY for null */
extern int	pc_row_enum(uint64 i, int column, PcEnum type);
extern int	pc_row_name(uint64 i, int column, PcNames *names);
/* the node of a path, made where missing; PC_CATEGORY_NONE for null */
extern int	pc_row_category(uint64 i, int column, PcCategoryTree *tree);
/* a varlena, flat, in the context given; NULL for null */
extern struct varlena *pc_row_copy(uint64 i, int column, Oid type,
								   MemoryContext context);
/* any type as it is written; NULL for null */
extern char *pc_row_string(uint64 i, int column, MemoryContext context);

/*
 * What a function that asks several rulesets, or returns a row, keeps in its
 * fn_extra: one stand-in for its FmgrInfo for each ruleset, since each needs
 * a fn_extra of its own for the pin.
 */
#define PC_CALL_PINS 3

typedef struct PcCall
{
	TupleDesc	row;			/* NULL until pc_call_row() */
	FmgrInfo	pins[PC_CALL_PINS];
} PcCall;

extern PcCall *pc_call(FmgrInfo *flinfo);
extern TupleDesc pc_call_row(FunctionCallInfo fcinfo);

#endif							/* PEOPLECALL_RULEROW_H */
