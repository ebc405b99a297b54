// One set of options for one look at a plane: said by tries.ts, spoken by the doorway.

/** What zxing-cpp may spend on one plane; names and meanings are its own. */
export interface ZxingSearch {
  /** QR codes of 1994's first model as well. Never Micro QR or rMQR, which no pass uses. */
  readonly hasModel1: boolean;
  readonly tryHarder: boolean;
  readonly tryRotate: boolean;
  readonly tryInvert: boolean;
  readonly tryDownscale: boolean;
  readonly tryDenoise: boolean;
  readonly binarizer: 'local' | 'global';
}
