# A PostgreSQL 15 server for one comparison, and the questions that it is asked. To be sourced.

postgresql_bin=/usr/lib/postgresql/15/bin
postgresql_server=""

has_postgresql() { [ -x $postgresql_bin/postgres ] && command -v psql >/dev/null 2>&1; }

# Whether there are package descriptions to compare.
has_package_lists() { [ "$(apt-cache dumpavail | grep -c '^Package:')" -ge 50000 ]; }

# Installs what the comparison needs; a failure ends the run.
install_postgresql() {
    if has_postgresql && has_package_lists && [ -r /usr/share/snowball/data/english/voc.txt ]; then
        return 0
    fi
    local runner=""
    if [ "$(id -u)" -ne 0 ]; then runner="sudo"; fi
    step "Reading apt's package lists" $runner apt-get update &&
        step "Installing PostgreSQL 15" \
            $runner env DEBIAN_FRONTEND=noninteractive apt-get install -y \
            --no-install-recommends postgresql-15 snowball-data || fail \
        "PostgreSQL 15 could not be installed; apt's words are above."
    has_postgresql || fail "PostgreSQL 15 was installed, but it is not in $postgresql_bin."
}

# The server does not run as root.
as_server() {
    if [ "$(id -u)" -eq 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

# Starts a server that only a socket in `$1` reaches.
start_postgresql() {
    postgresql_folder="$1/server"
    mkdir "$postgresql_folder"
    if [ "$(id -u)" -eq 0 ]; then chown postgres "$postgresql_folder"; fi
    cd "$postgresql_folder"
    as_server $postgresql_bin/initdb -D data -A trust -U postgres -E UTF8 --locale=C.UTF-8 \
        --no-sync >/dev/null
    as_server $postgresql_bin/postgres -D "$postgresql_folder/data" -k "$postgresql_folder" \
        -c listen_addresses= -c fsync=off -c max_parallel_workers_per_gather=0 \
        -c work_mem=256MB >log 2>&1 &
    postgresql_server=$!
    cd - >/dev/null
    local _
    for _ in $(seq 100); do
        if ask -c 'SELECT 1' >/dev/null 2>&1; then return 0; fi
        sleep 0.1
    done
    cat "$postgresql_folder/log" >&2
    return 1
}

stop_postgresql() {
    if [ -z "$postgresql_server" ]; then return 0; fi
    # The server itself may be a child of `runuser`; its own file says which process it is.
    local process
    process="$(head -n 1 "$postgresql_folder/data/postmaster.pid" 2>/dev/null || true)"
    kill -INT "${process:-$postgresql_server}" 2>/dev/null || true
    wait "$postgresql_server" 2>/dev/null || true
    postgresql_server=""
}

ask() { psql -h "$postgresql_folder" -U postgres -qAtX -v ON_ERROR_STOP=1 "$@"; }

# Turns texts that end with `$1` into lines as COPY reads them, no longer than the positions of a
# lexeme are kept for the most part.
escape() {
    LC_ALL=C awk -v RS="$1" '{
        text = substr($0, 1, 8000)
        gsub(/\\/, "\\\\\\\\", text); gsub(/\n/, "\\n", text); gsub(/\r/, "\\r", text)
        gsub(/\t/, "\\t", text)
        if (text != "") print text
    }' | iconv -c -f UTF-8 -t UTF-8
}

# Every package description, manual pages, and the dictionaries that are installed.
collect_documents() {
    local page dictionary
    if command -v apt-cache >/dev/null 2>&1; then apt-cache dumpavail | escape ''; fi
    find /usr/share/man/man[1-8] -name '*.gz' 2>/dev/null | sort | sed -n 1,4000p |
        while IFS= read -r page; do
            # The rest of a longer page is not read, which zcat takes for a failure.
            zcat "$page" 2>/dev/null | head -c 8000 | tr -d '\000\001' || true
            printf '\001'
        done | escape '\001'
    for dictionary in foldoc gcide; do
        if [ -r /usr/share/dictd/$dictionary.dict.dz ]; then
            # A sample: every paragraph of these would double the time.
            zcat /usr/share/dictd/$dictionary.dict.dz | tr -d '\000' | escape '' |
                awk 'NR % 4 == 0' || true
        fi
    done
}

# Writes the terms of the texts `$1` whose numbers are `$2` of `$3` to `$1.$2`, with positions.
ask_texts() {
    ask >"$folder/$1.$2" <<SQL
SET client_min_messages = error;
CREATE TEMP TABLE d (n serial, t text);
\\copy d (t) FROM '$folder/$1'
COPY (
    SELECT (SELECT string_agg(lexeme || ':' || p, ' ' ORDER BY p, lexeme)
        FROM unnest(to_tsvector('english', t)) u, unnest(u.positions) p)
    FROM d WHERE (n - 1) % $3 = $2 ORDER BY n) TO STDOUT (NULL '');
SQL
}

ask_stems() {
    ask >"$folder/words.theirs" <<SQL
CREATE TEMP TABLE w (n serial, t text);
\\copy w (t) FROM '$folder/words'
COPY (SELECT array_to_string(ts_lexize('english_stem', t), ' ') FROM w ORDER BY n) TO STDOUT;
SQL
}

ask_queries() {
    ask >"$folder/$1.theirs" <<SQL
SET client_min_messages = error;
CREATE TEMP TABLE q (n serial, t text);
\\copy q (t) FROM '$folder/$1'
CREATE FUNCTION pg_temp.read(t text) RETURNS text LANGUAGE plpgsql AS \$\$ BEGIN
    RETURN websearch_to_tsquery('english', t);
EXCEPTION WHEN OTHERS THEN
    RETURN 'refused: ' || SQLERRM;
END \$\$;
COPY (SELECT pg_temp.read(t) FROM q ORDER BY n) TO STDOUT;
SQL
}

# Which of the first `$1` documents each search finds.
ask_searches() {
    head -n "$1" "$folder/documents" >"$folder/sample"
    ask >"$folder/searches.asked.theirs" <<SQL
SET client_min_messages = error;
CREATE TEMP TABLE d (n serial, t text, v tsvector);
\\copy d (t) FROM '$folder/sample'
UPDATE d SET v = to_tsvector('english', t);
CREATE INDEX ON d USING gin (v);
ANALYZE d;
CREATE TEMP TABLE s (n serial, t text);
\\copy s (t) FROM '$folder/searches.asked'
COPY (
    SELECT (SELECT string_agg(d.n::text, ' ' ORDER BY d.n) FROM d
        WHERE d.v @@ websearch_to_tsquery('english', s.t))
    FROM s ORDER BY s.n) TO STDOUT (NULL '');
SQL
}
