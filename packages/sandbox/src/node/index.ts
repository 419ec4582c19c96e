export type { ListenOptions, SandboxServer } from './listen.ts'
export { listen } from './listen.ts'
