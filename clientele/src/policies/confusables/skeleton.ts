import { CONFUSABLES_DATA } from './confusables-data.ts'

/** Characters → what they look like. Read when the first policy needs it: most never do. */
let prototypes: ReadonlyMap<number, string> | undefined

/**
 * The skeleton of a text (UTS 39 §4, `internalSkeleton`): two texts that look alike have the same. For comparing, never for
 * showing. Right-to-left text is taken in its logical order; direction marks are refused before (`oauth/field-shapes.ts`).
 */
export function skeletonOf(text: string): string {
  prototypes ??= readPrototypes()
  let skeleton = ''
  for (const character of text.normalize('NFD').replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '')) {
    skeleton += prototypes.get(character.codePointAt(0)!) ?? character
  }
  return skeleton.normalize('NFD')
}

function readPrototypes(): ReadonlyMap<number, string> {
  let code = 0
  return new Map(
    CONFUSABLES_DATA.trim()
      .split(/\s/)
      .map((entry) => {
        const [step, prototype] = entry.split(':') as [string, string]
        code += Number.parseInt(step, 36)
        const codes = prototype.split('+').map((each) => Number.parseInt(each, 36))
        return [code, String.fromCodePoint(...codes)] as const
      }),
  )
}
