import ArgumentParser
import Drivers
import Glibc

/// What is decoded is printed as JSON, an object a line, with or without `--json`.
struct DecodeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode", abstract: "What a driver makes of bytes, a JSON object a line.",
        discussion: """
            The input is groups of hexadecimal digits. Lines are joined to one report until an \
            empty line, a line that begins with "#", or the end; "---" starts the driver anew; a \
            line that begins with ">" gives bytes that the host sent. docs/decode.md has the \
            output.
            """)

    @Argument(help: "Its name, as --list gives it.")
    var driver: String?
    @Argument(help: "Where to read; without it, or with -, the standard input.")
    var file: String?
    @Flag(help: "Take the bytes as they are, cut by the driver's report length.")
    var raw = false
    @Flag(help: "Name the drivers.")
    var list = false
    @Flag(help: "What is decoded is JSON anyway; with --list one JSON value.")
    var json = false

    func validate() throws {
        if list { return }
        guard let driver else {
            throw ValidationError("name a driver; there are \(names.joined(separator: ", "))")
        }
        do { _ = try Decode.Driver.named(driver) } catch {
            throw ValidationError(error.description)
        }
    }

    func run() throws {
        if list {
            print(
                json
                    ? "[\(names.map { "\"\($0)\"" }.joined(separator: ","))]"
                    : names.joined(separator: "\n"))
            return
        }
        do {
            try decode(try Decode.Driver.named(driver ?? ""))
        } catch let error as DecodeError {
            throw Failure(text: error.description).said()
        }
    }

    private var names: [String] { Decode.Driver.allCases.map(\.rawValue) }

    private func decode(_ driver: Decode.Driver) throws {
        if let file, file != "-" { try readInput(from: file) }
        if raw {
            say(Decode.lines(ofRaw: try allInput(), driver: driver))
            return
        }
        var decode = Decode(driver: driver)
        // Line by line, so that what comes through a pipe is decoded when it comes.
        while let line = readLine() { say(try decode.push(line: line)) }
        say(decode.finish())
    }

    private func say(_ lines: [String]) {
        for line in lines { print(line) }
        fflush(nil)
    }

    private func readInput(from file: String) throws {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        // A folder can be opened, but not even no byte of it can be read.
        guard descriptor >= 0, read(descriptor, nil, 0) >= 0,
            dup2(descriptor, STDIN_FILENO) >= 0
        else { throw unreadable(file) }
        close(descriptor)
    }

    private func unreadable(_ name: String) -> any Error {
        Failure(text: "\(name) cannot be read: \(String(cString: strerror(errno)))").said()
    }

    private func allInput() throws -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(STDIN_FILENO, &buffer, buffer.count)
            guard count >= 0 else { throw unreadable(file ?? "the standard input") }
            guard count > 0 else { return bytes }
            bytes += buffer.prefix(count)
        }
    }
}
