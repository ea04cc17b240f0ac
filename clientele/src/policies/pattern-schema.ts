import { z } from 'zod'
import { compilePattern } from './pattern.ts'

/** A pattern in the policy language: RE2 syntax, held against the whole value. */
export const patternSchema = z.string().superRefine((source, issues) => {
  try {
    compilePattern(source)
  } catch (error) {
    issues.addIssue({ code: 'custom', message: (error as Error).message })
  }
})
