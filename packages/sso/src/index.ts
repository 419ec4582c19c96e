export { finishSsoSignIn, type SsoSession } from './finish-sso-sign-in.ts'
export { particleIssuer, type SsoOptions, ssoClients } from './provider.ts'
export { type StartedSsoSignIn, startSsoSignIn } from './start-sso-sign-in.ts'
