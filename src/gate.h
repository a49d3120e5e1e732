/*
 * gate.h
 *	  The gate: the one way by which case records are written.
 */
#ifndef PEOPLECALL_GATE_H
#define PEOPLECALL_GATE_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "fmgr.h"

#include "orgs.h"
#include "posts.h"

/* complaint states as a set; the bit is the ordinal in the SQL enum */
typedef uint32 PcStates;

#define PC_STATE(ordinal)	((PcStates) 1 << (ordinal))
#define PC_RECEIVED			PC_STATE(0)
#define PC_DISPATCHED		PC_STATE(1)
#define PC_COMPLETED		PC_STATE(2)
#define PC_CLOSED			PC_STATE(3)
#define PC_MERGED			PC_STATE(4)
#define PC_SHELVED			PC_STATE(8)
#define PC_MOVED			PC_STATE(9)

/* one verb: its name, the duties of which one is needed, the states it leaves */
typedef struct PcVerb
{
	const char *name;
	PcDuties	duties;			/* 0: only the ledger's owner */
	PcStates	states;			/* of the complaint; 0: it has none yet */
} PcVerb;

extern const PcVerb pc_verbs[];
extern const int pc_nverbs;

/* who is inside the gate now */
typedef struct PcCaller
{
	const PcVerb *verb;
	Oid			role;			/* who called, before the identity changed */
	Oid			owner;			/* whose ledger it is */
	int64		officer;		/* for whom the caller acts; 0 for nobody */
	bool		everything;		/* owner or superuser, acting for nobody */
	PcDuties	duties;			/* of the verb's, those that count now */
	int			nrecused;		/* whom the matters at hand are about */
	int64	   *recused;		/* in context */

	/*
	 * Where an intake post may be bound to channels: the matter that the verb
	 * is about, and the channel that it came by once it is known; or the one
	 * that submit() is called with.
	 */
	int64		matter;			/* 0 for none */
	char	   *channel;		/* NULL: not known, or of no interest */
	bool		wrong_channel;	/* a post was passed over because of it */
	MemoryContext context;		/* lives as long as the call */
	struct PcCaller *outer;
} PcCaller;

/* raises 42501 outside the gate */
extern PcCaller *pc_inside_gate(void);

/* raises 22004 where an argument is NULL; the name is the argument's */
extern void pc_require_argument(FunctionCallInfo fcinfo, int number,
								const char *name);

/* the body of a verb, in our schema alone; raises 42883 where it is missing */
extern Oid	pc_find_body(const char *verb, int nargs, const Oid *argtypes);

/*
 * recusal.c: is the org one of these, or does it answer to one of them? A body
 * that inspects answers to nobody; and the whole city is below its top org, so
 * that alone makes nobody partial.
 */
extern bool pc_org_answers_to(const PcOrgs *orgs, const PcOrg *org,
							  const int64 *of, int count);

/* for gate.c and create_ledger.c alone; returns the caller before */
extern PcCaller *pc_set_caller(PcCaller *caller);

/* acting.c: the officer for whom this role acts in this transaction, or 0 */
extern int64 pc_acting_officer(Oid role);

/*
 * acting.c: may the role act for that officer, as posts stand now? What held
 * when it said so may have ended since.
 */
extern bool pc_may_act_for(const PcPosts *posts, Oid role, int64 officer);

/* the setting as_of, or the clock; microseconds since 2000 as everywhere */
extern TimestampTz pc_as_of(void);
/* the setting as_of, or when the statement began: stands still within it */
extern TimestampTz pc_statement_as_of(void);
extern void pc_define_as_of(void);

#endif							/* PEOPLECALL_GATE_H */
