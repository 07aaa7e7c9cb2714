/** What the server shows and does, as long as it is there. */

import { t } from "../../../kit/language.svelte";
import { listen, openFile } from "../../../wire/api";
import type { LiveAnswer } from "../../../wire/live";

/** A channel that is opened anew at once was no loss; one that is missing for so long is told of, milliseconds. */
const GONE_AFTER_MS = 1500;

export class Live {
  /** The last that was told; null before the first. */
  answer = $state.raw<LiveAnswer | null>(null);
  /** The server has not answered for a while. */
  gone = $state(false);
  /** Why a dropped file was not taken; empty when it was. */
  refused = $state("");
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** `onVersion` is told the number of the show whenever the server tells of one. */
  constructor(private readonly onVersion: (version: number) => void) {}

  /**
   * Listens while the page is visible; ends with the returned function. Browsers keep few connections to one server, so a page
   * in the background keeps none.
   */
  watch(): () => void {
    let end: (() => void) | null = null;
    const follow = (): void => {
      if (document.hidden) {
        end?.();
        end = null;
        this.connected(true);
      } else {
        end ??= listen((answer) => this.told(answer), (is) => this.connected(is));
      }
    };
    follow();
    document.addEventListener("visibilitychange", follow);
    return () => {
      document.removeEventListener("visibilitychange", follow);
      clearTimeout(this.timer);
      end?.();
    };
  }

  /** Hands a file over that was dropped on the page. */
  async open(file: File): Promise<void> {
    this.refused = "";
    this.refused = (await openFile(file)) ?? t("\"{name}\" could not be sent: the server does not answer, or it is no file.", { name: file.name });
  }

  private told(answer: LiveAnswer): void {
    this.answer = answer;
    if (answer.version > 0) this.onVersion(answer.version);
  }

  private connected(is: boolean): void {
    if (is) {
      clearTimeout(this.timer);
      this.timer = undefined;
      this.gone = false;
    } else {
      this.timer ??= setTimeout(() => (this.gone = true), GONE_AFTER_MS);
    }
  }
}
