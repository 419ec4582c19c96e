export { defaultDirectory, type Surroundings } from './default-directory.ts'
export { type FileStoreOptions, fileStore } from './file-store.ts'
