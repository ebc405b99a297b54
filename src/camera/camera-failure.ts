// What getUserMedia's exceptions mean to a guard.

export interface CameraFailure {
  readonly kind: 'refused' | 'missing' | 'busy' | 'insecure';
  /** The engine's own words, for whoever mends it. */
  readonly detail: string;
}

/** Names: Media Capture and Streams, section 10.2; the older ones are what some engines still throw. */
export function toCameraFailure(error: unknown): CameraFailure {
  const name = error instanceof Error || error instanceof DOMException ? error.name : '';
  const detail = error instanceof Error ? `${name}: ${error.message}` : String(error);
  switch (name) {
    case 'NotAllowedError':
    case 'PermissionDeniedError':
      return { kind: 'refused', detail };
    case 'SecurityError':
      return { kind: 'insecure', detail };
    case 'NotFoundError':
    case 'DevicesNotFoundError':
    case 'OverconstrainedError':
      return { kind: 'missing', detail };
    default:
      return { kind: 'busy', detail };
  }
}
