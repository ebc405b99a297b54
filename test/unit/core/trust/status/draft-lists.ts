// What draft-ietf-oauth-status-list-20 prints: sections 4.1, 4.3 and 5.2, and the appendix "Test vectors for Status List
// encoding". The CBOR of its lists has `bits` before `lst`, which is not the deterministic order.

export interface DraftList {
  readonly name: string;
  readonly bits: 1 | 2;
  readonly indices: number;
  /** Where the document prints it. */
  readonly packed?: string;
  /** CBOR of the StatusList. */
  readonly cbor: string;
  /** Every value that is not 0. */
  readonly values: ReadonlyMap<number, number>;
}

export const DRAFT_LISTS: readonly DraftList[] = [
  {
    name: '16 places of 1 bit',
    bits: 1,
    indices: 16,
    packed: 'b9a3',
    cbor: 'a2646269747301636c73744a78dadbb918000217015d',
    values: valuesOf([1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]),
  },
  {
    name: '12 places of 2 bits',
    bits: 2,
    indices: 12,
    packed: 'c944f9',
    cbor: 'a2646269747302636c73744b78da3be9f2130003df0207',
    values: valuesOf([1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]),
  },
  {
    name: '2^20 places of 1 bit',
    bits: 1,
    indices: 2 ** 20,
    cbor: [
      'a2646269747301636c737458bd78daeddc010dc0200c0041a88249400ad2903e0f4bba00bd93f002beb7a2a2010000a9',
      '1e0900000000000000000000000000000080729604000000000000000000000000000000000000000000000000000000',
      '000000000000000000000000005c6f4800000000000000fc2c240000000000000000000000be1b120000000000000000',
      '00ecaa4b000000000000000000000000000000009b0b0900000000000000000038de9400000000000000002a30cc0100',
      '00000080642f0bd8011b',
    ].join(''),
    values: new Map([
      [0, 1],
      [1993, 1],
      [25460, 1],
      [159495, 1],
      [495669, 1],
      [554353, 1],
      [645645, 1],
      [723232, 1],
      [854545, 1],
      [934534, 1],
      [1000345, 1],
    ]),
  },
  {
    name: '2^20 places of 2 bits',
    bits: 2,
    indices: 2 ** 20,
    cbor: [
      'a2646269747302636c737459013d78daeddb310d00211000412ea1a04004fe5520ed357c28c81d3312b6df68bc654800',
      '00000000406e21010000000000000000000000000000000000000000000000000000000000000040795b020000000000',
      '000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000',
      '00000000000000000000000000000000000000000000000000000080f4ba0400000000000000000000000000406d764a',
      '000000000000000000000000000000000000000000e0922101000000000000000000000000000000000000fc13120000',
      '0000000000000000000000000000000000000000000000000000000000c0912e01000000000000000000000000000000',
      '000000c07d4b02000000000000000000000000000000a8614a0000000000000000000000406a1fcd60010c',
    ].join(''),
    values: new Map([
      [0, 1],
      [1993, 2],
      [25460, 1],
      [159495, 3],
      [495669, 1],
      [554353, 1],
      [645645, 2],
      [723232, 1],
      [854545, 1],
      [934534, 2],
      [1000345, 3],
    ]),
  },
];

/** The whole token of section 5.2: ES256, its kid in the unprotected header. */
export const DRAFT_TOKEN = [
  'd2845820a2012610781a6170706c69636174696f6e2f7374617475736c6973742b637774a1044231325850a502782168',
  '747470733a2f2f6578616d706c652e636f6d2f7374617475736c697374732f31061a648c5bea041a8898dfea19fffe19',
  'a8c019fffda2646269747301636c73744a78dadbb918000217015d584093fa4d01032b18c35e2fe1101b77fd6cc94400',
  '22caa4694450c4e4e9feab4e99d1fa6d9772ce2bf3a12e0323ded7c982c5e101a5e67f0cbc1e2b6f57ce99c279',
].join('');

function valuesOf(values: readonly number[]): ReadonlyMap<number, number> {
  return new Map([...values.entries()].filter(([, value]) => value !== 0));
}
