/*
 * timelimit_core.h
 *	  Text and order of time limits, apart from the server.
 *
 * Nothing declared here allocates, throws or reads a catalogue, so that the
 * parser can be fuzzed alone.
 */
#ifndef PEOPLECALL_TIMELIMIT_CORE_H
#define PEOPLECALL_TIMELIMIT_CORE_H

#include "peoplecall.h"

/* ten digits at most, the longest unit and the terminating zero */
#define PC_LIMIT_TEXT_SIZE	16

/* which rule a text breaks */
typedef enum PcLimitError
{
	PC_LIMIT_OK = 0,
	PC_LIMIT_EMPTY,
	PC_LIMIT_NEGATIVE,
	PC_LIMIT_NO_AMOUNT,
	PC_LIMIT_FRACTION,
	PC_LIMIT_SPACE_INSIDE,
	PC_LIMIT_NO_UNIT,
	PC_LIMIT_UNKNOWN_UNIT,
	PC_LIMIT_TOO_LARGE
} PcLimitError;

extern PcLimitError pc_limit_parse(const char *text, size_t len,
								   PcTimeLimit *limit);
/* the broken rule as a sentence, for errdetail */
extern const char *pc_limit_error_detail(PcLimitError error);
/* writes at most PC_LIMIT_TEXT_SIZE bytes; returns the length */
extern int	pc_limit_print(PcTimeLimit limit, char *buffer);
/* the largest amount of a unit, about a hundred years */
extern int32 pc_limit_max(PcLimitUnit unit);
/* a known unit and an amount within its bounds */
extern bool pc_limit_is_valid(int64 unit, int64 amount);
extern int	pc_limit_compare(PcTimeLimit a, PcTimeLimit b);

#endif							/* PEOPLECALL_TIMELIMIT_CORE_H */
