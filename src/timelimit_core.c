/*
 * timelimit_core.c
 *	  Parses, prints and compares time limits.
 *
 * A limit is what a rule says, "90min" or "5wd", and stays what was said:
 * 90min and 2h are never made into each other, nor is 1d into 24h, which a
 * change to daylight saving tells apart.
 *
 * Never allocates, throws or calls the server: what it reads may come from a
 * fuzzer.
 */
#include "chars.h"
#include "timelimit_core.h"

typedef struct UnitInfo
{
	const char *name;
	int32		max;			/* about a hundred years */
	int32		minutes;		/* nominal length, for the order only */
} UnitInfo;

/* by PcLimitUnit, which starts from 1 */
static const UnitInfo units[] = {
	{"", 0, 0},
	{"min", 52560000, 1},
	{"h", 876000, 60},
	{"d", 36500, 1440},
	{"wh", 876000, 60},
	{"wd", 36500, 1440}
};

/* Zero if there is no such unit. */
static int
find_unit(const char *text, size_t len)
{
	for (int unit = PC_UNIT_MINUTE; unit <= PC_UNIT_WORKDAY; unit++)
	{
		const char *name = units[unit].name;

		if (strlen(name) == len && memcmp(name, text, len) == 0)
			return unit;
	}
	return 0;
}

PcLimitError
pc_limit_parse(const char *text, size_t len, PcTimeLimit *limit)
{
	size_t		digits = 0;
	int64		amount = 0;
	int			unit;

	pc_trim(&text, &len);
	if (len == 0)
		return PC_LIMIT_EMPTY;
	if (text[0] == '-')
		return PC_LIMIT_NEGATIVE;

	for (; digits < len && pc_is_digit(text[digits]); digits++)
		if (amount <= PG_INT32_MAX)
			amount = amount * 10 + (text[digits] - '0');
	text += digits;
	len -= digits;
	if (digits == 0)
		return PC_LIMIT_NO_AMOUNT;
	if (len == 0)
		return PC_LIMIT_NO_UNIT;
	if (text[0] == '.' || text[0] == ',')
		return PC_LIMIT_FRACTION;
	if (pc_is_space(text[0]))
		return PC_LIMIT_SPACE_INSIDE;
	unit = find_unit(text, len);
	if (unit == 0)
		return PC_LIMIT_UNKNOWN_UNIT;
	if (amount > units[unit].max)
		return PC_LIMIT_TOO_LARGE;
	limit->unit = (PcLimitUnit) unit;
	limit->amount = (int32) amount;
	return PC_LIMIT_OK;
}

const char *
pc_limit_error_detail(PcLimitError error)
{
	switch (error)
	{
		case PC_LIMIT_OK:
			break;
		case PC_LIMIT_EMPTY:
			return "A time limit is not empty.";
		case PC_LIMIT_NEGATIVE:
			return "A time limit is not negative.";
		case PC_LIMIT_NO_AMOUNT:
			return "A time limit begins with its amount, in digits.";
		case PC_LIMIT_FRACTION:
			return "A time limit is a whole number of its unit; use a smaller unit.";
		case PC_LIMIT_SPACE_INSIDE:
			return "A time limit has no space between its amount and its unit.";
		case PC_LIMIT_NO_UNIT:
			return "A time limit has a unit: min, h, d, wh or wd.";
		case PC_LIMIT_UNKNOWN_UNIT:
			return "The unit of a time limit is min, h, d, wh or wd.";
		case PC_LIMIT_TOO_LARGE:
			return "A time limit is at most 52560000min, 876000h, 36500d, 876000wh or 36500wd.";
	}
	return "";
}

int
pc_limit_print(PcTimeLimit limit, char *buffer)
{
	char		digits[PC_LIMIT_TEXT_SIZE];
	const char *name = units[limit.unit].name;
	int32		rest = limit.amount;
	int			count = 0;
	int			len = 0;

	do
	{
		digits[count++] = (char) ('0' + rest % 10);
		rest /= 10;
	} while (rest > 0);
	while (count > 0)
		buffer[len++] = digits[--count];
	while (*name != '\0')
		buffer[len++] = *name++;
	buffer[len] = '\0';
	return len;
}

int32
pc_limit_max(PcLimitUnit unit)
{
	return units[unit].max;
}

bool
pc_limit_is_valid(int64 unit, int64 amount)
{
	return unit >= PC_UNIT_MINUTE && unit <= PC_UNIT_WORKDAY &&
		amount >= 0 && amount <= units[unit].max;
}

/*
 * By nominal length, a working hour as an hour and a working day as a day,
 * then by unit. Only the same unit and amount are equal, so 60min, 1h and 1wh
 * are three values in this order.
 */
int
pc_limit_compare(PcTimeLimit a, PcTimeLimit b)
{
	int64		length_a = (int64) a.amount * units[a.unit].minutes;
	int64		length_b = (int64) b.amount * units[b.unit].minutes;

	if (length_a != length_b)
		return length_a < length_b ? -1 : 1;
	return (a.unit > b.unit) - (a.unit < b.unit);
}
