/** Rules that every stored credential is made by: how long it lives, what it is permitted. */
import { isPermission, PERMISSIONS, type Permission } from '../clients/permission.ts'
import type { AdminProblem } from './admin-error.ts'

export const LONGEST_SECONDS = 10 * 365 * 24 * 3600

/** What is wrong with the life of a credential. */
export function findExpiryProblem(seconds: number | null): readonly AdminProblem[] {
  if (seconds === null || isWhole(seconds, LONGEST_SECONDS)) return []
  const message = `must be whole seconds from 1 to ${LONGEST_SECONDS}, or null for never`
  return [{ member: 'expires_in', reason: 'expires_in.out_of_range', message, rule: 'admin API' }]
}

/** What is wrong with the permissions of a credential, of those that mean something on it. */
export function findPermissionProblems(
  permissions: readonly string[],
  meaningful: readonly Permission[] = PERMISSIONS,
): readonly AdminProblem[] {
  const isWrong = (text: string) => !isPermission(text) || !meaningful.includes(text)
  if (!permissions.some(isWrong)) return []
  const message = `must be of: ${meaningful.join(', ')}`
  return [{ member: 'permissions', reason: 'permissions.unknown', message, rule: 'admin API' }]
}

/** Each permission once, in the order of the list. */
export function sortPermissions(permissions: readonly string[]): readonly Permission[] {
  return PERMISSIONS.filter((permission) => permissions.includes(permission))
}

/** Whether a number is whole and from 1 to `most`. */
export function isWhole(value: number, most: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= most
}
