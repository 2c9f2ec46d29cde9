import Glibc
import Testing

@testable import stationdemo

@Suite("A child that lives again")
struct ChildProcessTests {
    @Test func `a killed child is started anew, a stopped one is not`() async {
        let child = ChildProcess(
            program: "/bin/sleep", arguments: ["1000"], environment: [:], logPath: "/dev/null",
            betweenLives: {})
        child.start()
        await child.wait { if case .running = $0 { true } else { false } }
        let first = child.condition
        child.kill()
        await child.wait { if case .running = $0 { $0 != first } else { false } }
        child.stop()
        await child.wait { $0 == .stopped }
        #expect(child.condition == .stopped)
    }

    @Test func `one that ends by itself says how`() async {
        let child = ChildProcess(
            program: "/bin/false", arguments: [], environment: [:], logPath: "/dev/null",
            betweenLives: {})
        child.start()
        await child.wait { $0 == .ended(code: 1) }
        child.stop()
    }

    @Test func `one that refuses its settings is not started again`() async {
        let child = ChildProcess(
            program: "/bin/sh", arguments: ["-c", "exit 78"], environment: [:],
            logPath: "/dev/null", betweenLives: {})
        child.start()
        await child.wait { $0.isOver }
        #expect(child.condition == .refused)
    }

    @Test func `a power cut empties the memory and leaves the disk`() throws {
        let folders = try DemoFolders(named: nil)
        for folder in [folders.state, folders.runtime] {
            let file = try #require(fopen(folder + "/slip", "w"))
            fclose(file)
        }
        folders.emptyRuntime()
        #expect(access(folders.runtime + "/slip", F_OK) != 0)
        #expect(access(folders.state + "/slip", F_OK) == 0)
        unlink(folders.state + "/slip")
        for folder in [folders.state, folders.runtime, folders.root] { rmdir(folder) }
    }
}
