export {
  type Credentials,
  type DefaultSession,
  type DefaultSessionOptions,
  defaultSession,
  describeCredentials,
  type SourceReport,
} from './default-session.ts'
export type { CredentialSource } from './machine-credentials.ts'
export { proxyFetch } from './proxy-fetch.ts'
