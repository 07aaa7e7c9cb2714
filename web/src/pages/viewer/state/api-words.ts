/** What is wrong with the connection or the data, in the language of the page. */

import { t } from "../../../kit/language.svelte";
import { COMMAND, type ApiError } from "../../../wire/api";

export const wordsOf = ({ template, values, cure }: ApiError): { message: string; remedy: string } => ({
  message: t(template, values),
  remedy: t(cure, { command: COMMAND }),
});
