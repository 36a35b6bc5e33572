"""Pure decisions and the values that travel: no clock, files, network or logging."""
