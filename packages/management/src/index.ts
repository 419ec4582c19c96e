// biome-ignore-all assist/source/organizeImports: grouped by what a reader looks for
// API users
export { changeApiUserScopes, createApiUser, deleteApiUser, listApiUsers } from './api-users.ts'
export type { ApiUser, ApiUserOptions, ApiUserWithToken, ExistingApiUserOptions } from './api-users.ts'
export { type ApiUserRotation, rotateApiUser } from './api-user-rotation.ts'
export type { ProductOwner, TeamOwner } from './paths.ts'

// OAuth clients
export { createOAuthClient, deleteOAuthClient, listOAuthClients } from './oauth-clients.ts'
export type { NewOAuthClient, OAuthClientInfo, OAuthClientOptions } from './oauth-clients.ts'

// Customers
export { type Customer, deleteCustomer, listCustomers } from './customers.ts'

// Access tokens
export { getTokenInfo, revokeAllTokens, revokeToken, type TokenInfo } from './access-tokens.ts'

// Sessions
export type { ApiSession } from './call-api.ts'
