export { attachSession } from './attach-session.ts'
export type { AttachableInstance, AttachOptions, RequestOptions } from './options.ts'
export type { SignInNeeded } from './session-watch.ts'
