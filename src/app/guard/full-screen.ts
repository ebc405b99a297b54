// Full screen for the length of a shift, where the browser allows it. The scanner works without.

export const fullScreen = {
  enter(): void {
    void document.documentElement.requestFullscreen?.({ navigationUI: 'hide' }).catch(() => undefined);
  },
  leave(): void {
    if (document.fullscreenElement !== null) void document.exitFullscreen?.().catch(() => undefined);
  },
};
