// For command line tools: the profiles of this machine, what is stored of them, and which source a command uses. Nothing here
// loads a session, so that a command that only prints a stored token starts fast.
export { checkBaseUrl, findTokenVariable, getVariable, type TokenVariable } from './environment.ts'
export {
  activateProfile,
  assertProfile,
  defaultProfile,
  formatAccount,
  getAccountName,
  getActiveProfile,
  isProfileName,
  type Profile,
  ProfileList,
  type Profiles,
  profileNameRule,
  type SignIn,
  type StoreName,
  storeNames,
  unnamedAccountPrefix,
} from './profile-list.ts'
export {
  findExistingProfile,
  findProfile,
  findSource,
  formatSource,
  getBaseUrl,
  getSignIn,
  getStoredSignIn,
  type ProfileSource,
  type Source,
  type SourceOptions,
} from './source.ts'
export {
  isFresh,
  isUsable,
  loadToken,
  readStatus,
  type Status,
  type StatusName,
  type StoredAt,
  type StoredToken,
} from './status.ts'
export { fileStoreFolder, folderVariable, hasCode, removeRecord, Stores, saveRecord } from './stores.ts'
