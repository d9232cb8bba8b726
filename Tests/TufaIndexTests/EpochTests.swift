import Synchronization
import Testing

@testable import TufaIndex

struct EpochTests {
    let epochs = EpochRegistry()

    private func publish(_ group: UInt64) {
        epochs.published.store(group, ordering: .sequentiallyConsistent)
    }

    /// A view whose root is of the published group.
    private func enter() -> EpochPin {
        let pin = epochs.enter()
        pin.settle(at: epochs.published.load(ordering: .relaxed))
        return pin
    }

    @Test func `the oldest group is that of the oldest view, else the published one`() {
        publish(5)
        #expect(epochs.oldestGroup() == 5)
        let first = enter()
        publish(8)
        let second = enter()
        publish(9)
        #expect(epochs.oldestGroup() == 5 && epochs.viewCount == 2)
        first.leave()
        #expect(epochs.oldestGroup() == 8)
        second.leave()
        #expect(epochs.oldestGroup() == 9 && epochs.viewCount == 0)
    }

    @Test func `there is room for any number of views`() {
        publish(1)
        var pins: [EpochPin] = []
        for group in 1...500 as ClosedRange<UInt64> {
            publish(group)
            pins.append(enter())
        }
        #expect(epochs.viewCount == 500 && epochs.oldestGroup() == 1)
        for (index, pin) in pins.enumerated() {
            pin.leave()
            #expect(epochs.oldestGroup() == min(500, UInt64(index) + 2))
        }
    }

    @Test func `an expired view begins no reading, and one under way still counts`() {
        publish(1)
        let old = enter()
        publish(2)
        let young = enter()
        publish(3)
        #expect(old.beginReading())
        #expect(epochs.expireOldest())
        #expect(!old.beginReading())
        #expect(epochs.oldestGroup() == 1)
        old.endReading()
        #expect(epochs.oldestGroup() == 2)
        #expect(young.beginReading())
        young.endReading()
        old.leave()
        young.leave()
        #expect(epochs.oldestGroup() == 3 && epochs.viewCount == 0)
    }

    @Test func `all views of the oldest group expire at once`() {
        publish(1)
        let pins = (0..<5).map { _ in enter() }
        publish(2)
        #expect(epochs.expireOldest())
        #expect(epochs.oldestGroup() == 2)
        #expect(pins.allSatisfy { !$0.beginReading() })
        #expect(!epochs.expireOldest())
        for pin in pins { pin.leave() }
        // Slots that were expired serve new views.
        let pin = enter()
        #expect(pin.beginReading())
    }

    @Test func `a question counts as a reading, and can't be given up`() {
        publish(3)
        #expect(epochs.isUnread())
        let question = epochs.enter()
        #expect(!epochs.isUnread())
        question.ask(at: 3)
        publish(8)
        #expect(!epochs.isUnread())
        #expect(!epochs.expireOldest())
        #expect(epochs.bounds() == ViewBounds(oldest: 3, next: 8, uncounted: 3))
        question.leave()
        #expect(epochs.isUnread() && epochs.oldestGroup() == 8)
        let view = enter()
        #expect(epochs.isUnread())
        #expect(view.beginReading() && !epochs.isUnread())
        view.endReading()
        #expect(epochs.isUnread())
        view.leave()
    }

    @Test func `a view of the published state never expires`() {
        publish(4)
        let pin = enter()
        #expect(!epochs.expireOldest())
        #expect(pin.beginReading())
    }

    @Test func `between the oldest view and the next there is none`() {
        publish(5)
        #expect(epochs.bounds() == ViewBounds(oldest: 5))
        let old = enter()
        publish(7)
        #expect(epochs.bounds() == ViewBounds(oldest: 5, next: 7, uncounted: 7))
        let young = enter()
        publish(9)
        #expect(epochs.bounds() == ViewBounds(oldest: 5, next: 7, uncounted: 9))
        // Whoever is entering may take any root from there on, so nothing is known of the next.
        let entering = epochs.enter()
        publish(11)
        #expect(epochs.bounds() == ViewBounds(oldest: 5, next: 5, uncounted: 9))
        entering.settle(at: 11)
        #expect(epochs.bounds() == ViewBounds(oldest: 5, next: 7, uncounted: 11))
        // A question is of its group, and none other is kept for it.
        let question = epochs.enter()
        question.ask(at: 11)
        publish(13)
        #expect(epochs.bounds() == ViewBounds(oldest: 5, next: 7, uncounted: 11))
        question.leave()
        #expect(epochs.bounds() == ViewBounds(oldest: 5, next: 7, uncounted: 13))
        old.leave()
        #expect(epochs.bounds() == ViewBounds(oldest: 7, next: 11, uncounted: 13))
        young.leave()
        entering.leave()
    }
}
