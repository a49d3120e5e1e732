/*
 * rulebook.h
 *	  Compiled rules: read once per session from the rulebook's tables, dropped
 *	  by any commit that touches one of them, in every session.
 *
 * Each kind of rules has one static PcRuleset in the file that compiles it.
 */
#ifndef PEOPLECALL_RULEBOOK_H
#define PEOPLECALL_RULEBOOK_H

#include "postgres.h"

#include "fmgr.h"

#define PC_RULESET_MAX_TABLES 8

typedef struct PcCompiled PcCompiled;

typedef struct PcRuleset
{
	/* for messages and for the name of the memory context; a literal */
	const char *name;

	/* tables in our schema that it is read from, ending with NULL */
	const char *const *tables;

	/*
	 * Builds the whole compiled form in the context given. SPI is connected,
	 * the identity is the ledger owner's, the search_path pg_catalog. An error
	 * leaves the session without compiled rules of this kind, never with half.
	 */
	void	   *(*load) (MemoryContext context);

	/* private to rulebook.c */
	PcCompiled *current;
	bool		registered;
	struct PcRuleset *next;
} PcRuleset;

/*
 * The compiled form that holds at this moment: every commit that other
 * sessions were told of before this statement began is in it, and the
 * transaction's own changes. The copy stays for as long as flinfo is used in
 * the same statement (flinfo->fn_extra is taken for the pin); with flinfo NULL,
 * until pc_rules() is called again. NULL where no ledger stands.
 */
extern void *pc_rules(PcRuleset *set, FmgrInfo *flinfo);

/*
 * Changes whenever any kind of rules went out of date or was built anew in
 * this session: what a caller derived from compiled rules holds while the
 * number stands. Other sessions' commits are seen by pc_rules() only.
 */
extern uint64 pc_rules_changes(void);

/*
 * Inside load(): run a query on the rulebook as it is now. The rows are in
 * SPI_tuptable and SPI_processed.
 */
extern void pc_rulebook_query(const char *sql);

#endif							/* PEOPLECALL_RULEBOOK_H */
