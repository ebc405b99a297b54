// The doorway to zxing-wasm (zxing-cpp as WebAssembly): opens the module and reads one plane by one set of options.
// Which tries are worth their time is said in tries.ts.

import { prepareZXingModule } from 'zxing-wasm/reader';
import type { Decoder, LumaPlane, Reading } from './decoder.ts';
import { isWholePlane } from './luma.ts';
import { createTries } from './tries.ts';
import type { ZxingSearch } from './zxing-search.ts';

/** The wasm file's bytes, or where it lies. Without either the package would ask a CDN. */
export type ZxingWasmOptions =
  | { readonly wasmBinary: Uint8Array<ArrayBuffer> | ArrayBuffer }
  | { readonly locateFile: (file: string) => string };

/** Throws where WebAssembly is missing or forbidden, and when the file does not come or is not this module. */
export async function openZxingWasm(options: ZxingWasmOptions): Promise<Decoder> {
  const overrides =
    'wasmBinary' in options
      ? { wasmBinary: toArrayBuffer(options.wasmBinary) }
      : { locateFile: options.locateFile };
  const module: unknown = await prepareZXingModule({
    overrides,
    equalityFn: () => false,
    fireImmediately: true,
  });
  const read = createReader(module as ZxingModule);
  const tries = createTries(read);
  return {
    name: 'zxing-wasm',
    decode: (plane, effort) => (isWholePlane(plane) ? tries[effort](plane) : []),
  };
}

// The parts of the emscripten module that are used. The package types them through globals that exist only with a DOM.
interface ZxingModule {
  _malloc(sizeBytes: number): number;
  _free(pointer: number): void;
  /** Another array after the memory has grown: never kept. */
  readonly HEAPU8: Uint8Array;
  readBarcodesFromPixmap(luma: number, width: number, height: number, options: object): ZxingResults;
}
interface ZxingResults {
  size(): number;
  get(index: number): ZxingResult | undefined;
  delete?(): void;
}
interface ZxingResult {
  readonly isValid: boolean;
  readonly text: string;
  readonly position: Record<'topLeft' | 'topRight' | 'bottomRight' | 'bottomLeft', { x: number; y: number }>;
}

/** More codes than this in one picture are none that a person holds up. */
const MOST_CODES = 8;

function createReader(module: ZxingModule): (plane: LumaPlane, search: ZxingSearch) => Reading[] {
  let buffer = 0;
  let bufferSize = 0;

  /** One buffer, kept between frames and only ever made larger. */
  function reserve(size: number): boolean {
    if (size <= bufferSize) return true;
    if (buffer !== 0) module._free(buffer);
    buffer = module._malloc(size);
    bufferSize = buffer === 0 ? 0 : size;
    return buffer !== 0;
  }

  return (plane, search) => {
    const size = plane.width * plane.height;
    if (!reserve(size)) return [];
    module.HEAPU8.set(plane.data.subarray(0, size), buffer);
    const results = module.readBarcodesFromPixmap(buffer, plane.width, plane.height, toZxingOptions(search));
    const readings: Reading[] = [];
    for (let at = 0; at < results.size(); at++) {
      const result = results.get(at);
      if (result?.isValid && result.text !== '') readings.push(toReading(result));
    }
    results.delete?.();
    return readings;
  };
}

/** zxing-wasm's enums by their numbers, in the order of its binarizer.ts and textMode.ts. */
const toZxingOptions = (search: ZxingSearch) => ({
  formats: search.hasModel1 ? 'QRCodeModel1,QRCodeModel2' : 'QRCodeModel2',
  tryHarder: search.tryHarder,
  tryRotate: search.tryRotate,
  tryInvert: search.tryInvert,
  tryDownscale: search.tryDownscale,
  tryDenoise: search.tryDenoise,
  binarizer: search.binarizer === 'local' ? 0 : 1,
  isPure: false,
  downscaleFactor: 3,
  downscaleThreshold: 500,
  minLineCount: 2,
  maxNumberOfSymbols: MOST_CODES,
  validateOptionalChecksum: false,
  returnErrors: false,
  eanAddOnSymbol: 0,
  textMode: 0,
  characterSet: 0,
  tryCode39ExtendedMode: false,
});

function toReading({ text, position }: ZxingResult): Reading {
  const { topLeft, topRight, bottomRight, bottomLeft } = position;
  return { text, corners: [topLeft, topRight, bottomRight, bottomLeft] };
}

const toArrayBuffer = (bytes: Uint8Array<ArrayBuffer> | ArrayBuffer): ArrayBuffer =>
  bytes instanceof ArrayBuffer
    ? bytes
    : bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
