/*
 * policy.h
 *	  Limits of clocks (sla_policy) in compiled form.
 */
#ifndef PEOPLECALL_POLICY_H
#define PEOPLECALL_POLICY_H

#include "postgres.h"

#include "category.h"
#include "peoplecall.h"
#include "rulerow.h"

/* labels of clock_kind */
#define PC_CLOCK_KINDS 7

/* A row of sla_policy. */
typedef struct PcPolicy
{
	int			clock;			/* ordinal of clock_kind */
	int			filled;			/* number of columns that filter */
	int			node;			/* of its category, or PC_CATEGORY_NONE: any */
	PcGrade		grade;			/* 0 for any */
	int			urgency;		/* PC_ANY for any, also nature */
	int			nature;
	PcTimeLimit allowed;
	text	   *calendar;		/* NULL: natural time */
	int64		id;
} PcPolicy;

typedef struct PcPolicies
{
	PcCategoryTree *tree;
	PcNames		natures;
	int			first[PC_CLOCK_KINDS + 1];	/* by clock; the last is the end */
	PcPolicy   *policies;		/* clock by clock, winners first */
} PcPolicies;

/* What a limit is sought for. */
typedef struct PcLimitCase
{
	int			clock;			/* PC_ANY if none is given: no limit */
	int			node;
	PcGrade		grade;
	int			urgency;
	int			nature;
} PcLimitCase;

/* as they are now; refuses where no ledger stands */
extern const PcPolicies *pc_policies(FmgrInfo *flinfo);

/* reads the arguments clock, category, grade, urgency, nature from number 0 */
extern void pc_read_limit_case(const PcPolicies *policies,
							   FunctionCallInfo fcinfo, PcLimitCase *limit);

/* the policy that applies; NULL where none does */
extern const PcPolicy *pc_policy_for(const PcPolicies *policies,
									 const PcLimitCase *limit);

/* the first three columns of clock_limit() and clock_plan() */
extern void pc_policy_values(const PcPolicy *policy, Datum *values,
							 bool *nulls);

#endif							/* PEOPLECALL_POLICY_H */
