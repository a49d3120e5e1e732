/*
 * grading.h
 *	  Grading rules in compiled form, and the matter that they are asked about.
 */
#ifndef PEOPLECALL_GRADING_H
#define PEOPLECALL_GRADING_H

#include "postgres.h"

#include "category.h"
#include "peoplecall.h"
#include "rulerow.h"

/* a reach that is not filled: beyond the last level, so that any is wider */
#define PC_REACH_NONE	(PC_LEVEL_GRID + 1)

/* A row of grade_rule. Columns that are tested come first. */
typedef struct PcGradeRule
{
	int32		min_people;		/* 0 if not filled, also the next two */
	int32		min_orgs;
	int32		min_reopened;
	int16		reach;			/* PC_REACH_NONE if not filled */
	int16		nature;			/* PC_ANY if not filled, also channel */
	int16		channel;
	int8		grade;			/* 0 if it lifts none */
	int8		urgency;		/* PC_ANY if it lifts none */
	int			slot;			/* its category's node + 1; 0: any category */
	int			nwords;			/* more than 0: it only proposes */
	text	  **words;			/* as written */
	text	   *reason;
	int64		id;
} PcGradeRule;

/* The rules of one category: those that lift, strongest first, then others. */
typedef struct PcGradeSlot
{
	int			first;
	int			proposing;		/* the first that only proposes */
	int			end;
} PcGradeSlot;

typedef struct PcCategoryBase
{
	bool		known;			/* a row of category */
	int8		grade;			/* its own or one above's; 0: none */
	int			from;			/* the node that gave it */
} PcCategoryBase;

typedef struct PcGrading
{
	PcCategoryTree *tree;
	PcCategoryBase *bases;		/* by node */
	PcGradeSlot *slots;			/* by node + 1; the first for any category */
	PcGradeRule *rules;			/* slot by slot */
	int			nrules;
	PcNames		natures;
	PcNames		channels;
	PcGrade		default_grade;
} PcGrading;

/* grading_load.c: as they are now; refuses where no ledger stands */
extern const PcGrading *pc_grading(FmgrInfo *flinfo);

#endif							/* PEOPLECALL_GRADING_H */
