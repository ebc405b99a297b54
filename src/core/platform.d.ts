// The three things core needs of every platform. Anything else a browser or Node offers does not compile here.

interface SubtleKey {
  readonly type: string;
}

interface SubtlePlatform {
  digest(algorithm: string, data: Uint8Array): Promise<ArrayBuffer>;
  importKey(
    format: 'raw' | 'pkcs8' | 'spki',
    key: Uint8Array,
    algorithm: string | { name: string; hash?: string; namedCurve?: string },
    extractable: boolean,
    usages: readonly string[],
  ): Promise<SubtleKey>;
  verify(
    algorithm: string | { name: string; hash?: string },
    key: SubtleKey,
    signature: Uint8Array,
    data: Uint8Array,
  ): Promise<boolean>;
  sign(algorithm: string, key: SubtleKey, data: Uint8Array): Promise<ArrayBuffer>;
}

declare const crypto: { readonly subtle: SubtlePlatform | undefined };

declare class TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>;
}

declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(bytes: Uint8Array): string;
}
