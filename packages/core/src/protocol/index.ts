// Everything that it takes to encode one token request and to parse its response, without a session.
// biome-ignore-all assist/source/organizeImports: grouped by what a reader looks for
// Requests
export { encodeCustomerRequest, encodeTokenRequest } from './token-request.ts'
export type { ClientAuthentication, EncodedRequest, NewCustomer } from './token-request.ts'

// Responses
export { createRedactor, isTokenEndpointError, parseTokenResponse, tokenEndpointErrors } from './token-response.ts'
export type { ChallengeResponse, ErrorResponse, SuccessResponse, UnexpectedResponse } from './token-response.ts'
export type { TokenEndpointError, TokenResponse, UnexpectedReason } from './token-response.ts'
export { isHeaderSafe, parseJsonObject, readBody, readTiming, sendRequest } from './http.ts'
export type { Fetch, FetchInit, FetchResponse, HttpResponse, JsonObject, ResponseTiming } from './http.ts'

// The rest of the API
export { type ApiError, parseApiError } from './api-error.ts'
export { findSystemCode, redactError } from '../redact.ts'

// Bearer tokens
export { getRedirect, isAllowedUrl, isInvalidTokenError, isInvalidTokenResponse } from './bearer.ts'
export { isRevocationConfirmed, type Redirect } from './bearer.ts'
export { parseBaseUrl, parseOrigins, particleUrl } from './base-url.ts'

// Errors
export { type DeviceCodeGrant, GrantsError, invalidArgument, requestNotReplayable } from '../errors.ts'
export { assertKnownOptions, type OptionNames } from '../known-options.ts'
export { toNetworkError } from './network-error.ts'

// Time
export { type Clock, sleep, systemClock } from '../clock.ts'

// Secrets
export { Secret, type SecretInput } from '../secret.ts'

// Grants
export { getRenewalGrant, grants, grantTypes, isGrantType, isSingleUse, mayUse } from '../grants/catalogue.ts'
export type { FieldName, GrantType, TokenRequest } from '../grants/catalogue.ts'
export type { ClientKind, FieldDefinition, FieldFormat, FieldValue, GrantDefinition } from '../grants/catalogue.ts'

// Clients
export { developerClient, developerClients, productClient, userClient } from '../clients.ts'
export type { ClientCredentials, DeveloperClientId, OAuthClient } from '../clients.ts'
export type { DeveloperClient, ProductClient, UserClient } from '../clients.ts'
