export { type DirectoryEnvironment, defaultDirectory } from './default-directory.ts'
export { type FileStoreOptions, fileStore } from './file-store.ts'
