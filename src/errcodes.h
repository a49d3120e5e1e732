/*
 * errcodes.h
 *	  SQLSTATEs of peoplecall's own, class PC.
 *
 * Use a standard code where one says the same (22P02, 42501, 23xxx); a code
 * here is for refusals that only this workflow knows. A code, once released,
 * never changes its meaning.
 */
#ifndef PEOPLECALL_ERRCODES_H
#define PEOPLECALL_ERRCODES_H

/* the complaint, task or clock is not in a state that the verb leaves from */
#define ERRCODE_PC_WRONG_STATE			MAKE_SQLSTATE('P', 'C', '0', '0', '1')
/* no ledger in this database, or one of another version */
#define ERRCODE_PC_NO_LEDGER			MAKE_SQLSTATE('P', 'C', '0', '0', '2')
/* a calendar that does not exist, or one that never opens */
#define ERRCODE_PC_NO_CALENDAR			MAKE_SQLSTATE('P', 'C', '0', '0', '3')
/* a rule that is needed is missing from the rulebook */
#define ERRCODE_PC_NO_RULE				MAKE_SQLSTATE('P', 'C', '0', '0', '4')
/* no such complaint, task, notice, org or officer */
#define ERRCODE_PC_NOT_FOUND			MAKE_SQLSTATE('P', 'C', '0', '0', '5')
/* a limit of the table setting was reached (how often, how long, how early) */
#define ERRCODE_PC_LIMIT_REACHED		MAKE_SQLSTATE('P', 'C', '0', '0', '6')
/* pg_cron, or Citus, is not installed in this database */
#define ERRCODE_PC_NO_CRON				MAKE_SQLSTATE('P', 'C', '0', '0', '7')
/* evidence that the category asks for was not attached */
#define ERRCODE_PC_NO_EVIDENCE			MAKE_SQLSTATE('P', 'C', '0', '0', '8')
/* changes that are not there: forgotten, or of a ledger that was set back */
#define ERRCODE_PC_NO_CHANGES			MAKE_SQLSTATE('P', 'C', '0', '0', '9')

#endif							/* PEOPLECALL_ERRCODES_H */
