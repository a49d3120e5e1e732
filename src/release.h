/*
 * release.h
 *	  Which release the library is of, and which ledger it needs.
 */
#ifndef PEOPLECALL_RELEASE_H
#define PEOPLECALL_RELEASE_H

/* default_version in peoplecall.control */
#define PC_RELEASE "0.1.0"

/* the version of the ledger that this library's verbs and rules read */
#define PC_LEDGER_VERSION 1

/*
 * Raises 55000 where the extension's SQL objects are of a newer release than
 * this library. Cheap: it looks once, and again after a function has changed.
 */
extern void pc_check_release(void);

/* raises PC002, saying which of ALTER EXTENSION and create_ledger() is due */
extern void pc_check_ledger_version(int version);

/* that, for the ledger's own version; as the ledger's owner, inside SPI */
extern void pc_check_ledger(void);

#endif							/* PEOPLECALL_RELEASE_H */
