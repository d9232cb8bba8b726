# Plants one violation of each rule in a small checkout and sees that tidy names file, line and
# rule, and nothing else. To be sourced by Tools/tidy, whose `tidy` it calls.

# plant FILE:LINE:RULE and the text of the file on standard input.
plant() {
    local expected="$1"
    local name="${expected%%:*}" output status=0
    local finding="${expected%:*}: ${expected##*:}"
    mkdir -p "$(dirname "$plot/$name")"
    cat >"$plot/$name"
    if [ "${2-}" = "run" ]; then chmod +x "$plot/$name"; fi
    output="$(tidy "$plot" 2>/dev/null)" || status=$?
    rm -f "$plot/$name"
    find "$plot" -mindepth 1 -type d -empty -not -path '*/.git/*' -delete
    if [ "$expected" = "$name:clean" ]; then
        [ "$status" -eq 0 ] && return
        printf 'tidy --self-test: %s should pass, but:\n%s\n' "$name" "$output" >&2
    else
        local lines
        lines="$(printf '%s\n' "$output" | wc -l | tr -d ' ')"
        case "$output" in
        "$finding: "*) [ "$status" -eq 1 ] && [ "$lines" -eq 1 ] && return ;;
        esac
        printf 'tidy --self-test: expected only %s, but got (exit %d):\n%s\n' \
            "$expected" "$status" "$output" >&2
    fi
    self_test_failures=$((self_test_failures + 1))
}

repeat() { awk -v count="$1" -v text="$2" 'BEGIN { for (i = 0; i < count; i++) print text }'; }

tidy_self_test() {
    self_test_failures=0
    plot="$(mktemp -d "${TMPDIR:-/tmp}/tufa-tidy.XXXXXX")"
    trap 'rm -rf "$plot"' EXIT
    git init -q "$plot"
    plant_lengths
    plant_words
    plant_calls
    plant_modules
    plant_files
    if [ "$self_test_failures" -gt 0 ]; then return 1; fi
    echo "tidy --self-test: every rule bites"
}

plant_lengths() {
    repeat 601 "let x = 1" | plant Sources/Tufa/A.swift:601:file-length
    repeat 600 "let x = 1" | plant Sources/Tufa/A.swift:clean
    { echo "struct A {" && echo "    init(" && echo "        a: Int" && echo "    ) {" &&
        repeat 67 "        x()" && echo "    }" && echo "}"; } |
        plant Sources/Tufa/A.swift:2:function-length
    { echo "func a() {" && repeat 68 "    x()" && echo "}" && echo "func b() {" &&
        repeat 68 "    x()" && echo "}"; } | plant Tests/TufaTests/A.swift:clean
    { echo "protocol A {" && echo "    func a()" && echo "}" && repeat 80 "let x = 1"; } |
        plant Sources/Tufa/A.swift:clean
    printf 'let a = 1\n// %099d\n' 0 | plant Sources/Tufa/A.swift:2:line-length
    # The same number of bytes, but 100 characters.
    printf '// %093dàéîö\n' 0 | plant Sources/Tufa/A.swift:clean
}

plant_words() {
    printf 'let a = 1\n// TO%s: more\n' DO | plant Sources/Tufa/A.swift:2:unfinished
    printf 'A page.\nFIX%s this.\n' ME | plant Docs/A.md:2:unfinished
    printf '/tmp/test-XXXX%s\n' XX | plant Docs/A.md:clean
    printf 'See /wo%s/notes.\n' rk | plant Docs/A.md:1:machine-path
    printf 'See /ho%s/ada/notes.\n' me | plant Docs/A.md:1:machine-path
}

plant_calls() {
    echo 'let a = try! b()' | plant Sources/Tufa/A.swift:1:banned-call
    echo 'let a = b as! C' | plant Tools/tufa/A.swift:1:banned-call
    echo 'fatalError("no")' | plant Sources/Tufa/A.swift:1:banned-call
    echo 'print("try! as! // fatalError(")' | plant Sources/Tufa/A.swift:1:banned-call
    echo 'print("hello")' | plant Tools/tufa/A.swift:clean
    echo 'final class A: @unchecked Sendable {}' | plant Sources/Tufa/A.swift:1:reason
    echo 'final class A: @unchecked Sendable {}  // Its state is atomic.' |
        plant Sources/Tufa/A.swift:clean
    echo 'let a = b!' | plant Sources/Tufa/A.swift:1:reason
    echo 'if a != b, !c { d("e! f") }' | plant Sources/Tufa/A.swift:clean
}

plant_modules() {
    echo 'internal import TufaStorage' | plant Sources/TufaIndex/A.swift:1:arrows
    echo 'package import struct Tufa.View' | plant Sources/TufaModel/A.swift:1:arrows
    echo 'internal import Glibc' | plant Sources/TufaModel/A.swift:1:arrows
    echo 'internal import Foundation' | plant Sources/TufaStorage/A.swift:1:foundation
    echo 'public import Foundation' | plant Sources/Tufa/A.swift:clean
    echo 'func a() async {}' | plant Sources/TufaIndex/A.swift:1:pure
    echo 'let a = unsafe b.pointee' | plant Sources/TufaTesting/A.swift:1:unsafe
    echo 'let a = "unsafe"  // unsafe' | plant Sources/TufaTesting/A.swift:clean
}

plant_files() {
    echo 'notes' | plant notes.txt:1:top-level
    printf 'A page.\nSee [B](B.md) and [the web](https://example.org).\n' |
        plant Docs/A.md:2:link
    # shellcheck disable=SC2016
    printf 'See `[B](B.md)` and [itself](A.md#part).\n' | plant Docs/A.md:clean
    echo 'true' | plant Tools/thing:1:run-bit
    echo 'true' | plant Tools/thing:clean run
}
