export { keyringStore } from './keyring-store.ts'
export type { KeyringStoreOptions } from './options.ts'
