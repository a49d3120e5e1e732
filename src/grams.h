/*
 * grams.h
 *	  Grams of texts as SQL arrays, and how rare each of them is.
 */
#ifndef PEOPLECALL_GRAMS_H
#define PEOPLECALL_GRAMS_H

#include "postgres.h"

#include "fmgr.h"
#include "utils/array.h"

/* keys of one search; beyond it a scan would be cheaper */
#define PC_SEARCH_KEYS_MAX	100000

/* a gram and the square of its weight, in the compiled table */
typedef struct PcRareGram
{
	int32		gram;
	float		weight;			/* 0 where the place is free */
} PcRareGram;

typedef struct PcRarity
{
	uint32		mask;			/* size - 1; the size is a power of two */
	int			ngrams;			/* 0: nothing was counted, all weigh the same */
	float		otherwise;		/* weight of a gram that is not in the table */
	PcRareGram *table;
} PcRarity;

/* as it is now; refuses where no ledger stands */
extern const PcRarity *pc_rarity(FmgrInfo *flinfo);

static inline float
pc_gram_weight(const PcRarity *rarity, int32 gram)
{
	uint32		at = (uint32) gram & rarity->mask;

	/* grams are hashes themselves */
	while (rarity->table[at].weight > 0)
	{
		if (rarity->table[at].gram == gram)
			return rarity->table[at].weight;
		at = (at + 1) & rarity->mask;
	}
	return rarity->otherwise;
}

/* the share of texts that have a gram of this weight */
extern double pc_share_of_weight(const PcRarity *rarity, float weight);

extern double pc_total_weight(const PcRarity *rarity, const int32 *grams,
							  int count);

/*
 * From 0, nothing in common, to 1: the cosine of two texts whose grams,
 * ascending, weigh what is said. The totals are those of pc_total_weight().
 */
extern double pc_likeness(const PcRarity *rarity, const int32 *a, int na,
						  double total_a, const int32 *b, int nb,
						  double total_b);

/* puts the grams in order of weight, the rarest first */
extern void pc_sort_by_rarity(const PcRarity *rarity, int32 *grams, int count);

/* text_grams.c: an array's grams without its nulls, and an array of grams */
extern const int32 *pc_grams_of(ArrayType *array, int *count);
extern ArrayType *pc_grams_array(const int32 *grams, int count);

#endif							/* PEOPLECALL_GRAMS_H */
