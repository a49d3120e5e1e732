/*
 * ledger.h
 *	  The ledger: who owns its tables, and running as that owner.
 */
#ifndef PEOPLECALL_LEDGER_H
#define PEOPLECALL_LEDGER_H

#include "postgres.h"

#include "compat.h"

/* what pc_enter_ledger() changed, for pc_leave_ledger() to put back */
typedef struct PcLedgerEntry
{
	Oid			saved_user;
	int			saved_context;
	int			guc_level;
} PcLedgerEntry;

/* Oid of a table (or view) in our schema; InvalidOid where there is none */
extern Oid	pc_ledger_relation(const char *name);

/* role that owns a relation; InvalidOid where there is none */
extern Oid	pc_relation_owner(Oid relation);

/* role that owns the table complaint; InvalidOid where no ledger stands */
extern Oid	pc_ledger_owner(void);

/* raises PC002 (no ledger) with a hint */
PC_NORETURN extern void pc_no_ledger(void);

/*
 * Run as the given role, restricted, with the settings that change the
 * meaning of a statement pinned. An error between the two is put right by the
 * abort of the (sub)transaction.
 */
extern void pc_enter_ledger(PcLedgerEntry *entry, Oid owner);
extern void pc_leave_ledger(PcLedgerEntry *entry);

/* until then, no statement is planned again for its parameters' values */
extern void pc_plan_once(void);

#endif							/* PEOPLECALL_LEDGER_H */
