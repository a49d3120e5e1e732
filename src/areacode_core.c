/*
 * areacode_core.c
 *	  Parses, prints and cuts area codes.
 *
 * A code has up to six segments of 2+2+2+3+3+3 digits. A value keeps all
 * fifteen, zero-padded on the right, so that the order of the integers is
 * the order of the texts and a subtree is one range of integers. A code does
 * not begin with the digit 0 (no province of GB/T 2260 does), which makes the
 * number of its digits known from the integer; the one exception is 0 itself,
 * the root.
 *
 * Never allocates, throws or calls the server: what it reads may come from a
 * fuzzer.
 */
#include "areacode_core.h"
#include "chars.h"

/* by level: codes of 15 digits per subtree, and digits of the printed code */
static const int64 level_width[] = {
	INT64CONST(1000000000000000),
	INT64CONST(10000000000000),
	INT64CONST(100000000000),
	INT64CONST(1000000000),
	INT64CONST(1000000),
	INT64CONST(1000),
	INT64CONST(1)
};

static const int level_digits[] = {0, 2, 4, 6, 9, 12, 15};

#define FULL_DIGITS 15

static bool
is_legal_length(size_t digits)
{
	for (int level = PC_LEVEL_PROVINCE; level <= PC_LEVEL_GRID; level++)
		if (digits == (size_t) level_digits[level])
			return true;
	return false;
}

static PcAreaError
check_characters(const char *text, size_t len)
{
	if (len == 0)
		return PC_AREA_EMPTY;
	if (text[0] == '+' || text[0] == '-')
		return PC_AREA_SIGN;
	for (size_t i = 0; i < len; i++)
	{
		if (pc_is_space(text[i]))
			return PC_AREA_SPACE_INSIDE;
		if (!pc_is_digit(text[i]))
			return PC_AREA_NOT_A_DIGIT;
	}
	return PC_AREA_OK;
}

PcAreaError
pc_area_parse(const char *text, size_t len, AreaCode *code)
{
	PcAreaError error;
	int64		value = 0;

	pc_trim(&text, &len);
	error = check_characters(text, len);
	if (error != PC_AREA_OK)
		return error;

	/* the root's own text; zeros of a legal length are the root as well */
	if (len == 1 && text[0] == '0')
	{
		*code = 0;
		return PC_AREA_OK;
	}
	if (!is_legal_length(len))
		return PC_AREA_BAD_LENGTH;

	for (size_t i = 0; i < FULL_DIGITS; i++)
		value = value * 10 + (i < len ? text[i] - '0' : 0);
	if (value != 0 && text[0] == '0')
		return PC_AREA_LEADING_ZERO;
	*code = value;
	return PC_AREA_OK;
}

/* The number is read as the digits of a code: 420102 is a district. */
PcAreaError
pc_area_from_number(int64 number, AreaCode *code)
{
	size_t		digits = 0;

	if (number < 0)
		return PC_AREA_SIGN;
	if (number > PC_AREA_MAX)
		return PC_AREA_BAD_LENGTH;
	for (int64 rest = number; rest > 0; rest /= 10)
		digits++;
	if (number != 0 && !is_legal_length(digits))
		return PC_AREA_BAD_LENGTH;
	if (number != 0)
		for (; digits < FULL_DIGITS; digits++)
			number *= 10;
	*code = number;
	return PC_AREA_OK;
}

const char *
pc_area_error_detail(PcAreaError error)
{
	switch (error)
	{
		case PC_AREA_OK:
			break;
		case PC_AREA_EMPTY:
			return "An area code is not empty; the root of all areas is \"0\".";
		case PC_AREA_SIGN:
			return "An area code has no sign.";
		case PC_AREA_SPACE_INSIDE:
			return "An area code has no space between its digits.";
		case PC_AREA_NOT_A_DIGIT:
			return "An area code consists of the digits 0 to 9 only.";
		case PC_AREA_BAD_LENGTH:
			return "An area code has 2, 4, 6, 9, 12 or 15 digits.";
		case PC_AREA_LEADING_ZERO:
			return "An area code other than the root does not begin with 0.";
	}
	return "";
}

int
pc_area_print(AreaCode code, char *buffer)
{
	PcAreaLevel level = pc_area_level(code);
	int			digits = level_digits[level];
	int64		rest = code / level_width[level];

	if (level == PC_LEVEL_NATION)
	{
		buffer[0] = '0';
		buffer[1] = '\0';
		return 1;
	}
	buffer[digits] = '\0';
	for (int i = digits - 1; i >= 0; i--)
	{
		buffer[i] = (char) ('0' + rest % 10);
		rest /= 10;
	}
	return digits;
}

int64
pc_area_width(PcAreaLevel level)
{
	return level_width[level];
}

int
pc_area_segment(AreaCode code, PcAreaLevel level)
{
	if (level == PC_LEVEL_NATION)
		return 0;
	return (int) (code % level_width[level - 1] / level_width[level]);
}

/* The deepest segment that is not zero gives the level. */
PcAreaLevel
pc_area_level(AreaCode code)
{
	int			level = PC_LEVEL_NATION;

	while (level < PC_LEVEL_GRID && code % level_width[level] != 0)
		level++;
	return (PcAreaLevel) level;
}

AreaCode
pc_area_ancestor(AreaCode code, PcAreaLevel level)
{
	return code - code % level_width[level];
}

/*
 * Cutting one level off a code such as 441900003 yields 441900, which is the
 * city 4419: segments of zeros in the middle vanish with what is below them.
 * The root is its own parent here; SQL sees NULL.
 */
AreaCode
pc_area_parent(AreaCode code)
{
	PcAreaLevel level = pc_area_level(code);

	if (level == PC_LEVEL_NATION)
		return 0;
	return pc_area_ancestor(code, (PcAreaLevel) (level - 1));
}

AreaCode
pc_area_common(AreaCode a, AreaCode b)
{
	int			level = PC_LEVEL_GRID;

	while (level > PC_LEVEL_NATION &&
		   pc_area_ancestor(a, (PcAreaLevel) level) !=
		   pc_area_ancestor(b, (PcAreaLevel) level))
		level--;
	return pc_area_ancestor(a, (PcAreaLevel) level);
}

AreaCode
pc_area_first(AreaCode code)
{
	return code;
}

/*
 * The code whose remaining digits are all 9. It is a value of the type like
 * any other (of the level grid), so it prints, parses and dumps.
 */
AreaCode
pc_area_last(AreaCode code)
{
	return code + level_width[pc_area_level(code)] - 1;
}
