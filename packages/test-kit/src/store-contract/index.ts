export { describeStore, type StoreContractOptions } from './describe-store.ts'
export type { ContractLock, ContractStore, MakeBacking, StoreBacking } from './scene.ts'
