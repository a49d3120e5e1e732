/*
 * bigram.h
 *	  Texts as sets of character 2-grams, for finding texts that say the same.
 *
 * The same text gives the same grams whatever the locale, the version and the
 * machine: they are stored.
 */
#ifndef PEOPLECALL_BIGRAM_H
#define PEOPLECALL_BIGRAM_H

#include "postgres.h"

/*
 * The distinct grams of a UTF-8 text, ascending. grams must have room for as
 * many as the text has bytes; returns how many there are.
 */
extern int	pc_bigrams(const char *text, size_t length, int32 *grams);

/* a number for the whole text, equal where all that counts is equal */
extern int64 pc_text_digest(const char *text, size_t length);

#endif							/* PEOPLECALL_BIGRAM_H */
