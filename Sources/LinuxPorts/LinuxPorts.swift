// The room of LinuxPorts; filled by the commits that follow.
