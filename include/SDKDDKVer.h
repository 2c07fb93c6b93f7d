// sdkddkver.h, in the spelling of its users.
#include "sdkddkver.h"
