/** The language of the page, and its messages: English stands in the code, other languages in a catalogue each. */

import { ZH } from "./zh";

export const LANGUAGES = { en: "EN", zh: "中文" } as const;
export type LanguageCode = keyof typeof LANGUAGES;

/** A message, by its English text; `{name}` stands for a value. */
export type Message = keyof typeof ZH;

const STORED = "kapok-language";

/** What was chosen here before, else the first language of the browser that there is, else English. */
function preferred(): LanguageCode {
  const known = (tag: string): tag is LanguageCode => Object.hasOwn(LANGUAGES, tag);
  try {
    const stored = localStorage.getItem(STORED) ?? "";
    if (known(stored)) return stored;
  } catch {
    // No memory for this page: the browser's language counts.
  }
  const tags = typeof navigator === "undefined" ? [] : (navigator.languages ?? []);
  return tags.map((tag) => tag.split("-")[0].toLowerCase()).find(known) ?? "en";
}

class Language {
  code = $state<LanguageCode>(preferred());

  choose(code: LanguageCode): void {
    this.code = code;
    try {
      localStorage.setItem(STORED, code);
    } catch {
      // It counts as long as the page is open.
    }
  }

  /** As HTML names it. */
  get tag(): string {
    return this.code === "zh" ? "zh-Hans" : "en";
  }
}

export const language = new Language();

const fill = (text: string, values: Readonly<Record<string, string | number>>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => (Object.hasOwn(values, name) ? String(values[name]) : whole));

/** A message in the language of the page. */
export function t(message: Message, values: Readonly<Record<string, string | number>> = {}): string {
  return fill(language.code === "zh" ? ZH[message] : message, values);
}

/** A title that the server gave, translated where the catalogue has it. */
export function titleOf(title: string): string {
  return Object.hasOwn(ZH, title) ? t(title as Message) : title;
}

/** A sentence that the server gave in English, for places that cannot be marked as English; empty in other languages. */
export const inEnglish = (sentence: string): string => (language.code === "en" ? sentence : "");
