import Testing
import TufaBytes

struct ScalarTests {
    @Test(arguments: [
        (Int64.min, "-290308-12-21T19:59:05.224192Z"), (.max, "294247-01-10T04:00:54.775807Z"),
        (0, "1970-01-01T00:00:00.000000Z"), (-1, "1969-12-31T23:59:59.999999Z"),
        (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
        (1_714_566_645_123_456, "2024-05-01T12:30:45.123456Z"),
        (-62_135_596_800_000_000, "0001-01-01T00:00:00.000000Z"),
        (253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"),
    ])
    func momentsAsText(_ microseconds: Int64, _ text: String) {
        #expect(Timestamp(microseconds: microseconds).description == text)
    }

    @Test(
        arguments: [
            (.minute, "2024-02-29T23:59:59.999999Z", "2024-02-29T23:59:00Z"),
            (.hour, "1969-12-31T23:59:59.999999Z", "1969-12-31T23:00:00Z"),
            (.day, "1969-12-31T00:00:00Z", "1969-12-31T00:00:00Z"),
            (.week, "2024-03-03T23:59:59Z", "2024-02-26T00:00:00Z"),
            (.week, "2024-03-04T00:00:00Z", "2024-03-04T00:00:00Z"),
            (.week, "1970-01-01T00:00:00Z", "1969-12-29T00:00:00Z"),
            (.week, "1969-12-28T12:00:00Z", "1969-12-22T00:00:00Z"),
            (.month, "1969-12-31T23:59:59Z", "1969-12-01T00:00:00Z"),
            (.quarter, "2024-06-30T12:00:00Z", "2024-04-01T00:00:00Z"),
            (.quarter, "2024-12-31T12:00:00Z", "2024-10-01T00:00:00Z"),
            (.year, "1969-12-31T23:59:59Z", "1969-01-01T00:00:00Z"),
        ] as [(TimeBucket, String, String)])
    func spansOfTimeBegin(_ bucket: TimeBucket, _ moment: String, _ start: String) throws {
        let moment = try #require(Timestamp(moment))
        #expect(bucket.start(of: moment) == Timestamp(start))
    }

    @Test(arguments: TimeBucket.allCases)
    func spansBeginAtOrBeforeTheLeastMoments(_ bucket: TimeBucket) {
        for microseconds in [Int64.min, .min + 1, .max, .max - 1, 0, -1] {
            let moment = Timestamp(microseconds: microseconds)
            #expect(bucket.start(of: moment) <= moment)
        }
    }

    @Test(
        arguments: [
            ("1970-01-01", 0), ("1970-01-01T00:00", 0), ("1970-01-01 00:00:01", 1_000_000),
            ("1970-01-01t00:00:00.5z", 500_000), ("1970-01-01T00:00:00.1234569Z", 123_456),
            ("1970-01-01T02:00:00+02", 0), ("1969-12-31T22:30:00-01:30", 0),
            ("1970-01-01T00:00:00+0030", -1_800_000_000), ("2000-02-29", 951_782_400_000_000),
        ] as [(String, Int64)])
    func textsAsMoments(_ text: String, _ microseconds: Int64) {
        #expect(Timestamp(text)?.microseconds == microseconds)
    }

    @Test(arguments: [
        "", "1970", "1970-1-1", "1970-13-01", "1970-00-01", "1970-01-00", "1970-01-32",
        "1900-02-29", "2023-02-29", "1970-01-01T", "1970-01-01T24:00", "1970-01-01T00:60",
        "1970-01-01T00:00:60", "1970-01-01T00:00:00.", "1970-01-01T00:00:00.Z",
        "1970-01-01T00:00+24", "1970-01-01T00:00+00:60", "1970-01-01T00:00Zx", "1970-01-01Z",
        " 1970-01-01", "1970-01-01 ", "+970-01-01", "1970-01-01T00:00+", "1970–01–01",
    ])
    func refusedMoments(_ text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test func everyDayReadsBack() {
        // One day in 37 of the years 1 to 9999, so that every month and leap rule comes by.
        for day in stride(from: Int64(-719_162), through: 2_932_896, by: 37) {
            let moment = Timestamp(microseconds: day * 86_400_000_000 + 1)
            if Timestamp(moment.description) != moment {
                Issue.record("\(moment)")
            }
        }
    }

    @Test func identifiersAsText() throws {
        let id = RowID(high: 0x0123_4567_89AB_CDEF, low: 0xFEDC_BA98_7654_3210)
        #expect(id.description == "01234567-89ab-cdef-fedc-ba9876543210")
        #expect(RowID("01234567-89AB-cdef-FEDC-ba9876543210") == id)
        #expect(RowID(high: 1, low: .max) < RowID(high: 2, low: 0))
        #expect(RowID(high: 1, low: 1) < RowID(high: 1, low: 2))
    }

    @Test(arguments: [
        "", "0123456789abcdeffedcba9876543210", "01234567-89ab-cdef-fedc-ba987654321",
        "01234567-89ab-cdef-fedc-ba98765432100", "0123456-789ab-cdef-fedc-ba9876543210",
        "g1234567-89ab-cdef-fedc-ba9876543210", "01234567-89ab-cdef-fedc-ba987654321é",
        "{01234567-89ab-cdef-fedc-ba987654321}",
    ])
    func refusedIdentifiers(_ text: String) {
        #expect(RowID(text) == nil)
    }
}
