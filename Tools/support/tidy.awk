# The rules that are checked line by line. Run by Tools/tidy with LC_ALL=C, so bytes are characters
# of awk; works with mawk, gawk and the awk of macOS.

function report(line, rule, text) {
    printf "%s:%d: %s: %s\n", file, line, rule, text
    found = 1
}

# The length in characters: bytes that continue a UTF-8 sequence are not counted.
function columns(text) {
    gsub(/[\200-\277]/, "", text)
    return length(text)
}

function begins(text, start) { return substr(text, 1, length(start)) == start }

# Whether `word` stands in `text` as a word of its own.
function hasWord(text, word) { return (" " text " ") ~ ("[^A-Za-z0-9_.`]" word "[^A-Za-z0-9_]") }

function allow(module, names,    list, count, i) {
    count = split(names, list, " ")
    for (i = 1; i <= count; i++) allowed[module, list[i]] = 1
    known[module] = 1
}

function unsafeRoom(path) { rooms[path] = 1 }

BEGIN {
    # The arrows of Docs/Architecture.md: what each module may import, and nothing else.
    system_ = "Synchronization Glibc Musl Darwin"
    foundation = "FoundationEssentials Foundation"
    allow("TufaBytes", "CLZ4 CTufa " system_)
    allow("TufaStorage", "TufaBytes CTufa " system_)
    allow("TufaIndex", "TufaBytes CTufa " system_)
    allow("TufaSearch", "TufaBytes TufaIndex CStemmer CTufa " system_)
    allow("TufaModel", "TufaBytes")
    allow("Tufa", "TufaBytes TufaStorage TufaIndex TufaSearch TufaModel Logging Metrics " \
        system_ " " foundation)
    allow("TufaTesting", "Tufa TufaStorage TufaBytes TufaModel " system_ " " foundation)

    # Where pointers may be touched; Docs/Style.md says why for each.
    unsafeRoom("Sources/TufaBytes/")
    unsafeRoom("Sources/TufaIndex/")
    unsafeRoom("Sources/TufaStorage/")
    unsafeRoom("Sources/TufaSearch/")
    unsafeRoom("Sources/TufaModel/Expressions/CheckExpression.swift")
    unsafeRoom("Sources/TufaModel/Planning/KeyBuffer+Value.swift")
    unsafeRoom("Sources/TufaModel/Queries/ByteOrder.swift")
    unsafeRoom("Sources/TufaModel/Queries/PredicateProgram.swift")
    unsafeRoom("Sources/TufaModel/Values/RowCodec.swift")
    unsafeRoom("Sources/Tufa/Concurrency/")
    unsafeRoom("Sources/Tufa/Deep/")
    unsafeRoom("Sources/Tufa/Engine/")
    unsafeRoom("Sources/Tufa/Plain/")
    unsafeRoom("Sources/Tufa/Queries/")
    unsafeRoom("Sources/Tufa/Salvage/")
    unsafeRoom("Sources/Tufa/Searching/")
    unsafeRoom("Sources/Tufa/State/")
    unsafeRoom("Sources/Tufa/Views/")
    unsafeRoom("Sources/Tufa/Transactions/Transaction+Reading.swift")
    unsafeRoom("Sources/Tufa/Database/Database+Open.swift")
    unsafeRoom("Sources/Tufa/Database/Database+Verify.swift")
    unsafeRoom("Sources/Tufa/Database/ProcessMemory.swift")
    unsafeRoom("Sources/Tufa/Entities/Conversions.swift")
    unsafeRoom("Sources/Tufa/Entities/EntityCodec.swift")
    unsafeRoom("Sources/Tufa/Entities/KeyPathCache.swift")
    unsafeRoom("Sources/Tufa/Entities/TypeRegistry.swift")
    unsafeRoom("Sources/Tufa/History/EventDecoder.swift")
    unsafeRoom("Sources/Tufa/Identity/SystemClock.swift")

    # In pieces, so that this file does not hold what it looks for.
    unfinished = "TO" "DO|FIX" "ME|XX" "X|HA" "CK"
    machinePath = "(^|[^A-Za-z0-9_.~-])/(home|Users|root|wo" "rk)/|[.][.]/sha" "red"
}

FNR == 1 { closeFile(); openFile() }

{
    lineCount = FNR
    if ($0 ~ machinePath) report(FNR, "machine-path", "a path that exists on one machine only")
    if ((" " $0 " ") ~ ("[^A-Za-z0-9_](" unfinished ")[^A-Za-z0-9_]"))
        report(FNR, "unfinished", "finish it, or file an issue; no marker stays in the tree")
}

isSwift {
    # The words of an expected message are not broken in a test.
    if (length($0) > 100 && columns($0) > 100 && !(isTest && /"/))
        report(FNR, "line-length", columns($0) " columns; at most 100")
    checkCode()
}

END {
    closeFile()
    exit found
}

function openFile(    parts) {
    file = FILENAME
    sub(/^\.\//, "", file)
    isSwift = file ~ /\.swift$/
    isSource = begins(file, "Sources/")
    isTest = begins(file, "Tests/")
    isTool = begins(file, "Tools/")
    inText = 0
    lineCount = 0
    module = ""
    if (isSource) { split(file, parts, "/"); module = parts[2] }
    isPure = module ~ /^Tufa(Bytes|Index|Search|Model)$/
    isLow = isPure || module == "TufaStorage"
    isRoom = 0
    saidUnsafe = 0
    for (room in rooms) if (begins(file, room)) isRoom = 1
    delete functionLine
}

function closeFile() {
    if (lineCount > 600 && isCounted) report(lineCount, "file-length", lineCount " lines; at most 600")
    isCounted = 0
}

# Counted are the files that people write: code, scripts and pages, but not the page that a program
# writes.
FNR == 1 {
    isCounted = file ~ /\.(swift|c|h|md|bash|awk|sh)$/ || file ~ /^Tools\/[a-z-]+$/
    if (file == "Benchmarks/Results.md") isCounted = 0
}

function checkCode(    code, quotes, line) {
    line = $0
    quotes = gsub(/"""/, "\"\"\"", line)
    if (inText) {
        if (quotes % 2 == 1) inText = 0
        return
    }
    code = $0
    gsub(/"""/, "", code)
    gsub(/"([^"\\]|\\.)*"/, "\"\"", code)
    if (quotes % 2 == 1) { inText = 1; sub(/".*/, "", code) }
    comment = ""
    if (match(code, /\/\/.*/)) {
        comment = substr(code, RSTART + 2)
        code = substr(code, 1, RSTART - 1)
    }
    measureFunction(code)
    if (isSource || isTool) checkCalls(code)
    if (isSource) checkModule(code)
}

# A function is recognised by its indentation, which `swift format` keeps true: it begins at the
# line of `func`, `init`, `deinit` or `subscript` and ends at the first `}` that stands as deep.
function measureFunction(code,    indent, text, length_, depth) {
    text = code
    sub(/^ */, "", text)
    if (text == "") return
    indent = length(code) - length(text)
    # Whatever stands less deep ends a requirement of a protocol, which has no body.
    for (depth in functionLine) if (depth + 0 > indent) delete functionLine[depth]
    if (text ~ /^}/ && (indent in functionLine)) {
        length_ = FNR - functionLine[indent] + 1
        if (length_ > 70)
            report(functionLine[indent], "function-length", length_ " lines; at most 70")
        delete functionLine[indent]
        return
    }
    if (text ~ /^([a-z@][A-Za-z@()_]* )*(func |init[?]?[(<]|deinit([ {]|$)|subscript[(<])/) {
        if (text ~ /[{].*[}] *$/) delete functionLine[indent]
        else functionLine[indent] = FNR
    }
}

function checkCalls(code) {
    if (code ~ /(^|[^A-Za-z0-9_])try!/)
        report(FNR, "banned-call", "`try!` hides an error; throw it on, or handle it")
    if (code ~ /(^|[^A-Za-z0-9_])as!/)
        report(FNR, "banned-call", "`as!` traps on what it did not expect; use `as?`")
    if (code ~ /(^|[^A-Za-z0-9_.])fatalError\(/)
        report(FNR, "banned-call", "`fatalError`; a bug is a `precondition` with a sentence")
    if (isSource && code ~ /(^|[^A-Za-z0-9_.])print\(/ && code !~ /func print\(/)
        report(FNR, "banned-call", "`print`; a library returns, throws or logs")
    if (code ~ /@unchecked Sendable/ && length(comment) < 8)
        report(FNR, "reason", "`@unchecked Sendable` needs its reason on the same line")
    if (code ~ /[A-Za-z0-9_)\]]!([^=A-Za-z]|$)/ && code !~ /(try|as)!/ && length(comment) < 8)
        report(FNR, "reason", "`!` needs its reason on the same line")
}

function checkModule(code,    words, count, name) {
    if (code ~ /^ *(@[A-Za-z_()]+ )*((public|package|internal|private|fileprivate) )?import /) {
        count = split(code, words, " ")
        name = words[count]
        sub(/\..*/, "", name)
        if ((module in known) && !((module, name) in allowed)) {
            if (name ~ /^Foundation/) report(FNR, "foundation", module " imports no " name)
            else report(FNR, "arrows", module " may not import " name)
        }
    }
    if (isPure && (hasWord(code, "async") || hasWord(code, "await")))
        report(FNR, "pure", module " is never async")
    # Once a file: a file that begins to touch pointers will do it on many lines.
    if (!isRoom && !saidUnsafe && hasWord(code, "unsafe") && (saidUnsafe = 1))
        report(FNR, "unsafe", "pointers are touched in the rooms that Docs/Style.md names")
}
