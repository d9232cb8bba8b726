// The functions are all inline in the header; SwiftPM asks for one file to compile.
#include "ctufa.h"
