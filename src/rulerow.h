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
 * Columns of row i of the latest rulebook query, from 1. Nothing returned
 * lives longer than that query, but the result of pc_row_copy().
 */
extern Datum pc_row_value(uint64 i, int column, bool *isnull);
extern int64 pc_row_int64(uint64 i, int column);
/* what is not null, or the default */
extern int32 pc_row_int32(uint64 i, int column, int32 otherwise);
/* 0 for null */
extern PcGrade pc_row_grade(uint64 i, int column);
/* PC_ANY for null */
extern int	pc_row_enum(uint64 i, int column, PcEnum type);
extern int	pc_row_name(uint64 i, int column, PcNames *names);
/* the node of a path, made where missing; PC_CATEGORY_NONE for null */
extern int	pc_row_category(uint64 i, int column, PcCategoryTree *tree);
/* a varlena, flat, in the context given; NULL for null */
extern struct varlena *pc_row_copy(uint64 i, int column,
								   MemoryContext context);

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
