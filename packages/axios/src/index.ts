export { attachSession } from './attach-session.ts'
export type { AttachableInstance, AttachOptions, RequestOptions } from './options.ts'
export type { ReauthenticationError } from './session-watch.ts'
