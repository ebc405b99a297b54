// How much of anything is taken from a repository. Without them an answer without end fills a tablet (endless data).

const KIB = 1024;

export const TUF_LIMITS = {
  rootBytes: 32 * KIB,
  timestampBytes: 4 * KIB,
  snapshotBytes: 64 * KIB,
  targetsBytes: 1024 * KIB,
  /** New roots in one refresh; the next refresh goes on from there. */
  rootSteps: 32,
  targetFileBytes: 1024 * KIB,
  /** All files of a set together. */
  heldFilesBytes: 8 * 1024 * KIB,
  /** A repository that publishes every second takes 136 years to get there. */
  version: 2 ** 32 - 1,
  jsonDepth: 32,
} as const;
