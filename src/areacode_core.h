/*
 * areacode_core.h
 *	  Text and arithmetic of area codes, apart from the server.
 *
 * Nothing declared here allocates, throws or reads a catalogue, so that the
 * parser can be fuzzed alone. The arithmetic is declared in peoplecall.h.
 */
#ifndef PEOPLECALL_AREACODE_CORE_H
#define PEOPLECALL_AREACODE_CORE_H

#include "peoplecall.h"

/* the longest printed code, a grid's, and its terminating zero */
#define PC_AREA_TEXT_SIZE	16

#define PC_AREA_MIN			INT64CONST(100000000000000)
#define PC_AREA_MAX			INT64CONST(999999999999999)

/* which rule a text or number breaks */
typedef enum PcAreaError
{
	PC_AREA_OK = 0,
	PC_AREA_EMPTY,
	PC_AREA_SIGN,
	PC_AREA_SPACE_INSIDE,
	PC_AREA_NOT_A_DIGIT,
	PC_AREA_BAD_LENGTH,
	PC_AREA_LEADING_ZERO
} PcAreaError;

extern PcAreaError pc_area_parse(const char *text, size_t len,
								 AreaCode *code);
extern PcAreaError pc_area_from_number(int64 number, AreaCode *code);
/* the broken rule as a sentence, for errdetail */
extern const char *pc_area_error_detail(PcAreaError error);
/* writes at most PC_AREA_TEXT_SIZE bytes; returns the text's length */
extern int	pc_area_print(AreaCode code, char *buffer);

/* how many codes of 15 digits lie in the subtree of a code of this level */
extern int64 pc_area_width(PcAreaLevel level);
/* the digits of that level's segment alone, e.g. 102 -> street 102 */
extern int	pc_area_segment(AreaCode code, PcAreaLevel level);

/* Every value of the type is the root or has fifteen digits. */
static inline bool
pc_area_is_valid(int64 value)
{
	return value == 0 || (value >= PC_AREA_MIN && value <= PC_AREA_MAX);
}

#endif							/* PEOPLECALL_AREACODE_CORE_H */
