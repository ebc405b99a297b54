// Which camera is meant and what it can do: facing as the engine says it, torch, and the choice that is remembered.

export type Facing = 'rear' | 'front';

export interface StreamFacts {
  readonly label: string;
  /** Rear where the engine does not say: that is what was asked for. */
  readonly facing: Facing;
  readonly hasTorch: boolean;
  /** There is another camera to switch to. */
  readonly canSwitch: boolean;
}

export async function readStreamFacts(track: MediaStreamTrack): Promise<StreamFacts> {
  const settings = track.getSettings?.() ?? {};
  const capabilities = (track.getCapabilities?.() ?? {}) as { torch?: boolean };
  return {
    label: track.label,
    facing: settings.facingMode === 'user' ? 'front' : 'rear',
    hasTorch: capabilities.torch === true,
    canSwitch: (await countCameras()) > 1,
  };
}

const KEY = 'gatelight-camera-facing';

/** Storage may be switched off altogether: then the rear camera it is, each time. */
export function rememberedFacing(): Facing {
  try {
    return localStorage.getItem(KEY) === 'front' ? 'front' : 'rear';
  } catch {
    return 'rear';
  }
}

export function rememberFacing(facing: Facing): void {
  try {
    localStorage.setItem(KEY, facing);
  } catch {
    // Not remembered: the next start asks for the rear camera.
  }
}

async function countCameras(): Promise<number> {
  try {
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices.filter((device) => device.kind === 'videoinput').length;
  } catch {
    return 1;
  }
}
