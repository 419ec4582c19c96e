// Type-checked against the declarations of the oldest supported Axios, whose interfaces have other type parameters:
// what this package adds to them must fit all of them. See tsconfig.oldest.json.
import type { AxiosInstance, AxiosRequestConfig } from 'axios'
import type { AttachOptions } from '../src/attach-session.ts'

export const config: AxiosRequestConfig<{ body: 1 }> = { particleGrants: { replay: false } }
export const options: false | { readonly replay?: boolean | undefined } | undefined = config.particleGrants
export const call = (instance: AxiosInstance) => instance.get('/', { particleGrants: false })
// @ts-expect-error the member is typed, and not just let through
export const wrong: AxiosRequestConfig = { particleGrants: true }
export type Options = AttachOptions
