// <crtdbg.h> with its functions: without _DEBUG they are macros.
#pragma once

#ifndef _DEBUG
#define _DEBUG
#endif
#include <crtdbg.h>
