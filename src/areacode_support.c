#include "postgres.h"
#include "fmgr.h"
PG_FUNCTION_INFO_V1(pc_areacode_support);
PG_FUNCTION_INFO_V1(pc_areacode_subtree_sel);
PG_FUNCTION_INFO_V1(pc_areacode_subtree_joinsel);
PG_FUNCTION_INFO_V1(pc_areacode_rangesel);
Datum pc_areacode_support(PG_FUNCTION_ARGS) { PG_RETURN_POINTER(NULL); }
Datum pc_areacode_subtree_sel(PG_FUNCTION_ARGS) { PG_RETURN_FLOAT8(0.005); }
Datum pc_areacode_subtree_joinsel(PG_FUNCTION_ARGS) { PG_RETURN_FLOAT8(0.005); }
Datum pc_areacode_rangesel(PG_FUNCTION_ARGS) { PG_RETURN_FLOAT8(0.3333); }
