// A process at an issuer's desk: takes places and prints them, or takes passes back and publishes until it is killed.
// Arguments: allot DESK COUNT | publish DESK OUT

import { writeSync } from 'node:fs';
import { allotPlace, changeStatus, publishLists } from '../../src/server/issuer/issuer-desk.ts';

export async function main([deed, desk = '', last = '']: string[]): Promise<number> {
  if (deed === 'allot') {
    for (let count = 0; count < Number(last); count++) writeSync(1, `${(await allotPlace(desk, 0)).index}\n`);
    return 0;
  }
  for (let index = 0; ; index++) {
    const isRevoked = (index >> 10) % 2 === 0;
    await changeStatus(desk, { list: 0, index: index % 1024 }, isRevoked ? 'revoked' : 'valid');
    await publishLists(desk, last, 1_800_000_000);
    writeSync(1, 'published\n');
  }
}
