/*
 * likeness.c
 *	  How much two texts are alike: their grams, weighted by rarity.
 *
 * A gram that every third matter has (小区, 问题) says little, one that few have
 * says which matter it is. The weight of a gram is the logarithm of how rare
 * it is; of the table gram_rarity only the frequent ones are compiled, and one
 * that is missing there is as rare as the rarest. While nothing has been
 * counted all weigh the same, which finds somewhat less and is no error.
 */
#include "postgres.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "port/pg_bitutils.h"
#include "utils/memutils.h"

#include "grams.h"
#include "ledger.h"
#include "peoplecall.h"
#include "rulebook.h"
#include "rulerow.h"

/*
 * A search looks for the rarest grams of a text: at least so many, at most so
 * many, and else until they are in this share of all texts together.
 */
#define SEARCH_LEAST	4
#define SEARCH_MOST		32
#define SEARCH_SHARE	0.2

/* what is taken for a gram's share while nothing has been counted */
#define UNKNOWN_SHARE	0.002

static void *load_rarity(MemoryContext context);

static const char *const rarity_tables[] = {"gram_rarity", NULL};

static PcRuleset rarity_rules = {
	.name = "rarity of grams",
	.tables = rarity_tables,
	.load = load_rarity
};

const PcRarity *
pc_rarity(FmgrInfo *flinfo)
{
	const PcRarity *rarity = pc_rules(&rarity_rules, flinfo);

	if (rarity == NULL)
		pc_no_ledger();
	return rarity;
}

static inline float
weight_of_share(double share)
{
	double		weight = log(1 + 1 / share);

	return (float) (weight * weight);
}

double
pc_share_of_weight(const PcRarity *rarity, float weight)
{
	if (rarity->ngrams == 0)
		return UNKNOWN_SHARE;
	return 1 / (exp(sqrt(weight)) - 1);
}

static void
put_gram(PcRarity *rarity, int32 gram, float weight)
{
	uint32		at = (uint32) gram & rarity->mask;

	while (rarity->table[at].weight > 0 && rarity->table[at].gram != gram)
		at = (at + 1) & rarity->mask;
	rarity->table[at].gram = gram;
	rarity->table[at].weight = weight;
}

static void *
load_rarity(MemoryContext context)
{
	PcRarity   *rarity = MemoryContextAllocZero(context, sizeof(PcRarity));
	uint32		size;

	/* the table's constraints may have been dropped */
	pc_rulebook_query("SELECT gram, share FROM peoplecall.gram_rarity "
					  "WHERE share > 0 AND share <= 1 "
					  "ORDER BY share DESC, gram LIMIT 100000");
	rarity->ngrams = SPI_processed;
	rarity->otherwise = 1;
	size = pg_nextpower2_32(Max(16, rarity->ngrams * 2));
	rarity->mask = size - 1;
	rarity->table = MemoryContextAllocZero(context, size * sizeof(PcRareGram));
	for (int i = 0; i < rarity->ngrams; i++)
	{
		bool		isnull;
		double		share;

		pc_row_not_null(i, 1);
		share = DatumGetFloat8(pc_row_value(i, 2, FLOAT8OID, &isnull));
		/* the last is the rarest */
		rarity->otherwise = weight_of_share(share);
		put_gram(rarity, DatumGetInt32(pc_row_value(i, 1, INT4OID, &isnull)),
				 rarity->otherwise);
	}
	SPI_freetuptable(SPI_tuptable);
	return rarity;
}

double
pc_total_weight(const PcRarity *rarity, const int32 *grams, int count)
{
	double		total = 0;

	for (int i = 0; i < count; i++)
		total += pc_gram_weight(rarity, grams[i]);
	return total;
}

double
pc_likeness(const PcRarity *rarity, const int32 *a, int na, double total_a,
			const int32 *b, int nb, double total_b)
{
	double		common = 0;
	int			i = 0;
	int			j = 0;

	while (i < na && j < nb)
	{
		if (a[i] == b[j])
		{
			common += pc_gram_weight(rarity, a[i]);
			i++;
			j++;
		}
		else if (a[i] < b[j])
			i++;
		else
			j++;
	}
	if (common == 0)
		return 0;
	return Min(1.0, common / sqrt(total_a * total_b));
}

static int
compare_rarity(const void *a, const void *b, void *arg)
{
	int32		x = *(const int32 *) a;
	int32		y = *(const int32 *) b;
	float		x_weight = pc_gram_weight(arg, x);
	float		y_weight = pc_gram_weight(arg, y);

	if (x_weight != y_weight)
		return x_weight > y_weight ? -1 : 1;
	return x < y ? -1 : x > y;
}

void
pc_sort_by_rarity(const PcRarity *rarity, int32 *grams, int count)
{
	qsort_arg(grams, count, sizeof(int32), compare_rarity,
			  unconstify(PcRarity *, rarity));
}

/*
 * SQL-callable functions
 */

PG_FUNCTION_INFO_V1(pc_likeness_of);
PG_FUNCTION_INFO_V1(pc_rare_grams);

Datum
pc_likeness_of(PG_FUNCTION_ARGS)
{
	const PcRarity *rarity = pc_rarity(fcinfo->flinfo);
	int			na;
	int			nb;
	const int32 *a = pc_grams_of(PG_GETARG_ARRAYTYPE_P(0), &na);
	const int32 *b = pc_grams_of(PG_GETARG_ARRAYTYPE_P(1), &nb);

	PG_RETURN_FLOAT8(pc_likeness(rarity,
								 a, na, pc_total_weight(rarity, a, na),
								 b, nb, pc_total_weight(rarity, b, nb)));
}

/* Those grams of a text by which others like it are looked for. */
Datum
pc_rare_grams(PG_FUNCTION_ARGS)
{
	const PcRarity *rarity = pc_rarity(fcinfo->flinfo);
	int			count;
	const int32 *given = pc_grams_of(PG_GETARG_ARRAYTYPE_P(0), &count);
	int32	   *grams = palloc(sizeof(int32) * (count + 1));
	double		share = 0;
	int			taken = 0;

	memcpy(grams, given, sizeof(int32) * count);
	pc_sort_by_rarity(rarity, grams, count);
	while (taken < count && taken < SEARCH_MOST)
	{
		share += pc_share_of_weight(rarity,
									pc_gram_weight(rarity, grams[taken]));
		if (taken >= SEARCH_LEAST && share > SEARCH_SHARE)
			break;
		taken++;
	}
	PG_RETURN_ARRAYTYPE_P(pc_grams_array(grams, taken));
}
