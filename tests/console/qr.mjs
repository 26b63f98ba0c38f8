// Reads what a reader of QR codes would: the pixels of the page as they are drawn.
import jsQR from 'jsqr';

// Opens the picture of an element in the page, which has a decoder of PNG, and reads it here.
export async function readCode(tab, selector) {
  const picture = await tab.page.locator(selector).first().screenshot();
  const { width, height, pixels } = await tab.page.evaluate(async (url) => {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height });
    const pen = canvas.getContext('2d');
    pen.drawImage(image, 0, 0);
    return { width: image.width, height: image.height, pixels: [...pen.getImageData(0, 0, image.width, image.height).data] };
  }, `data:image/png;base64,${picture.toString('base64')}`);
  return jsQR(new Uint8ClampedArray(pixels), width, height)?.data ?? null;
}
