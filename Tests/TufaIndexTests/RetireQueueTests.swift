import Testing

@testable import TufaIndex

struct RetireQueueTests {
    @Test(arguments: [false, true])
    func `what was taken takes no room`(_ takesAll: Bool) {
        var queue = RetireQueue()
        for round in 1...200 as ClosedRange<UInt64> {
            let numbers = (0..<1000 as Range<UInt32>).map { $0 }
            for number in numbers { queue.append(number, group: round) }
            #expect(queue.next(oldest: round - 1) == nil)
            if takesAll {
                var taken: [UInt32] = []
                queue.takeAll(oldest: round - 1) { reference, _ in taken.append(reference) }
                #expect(taken.isEmpty)
                queue.takeAll(oldest: round) { reference, group in
                    #expect(group == round)
                    taken.append(reference)
                }
                #expect(taken == numbers)
            } else {
                for number in numbers { #expect(queue.next(oldest: round) == number) }
            }
            #expect(queue.isEmpty && queue.next(oldest: .max) == nil)
        }
        #expect(queue.capacity < 4096)
    }

    @Test func `a long queue gives its room back`() {
        var queue = RetireQueue()
        let count = UInt32(RetireQueue.keptCount * 4)
        for number in 0..<count { queue.append(number, group: 1) }
        for number in 0..<count { #expect(queue.next(oldest: 1) == number) }
        #expect(queue.next(oldest: 9) == nil)
        #expect(queue.capacity == 0)
        queue.append(7, group: 2)
        #expect(queue.next(oldest: 1) == nil)
        #expect(queue.next(oldest: 2) == 7)
    }
}
