// SQL files come into the program as text, so that the bundle carries them.

declare module '*.sql?raw' {
  const text: string;
  // biome-ignore lint/style/noDefaultExport: the bundler gives a raw file as its default
  export default text;
}
