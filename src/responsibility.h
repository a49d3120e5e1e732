/*
 * responsibility.h
 *	  Who is responsible: rules by category, area, grade and period, compiled.
 *
 * The order in which rules are asked: deepest category, deepest area, a
 * filled grade before any, latest beginning, smallest id. The first that
 * gives an org which may lead answers; where none does, the territorial orgs
 * from the grade's level upwards.
 */
#ifndef PEOPLECALL_RESPONSIBILITY_H
#define PEOPLECALL_RESPONSIBILITY_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "fmgr.h"

#include "category.h"
#include "orgs.h"
#include "pairmap.h"
#include "peoplecall.h"

typedef struct PcRule
{
	int64		id;
	int64		org;			/* its id; 0 where the rule names a kind */
	int64		ruling;			/* 0 where none */
	AreaCode	area;
	TimestampTz from;			/* from <= at < to; to DT_NOEND has no end */
	TimestampTz to;
	int32		category;		/* its node */
	int32		org_place;		/* index into orgs; -1 where none */
	int32		kind;			/* index into kinds; -1 where an org is named */
	int8		at_level;		/* -1: nearest */
	uint8		grade;			/* 0: any */
	bool		lead;
} PcRule;

/* the rules of one category in one area: leading ones first, each in order */
typedef struct PcRuleList
{
	int			first;
	int			leading;
	int			count;
} PcRuleList;

typedef struct PcRules
{
	PcOrgs	   *orgs;
	PcCategoryTree *categories;
	uint8	   *levels;			/* by node: levels of its areas, as bits */
	int			nrules;
	PcRule	   *rules;
	int			nlists;
	PcRuleList *lists;
	PcPairMap	by_place;		/* (node, area) -> list */
} PcRules;

/* what a rule is asked about */
typedef struct PcMatter
{
	const struct varlena *category; /* NULL: only the fallback answers */
	PcAreaChain chain;
	PcGrade		grade;
	TimestampTz at;
	const PcOrg *subject;		/* whom the matter is about; NULL: no org */
} PcMatter;

typedef enum PcVerdict
{
	PC_RULE_ANSWERS,
	PC_RULE_NOT_VALID,
	PC_RULE_OTHER_GRADE,
	PC_RULE_NO_ORG,				/* no org of that kind there */
	PC_RULE_INACTIVE,
	PC_RULE_RECUSED
} PcVerdict;

/* the org that a rule gives, and how it was found */
typedef struct PcFound
{
	const PcOrg *org;			/* NULL where none */
	const PcSeat *seat;			/* NULL where the rule names the org */
	int			level;			/* of a fallback: where it was found */
	bool		superior;		/* of a fallback: along the subject's line */
} PcFound;

/* the matching lists of rules, in order */
typedef struct PcRuleWalk
{
	const PcRules *rules;
	const PcAreaChain *chain;
	int			node;
	int			step;
} PcRuleWalk;

/* raises PC002 where no ledger stands */
extern PcRules *pc_responsibilities(FmgrInfo *flinfo);

/* responsibility_load.c */
extern PcRules *pc_load_rules(MemoryContext context);

extern void pc_walk_rules(PcRuleWalk *walk, const PcRules *rules,
						  const PcMatter *matter);
extern const PcRuleList *pc_next_rules(PcRuleWalk *walk);

/* what becomes of a rule in this matter; found->org where it came to one */
extern PcVerdict pc_try_rule(const PcRules *rules, const PcMatter *matter,
							 const PcRule *rule, PcFound *found);

/* the rule that leads and the org it gives; NULL where no rule answers */
extern const PcRule *pc_leading_rule(const PcRules *rules,
									 const PcMatter *matter, PcFound *found);

/* the org that leads where no rule answers */
extern void pc_fall_back(const PcRules *rules, const PcMatter *matter,
						 PcFound *found);

/*
 * The arguments (category, area, grade, at, subject_org) that all functions
 * on responsibility share. False where one is NULL that must not be.
 */
extern bool pc_get_matter(FunctionCallInfo fcinfo, const PcRules *rules,
						  PcMatter *matter);

#endif							/* PEOPLECALL_RESPONSIBILITY_H */
