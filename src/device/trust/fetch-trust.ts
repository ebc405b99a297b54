// The repository's client: loaded when trust is fetched, as one part of its own.

export { refreshTrust, trustRefusalText } from '../../core/trust/held/refresh-trust.ts';
