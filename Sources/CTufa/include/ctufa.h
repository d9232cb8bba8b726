#ifndef CTUFA_H
#define CTUFA_H

#include <stddef.h>
#include <stdint.h>

#endif
