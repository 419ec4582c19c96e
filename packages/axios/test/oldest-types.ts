// Type-checked against the declarations of the oldest supported Axios, whose interfaces have other type parameters:
// what this package adds to them must fit all of them. See tsconfig.oldest.json.
import type { AxiosInstance, AxiosRequestConfig } from 'axios'
import type { RequestOptions } from '../src/options.ts'

export const config: AxiosRequestConfig<{ body: 1 }> = { particleGrants: { replay: false } }
export const options: false | RequestOptions | undefined = config.particleGrants
export const call = (instance: AxiosInstance) => instance.get('/', { particleGrants: false })
// @ts-expect-error the member is typed, and not just let through
export const wrong: AxiosRequestConfig = { particleGrants: true }
