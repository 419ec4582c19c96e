export type { ReauthenticationError } from './attach-session.ts'
export { type AttachableInstance, type AttachOptions, attachSession } from './attach-session.ts'
