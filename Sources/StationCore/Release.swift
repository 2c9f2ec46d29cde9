/// Of the programs: what each says to `--version`.
public let release = "0.1.0"
