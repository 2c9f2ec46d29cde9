// The room of Simulators; filled by the commits that follow.
