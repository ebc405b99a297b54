// Drawings (SVG) become pictures of pixels, which only a page can make of them: workers have no image elements.

const SIDE = 1200;

/** Any other file is handed back as it is, and so is a drawing that cannot be drawn: the decoder says what is wrong. */
export async function toBitmapPicture(file: Blob): Promise<Blob> {
  if (file.type !== 'image/svg+xml') return file;
  const address = URL.createObjectURL(file);
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const scale = SIDE / Math.max(image.naturalWidth || SIDE, image.naturalHeight || SIDE);
    const canvas = document.createElement('canvas');
    canvas.width = Math.max(1, Math.round((image.naturalWidth || SIDE) * scale));
    canvas.height = Math.max(1, Math.round((image.naturalHeight || SIDE) * scale));
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve) => canvas.toBlob((drawn) => resolve(drawn ?? file), 'image/png'));
  } catch {
    return file;
  } finally {
    URL.revokeObjectURL(address);
  }
}
