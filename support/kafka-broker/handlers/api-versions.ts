import { ErrorCode } from '../error-code';
import { apiVersionsApi } from '../wire/messages/api-versions';
import { implement } from './registered-api';

/**
 * ApiVersions (18), versions 0-3. What is listed is what the registry holds. The dispatcher answers a version that
 * is too new with the body of version 0 and error 35, as every broker since KIP-511 does.
 * Simplified: no features (tagged fields of version 3).
 */
export const apiVersions = implement(apiVersionsApi, (_request, { broker }) => ({
  errorCode: ErrorCode.none,
  apiKeys: broker.supportedApis.map(({ key, versions: [minVersion, maxVersion] }) => ({
    apiKey: key,
    minVersion,
    maxVersion,
  })),
}));
