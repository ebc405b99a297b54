// PostgreSQL array literals for unnest($1::type[]): one parameter for a whole column, with no type look-ups on connecting.

export const intArray = (values: readonly number[]): string => `{${values.join(',')}}`;

export const textArray = (values: readonly string[]): string => `{${values.map(quoted).join(',')}}`;

export const bytesArray = (values: readonly Uint8Array[]): string =>
  `{${values.map((bytes) => `"\\\\x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')}"`).join(',')}}`;

const quoted = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
