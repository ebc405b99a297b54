// A house with one issuer, the city, published and ready to hand out; and a tablet that has nothing of it yet.

import { createTestIssuer, type TestIssuer } from './test-issuer.ts';
import { TrustHouse } from './trust-house.ts';
import { TrustTablet } from './trust-tablet.ts';

export const city: TestIssuer = await createTestIssuer({ id: 'city', seed: 1 });

export async function openCityHouse(): Promise<{ readonly house: TrustHouse; readonly tablet: TrustTablet }> {
  const house = await TrustHouse.open();
  house.issuersById.set('city', house.entryOf(city));
  await house.publish();
  return { house, tablet: new TrustTablet(house.engine) };
}
