import { openZxingBrowser } from '../../../src/decode/zxing-browser-decoder.ts';
import { testDecoder } from '../../contract/decoder.contract.ts';

testDecoder('zxing-browser', openZxingBrowser, { canInvert: true, canMirror: true, readsHardFrames: false });
