export { describeStoreContract, type StoreContractOptions } from './describe-store.ts'
export { buildReadmeProgram } from './readme-program.ts'
export type { ContractStore, CreateStorage, Storage } from './storage.ts'
