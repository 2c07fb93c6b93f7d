// windows.h, for source written where the case of a file's name means nothing.
#include "windows.h"
