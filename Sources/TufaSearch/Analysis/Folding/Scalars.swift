/// The scalars of a term while it is folded, in memory of the caller's.
@unsafe
struct Scalars {
    /// How many scalars a term is folded from: the longest term taken apart.
    static let capacity = 1024

    let base: UnsafeMutablePointer<UInt32>
    var count = 0
    /// Whether some scalar can be written in another way, alone or with one beside it.
    var needsComposing = false

    init(base: UnsafeMutablePointer<UInt32>) { unsafe self.base = base }

    /// Whether one more scalar fits, taken apart or not.
    var hasRoom: Bool { unsafe count + 4 <= Self.capacity }

    @inline(__always)
    mutating func append(_ scalar: UInt32) {
        // Safe: the count stays below the capacity.
        if unsafe count < Self.capacity {
            unsafe base[count] = scalar
            unsafe count += 1
        }
    }

    /// Writes UTF-8 to memory with room for the longest term, and returns its length.
    func encode(into output: UnsafeMutablePointer<UInt8>) -> Int {
        unsafe encode(0..<count, into: output)
    }

    /// Writes some scalars, as many as fit.
    func encode(_ range: Range<Int>, into output: UnsafeMutablePointer<UInt8>) -> Int {
        var byteCount = 0
        for index in range {
            // Safe: the index is below the count, and the bytes fit.
            let scalar = unsafe Unicode.Scalar(base[index]) ?? "\u{FFFD}"
            let bytes = UTF8.encode(scalar)
            guard let bytes, byteCount + bytes.count <= TokenBuffer.maximumTermByteCount else {
                break
            }
            for byte in bytes {
                unsafe output[byteCount] = byte
                byteCount += 1
            }
        }
        return byteCount
    }
}

// MARK: - Composing

extension Scalars {
    /// Brings the scalars into composed form, with or without their accents.
    mutating func compose(droppingAccents: Bool) {
        unsafe takeApart(droppingAccents: droppingAccents)
        unsafe sortMarks()
        unsafe putTogether()
    }

    private mutating func takeApart(droppingAccents: Bool) {
        let forms = CanonicalForms.shared
        var index = 0
        while unsafe index < count {
            // Safe: the indexes are below the count, which stays below the capacity.
            let scalar = unsafe base[index]
            let form =
                unsafe forms.form(of: scalar) ?? (droppingAccents ? Self.plainForm(scalar) : nil)
            if let form {
                unsafe base[index] = form.first
                if form.second != 0, unsafe count < Self.capacity {
                    var moved = unsafe count
                    while moved > index + 1 {
                        unsafe base[moved] = base[moved - 1]
                        moved -= 1
                    }
                    unsafe base[index + 1] = form.second
                    unsafe count += 1
                }
                continue
            }
            if droppingAccents, unsafe Self.isAccent(Self.combiningClass(base[index])) {
                for moved in unsafe index..<(count - 1) { unsafe base[moved] = base[moved + 1] }
                unsafe count -= 1
                continue
            }
            index += 1
        }
    }

    /// Sorts the marks behind each letter by their combining classes, which tell where they stand.
    private mutating func sortMarks() {
        var index = 1
        while unsafe index < count {
            // Safe: the indexes are below the count.
            let mark = unsafe base[index]
            let combiningClass = unsafe Self.combiningClass(mark)
            var place = index
            while place > 0 && combiningClass > 0,
                unsafe Self.combiningClass(base[place - 1]) > combiningClass
            {
                unsafe base[place] = base[place - 1]
                place -= 1
            }
            unsafe base[place] = mark
            index += 1
        }
    }

    private mutating func putTogether() {
        let forms = CanonicalForms.shared
        var starter = -1
        var lastClass = -1
        var kept = 0
        for index in unsafe 0..<count {
            // Safe: what is kept lies before what is read.
            let scalar = unsafe base[index]
            let combiningClass = unsafe Self.combiningClass(scalar)
            if starter >= 0, lastClass < combiningClass,
                let composed = unsafe forms.composed(base[starter], scalar)
            {
                unsafe base[starter] = composed
                continue
            }
            lastClass = combiningClass
            if combiningClass == 0 {
                starter = kept
                lastClass = -1
            }
            unsafe base[kept] = scalar
            kept += 1
        }
        unsafe count = kept
    }

    /// The ASCII letters for a letter that no accent makes.
    private static func plainForm(_ scalar: UInt32) -> CanonicalForms.Form? {
        let letters: StaticString? =
            switch scalar {
            case 0xDF: "ss"
            case 0xE6: "ae"
            case 0xF0, 0x111: "d"
            case 0xF8: "o"
            case 0xFE: "th"
            case 0x127: "h"
            case 0x131: "i"
            case 0x142: "l"
            case 0x153: "oe"
            case 0x167: "t"
            default: nil
            }
        guard let letters else { return nil }
        // Safe: a literal of ASCII ends with a zero.
        return unsafe CanonicalForms.Form(
            first: UInt32(letters.utf8Start[0]), second: UInt32(letters.utf8Start[1]))
    }

    private static func combiningClass(_ scalar: UInt32) -> Int {
        if scalar < 0x300 { return 0 }
        return Int(Unicode.Scalar(scalar)?.properties.canonicalCombiningClass.rawValue ?? 0)
    }

    /// Whether marks of a combining class are accents, not vowels or parts of the letter: those
    /// above, below and through letters, and the points of Hebrew and Arabic.
    private static func isAccent(_ combiningClass: Int) -> Bool {
        combiningClass == 1 || 10...36 ~= combiningClass || combiningClass >= 200
    }
}
