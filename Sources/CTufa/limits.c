#include "ctufa.h"

#include <stdio.h>
#include <string.h>

static FILE *open_below(const char *root, const char *path) {
    char whole[8192];
    int length = snprintf(whole, sizeof whole, "%s%s", root, path);
    if (length < 0 || (size_t)length >= sizeof whole) return NULL;
    return fopen(whole, "r");
}

// Whether a file begins with a number above zero; "max" and -1 stand for no limit.
static int begins_with_a_limit(const char *root, const char *path) {
    FILE *file = open_below(root, path);
    if (file == NULL) return 0;
    long long limit = 0;
    int count = fscanf(file, "%lld", &limit);
    fclose(file);
    return count == 1 && limit > 0;
}

// Whether a group or one that it is in has a limit; `group` is cut off from its end.
static int is_limited(const char *root, const char *mount, char *group, const char *name) {
    for (;;) {
        char path[8192];
        int length = snprintf(path, sizeof path, "%s%s/%s", mount, group, name);
        if (length > 0 && (size_t)length < sizeof path && begins_with_a_limit(root, path)) return 1;
        char *last = strrchr(group, '/');
        if (last == NULL) return 0;
        *last = 0;
    }
}

// Whether one of the names between commas is "cpu".
static int has_cpu(const char *controllers) {
    for (const char *at = controllers; at != NULL; at = strchr(at, ',')) {
        if (*at == ',') at++;
        if (strncmp(at, "cpu", 3) == 0 && (at[3] == ',' || at[3] == 0)) return 1;
    }
    return 0;
}

int tufa_processors_are_rationed(const char *root) {
    char line[4096];
    FILE *groups = open_below(root, "/proc/self/cgroup");
    if (groups == NULL) return 0;
    int is_rationed = 0;
    // A line is a number, controllers and a path, with colons between: cgroups(7).
    while (!is_rationed && fgets(line, sizeof line, groups) != NULL) {
        line[strcspn(line, "\n")] = 0;
        char *controllers = strchr(line, ':');
        char *group = controllers == NULL ? NULL : strchr(controllers + 1, ':');
        if (group == NULL) continue;
        *controllers++ = 0;
        *group++ = 0;
        if (*controllers == 0)
            is_rationed = is_limited(root, "/sys/fs/cgroup", group, "cpu.max");
        else if (has_cpu(controllers))
            is_rationed = is_limited(root, "/sys/fs/cgroup/cpu", group, "cpu.cfs_quota_us");
    }
    fclose(groups);
    return is_rationed;
}

int tufa_calls_are_filtered(const char *root) {
    char line[4096];
    FILE *status = open_below(root, "/proc/self/status");
    if (status == NULL) return 0;
    int mode = 0;
    // proc(5): 0 for none, 1 for the strict mode, 2 for a filter.
    while (fgets(line, sizeof line, status) != NULL)
        if (sscanf(line, "Seccomp: %d", &mode) == 1) break;
    fclose(status);
    return mode != 0;
}
