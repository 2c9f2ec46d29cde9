import FoundationEssentials
import Glibc
import StationCore
import Testing

@testable import Station

@Suite("A whole station whose disk becomes read-only", .serialized)
struct ReadOnlyTests {
    /// A disk of its own under the state, which the kernel makes read-only at its first error, as
    /// it does with a card that wears out. Needs the right to mount.
    private struct WearingDisk {
        let path: String
        private let image: String

        init(under path: String) throws {
            self.path = path
            image = path + ".img"
            try run(
                """
                truncate -s 16M \(image) && mkfs.ext4 -q -F -O ^has_journal \(image) \
                && mount -o loop,errors=remount-ro \(image) \(path)
                """)
        }

        func fail() throws {
            try run(
                """
                disk=$(basename $(findmnt -n -o SOURCE \(path))) \
                && echo worn out > /sys/fs/ext4/$disk/trigger_fs_error
                """)
        }

        func remove() {
            umount2(path, Int32(MNT_DETACH))
            unlink(image)
        }

        private func run(_ command: String) throws {
            var process = pid_t()
            let code = "sh".withCString { shell in
                "-c".withCString { flag in
                    command.withCString { command in
                        var arguments: [UnsafeMutablePointer<CChar>?] = [
                            UnsafeMutablePointer(mutating: shell),
                            UnsafeMutablePointer(mutating: flag),
                            UnsafeMutablePointer(mutating: command), nil,
                        ]
                        return posix_spawn(&process, "/bin/sh", nil, nil, &arguments, environ)
                    }
                }
            }
            try #require(code == 0)
            var status: Int32 = 0
            try #require(waitpid(process, &status, 0) == process)
            try #require(status == 0, "\(command)")
        }
    }

    /// Root of the machine, not of a namespace, may make a disk of a file.
    private static var canMakeDisks: Bool {
        let map = try? String(contentsOfFile: "/proc/self/uid_map", encoding: .utf8)
        return getuid() == 0 && map?.split(separator: " ").last?.hasPrefix("4294967295") == true
            && FileManager.default.fileExists(atPath: "/dev/loop-control")
    }

    @Test(.enabled(if: canMakeDisks, "needs root of the machine and /dev/loop-control"))
    func `one slip comes out beyond the record, trade stops aloud, and uploading goes on`()
        async throws
    {
        let village = try await Village()
        let disk = try WearingDisk(under: village.configuration.stateDirectory)
        defer { disk.remove() }
        try await village.open { station in
            try await station.begin()
            try await station.acknowledged()
            let link = village.headOffice.link
            link.behaviour.withLock { $0.isUp = false }
            village.world.printer.takePaperOut()
            try await station.sellApples(grams: 2_346)
            _ = try await station.orderSoap()
            let owed = station.view.slipsOwed
            try #require(owed.count == 2)
            try disk.fail()
            await station.scan("6901234567892")
            try await station.command(.basketDone)
            try await station.command(.exactCash)
            try await station.command(.takeCash)
            #expect(station.view.notice == .refused(.diskReadOnly))
            let last = try await station.books().lastSequence
            let strips = village.world.printer.strips.count
            village.world.printer.putPaperIn()
            await village.clock.advance(by: .seconds(300))
            #expect(village.world.printer.strips.count == strips + 1)
            #expect(village.world.printer.strips.last?.shows(slip: owed[0]) == true)
            #expect(station.view.slipsOwed == owed)
            let before = link.behaviour.withLock { behaviour in
                behaviour.isUp = true
                return behaviour.requestCount
            }
            await village.clock.advance(by: .seconds(700))
            #expect(try await village.headOffice.entries().count == last)
            // What it cannot remember it says again, but seldom.
            #expect(link.behaviour.withLock { $0.requestCount } - before < 30)
            #expect(try await station.books().lastSequence == last)
        }
    }
}
