export { type AttachableInstance, type AttachOptions, attachSession } from './attach-session.ts'
