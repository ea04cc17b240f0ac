/** Which writing systems a name mixes (UTS 39 §5.1, §5.2). */

// UAX 31, tables 5 and 7: scripts that living languages are written in.
const SCRIPTS = (
  'Latin Cyrillic Greek Arabic Hebrew Han Hangul Hiragana Katakana Bopomofo Devanagari Bengali Thai Georgian Armenian ' +
  'Ethiopic Gujarati Gurmukhi Kannada Khmer Lao Malayalam Myanmar Oriya Sinhala Tamil Telugu Thaana Tibetan ' +
  'Adlam Balinese Bamum Batak Canadian_Aboriginal Chakma Cham Cherokee Hanifi_Rohingya Javanese Kayah_Li Lepcha Limbu ' +
  'Lisu Mandaic Meetei_Mayek Miao Mongolian New_Tai_Lue Newa Nko Nyiakeng_Puachue_Hmong Ol_Chiki Osage Saurashtra ' +
  'Sundanese Syloti_Nagri Syriac Tai_Le Tai_Tham Tai_Viet Tifinagh Vai Wancho Yi'
).split(' ')

/** Languages that are written in several at once; Latin among them is everyday (UTS 39 §5.2, highly restrictive). */
const TOGETHER = [
  ['Latin', 'Han', 'Hiragana', 'Katakana'],
  ['Latin', 'Han', 'Bopomofo'],
  ['Latin', 'Han', 'Hangul'],
]

let combinations: readonly RegExp[] | undefined

/**
 * Whether a name keeps to one writing system, or to those that one language is written in. `Pаypal` with a Cyrillic а does
 * not. Digits, punctuation and pictures belong to all.
 */
export function keepsToOneScript(name: string): boolean {
  // Made by the first name that is asked about: they take a noticeable part of a start, and few policies ask.
  combinations ??= [...SCRIPTS.map((script) => [script]), ...TOGETHER].map(onlyOf)
  return combinations.some((combination) => combination.test(name))
}

function onlyOf(scripts: readonly string[]): RegExp {
  return new RegExp(
    `^[\\p{scx=Common}\\p{scx=Inherited}${scripts.map((each) => `\\p{scx=${each}}`).join('')}]*$`,
    'u',
  )
}
