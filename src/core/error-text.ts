// Whatever was thrown, in its own words: for a log line, a screen's small print, a terminal.

export const errorText = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown);
