/*
 * bigram.c
 *	  The character 2-grams of a text.
 *
 * Chinese is written without spaces, so words are not looked for: each two
 * neighbouring characters are a gram, what separates them left out. White
 * space, punctuation and symbols do not count, A is a, and the wide forms of
 * a Chinese keyboard are the narrow ones.
 *
 * Knows nothing of locale, encoding of the database or memory contexts. Takes
 * any bytes: one that is no UTF-8 is a character of its own. What it returns
 * is stored in tables and must never change for a given text.
 */
#include "postgres.h"

#include "bigram.h"

/* a character that does not count */
#define DROPPED		0

/* ranges of what does not count, ascending; inclusive */
static const struct
{
	uint32		first;
	uint32		last;
}			dropped[] = {
	{0x0080, 0x00A9},			/* C1 controls, Latin signs but not letters */
	{0x00AB, 0x00B4},
	{0x00B6, 0x00B9},
	{0x00BB, 0x00BF},
	{0x00D7, 0x00D7},			/* multiplication */
	{0x00F7, 0x00F7},			/* division */
	{0x02B0, 0x036F},			/* modifiers and combining marks */
	{0x2000, 0x206F},			/* general punctuation, joiners, directions */
	{0x20A0, 0x20CF},			/* currencies */
	{0x2190, 0x245F},			/* arrows, mathematics, technical */
	{0x2500, 0x2BFF},			/* boxes, shapes, dingbats, more arrows */
	{0x2E00, 0x2E7F},			/* more punctuation */
	{0x2FF0, 0x3004},			/* descriptions, CJK punctuation, but not 々 */
	{0x3008, 0x3020},			/* nor 〆 and 〇 */
	{0x3030, 0x3030},
	{0x30FB, 0x30FB},			/* katakana's middle dot */
	{0xE000, 0xF8FF},			/* private use */
	{0xFE00, 0xFE6F},			/* variations, vertical and small forms */
	{0xFEFF, 0xFEFF},			/* byte order mark */
	{0xFF5F, 0xFF65},			/* halfwidth punctuation */
	{0xFFE0, 0xFFFF},
	{0x1F3FB, 0x1F3FF},			/* skin colours of emoji */
	{0xE0000, 0xE0FFF}			/* tags and variations */
};

/* The next code point; a byte that begins none is taken for itself. */
static uint32
next_point(const unsigned char **next, const unsigned char *end)
{
	const unsigned char *p = *next;
	uint32		point = *p;
	int			more;

	if (point < 0x80)
		more = 0;
	else if (point >= 0xC2 && point <= 0xDF)
		more = 1;
	else if (point >= 0xE0 && point <= 0xEF)
		more = 2;
	else if (point >= 0xF0 && point <= 0xF4)
		more = 3;
	else
		more = -1;
	if (more >= 0 && end - p > more)
	{
		if (more > 0)
			point &= 0x3F >> more;
		for (int i = 1; i <= more; i++)
		{
			if ((p[i] & 0xC0) != 0x80)
			{
				more = -1;
				break;
			}
			point = (point << 6) | (p[i] & 0x3F);
		}
	}
	else
		more = -1;

	if (more < 0)
	{
		/* where no character is, so that it is like none */
		*next = p + 1;
		return 0x110000 + *p;
	}
	*next = p + 1 + more;
	return point;
}

static bool
is_dropped(uint32 point)
{
	int			low = 0;
	int			high = lengthof(dropped);

	while (low < high)
	{
		int			middle = (low + high) / 2;

		if (point > dropped[middle].last)
			low = middle + 1;
		else
			high = middle;
	}
	return low < (int) lengthof(dropped) && point >= dropped[low].first;
}

/* The character as it counts, or DROPPED. */
static uint32
fold(uint32 point)
{
	if (point >= 0xFF01 && point <= 0xFF5E)
		point -= 0xFEE0;
	if (point < 0x80)
	{
		if (point >= 'A' && point <= 'Z')
			return point + ('a' - 'A');
		if ((point >= 'a' && point <= 'z') || (point >= '0' && point <= '9'))
			return point;
		return DROPPED;
	}
	/* most of what is written here */
	if (point >= 0x3400 && point <= 0x9FFF)
		return point;
	return is_dropped(point) ? DROPPED : point;
}

static inline uint64
mix(uint64 x)
{
	x ^= x >> 31;
	x *= UINT64CONST(0x9E3779B97F4A7C15);
	x ^= x >> 32;
	x *= UINT64CONST(0xBF58476D1CE4E5B9);
	return x ^ (x >> 29);
}

/* Two code points have 42 bits; two pairs in four billion may be one gram. */
static inline int32
gram_of(uint32 first, uint32 second)
{
	return (int32) (uint32) (mix(((uint64) first << 21) | second) >> 32);
}

#define ST_SORT sort_grams
#define ST_ELEMENT_TYPE int32
#define ST_COMPARE(a, b) (*(a) < *(b) ? -1 : *(a) > *(b))
#define ST_SCOPE static
#define ST_DEFINE
#include "lib/sort_template.h"

int
pc_bigrams(const char *text, size_t length, int32 *grams)
{
	const unsigned char *next = (const unsigned char *) text;
	const unsigned char *end = next + length;
	uint32		before = DROPPED;
	int			count = 0;
	int			kept = 0;

	while (next < end)
	{
		uint32		point = fold(next_point(&next, end));

		if (point == DROPPED)
			continue;
		if (before != DROPPED)
			grams[count++] = gram_of(before, point);
		before = point;
	}
	/* a text of one character is that character */
	if (count == 0 && before != DROPPED)
		grams[count++] = gram_of(before, 0);

	sort_grams(grams, count);
	for (int i = 0; i < count; i++)
		if (kept == 0 || grams[kept - 1] != grams[i])
			grams[kept++] = grams[i];
	return kept;
}

int64
pc_text_digest(const char *text, size_t length)
{
	const unsigned char *next = (const unsigned char *) text;
	const unsigned char *end = next + length;
	uint64		digest = UINT64CONST(0xC2B2AE3D27D4EB4F);

	while (next < end)
	{
		uint32		point = fold(next_point(&next, end));

		if (point != DROPPED)
			digest = mix(digest + point);
	}
	return (int64) digest;
}
