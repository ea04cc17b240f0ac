import { InvalidArgumentError } from 'commander'

/** Makes a parser's refusal a usage error. */
export function argument<T>(parse: (text: string) => T | undefined, rule: string): (text: string) => T {
  return (text) => {
    const value = parse(text)
    if (value === undefined) throw new InvalidArgumentError(rule)
    return value
  }
}
